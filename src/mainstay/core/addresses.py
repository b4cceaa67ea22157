"""Addresses of the engine that computes and of a ledger in a warehouse: what they may be, and how they are told.

    duckdb://                                   inside the process
    spark://local                               Spark on this machine
    spark://host:7077?spark.executor.memory=4g  a standalone cluster; what follows the question mark is Spark's own
    postgresql://user:password@host/database?sales=schema.sales_lines&costs=schema.cost_lines

An address may hold a password: nobody is shown one whole, but `shown`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

ENGINE_WANTED = "duckdb://, spark://local or spark://host:port"
LEDGER_WANTED = (
    "like postgresql://user:password@host/database?sales=schema.table&costs=schema.table, "
    "with postgresql, databricks, snowflake, bigquery or clickhouse"
)
# What each scheme is to Ibis.
WAREHOUSES = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "databricks": "databricks",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
}
KINDS = ("sales", "costs")
LOCAL = "local"
_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_SECRET = ("password", "token", "secret", "key", "credential", "passphrase", "passcode")
MASK = "…"


@dataclass(frozen=True)
class EngineAddress:
    """`kind` is duckdb or spark. `master` is the cluster as Spark calls it, empty for this machine's own threads."""

    kind: str
    master: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        return f"{self.kind}://" if self.kind == "duckdb" else self.master or f"{self.kind}://{LOCAL}"

    @property
    def masters(self) -> list[tuple[str, int]]:
        """Host and port of every master that may lead the cluster."""
        places = self.master.removeprefix("spark://").split(",") if self.master else []
        return [(host.strip("[]"), int(port)) for host, _colon, port in (place.rpartition(":") for place in places)]

    @property
    def on_loopback(self) -> bool:
        """Nobody but this machine takes part."""
        return all(place.rpartition(":")[0] in _LOOPBACK for place in self.master.removeprefix("spark://").split(","))

    @property
    def secrets(self) -> list[str]:
        return [value for name, value in self.options.items() if is_secret(name)]


def engine_address(url: str) -> EngineAddress:
    """Raises ValueError for what is none."""
    parts = urlsplit(url)
    if parts.scheme == "duckdb" and not (parts.netloc or parts.path or parts.query):
        return EngineAddress("duckdb")
    options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    if parts.scheme != "spark" or parts.path.strip("/") or not all(name.startswith("spark.") for name in options):
        raise ValueError
    if parts.netloc == LOCAL:
        return EngineAddress("spark", "", options)
    for place in parts.netloc.split(","):
        host, _colon, port = place.rpartition(":")
        if not host or "@" in host or not 0 < int(port) < 65_536:
            raise ValueError
    return EngineAddress("spark", f"spark://{parts.netloc}", options)


@dataclass(frozen=True)
class Warehouse:
    """A ledger in tables of a warehouse.

    `tables`: kind of lines → the parts of the table's name. `columns`: kind → our field → the warehouse's column, for
    those that are named otherwise. `options` are the driver's own.
    """

    scheme: str
    parts: SplitResult = field(repr=False)
    tables: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Mapping[str, str]]
    options: Mapping[str, str] = field(repr=False)

    @property
    def backend(self) -> str:
        """Its name among Ibis' backends."""
        return WAREHOUSES[self.scheme]

    @property
    def url(self) -> str:
        """For the driver only: it may hold a password."""
        return self.parts._replace(query=urlencode(self.options, quote_via=quote)).geturl()

    @property
    def shown(self) -> str:
        host = self.parts.netloc.rpartition("@")[2]
        return f"{self.scheme}://{host}{self.parts.path}"

    @property
    def secrets(self) -> list[str]:
        # Databricks takes a token where others have a user.
        told = self.parts.password or (self.parts.username if self.scheme == "databricks" else None) or ""
        held = [told, unquote(told)]
        return [*held, *(value for name, value in self.options.items() if is_secret(name))]


def warehouse(url: str) -> Warehouse:
    """Raises ValueError for what is none."""
    parts = urlsplit(url)
    _port = parts.port  # raises where it is no number
    given = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    tables = {kind: tuple(given.pop(kind).split(".")) for kind in KINDS if kind in given}
    columns: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for name in list(given):
        kind, _dot, ours = name.partition(".")
        if kind in KINDS:
            columns[kind][ours] = given.pop(name)
    named = all(1 <= len(name) <= 3 and all(name) for name in tables.values())
    if parts.scheme not in WAREHOUSES or "sales" not in tables or not named:
        raise ValueError
    return Warehouse(parts.scheme, parts, tables, columns, given)


def is_secret(name: str) -> bool:
    """Whether a parameter of this name holds something that nobody is to see."""
    return any(word in name.lower() for word in _SECRET)


def masked(text: str, secrets: Iterable[str]) -> str:
    """`text` without what is secret in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
