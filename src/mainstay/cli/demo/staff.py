"""Who works at the demonstration company, in which role, and how they log in."""

import csv
import unicodedata
from dataclasses import dataclass

from mainstay.cli.demo.files import DATA
from mainstay.people.roles import Role

# Made up, the same for everybody, and printed: nothing here is secret.
PASSWORD = "freewheel-18-cells"  # noqa: S105
DOMAIN = "adventure-works.com"
# The regional managers' teams.
TEAMS = {"Stephen Jiang": "North America", "Amy Alberts": "Europe", "Syed Abbas": "Pacific"}
COUNTRIES = {
    "United States": "North America",
    "Canada": "North America",
    "France": "Europe",
    "Germany": "Europe",
    "United Kingdom": "Europe",
    "Australia": "Pacific",
}
# Representatives with most of the large accounts.
ACCOUNT_MANAGERS = ("Jae Pak", "Jillian Carson", "Linda Mitchell", "Michael Blythe")
SCOUT = "Sam Field"


@dataclass(frozen=True)
class Person:
    """A log-in of the demonstration."""

    name: str
    email: str
    role: str
    rank: int | None = None
    team: str = ""


# Their sales director, whom the data only names, and one for each role that is left, so that it can be tried.
OTHERS = (
    Person("Brian Welcker", f"brian3@{DOMAIN}", Role.DIRECTOR),
    Person(SCOUT, f"scout@{DOMAIN}", Role.SCOUT, 2),
    Person("Ana Lind", f"analyst@{DOMAIN}", Role.ANALYST),
    Person("Robin Reed", f"reader@{DOMAIN}", Role.READ_ONLY, None, "Europe"),
)


def everybody() -> list[Person]:
    """The director first, then managers, then the others by name."""
    with (DATA / "people.csv").open(encoding="utf-8") as file:
        people = [_person(row) for row in csv.DictReader(file)]
    managers = [person for person in people if person.name in TEAMS]
    return [OTHERS[0], *managers, *(person for person in people if person.name not in TEAMS), *OTHERS[1:]]


def _person(row: dict[str, str]) -> Person:
    name = row["name"]
    manages = name in TEAMS
    role = Role.ACCOUNT_MANAGER if manages or name in ACCOUNT_MANAGERS else Role.SALES_REPRESENTATIVE
    return Person(name, _ascii(row["email"]), role, 1 if manages else 2, TEAMS[name if manages else row["manager"]])


def _ascii(text: str) -> str:
    """Without the signs above and below letters: easier to type at a log-in."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
