"""The marts of a refresh as somebody would write them for DuckDB by hand: what the product is measured against.

Written from the rules and not from the product's expressions; a test holds the two to the same figures. Needs views
`lines`, `costs` and `facts`, and variables as_of, start (after which the window begins), start_before, contact_after.
"""

from pathlib import Path

import duckdb

from mainstay.core.periods import Window, months_before
from mainstay.grading.marts.files import ROW_GROUP

PARTS = ("potential", "volume", "margin", "room", "age", "months", "products", "contacts")
# The letter is estimated of these; a part in which active accounts do not differ is left out.
HISTORY = PARTS[4:]
DAY = "getvariable('as_of')"
NOW = f"date > getvariable('start') AND date <= {DAY}"
BEFORE = "date > getvariable('start_before') AND date <= getvariable('start')"
UNITS = "({} * 10000)::BIGINT"
# Kinds of booked cost: what is of none of the first six is other.
_NAMED = ("goods", "service", "delivery", "rebate", "selling", "finance")
_IS_OTHER = f"kind IS NULL OR kind NOT IN {_NAMED}"
_KIND_IS = {kind: f"kind = '{kind}'" for kind in _NAMED} | {"other": _IS_OTHER}
_KINDS = ", ".join(f"sum(amount) FILTER ({test}) AS booked_{kind}" for kind, test in _KIND_IS.items())
_BY_KIND = ", ".join(f"coalesce(booked_{kind}, 0)::DECIMAL(38, 4) AS booked_{kind}" for kind in _KIND_IS)

_PURCHASES = f"""
CREATE TEMP TABLE purchases AS
SELECT account, coalesce(sum(amount) FILTER ({NOW}), 0)::DECIMAL(38, 4) AS sales,
    coalesce(sum(cost) FILTER ({NOW}), 0)::DECIMAL(38, 4) AS goods_cost,
    count(*) FILTER ({NOW}) AS lines, count(cost) FILTER ({NOW}) AS costed_lines,
    coalesce(sum(amount) FILTER ({BEFORE}), 0)::DECIMAL(38, 4) AS sales_before,
    count(*) FILTER ({BEFORE}) AS lines_before, count(*) AS lines_ever,
    min(date) FILTER (amount > 0) AS first_order, max(date) FILTER (amount > 0) AS last_order
FROM lines WHERE date <= {DAY} GROUP BY account
"""
_BREADTH = f"""
CREATE TEMP TABLE breadth AS
WITH o AS (SELECT account, count(*) AS orders FROM (
        SELECT DISTINCT account, source, document FROM lines WHERE {NOW} AND amount > 0 AND account IS NOT NULL)
    GROUP BY account),
p AS (SELECT account, count(*) AS products FROM (
        SELECT DISTINCT account, product FROM lines WHERE {NOW} AND account IS NOT NULL AND product IS NOT NULL)
    GROUP BY account),
m AS (SELECT account, count(*) AS months_bought FROM (
        SELECT DISTINCT account, year(date) * 12 + month(date) FROM lines WHERE {NOW} AND account IS NOT NULL)
    GROUP BY account)
SELECT account, coalesce(orders, 0) AS orders, coalesce(products, 0) AS products, months_bought
FROM m LEFT JOIN o USING (account) LEFT JOIN p USING (account)
"""
_BOOKED = f"""
CREATE TEMP TABLE booked AS
SELECT account, sum(amount)::DECIMAL(38, 4) AS booked_cost, count(*) AS cost_lines,
    {_KINDS}
FROM costs WHERE {NOW} GROUP BY account
"""
_FIGURES = f"""
CREATE TEMP TABLE figures AS
WITH codes AS (SELECT code FROM facts UNION SELECT account FROM purchases WHERE account IS NOT NULL
    UNION SELECT account FROM booked WHERE account IS NOT NULL),
joined AS (
    SELECT code, coalesce(sales, 0)::DECIMAL(38, 4) AS sales, coalesce(goods_cost, 0)::DECIMAL(38, 4) AS goods_cost,
        coalesce(booked_cost, 0)::DECIMAL(38, 4) AS booked_cost,
        coalesce(sales_before, 0)::DECIMAL(38, 4) AS sales_before, coalesce(lines, 0) AS lines,
        coalesce(orders, 0) AS orders, coalesce(products, 0) AS products, coalesce(months_bought, 0) AS months_bought,
        first_order, last_order, coalesce(lines, 0) > 0 AS active, coalesce(lines_before, 0) > 0 AS bought_previous,
        coalesce(lines_ever, 0) > coalesce(lines, 0) AS bought_before, coalesce(lines_ever, 0) > 0 AS has_history,
        date_diff('day', first_order, {DAY}) AS days_since_first
    FROM codes LEFT JOIN purchases p ON p.account = code LEFT JOIN breadth b ON b.account = code
    LEFT JOIN booked k ON k.account = code
), priced AS (SELECT *, (sales - goods_cost - booked_cost)::DECIMAL(38, 4) AS profit FROM joined)
SELECT j.*, industry, size, country, need, last_contact, f.potential AS assessed, room AS assessed_room,
    score AS assessed_score, coalesce(contacts, 0) AS contacts,
    coalesce(trim(need) <> '', false) AS stated_need,
    coalesce(last_contact > getvariable('contact_after') AND last_contact <= {DAY}, false) AS recent_contact
FROM priced j LEFT JOIN facts f USING (code)
"""
_RANKED = """
CREATE TEMP TABLE ranked AS
WITH r AS (
    SELECT code, sales, row_number() OVER s AS rank, row_number() OVER (ORDER BY profit DESC, code) AS profit_rank,
        sum(sales) OVER s - sales AS reached, sum(sales) OVER () AS total, count(*) OVER () AS n
    FROM figures WHERE active WINDOW s AS (ORDER BY sales DESC, code ROWS UNBOUNDED PRECEDING)
)
SELECT code, rank, profit_rank, CASE WHEN total > 0 THEN sales::DOUBLE / total::DOUBLE END AS sales_share,
    total > 0 AND reached < total * 0.5 AS in_core, total > 0 AND reached < total * 0.8 AS in_head,
    5 * (rank - 1) < n AS in_top20
FROM r
"""
_QUARTILE = f"round(quantile_cont({UNITS.format('sales')}::DOUBLE, 0.75))::BIGINT"
_POTENTIAL = f"""
CREATE TEMP TABLE valued AS
WITH q3 AS (SELECT industry, size, country, {_QUARTILE} AS q FROM figures WHERE active GROUP BY ALL
        HAVING count(*) >= 10),
q2 AS (SELECT industry, size, {_QUARTILE} AS q FROM figures WHERE active GROUP BY ALL HAVING count(*) >= 10),
q1 AS (SELECT industry, {_QUARTILE} AS q FROM figures WHERE active GROUP BY ALL HAVING count(*) >= 10),
q0 AS (SELECT {_QUARTILE} AS q FROM figures WHERE active),
p AS (
    SELECT f.*, coalesce(assessed::DECIMAL(38, 4), greatest(sales,
        coalesce((coalesce(q3.q, q2.q, q1.q, q0.q)::DECIMAL(38, 4) / 10000)::DECIMAL(38, 4), sales)))::DECIMAL(38, 4)
        AS potential_amount
    FROM figures f CROSS JOIN q0
    LEFT JOIN q3 ON q3.industry IS NOT DISTINCT FROM f.industry AND q3.size IS NOT DISTINCT FROM f.size
        AND q3.country IS NOT DISTINCT FROM f.country
    LEFT JOIN q2 ON q2.industry IS NOT DISTINCT FROM f.industry AND q2.size IS NOT DISTINCT FROM f.size
    LEFT JOIN q1 ON q1.industry IS NOT DISTINCT FROM f.industry
)
SELECT *, {UNITS.format("potential_amount")} AS potential_value, {UNITS.format("sales")} AS volume_value,
    CASE WHEN sales > 0 THEN {UNITS.format("profit")}::DOUBLE / {UNITS.format("sales")}::DOUBLE
        ELSE '-infinity'::DOUBLE END AS margin_value,
    greatest({UNITS.format("potential_amount")} - {UNITS.format("sales")}, 0) AS room_value,
    coalesce(days_since_first, -1) AS age_value, months_bought AS months_value, products AS products_value,
    contacts AS contacts_value
FROM p
"""


def _place(part: str) -> str:
    """A table of where each value of a part stands among the active accounts, for them and for others."""
    return f"""
    {part}_place AS (
        SELECT {part}_value, CASE n WHEN 1 THEN 100.0 WHEN 0 THEN NULL
                ELSE least(100.0, greatest(0.0, 50.0 * (2 * below + same - 1) / (n - 1))) END AS inside,
            CASE n WHEN 1 THEN 100.0 WHEN 0 THEN NULL
                ELSE least(100.0, greatest(0.0, 50.0 * (2 * below + same) / (n - 1))) END AS outside
        FROM (SELECT {part}_value, same::DOUBLE AS same,
                (sum(same) OVER (ORDER BY {part}_value) - same)::DOUBLE AS below,
                (sum(same) OVER ())::DOUBLE AS n
            FROM (SELECT {part}_value, count(*) FILTER (active) AS same FROM valued GROUP BY 1))
    )"""


def _at(part: str) -> str:
    return f"CASE WHEN active THEN {part}_place.inside ELSE {part}_place.outside END AS {part}_at"


def _tells(part: str) -> str:
    return f"max({part}_value) FILTER (active) > min({part}_value) FILTER (active) AS {part}_tells"


def _mean(parts: dict[str, str]) -> str:
    """The mean of those of the expressions that are not null."""
    total = " + ".join(f"coalesce({part}, 0)" for part in parts.values())
    count = " + ".join(f"({part} IS NOT NULL)::INTEGER" for part in parts.values())
    return f"({total}) / nullif({count}, 0)::DOUBLE"


_PLACED = f"""
CREATE TEMP TABLE placed AS
WITH {",".join(_place(part) for part in PARTS)},
spread AS (SELECT {", ".join(_tells(part) for part in HISTORY)} FROM valued)
SELECT v.*, {", ".join(_at(part) for part in PARTS)},
    spread.*,
    (SELECT sum(costed_lines) FROM purchases) > 0 OR (SELECT count(*) FROM booked) > 0 AS cost_known
FROM valued v CROSS JOIN spread {" ".join(f"LEFT JOIN {p}_place USING ({p}_value)" for p in PARTS)}
"""
_HISTORY = {part: f"CASE WHEN {part}_tells THEN {part}_at END" for part in HISTORY}
_ATTRACTIVE = {part: f"{part}_percentile" for part in ("volume", "margin", "room")}
_ACCOUNTS = f"""
CREATE TEMP TABLE mart AS
WITH percentiles AS (
    SELECT *, CASE WHEN active THEN volume_at END AS volume_percentile,
        CASE WHEN active AND cost_known THEN margin_at END AS margin_percentile,
        CASE WHEN active THEN coalesce((assessed_room - 1) * 25, room_at) END AS room_percentile,
        {", ".join(f"{expression} AS {part}_percentile" for part, expression in _HISTORY.items())}
    FROM placed
), scored AS (
    SELECT p.*, r.* EXCLUDE (code), potential_at AS potential, {_mean(_ATTRACTIVE)} AS attractiveness,
        coalesce(assessed_score, CASE WHEN has_history THEN {_mean(_HISTORY)} END) AS score,
        CASE WHEN assessed IS NULL THEN 'estimated' ELSE 'assessed' END AS potential_basis
    FROM percentiles p LEFT JOIN ranked r USING (code)
), ruled AS (
    SELECT *, CASE WHEN active AND in_core AND bought_previous THEN 'anchor' WHEN active AND in_head THEN 'head'
            WHEN active AND potential >= 90 AND attractiveness >= 50 THEN 'growth' WHEN active THEN 'ordinary'
            WHEN stated_need AND recent_contact THEN 'prospect'
            WHEN bought_before AND (assessed IS NULL OR potential IS NULL OR potential < 50) THEN 'faded'
            WHEN NOT bought_before AND assessed IS NOT NULL AND potential < 25 THEN 'dismissed'
            ELSE 'suspect' END AS rule,
        CASE WHEN score >= 67 THEN 'A' WHEN score >= 34 OR score IS NULL THEN 'B' ELSE 'C' END AS letter,
        CASE WHEN assessed_score IS NOT NULL THEN 'assessed' WHEN score IS NOT NULL THEN 'estimated'
            ELSE 'unassessed' END AS letter_basis
    FROM scored
), classed AS (
    SELECT *, CASE rule WHEN 'anchor' THEN 1 WHEN 'head' THEN 2 WHEN 'growth' THEN 2 WHEN 'ordinary' THEN 3
        WHEN 'prospect' THEN 4 WHEN 'suspect' THEN 5 ELSE 6 END::TINYINT AS class FROM ruled
)
SELECT code, active, class, letter, letter || class AS cell, rule, letter_basis, score, attractiveness, potential,
    potential_amount, potential_basis, volume_percentile, margin_percentile, room_percentile, age_percentile,
    months_percentile, products_percentile, contacts_percentile, sales, goods_cost, booked_cost, profit, sales_before,
    CASE WHEN sales_before > 0 THEN (sales - sales_before)::DOUBLE / sales_before::DOUBLE END AS sales_change,
    lines, orders, products, months_bought, contacts, first_order, last_order, days_since_first, bought_before,
    bought_previous, rank, profit_rank, sales_share, coalesce(in_core, false) AS in_core,
    coalesce(in_head, false) AS in_head, coalesce(in_top20, false) AS in_top20, stated_need, recent_contact,
    last_contact, {_BY_KIND}, NULL::DECIMAL(38, 4) AS modelled_cost, NULL::DECIMAL(38, 4) AS profit_after_model
FROM classed LEFT JOIN (SELECT * EXCLUDE (booked_cost, cost_lines) FROM booked) ON account = code
"""
_MONTHS = f"""
SELECT account, date_trunc('month', date)::DATE AS month, product,
    CASE WHEN date > getvariable('start') THEN 0 WHEN date > getvariable('start_before') THEN 1
        ELSE 2 END::TINYINT AS period,
    sum(amount)::DECIMAL(38, 4) AS sales, coalesce(sum(cost), 0)::DECIMAL(38, 4) AS goods_cost,
    sum(quantity) AS quantity, count(*) AS lines
FROM lines WHERE date <= {DAY} AND account IS NOT NULL GROUP BY ALL
"""
_POPULAR = """
WITH pairs AS (SELECT DISTINCT account, product FROM months WHERE period = 0 AND product IS NOT NULL),
known AS (SELECT industry, account, product FROM pairs JOIN facts ON code = account),
by_industry AS (SELECT industry, product, count(*) AS buyers FROM known GROUP BY ALL),
large AS (SELECT industry FROM known GROUP BY 1 HAVING count(DISTINCT account) >= 10),
both_of AS (
    SELECT industry, product, buyers FROM by_industry SEMI JOIN large USING (industry)
    UNION ALL SELECT NULL, product, sum(buyers) FROM by_industry GROUP BY product
)
SELECT industry, row_number() OVER (PARTITION BY industry ORDER BY buyers DESC, product) AS rank, product
FROM both_of QUALIFY rank <= 100
"""
_SOLD = f"""
WITH together AS (
    SELECT product, period, sales, goods_cost, lines FROM months WHERE period < 2
    UNION ALL
    SELECT product, CASE WHEN date > getvariable('start') THEN 0 ELSE 1 END, sum(amount), coalesce(sum(cost), 0),
        count(*)
    FROM lines WHERE account IS NULL AND date > getvariable('start_before') AND date <= {DAY} GROUP BY ALL
)
SELECT product, coalesce(sum(sales) FILTER (period = 0), 0)::DECIMAL(38, 4) AS sales,
    coalesce(sum(goods_cost) FILTER (period = 0), 0)::DECIMAL(38, 4) AS goods_cost,
    coalesce(sum(sales) FILTER (period = 1), 0)::DECIMAL(38, 4) AS sales_before,
    coalesce(sum(lines) FILTER (period = 0), 0)::BIGINT AS lines
FROM together GROUP BY product
"""
_CURVE = """
SELECT code, row_number() OVER w AS n, (sum(sales) OVER w)::DECIMAL(38, 4) AS sales,
    (sum(profit) OVER w)::DECIMAL(38, 4) AS profit
FROM mart WHERE active WINDOW w AS (ORDER BY {measure} DESC, code ROWS UNBOUNDED PRECEDING)
"""
STATEMENTS = (_PURCHASES, _BREADTH, _BOOKED, _FIGURES, _RANKED, _POTENTIAL, _PLACED, _ACCOUNTS)
FILES = {
    "facts": "FROM facts ORDER BY code",
    "accounts": "FROM mart ORDER BY code",
    "whale": f"FROM ({_CURVE.format(measure='profit')}) ORDER BY n",
    "pareto": f"FROM ({_CURVE.format(measure='sales')}) ORDER BY n",
    "months": f"FROM ({_MONTHS}) ORDER BY account, month, product NULLS FIRST, period",
    "sold": f"FROM ({_SOLD}) ORDER BY product NULLS FIRST",
    "popular": f"FROM ({_POPULAR}) ORDER BY industry NULLS FIRST, rank",
}
TOTALS = """
SELECT count(*), count(*) FILTER (active), sum(sales), sum(goods_cost), sum(profit),
    sum(profit) FILTER (profit > 0 AND active), count(*) FILTER (in_head), sum(sales) FILTER (in_top20),
    sum((sales * sales)::DOUBLE) FILTER (active), sum(sales * rank) FILTER (active)
FROM mart
"""
CELLS = "SELECT cell, count(*), sum(sales), sum(profit) FROM mart GROUP BY cell ORDER BY cell"


def compute(
    connection: duckdb.DuckDBPyConnection, *, lines: list[str], costs: list[str], facts: Path, window: Window, to: Path
) -> list[tuple[str, int, object, object]]:
    """Compute all marts of the ledger's files and write them to the folder `to`; returns the cells."""
    for name, paths in {"lines": lines, "costs": costs, "facts": [str(facts)]}.items():
        connection.read_parquet(paths).create_view(name)
    days = {
        "as_of": window.as_of,
        "start": window.after,
        "start_before": window.previous.after,
        "contact_after": months_before(window.as_of, 6),
    }
    for name, day in days.items():
        connection.execute(f"SET VARIABLE {name} = DATE '{day.isoformat()}'")
    for statement in STATEMENTS:
        connection.execute(statement).fetchall()
    for name, query in FILES.items():
        path = str(to / f"{name}.parquet")
        connection.execute(
            f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        ).fetchall()
        if name == "months":
            connection.read_parquet(path).create_view(name)
    connection.execute(TOTALS).fetchall()
    return connection.execute(CELLS).fetchall()
