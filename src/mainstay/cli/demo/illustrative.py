"""What the data of the demonstration company lacks, made up: needs, contacts, potential, visits, judgements.

All of it says so in a note. It depends on nothing but the files, so that two demonstrations are alike.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from mainstay.cli.demo.files import DATA
from mainstay.cli.demo.staff import SCOUT
from mainstay.core.periods import months_before

NOTE = "illustrative"
NEEDS = (
    "A second supplier of touring bikes for the coming season",
    "Spare parts within two days",
    "A range for beginners below 600",
    "Rental bikes for its hotels",
    "Helmets and clothing under its own name",
)
TITLES = (
    ("Managing director", "Management", "decider", "high"),
    ("Head of purchasing", "Purchasing", "decider", "high"),
    ("Workshop manager", "Workshop", "user", "middle"),
    ("Bookkeeper", "Finance", "gatekeeper", "low"),
)
FIRST_NAMES = ("Alex", "Casey", "Dana", "Jules", "Kim", "Lee", "Mika", "Noel", "Pat", "Toni")
LAST_NAMES = ("Ames", "Berg", "Costa", "Dunn", "Egger", "Falk", "Grant", "Holm", "Ito", "Jansen", "Kerr")
STANCES = ("for us", "neutral", "for us", "for a competitor")
# Of the shops that never bought: every third a prospect, of the rest every seventh judged not worth the effort.
PROSPECT, DISMISSED = 3, 7
KEY_ACCOUNTS, MIDDLE = 60, range(150, 400, 25)


# A minute of the service desk, the minutes that work takes, and what the desk's leaders cost.
COST_MODEL = {
    "capacity_rate": "0.85",
    "activities": {
        "order": {"minutes": "18"},
        "line": {"minutes": "1.5"},
        "return": {"minutes": "35"},
        "delivery": {"rate": "6.40"},
        "visit_minute": {"minutes": "1"},
    },
    "pools": [{"name": "Sales administration", "by": "orders", "amount": "180000", "per": "year"}],
}


@dataclass(frozen=True)
class Shop:
    """A shop as the files know it; `rank` by sales in the last twelve months, None without any."""

    code: str
    owner: str
    rank: int | None
    bought: bool


@dataclass(frozen=True)
class Judged:
    """An assessment: five factors and the room to develop, 1-5 each."""

    code: str
    by: str
    days_ago: int
    values: tuple[int, int, int, int, int, int]


def shops(sales: Path, *, as_of: date) -> list[Shop]:
    """All shops in order of their codes; `sales` with its dates moved."""
    with duckdb.connect() as connection:
        found = connection.execute(
            """
            WITH bought AS (
                SELECT account, sum(amount) FILTER (date > ?) AS recent FROM read_parquet(?) GROUP BY account
            )
            SELECT a.code, coalesce(a.owner, ''),
                CASE WHEN recent IS NOT NULL THEN row_number() OVER (ORDER BY recent DESC NULLS LAST, a.code) END,
                b.account IS NOT NULL
            FROM read_csv(?, all_varchar = true) a LEFT JOIN bought b ON b.account = a.code
            ORDER BY a.code
            """,
            [months_before(as_of, 12), str(sales), str(DATA / "accounts.csv")],
        )
        return [Shop(*row) for row in found.fetchall()]


def write_accounts(path: Path, known: Sequence[Shop], *, as_of: date) -> None:
    """Needs, last contacts, assessed potential; the shops that never bought go to the scout."""
    rows: list[Sequence[object]] = []
    for index, shop in enumerate(shop for shop in known if not shop.bought):
        rows.append(_of_stranger(shop, index, as_of))
    for shop in known:
        if shop.rank is not None and shop.rank <= KEY_ACCOUNTS:
            rows.append((shop.code, "", as_of - timedelta(days=3 + shop.rank % 40), "", "", NOTE))
        elif shop.rank is not None and shop.rank in MIDDLE:
            rows.append((shop.code, "", as_of - timedelta(days=shop.rank % 90), 260_000 + 100 * shop.rank, "", NOTE))
    gone = [shop for shop in known if shop.bought and shop.rank is None]
    rows += [(shop.code, "", as_of - timedelta(days=400), 140_000, "", NOTE) for shop in gone[::18]]
    _write(path, ("code", "need", "last_contact", "potential", "owner", "note"), rows)


def _of_stranger(shop: Shop, index: int, as_of: date) -> Sequence[object]:
    if index % PROSPECT == 0:
        day = as_of - timedelta(days=4 + 7 * (index % 20))
        potential = 30_000 + 4_000 * index if index % 2 else ""
        return (shop.code, NEEDS[index // PROSPECT % len(NEEDS)], day, potential, SCOUT, NOTE)
    if index % DISMISSED == 0:
        return (shop.code, "", as_of - timedelta(days=210), 500, SCOUT, NOTE)
    return (shop.code, "", as_of - timedelta(days=240 + index) if index % 2 else "", "", SCOUT, NOTE)


def write_contacts(path: Path, known: Sequence[Shop]) -> None:
    """More people at the larger shops and at prospects; of the others one buyer each is known."""
    rows: list[Sequence[object]] = []
    strangers = [shop for shop in known if not shop.bought]
    large = [shop for shop in known if shop.rank is not None and shop.rank <= 2 * KEY_ACCOUNTS]
    for index, shop in enumerate([*strangers[::PROSPECT], *large]):
        for number in range(1 + index % 3):
            title, department, role, influence = TITLES[(index + number) % len(TITLES)]
            place = 3 * index + number
            name = f"{FIRST_NAMES[place % len(FIRST_NAMES)]} {LAST_NAMES[place % len(LAST_NAMES)]}"
            stance = STANCES[(index + number) % len(STANCES)]
            rows.append((shop.code, name, title, department, role, influence, stance, NOTE))
    headings = ("account", "name", "title", "department", "role", "influence", "stance", "note")
    _write(path, headings, rows)


def write_efforts(path: Path, known: Sequence[Shop], *, as_of: date) -> None:
    """Visits, as costs of selling: to prospects and suspects, and to the largest shops."""
    rows: list[Sequence[object]] = []

    def visits(shop: Shop, count: int, cost: int) -> None:
        for number in range(count):
            day = as_of - timedelta(days=9 + 61 * number + len(rows) % 29)
            rows.append((f"V{len(rows) + 1:04}", day, shop.code, "selling", cost, "USD", f"visit, {NOTE}"))

    for index, shop in enumerate(shop for shop in known if not shop.bought):
        visits(shop, 3 if index % PROSPECT == 0 else index % 2, 240 + 20 * (index % 7))
    for shop in known:
        if shop.rank is not None and shop.rank <= KEY_ACCOUNTS:
            visits(shop, 1 + shop.rank % 3, 180)
    _write(path, ("reference", "date", "account", "kind", "amount", "currency", "note"), rows)


def judgements(known: Sequence[Shop]) -> list[Judged]:
    """Of the largest shops by their owners, some twice, which tells of a change; of prospects by the scout."""
    found: list[Judged] = []
    ranked = sorted((shop for shop in known if shop.rank is not None), key=lambda shop: shop.rank or 0)
    for index, shop in enumerate(ranked[:KEY_ACCOUNTS]):
        if index % 4 == 3:
            continue
        level = (4, 5, 3, 4, 2, 5, 3)[index % 7]
        found.append(Judged(shop.code, shop.owner, 20 + index, _around(level, index)))
        if index % 3 == 0:
            found.append(Judged(shop.code, shop.owner, 150 + index, _around(level - 1, index + 1)))
    strangers = [shop for shop in known if not shop.bought]
    for index, shop in enumerate(strangers[::PROSPECT]):
        found.append(Judged(shop.code, SCOUT, 10 + 3 * index, _around((3, 4, 2, 3)[index % 4], index)))
    return found


def _around(level: int, turn: int) -> tuple[int, int, int, int, int, int]:
    """Judgements about `level`, each factor a little otherwise."""
    steps = (0, 1, -1, 0, 1, 0)
    first, second, third, fourth, fifth, room = (
        min(5, max(1, level + steps[(turn + place) % len(steps)])) for place in range(6)
    )
    return first, second, third, fourth, fifth, room


def evidence(factor: str, value: int) -> str:
    """What a judgement rests on, made up."""
    poor, fair, good = _EVIDENCE[factor]
    return f"{NOTE}: {poor if value <= 2 else good if value >= 4 else fair}"


_EVIDENCE = {
    "difference": (
        "names two others in the same breath",
        "knows our frames, not our service",
        "says nobody else fits bikes to riders as we do",
    ),
    "value": ("compares list prices only", "asks for a discount every season", "counts the returns it does not have"),
    "preference": ("still speaks of a late delivery", "buys where it is easiest", "recommends us to other shops"),
    "access": ("only the buyer answers", "met the owner once", "the owner calls us first"),
    "rules": ("nobody tells how they decide", "orders follow a yearly list", "we helped to write the list"),
    "room": ("full with its own brand", "could take one more range", "opens two more shops"),
}


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
