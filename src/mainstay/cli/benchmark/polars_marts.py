"""The marts of a refresh with Polars: lazy, streaming, money as decimals. Reported beside the product.

Written from the rules; a test holds the two to the same figures, to the cent.
"""

from pathlib import Path
from typing import Any

import polars as pl
from polars import col

from mainstay.cli.benchmark.frames import ALIKE, COLUMNS, HISTORY, PARTS
from mainstay.core.periods import Window, months_before

MONEY = pl.Decimal(38, 4)


def compute(*, lines: list[str], costs: list[str], facts: Path, window: Window, to: Path) -> list[tuple[Any, ...]]:
    """Compute all marts of the ledger's files and write them to the folder `to`; returns the cells."""
    sold = pl.scan_parquet(lines).filter(col("date") <= window.as_of)
    known = pl.read_parquet(facts)
    figures, cost_known = _figures(sold, pl.scan_parquet(costs), known, window)
    mart = _decided(_placed(_valued(_ranked(figures))), cost_known).select(COLUMNS).sort("code")
    _write(known.sort("code"), to, "facts")
    _write(mart, to, "accounts")
    _write(_curve(mart, "profit"), to, "whale")
    _write(_curve(mart, "sales"), to, "pareto")
    months = _months(sold, window)
    _write(months, to, "months")
    _write(_popular(months, known), to, "popular")
    _write(_sold(sold, window), to, "sold")
    cells = mart.group_by("cell").agg(pl.len(), col("sales").sum(), col("profit").sum()).sort("cell")
    return cells.rows()


def _write(frame: pl.DataFrame, to: Path, name: str) -> None:
    frame.write_parquet(to / f"{name}.parquet", compression="zstd")


def _within(window: Window) -> pl.Expr:
    return (col("date") > window.after) & (col("date") <= window.last_day)


def _figures(sold: pl.LazyFrame, costs: pl.LazyFrame, known: pl.DataFrame, window: Window) -> tuple[pl.DataFrame, bool]:
    """One row per account with what it bought and what was booked for it, and whether any cost is known."""
    now, before, positive = _within(window), _within(window.previous), col("amount") > 0
    purchases = sold.group_by("account").agg(
        col("amount").filter(now).sum().alias("sales"),
        col("cost").filter(now).sum().alias("goods_cost"),
        now.sum().alias("lines"),
        col("cost").filter(now).count().alias("costed_lines"),
        col("amount").filter(before).sum().alias("sales_before"),
        before.sum().alias("lines_before"),
        pl.len().alias("lines_ever"),
        col("date").filter(positive).min().alias("first_order"),
        col("date").filter(positive).max().alias("last_order"),
    )
    named = sold.filter(now, col("account").is_not_null())
    month = (col("date").dt.year() * 12 + col("date").dt.month()).alias("month")
    parts = [
        purchases,
        _distinct(named.filter(positive), [col("source"), col("document")], "orders"),
        _distinct(named.filter(col("product").is_not_null()), [col("product")], "products"),
        _distinct(named, [month], "months_bought"),
        costs.filter(now).group_by("account").agg(col("amount").sum().alias("booked_cost")),
    ]
    collected = pl.collect_all(parts, engine="streaming")
    bought, spent = collected[0], collected[-1]
    codes = pl.concat([known["code"], bought["account"].drop_nulls(), spent["account"].drop_nulls()]).unique()
    rows = pl.DataFrame({"code": codes}).join(known.rename({"potential": "assessed"}), on="code", how="left")
    for part in collected:
        rows = rows.join(part, left_on="code", right_on="account", how="left")
    cost_known = bool(bought["costed_lines"].sum() > 0 or spent.height)
    return _filled(rows, window), cost_known


def _distinct(lines: pl.LazyFrame, columns: list[pl.Expr], name: str) -> pl.LazyFrame:
    return lines.select("account", *columns).unique().group_by("account").agg(pl.len().alias(name))


def _filled(rows: pl.DataFrame, window: Window) -> pl.DataFrame:
    counts = ("lines", "lines_before", "lines_ever", "orders", "products", "months_bought", "contacts")
    money = ("sales", "goods_cost", "sales_before", "booked_cost")
    contact_after = months_before(window.as_of, 6)
    recent = (col("last_contact") > contact_after) & (col("last_contact") <= window.as_of)
    return (
        rows.with_columns(
            *(col(name).fill_null(0).cast(pl.Int64) for name in counts),
            *(col(name).cast(MONEY).fill_null(0).cast(MONEY) for name in money),
            *(col(name).fill_null("") for name in ALIKE),
            (col("need").str.strip_chars() != "").fill_null(value=False).alias("stated_need"),
            recent.fill_null(value=False).alias("recent_contact"),
            (pl.lit(window.as_of) - col("first_order")).dt.total_days().alias("days_since_first"),
        )
        .with_columns(
            (col("sales") - col("goods_cost") - col("booked_cost")).cast(MONEY).alias("profit"),
            (col("lines") > 0).alias("active"),
            (col("lines_before") > 0).alias("bought_previous"),
            (col("lines_ever") > col("lines")).alias("bought_before"),
            (col("lines_ever") > 0).alias("has_history"),
        )
        .with_columns(
            _units("sales").alias("sales_units"),
            _units("profit").alias("profit_units"),
            _units("sales_before").alias("before_units"),
        )
        .with_columns(
            pl.when(col("before_units") > 0)
            .then((col("sales_units") - col("before_units")) / col("before_units"))
            .alias("sales_change")
        )
    )


def _units(name: str) -> pl.Expr:
    """Money as whole ten-thousandths."""
    return (col(name).cast(MONEY) * 10_000).cast(pl.Int64)


def _ranked(figures: pl.DataFrame) -> pl.DataFrame:
    active = figures.filter("active").select("code", "sales_units", "profit_units")
    by_profit = active.sort("profit_units", "code", descending=[True, False]).select(
        "code", pl.int_range(1, pl.len() + 1).alias("profit_rank")
    )
    by_sales = active.sort("sales_units", "code", descending=[True, False]).with_columns(
        pl.int_range(1, pl.len() + 1).alias("rank"),
        col("sales_units").sum().alias("total"),
        (col("sales_units").cum_sum() - col("sales_units")).alias("reached"),
        pl.len().alias("accounts"),
    )
    gains = col("total") > 0
    standing = by_sales.select(
        "code",
        "rank",
        pl.when(gains).then(col("sales_units") / col("total")).alias("sales_share"),
        (gains & (col("reached") * 10 < col("total") * 5)).alias("in_core"),
        (gains & (col("reached") * 10 < col("total") * 8)).alias("in_head"),
        (5 * (col("rank") - 1) < col("accounts")).alias("in_top20"),
    ).join(by_profit, on="code")
    return figures.join(standing, on="code", how="left").with_columns(
        col("in_core", "in_head", "in_top20").fill_null(value=False)
    )


def _valued(rows: pl.DataFrame) -> pl.DataFrame:
    """Potential, and each value that is placed among those of the active accounts."""
    active = rows.filter("active")
    quartile = col("sales_units").quantile(0.75, "linear")
    joined = rows.with_columns(pl.lit(active.select(quartile).item(), pl.Float64).alias("quartile_0"))
    for depth in range(1, len(ALIKE) + 1):
        groups = active.group_by(ALIKE[:depth]).agg(quartile.alias(f"quartile_{depth}"), pl.len().alias("alike"))
        found = groups.filter(col("alike") >= 10).drop("alike")
        joined = joined.join(found, on=ALIKE[:depth], how="left")
    nearest = pl.coalesce([f"quartile_{depth}" for depth in (3, 2, 1, 0)]).round().cast(pl.Int64)
    estimate = pl.max_horizontal("sales_units", nearest)
    potential = pl.coalesce(_units("assessed"), estimate).alias("potential_units")
    values = {
        "potential": col("potential_units"),
        "volume": col("sales_units"),
        "margin": pl.when(col("sales_units") > 0)
        .then(col("profit_units") / col("sales_units"))
        .otherwise(float("-inf")),
        "room": (col("potential_units") - col("sales_units")).clip(lower_bound=0),
        "age": col("days_since_first").fill_null(-1),
        "months": col("months_bought"),
        "products": col("products"),
        "contacts": col("contacts"),
    }
    return joined.with_columns(potential).with_columns(
        (col("potential_units").cast(MONEY) / 10_000).cast(MONEY).alias("potential_amount"),
        *(value.cast(pl.Float64).alias(f"{part}_value") for part, value in values.items()),
    )


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Where each value stands among those of the active accounts, 0 to 100."""
    active = rows.filter("active")
    others = active.height - 1
    places = []
    for part in PARTS:
        members, value = active[f"{part}_value"].sort(), rows[f"{part}_value"]
        reached = members.search_sorted(value, side="left").cast(pl.Int64) + members.search_sorted(
            value, side="right"
        ).cast(pl.Int64)
        halves = reached - rows["active"].cast(pl.Int64)
        place = (halves * 50.0 / others).clip(0.0, 100.0) if others > 0 else halves * 0 + 100.0
        places.append(place.alias(f"{part}_at") if active.height else pl.lit(None, pl.Float64).alias(f"{part}_at"))
    return rows.with_columns(places)


def _decided(rows: pl.DataFrame, cost_known: bool) -> pl.DataFrame:
    """Class, letter and cell."""
    active = rows.filter("active")
    tells = {part: bool(_most(active, part) > _least(active, part)) if active.height else False for part in HISTORY}
    percentiles = rows.rename({"score": "assessed_score"}).with_columns(
        col("potential_at").alias("potential"),
        pl.when("active").then("volume_at").alias("volume_percentile"),
        pl.when(col("active") & cost_known).then("margin_at").alias("margin_percentile"),
        pl.when("active").then(pl.coalesce((col("room") - 1) * 25, "room_at")).alias("room_percentile"),
        *(pl.when(tells[part]).then(f"{part}_at").alias(f"{part}_percentile") for part in HISTORY),
    )
    history = pl.when("has_history").then(pl.mean_horizontal(f"{part}_percentile" for part in HISTORY))
    scored = percentiles.with_columns(
        pl.mean_horizontal("volume_percentile", "margin_percentile", "room_percentile").alias("attractiveness"),
        pl.coalesce("assessed_score", history).alias("score"),
        pl.when(col("assessed").is_null())
        .then(pl.lit("estimated"))
        .otherwise(pl.lit("assessed"))
        .alias("potential_basis"),
    )
    ruled = scored.with_columns(
        _rule().alias("rule"),
        pl.when(col("score") >= 67)
        .then(pl.lit("A"))
        .when((col("score") >= 34) | col("score").is_null())
        .then(pl.lit("B"))
        .otherwise(pl.lit("C"))
        .alias("letter"),
        pl.when(col("assessed_score").is_not_null())
        .then(pl.lit("assessed"))
        .when(col("score").is_not_null())
        .then(pl.lit("estimated"))
        .otherwise(pl.lit("unassessed"))
        .alias("letter_basis"),
    )
    classes = {"anchor": 1, "head": 2, "growth": 2, "ordinary": 3, "prospect": 4, "suspect": 5}
    numbered = ruled.with_columns(col("rule").replace_strict(classes, default=6, return_dtype=pl.Int8).alias("class"))
    return numbered.with_columns((col("letter") + col("class").cast(pl.String)).alias("cell"))


def _most(active: pl.DataFrame, part: str) -> Any:
    return active[f"{part}_value"].max()


def _least(active: pl.DataFrame, part: str) -> Any:
    return active[f"{part}_value"].min()


def _rule() -> pl.Expr:
    """The name of the first rule that holds; what is not known is not so."""
    assessed = col("assessed").is_not_null()
    rules = {
        "anchor": col("active") & col("in_core") & col("bought_previous"),
        "head": col("active") & col("in_head"),
        "growth": col("active") & (col("potential") >= 90) & (col("attractiveness") >= 50),
        "ordinary": col("active"),
        "prospect": col("stated_need") & col("recent_contact"),
        "faded": col("bought_before") & ~(assessed & (col("potential") >= 50).fill_null(value=False)),
        "dismissed": ~col("bought_before") & assessed & (col("potential") < 25),
    }
    return pl.coalesce([*(pl.when(holds).then(pl.lit(name)) for name, holds in rules.items()), pl.lit("suspect")])


def _curve(mart: pl.DataFrame, measure: str) -> pl.DataFrame:
    ordered = mart.filter("active").sort(measure, "code", descending=[True, False])
    return ordered.select(
        "code", pl.int_range(1, pl.len() + 1).alias("n"), col("sales").cum_sum(), col("profit").cum_sum()
    )


def _months(sold: pl.LazyFrame, window: Window) -> pl.DataFrame:
    period = pl.when(col("date") > window.after).then(0).when(col("date") > window.previous.after).then(1).otherwise(2)
    keys = ["account", "month", "product", "period"]
    return (
        sold.filter(col("account").is_not_null())
        .with_columns(col("date").dt.truncate("1mo").alias("month"), period.cast(pl.Int8).alias("period"))
        .group_by(keys)
        .agg(
            col("amount").sum().cast(MONEY).alias("sales"),
            col("cost").sum().cast(MONEY).alias("goods_cost"),
            pl.when(col("quantity").count() > 0).then(col("quantity").sum()).alias("quantity"),
            pl.len().cast(pl.Int64).alias("lines"),
        )
        .sort(keys)
        .collect(engine="streaming")
    )


def _sold(sold: pl.LazyFrame, window: Window) -> pl.DataFrame:
    now = col("date") > window.after
    return (
        sold.filter(col("date") > window.previous.after)
        .group_by("product")
        .agg(
            col("amount").filter(now).sum().cast(MONEY).alias("sales"),
            col("cost").filter(now).sum().cast(MONEY).alias("goods_cost"),
            col("amount").filter(~now).sum().cast(MONEY).alias("sales_before"),
            now.sum().cast(pl.Int64).alias("lines"),
        )
        .sort("product")
        .collect(engine="streaming")
    )


def _popular(months: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    pairs = months.filter(col("period") == 0, col("product").is_not_null()).select("account", "product").unique()
    named = pairs.join(known.select("code", "industry"), left_on="account", right_on="code")
    by_industry = named.group_by("industry", "product").agg(pl.len().alias("buyers"))
    large = named.group_by("industry").agg(col("account").n_unique().alias("n")).filter(col("n") >= 10)
    everybody = by_industry.group_by("product").agg(col("buyers").sum())
    both = pl.concat(
        [
            by_industry.join(large, on="industry", how="semi", nulls_equal=True),
            everybody.select(pl.lit(None, pl.String).alias("industry"), "product", "buyers"),
        ]
    )
    ranked = both.sort("buyers", "product", descending=[True, False]).with_columns(
        pl.int_range(1, pl.len() + 1).over("industry").alias("rank")
    )
    return ranked.filter(col("rank") <= 100).sort("industry", "rank").select("industry", "rank", "product")
