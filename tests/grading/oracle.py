"""The whole grading once more, by plain loops over exact fractions, straight from the rules: slow, for tests only."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
Among = dict[str, list[Fraction]]
LOWEST = Fraction(-(10**30))


def earlier(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one that month has."""
    month = day.replace(day=1)
    for _ in range(months):
        month = (month - timedelta(days=1)).replace(day=1)
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(month + timedelta(days=day.day - 1), last)


def percentile(value: Fraction, among: Sequence[Fraction], *, inside: bool) -> Fraction | None:
    """`among` is sorted."""
    n = len(among)
    if n <= 1:
        return Fraction(100) if n else None
    below = bisect_left(among, value)
    others = bisect_right(among, value) - below - inside
    return min(Fraction(100), 100 * (below + Fraction(others, 2)) / (n - 1))


def upper_quartile(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    place = Fraction(3, 4) * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    exact = ordered[low] + (place - low) * (ordered[high] - ordered[low])
    units = abs(exact) * 10_000 + Fraction(1, 2)
    return Fraction(int(units), 10_000) * (-1 if exact < 0 else 1)


def graded(lines: Sequence[Row], costs: Sequence[Row], accounts: Sequence[Row], as_of: date) -> dict[str, Row]:
    """By code: the columns of the account mart that decide, money as Fraction."""
    start, start_before = earlier(as_of, 12), earlier(as_of, 24)
    known = {account["code"]: account for account in accounts}
    named = [row["account"] for row in lines if row["date"] <= as_of]
    named += [row["account"] for row in costs if start < row["date"] <= as_of]
    codes = sorted(set(known) | {code for code in named if code is not None})
    mart = {code: _bought(code, lines, costs, as_of, start, start_before) for code in codes}
    for code, row in mart.items():
        row |= known.get(code, {"contacts": 0, "need": None, "last_contact": None, "room": None, "score": None})
        row["code"] = code
    active = [row for row in mart.values() if row["active"]]
    _rank(active)
    cost_known = any(row["cost"] is not None for row in lines if start < row["date"] <= as_of) or any(
        start < row["date"] <= as_of for row in costs
    )
    for row in mart.values():
        row["amount"], row["basis"] = _potential(row, active)
        row["margin"] = row["profit"] / row["sales"] if row["sales"] > 0 else LOWEST
        row["left"] = max(row["amount"] - row["sales"], Fraction(0))
    placed = ("amount", "sales", "margin", "left", "age", "months", "products", "contacts")
    among = {name: sorted(row[name] for row in active) for name in placed}
    for row in mart.values():
        row["potential"] = _place(row, among, "amount")
        row["attractiveness"] = _attractiveness(row, among, cost_known) if row["active"] else None
        row["estimate"] = _estimate(row, among)
        row["class"] = _class(row, earlier(as_of, 6), as_of)
        row["letter"], row["letter_basis"] = _letter(row)
    return mart


def _bought(code: str, lines: Sequence[Row], costs: Sequence[Row], as_of: date, start: date, start_before: date) -> Row:
    ever = [row for row in lines if row["account"] == code and row["date"] <= as_of]
    now = [row for row in ever if row["date"] > start]
    booked = [row["amount"] for row in costs if row["account"] == code and start < row["date"] <= as_of]
    orders = [row["date"] for row in ever if row["amount"] > 0]
    sales = sum((Fraction(row["amount"]) for row in now), Fraction(0))
    goods = sum((Fraction(row["cost"] or 0) for row in now), Fraction(0))
    return {
        "active": bool(now),
        "history": bool(ever),
        "before": any(row["date"] <= start for row in ever),
        "previous": any(start_before < row["date"] <= start for row in ever),
        "sales": sales,
        "sales_before": sum((Fraction(r["amount"]) for r in ever if start_before < r["date"] <= start), Fraction(0)),
        "profit": sales - goods - sum(map(Fraction, booked), Fraction(0)),
        "lines": len(now),
        "orders": len({(row["source"], row["document"]) for row in now if row["amount"] > 0}),
        "products": Fraction(len({row["product"] for row in now} - {None})),
        "months": Fraction(len({(row["date"].year, row["date"].month) for row in now})),
        "age": Fraction((as_of - min(orders)).days) if orders else Fraction(-1),
        "first_order": min(orders, default=None),
        "last_order": max(orders, default=None),
        "core": False,
        "head": False,
        "rank": None,
    }


def _rank(active: list[Row]) -> None:
    total = sum(row["sales"] for row in active)
    reached = Fraction(0)
    for rank, row in enumerate(sorted(active, key=lambda row: (-row["sales"], row["code"].encode())), 1):
        row["rank"] = rank
        row["core"] = total > 0 and reached < total / 2
        row["head"] = total > 0 and reached < total * Fraction(4, 5)
        reached += row["sales"]


def _traits(row: Row, count: int) -> tuple[str, ...]:
    return tuple(row.get(name) or "" for name in ("industry", "size", "country")[:count])


def _potential(row: Row, active: Sequence[Row]) -> tuple[Fraction, str]:
    if row.get("potential") is not None and isinstance(row["potential"], Decimal):
        return Fraction(row["potential"]), "assessed"
    for count in (3, 2, 1, 0):
        alike = [other["sales"] for other in active if _traits(other, count) == _traits(row, count)]
        if len(alike) >= 10 or (count == 0 and alike):
            return max(row["sales"], upper_quartile(alike)), "estimated"
    return row["sales"], "estimated"


def _place(row: Row, among: Among, name: str) -> Fraction | None:
    return percentile(row[name], among[name], inside=row["active"])


def _mean(parts: Sequence[Fraction | None]) -> Fraction | None:
    told = [part for part in parts if part is not None]
    return sum(told, Fraction(0)) / len(told) if told else None


def _attractiveness(row: Row, among: Among, cost_known: bool) -> Fraction | None:
    room = _place(row, among, "left") if row["room"] is None else (Fraction(row["room"]) - 1) * 25
    return _mean([_place(row, among, "sales"), _place(row, among, "margin") if cost_known else None, room])


def _estimate(row: Row, among: Among) -> Fraction | None:
    if not row["history"]:
        return None
    telling = [name for name in ("age", "months", "products", "contacts") if len(set(among[name])) > 1]
    return _mean([_place(row, among, name) for name in telling])


def _class(row: Row, contact_after: date, as_of: date) -> int:
    assessed = row["basis"] == "assessed" and row["potential"] is not None
    if row["active"]:
        if row["core"] and row["previous"]:
            return 1
        return 2 if row["head"] or (row["potential"] >= 90 and row["attractiveness"] >= 50) else 3
    if (row["need"] or "").strip() and row["last_contact"] and contact_after < row["last_contact"] <= as_of:
        return 4
    if row["before"]:
        return 5 if assessed and row["potential"] >= 50 else 6
    return 6 if assessed and row["potential"] < 25 else 5


def _letter(row: Row) -> tuple[str, str]:
    score, basis = row["score"], "assessed"
    if score is None:
        score, basis = row["estimate"], "estimated"
    if score is None:
        return "B", "unassessed"
    return "A" if score >= 67 else "B" if score >= 34 else "C", basis


def whale(mart: dict[str, Row]) -> tuple[Fraction, int]:
    """Top of the whale curve and how many accounts stand there, found by walking it."""
    best, at, reached = Fraction(0), 0, Fraction(0)
    active = [row for row in mart.values() if row["active"]]
    for n, row in enumerate(sorted(active, key=lambda row: (-row["profit"], row["code"].encode())), 1):
        reached += row["profit"]
        if reached > best:
            best, at = reached, n
    return best, at


def gini(values: Sequence[Fraction]) -> Fraction | None:
    """The mean difference of all pairs over twice the mean; None with a negative value or nothing to share."""
    total = sum(values, Fraction(0))
    if total <= 0 or min(values) < 0:
        return None
    differences = sum((abs(a - b) for a in values for b in values), Fraction(0))
    return differences / (2 * len(values) * total)


def hhi(values: Sequence[Fraction]) -> Fraction | None:
    total = sum(values, Fraction(0))
    return sum(((value / total) ** 2 for value in values), Fraction(0)) if total > 0 else None


def by_cell(mart: dict[str, Row]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in mart.values():
        counts[f"{row['letter']}{row['class']}"] += 1
    return dict(counts)
