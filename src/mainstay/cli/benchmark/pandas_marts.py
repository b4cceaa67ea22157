"""The marts of a refresh with pandas, the plain way: tables in memory, money as floating point, one step after another.

What the product is measured against, written from the rules; a test holds the two to the same figures, to the cent.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mainstay.cli.benchmark.frames import ALIKE, COLUMNS, HISTORY, PARTS
from mainstay.core.periods import Window, months_before

LINES = ["source", "document", "date", "account", "product", "quantity", "amount", "cost"]
COSTS = ["date", "account", "amount"]
Frame = Any
Series = Any


def compute(*, lines: list[str], costs: list[str], facts: Path, window: Window, to: Path) -> list[tuple[Any, ...]]:
    """Compute all marts of the ledger's files and write them to the folder `to`; returns the cells."""
    sold = _read(lines, LINES)
    sold = sold[sold["date"] <= pd.Timestamp(window.as_of)]
    known = _read([str(facts)], None)
    figures, cost_known = _figures(sold, _read(costs, COSTS), known, window)
    mart = _decided(_placed(_valued(_ranked(figures))), cost_known)[COLUMNS]
    _write(known.sort_values("code"), to, "facts")
    _write(mart, to, "accounts")
    _write(_curve(mart, "profit"), to, "whale")
    _write(_curve(mart, "sales"), to, "pareto")
    months = _months(sold, window)
    _write(months, to, "months")
    _write(_popular(months, known), to, "popular")
    _write(_sold(sold, window), to, "sold")
    cells = mart.groupby("cell").agg(accounts=("code", "size"), sales=("sales", "sum"), profit=("profit", "sum"))
    return list(cells.itertuples(name=None))


def _read(paths: list[str], columns: list[str] | None) -> Frame:
    """Parquet files, one after the other; decimals as floating point, days as timestamps."""
    parts = [pd.read_parquet(path, columns=columns, dtype_backend="pyarrow") for path in paths]
    frame = pd.concat(parts, ignore_index=True)
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    money = {name: "float64" for name, kind in kinds.items() if kind.startswith(("decimal", "double"))}
    days = {name: "datetime64[s]" for name, kind in kinds.items() if kind.startswith("date")}
    return frame.astype(money | days)


def _write(frame: Frame, to: Path, name: str) -> None:
    frame.to_parquet(to / f"{name}.parquet", compression="zstd", index=False)


def _within(frame: Frame, window: Window) -> Frame:
    day = frame["date"]
    return frame[(day > pd.Timestamp(window.after)) & (day <= pd.Timestamp(window.last_day))]


def _figures(sold: Frame, costs: Frame, known: Frame, window: Window) -> tuple[Frame, bool]:
    """One row per account with what it bought and what was booked for it, and whether any cost is known."""
    now, before, spent = _within(sold, window), _within(sold, window.previous), _within(costs, window)
    bought = now[now["amount"] > 0]
    ordered = sold[sold["amount"] > 0].groupby("account")["date"]
    parts = [
        now.groupby("account").agg(sales=("amount", "sum"), goods_cost=("cost", "sum"), lines=("amount", "size")),
        before.groupby("account").agg(sales_before=("amount", "sum"), lines_before=("amount", "size")),
        sold.groupby("account").agg(lines_ever=("amount", "size")),
        ordered.agg(first_order="min", last_order="max"),
        _distinct(bought, ["source", "document"], "orders"),
        _distinct(now[now["product"].notna()], ["product"], "products"),
        _distinct(now.assign(month=now["date"].dt.year * 12 + now["date"].dt.month), ["month"], "months_bought"),
        spent.groupby("account").agg(booked_cost=("amount", "sum")),
        known.set_index("code").rename(columns={"potential": "assessed"}),
    ]
    rows = pd.concat([part.set_axis(part.index.astype("str")) for part in parts], axis=1).sort_index()
    rows.index.name = "code"
    counts = ["lines", "lines_before", "lines_ever", "orders", "products", "months_bought", "contacts"]
    money = ["sales", "goods_cost", "sales_before", "booked_cost"]
    rows[counts] = rows[counts].fillna(0).astype("int64")
    rows[money] = rows[money].fillna(0.0).astype("float64").round(4)
    rows = rows.reset_index()
    as_of = pd.Timestamp(window.as_of)
    rows["profit"] = (rows["sales"] - rows["goods_cost"] - rows["booked_cost"]).round(4)
    rows["sales_change"] = ((rows["sales"] - rows["sales_before"]) / rows["sales_before"]).where(
        rows["sales_before"] > 0
    )
    rows["active"] = rows["lines"] > 0
    rows["bought_previous"] = rows["lines_before"] > 0
    rows["bought_before"] = rows["lines_ever"] > rows["lines"]
    rows["has_history"] = rows["lines_ever"] > 0
    rows["days_since_first"] = (as_of - rows["first_order"]).dt.days
    rows["stated_need"] = (rows["need"].str.strip() != "").fillna(False).astype(bool)
    contact_after = pd.Timestamp(months_before(window.as_of, 6))
    rows["recent_contact"] = (rows["last_contact"] > contact_after) & (rows["last_contact"] <= as_of)
    rows[ALIKE] = rows[ALIKE].fillna("")
    return rows, bool(now["cost"].notna().any() or len(spent))


def _distinct(lines: Frame, columns: list[str], name: str) -> Frame:
    pairs = lines[["account", *columns]].dropna(subset="account").drop_duplicates()
    return pairs.groupby("account").size().rename(name)


def _ranked(figures: Frame) -> Frame:
    active = figures[figures["active"]].sort_values(["sales", "code"], ascending=[False, True])
    rank = pd.Series(np.arange(1, len(active) + 1), index=active.index)
    by_profit = active.sort_values(["profit", "code"], ascending=[False, True])
    total, reached = active["sales"].sum(), active["sales"].cumsum() - active["sales"]
    columns = {
        "rank": rank,
        "profit_rank": pd.Series(np.arange(1, len(active) + 1), index=by_profit.index),
        "sales_share": active["sales"] / total if total > 0 else pd.Series(np.nan, index=active.index),
        "in_core": (total > 0) & (reached < total * 0.5),
        "in_head": (total > 0) & (reached < total * 0.8),
        "in_top20": 5 * (rank - 1) < len(active),
    }
    ranked = figures.join(pd.DataFrame(columns))
    for name in ("in_core", "in_head", "in_top20"):
        ranked[name] = ranked[name].fillna(False).astype(bool)
    return ranked.astype({"rank": "Int64", "profit_rank": "Int64"})


def _valued(rows: Frame) -> Frame:
    """Potential, and each value that is placed among those of the active accounts."""
    active = rows[rows["active"]]
    quartile = pd.Series(active["sales"].quantile(0.75), index=rows.index)
    for depth in range(1, len(ALIKE) + 1):
        groups = active.groupby(ALIKE[:depth])["sales"]
        found = groups.quantile(0.75)[groups.size() >= 10].rename("quartile")
        alike = rows[ALIKE[:depth]].merge(found, how="left", left_on=ALIKE[:depth], right_index=True)["quartile"]
        quartile = alike.fillna(quartile)
    estimate = np.maximum(rows["sales"], quartile.fillna(rows["sales"]).round(4))
    rows["potential_amount"] = rows["assessed"].fillna(estimate)
    values = {
        "potential": rows["potential_amount"],
        "volume": rows["sales"],
        "margin": (_units(rows["profit"]) / _units(rows["sales"])).where(rows["sales"] > 0, -np.inf),
        "room": (rows["potential_amount"] - rows["sales"]).round(4).clip(lower=0),
        "age": rows["days_since_first"].fillna(-1),
        "months": rows["months_bought"],
        "products": rows["products"],
        "contacts": rows["contacts"],
    }
    return rows.assign(**{f"{part}_value": value.astype("float64") for part, value in values.items()})


def _units(money: Series) -> Series:
    return (money * 10_000).round()


def _placed(rows: Frame) -> Frame:
    """Where each value stands among those of the active accounts, 0 to 100."""
    active = rows["active"].to_numpy()
    for part in PARTS:
        value = rows[f"{part}_value"].to_numpy()
        members = np.sort(value[active])
        below = members.searchsorted(value, side="left")
        halves = below + members.searchsorted(value, side="right") - active
        others = len(members) - 1
        place = np.clip(50.0 * halves / others, 0, 100) if others > 0 else 100.0 if others == 0 else np.nan
        rows[f"{part}_at"] = place
    return rows


def _mean(parts: list[Series]) -> Series:
    return pd.concat(parts, axis=1).mean(axis=1)


def _decided(rows: Frame, cost_known: bool) -> Frame:
    """Class, letter and cell, in order of codes."""
    active = rows["active"]
    rows["potential"] = rows["potential_at"]
    rows["volume_percentile"] = rows["volume_at"].where(active)
    rows["margin_percentile"] = rows["margin_at"].where(active & cost_known)
    rows["room_percentile"] = ((rows["room"] - 1) * 25).fillna(rows["room_at"]).where(active)
    for part in HISTORY:
        among = rows.loc[active, f"{part}_value"]
        rows[f"{part}_percentile"] = rows[f"{part}_at"] if among.max() > among.min() else np.nan
    rows["attractiveness"] = _mean([rows[f"{part}_percentile"] for part in ("volume", "margin", "room")])
    estimate = _mean([rows[f"{part}_percentile"] for part in HISTORY]).where(rows["has_history"])
    assessed_score = rows["score"]
    rows["score"] = assessed_score.fillna(estimate)
    rows["potential_basis"] = np.where(rows["assessed"].isna(), "estimated", "assessed")
    potential = rows["potential"]
    rules = {
        "anchor": (1, active & rows["in_core"] & rows["bought_previous"]),
        "head": (2, active & rows["in_head"]),
        "growth": (2, active & (potential >= 90) & (rows["attractiveness"] >= 50)),
        "ordinary": (3, active),
        "prospect": (4, rows["stated_need"] & rows["recent_contact"]),
        "faded": (6, rows["bought_before"] & ~(rows["assessed"].notna() & (potential >= 50))),
        "dismissed": (6, ~rows["bought_before"] & rows["assessed"].notna() & (potential < 25)),
    }
    holds = [condition.to_numpy(dtype=bool) for _number, condition in rules.values()]
    rows["rule"] = np.select(holds, list(rules), default="suspect")
    rows["class"] = np.select(holds, [number for number, _condition in rules.values()], default=5).astype("int8")
    score = rows["score"]
    rows["letter"] = np.select([score >= 67, (score >= 34) | score.isna()], ["A", "B"], default="C")
    basis = [assessed_score.notna(), score.notna()]
    rows["letter_basis"] = np.select(basis, ["assessed", "estimated"], default="unassessed")
    rows["cell"] = rows["letter"] + rows["class"].astype("str")
    return rows.sort_values("code")


def _curve(mart: Frame, measure: str) -> Frame:
    active = mart[mart["active"]].sort_values([measure, "code"], ascending=[False, True])
    return pd.DataFrame(
        {
            "code": active["code"],
            "n": np.arange(1, len(active) + 1),
            "sales": active["sales"].cumsum().round(4),
            "profit": active["profit"].cumsum().round(4),
        }
    )


def _months(sold: Frame, window: Window) -> Frame:
    day = sold["date"]
    keys = {
        "month": day.dt.to_period("M").dt.to_timestamp().astype("datetime64[s]"),
        "period": np.select(
            [day > pd.Timestamp(window.after), day > pd.Timestamp(window.previous.after)], [0, 1], default=2
        ).astype("int8"),
    }
    groups = sold.assign(**keys)[sold["account"].notna()].groupby(
        ["account", "month", "product", "period"], dropna=False, sort=False
    )
    sums = groups.agg(
        sales=("amount", "sum"),
        goods_cost=("cost", "sum"),
        quantity=("quantity", "sum"),
        lines=("amount", "size"),
        counted=("quantity", "count"),
    ).reset_index()
    sums["quantity"] = sums["quantity"].where(sums["counted"] > 0)
    order = ["account", "month", "product", "period"]
    return sums.drop(columns="counted").sort_values(order, na_position="first")


def _sold(sold: Frame, window: Window) -> Frame:
    recent = sold[sold["date"] > pd.Timestamp(window.previous.after)]
    now = recent["date"] > pd.Timestamp(window.after)
    parts = recent.assign(
        sales=recent["amount"].where(now),
        goods_cost=recent["cost"].where(now),
        sales_before=recent["amount"].where(~now),
        lines=now.astype("int64"),
    )
    measures = ["sales", "goods_cost", "sales_before", "lines"]
    return (
        parts.groupby("product", dropna=False)[measures].sum().reset_index().sort_values("product", na_position="first")
    )


def _popular(months: Frame, known: Frame) -> Frame:
    bought = months[(months["period"] == 0) & months["product"].notna()]
    pairs = bought[["account", "product"]].drop_duplicates()
    named = pairs.merge(known[["code", "industry"]], left_on="account", right_on="code")
    named["industry"] = named["industry"].fillna("")
    by_industry = named.groupby(["industry", "product"]).size().rename("buyers").reset_index()
    sizes = named.groupby("industry")["account"].nunique()
    large = by_industry[by_industry["industry"].isin(sizes[sizes >= 10].index)]
    everybody = by_industry.groupby("product", as_index=False)["buyers"].sum().assign(industry=None)
    both = pd.concat([everybody, large]).sort_values(["buyers", "product"], ascending=[False, True])
    both["rank"] = both.groupby("industry", dropna=False).cumcount() + 1
    first = both[both["rank"] <= 100].sort_values(["industry", "rank"], na_position="first")
    return first[["industry", "rank", "product"]]
