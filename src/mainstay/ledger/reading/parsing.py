"""The one query that reads a file's cells as the fields of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from mainstay.core.sql import quoted
from mainstay.ledger.reading import cells, dates, numbers
from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.kinds import Field, Kind
from mainstay.ledger.reading.relation import Relation
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.styles import Style

SQL_TYPES = {"code": "VARCHAR", "text": "VARCHAR", "choice": "VARCHAR", "date": "DATE", **numbers.DECIMALS}
PROBLEMS_TYPE = "STRUCT(field VARCHAR, problem VARCHAR, value VARCHAR)[]"
CURRENCIES = ("currency", "base")  # fields
SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True)
class _Problem:
    condition: str
    field: str
    problem: str
    value: str

    def sql(self) -> str:
        """The problem where its condition holds, else NULL; all but `field` are SQL themselves."""
        parts = f"'field': {quoted(self.field)}, 'problem': {self.problem}, 'value': {_cut(self.value)}"
        return f"CASE WHEN {self.condition} THEN {{{parts}}} END"


@dataclass(frozen=True)
class Parsing:
    """Writes the SQL for one file. Before a field's name stand: `u_` its cell without protection; `q_` its value where
    that is of a type and in a usual form; `t_` its clean text, of typed fields only where there is no `q_`, since that
    is the dear part; `d_` its day of any year; `v_` its value."""

    kind: Kind
    source: SourceFile
    match: Match
    style: Style
    relation: Relation

    def query(self) -> str:
        """Columns: (`row`,) one per field of the kind, `problems` (NULL: a good row; empty: a blank one), `cells`
        (of rows with problems)."""
        mapped = [field for field in self.kind.fields if field.name in self.match.fields]
        steps = (
            [self._first(field) for field in mapped],
            [self._text_of(field) for field in mapped],
            [f"{self._day(field)} AS d_{field.name}" for field in mapped if field.type == "date"],
            [f"{self._value(field)} AS v_{field.name}" for field in mapped],
            [f"{self._amount()} AS v_total"],
        )
        sql = self.relation.sql
        for step in steps:
            if step:
                sql = f"(SELECT *, {', '.join(step)} FROM {sql})"
        return f"SELECT {', '.join(self._result(mapped))} FROM {sql}"

    def _cell(self, field: Field) -> str:
        return f"c{self.source.columns.index(self.match.fields[field.name])}"

    def _first(self, field: Field) -> str:
        if field.type == "date":
            return f"{dates.quick(self._cell(field), self.style.orders.get(field.name))} AS q_{field.name}"
        if field.type in numbers.DECIMALS:
            value = numbers.quick(self._cell(field), self._decimal(field), field.type, self.source.scan)
            return f"{value} AS q_{field.name}"
        return f"{cells.unprotected(self._cell(field), self.source.scan)} AS u_{field.name}"

    def _text_of(self, field: Field) -> str:
        if _is_typed(field):
            text = cells.clean(self._cell(field), self.source.scan)
            return f"CASE WHEN q_{field.name} IS NULL THEN {text} END AS t_{field.name}"
        return f"{cells.trimmed(f'u_{field.name}', self.source.scan)} AS t_{field.name}"

    def _day(self, field: Field) -> str:
        return f"coalesce(q_{field.name}, {dates.slow(f't_{field.name}', self.style.orders.get(field.name))})"

    def _value(self, field: Field) -> str:
        text = f"t_{field.name}"
        if field.type == "date":
            return dates.in_range(f"d_{field.name}")
        if field.type in numbers.DECIMALS:
            return f"coalesce(q_{field.name}, {numbers.slow(text, self._decimal(field), field.type)})"
        if field.type == "choice":
            return cells.choice(text, field)
        return cells.code(text) if field.type == "code" else text

    def _decimal(self, field: Field) -> str:
        """Typed columns became text with a point, whatever the file's texts do."""
        place = self.source.columns.index(self.match.fields[field.name])
        typed = bool(self.source.types) and self.source.types[place] != "VARCHAR"
        return "." if typed else self.style.decimal

    def _amount(self) -> str:
        """The amount, or quantity × unit price where it is not there, rounded once; 38 digits hold any that is kept."""
        own = "v_amount" if "amount" in self.match.fields else "NULL::DECIMAL(18,4)"
        if not self._multiplies():
            return own
        product = " * ".join(self._factor(name) for name in self.kind.product or ())
        product = f"TRY_CAST(TRY({product}) AS {numbers.DECIMALS['money']})"
        return f"CASE WHEN {self._is_empty('amount')} THEN {product} ELSE {own} END"

    def _factor(self, name: str) -> str:
        field = next(field for field in self.kind.fields if field.name == name)
        scan = self.source.scan
        return numbers.factor(self._cell(field), f"t_{name}", f"v_{name}", self._decimal(field), scan)

    def _multiplies(self) -> bool:
        return self.kind.product is not None and all(name in self.match.fields for name in self.kind.product)

    def _is_empty(self, name: str) -> str:
        """Nothing is written there: no value, and no text that was no value."""
        if name not in self.match.fields:
            return "true"
        field = self.kind.field(name)
        dated = f" AND d_{name} IS NULL" if field and field.type == "date" else ""
        return f"(v_{name} IS NULL AND t_{name} IS NULL{dated})"

    def _result(self, mapped: Sequence[Field]) -> list[str]:
        problems = self._problems(mapped)
        bad = " OR ".join(f"coalesce({problem.condition}, false)" for problem in problems)
        columns = [f"c{place}" for place in range(len(self.source.columns))]
        blank = ", ".join(f"nullif(trim({column}), '')" for column in columns)
        found = f"list_filter([{', '.join(problem.sql() for problem in problems)}], lambda p: p IS NOT NULL)"
        told = f"CASE WHEN coalesce({blank}) IS NULL THEN [] ELSE {found} END"
        kept = f"[{', '.join(columns)}]"
        if self.relation.numbered:
            fault = "[{'field': NULL::VARCHAR, 'problem': fault, 'value': NULL::VARCHAR}]"
            bad = f"fault IS NOT NULL OR {bad}"
            told = f"CASE WHEN fault IS NOT NULL THEN {fault} ELSE {told} END"
            kept = f"CASE WHEN fault IS NOT NULL THEN raw ELSE {kept} END"
        return [
            *(["row"] if self.relation.numbered else []),
            *(self._column(field) for field in self.kind.fields),
            f"CASE WHEN {bad} THEN ({told})::{PROBLEMS_TYPE} END AS problems",
            f"CASE WHEN {bad} THEN ({kept})::VARCHAR[] END AS cells",
        ]

    def _column(self, field: Field) -> str:
        if self.kind.product and field.name == "amount":
            return "v_total AS amount"
        value = f"v_{field.name}" if field.name in self.match.fields else "NULL"
        return f"{value}::{SQL_TYPES[field.type]} AS {field.name}"

    def _problems(self, mapped: Sequence[Field]) -> list[_Problem]:
        return [problem for field in mapped for problem in self._field_problems(field)] + self._product_problems()

    def _field_problems(self, field: Field) -> list[_Problem]:
        name, text, value = field.name, f"t_{field.name}", f"v_{field.name}"
        problems = []
        if field.filled or (field.name == "amount" and not self._multiplies()):
            problems.append(_Problem(self._is_empty(name), name, quoted(cells.NEEDED), "NULL::VARCHAR"))
        sound = ""
        if self.source.format == "xlsx":
            broken = cells.sheet_error(text)
            problems.append(_Problem(broken, name, quoted(cells.SHEET_ERROR), text))
            sound = f" AND NOT coalesce({broken}, false)"
        if field.type in ("code", "text"):
            limit, message = (
                (cells.CODE_LIMIT, cells.CODE_TOO_LONG)
                if field.type == "code"
                else (cells.TEXT_LIMIT, cells.TEXT_TOO_LONG)
            )
            problems.append(_Problem(cells.too_long(text, limit), name, quoted(message), text))
            if name in CURRENCIES:
                place = self.source.columns.index(self.match.fields[name])
                unknown = cells.no_currency(text, (row[place] for row in self.source.sample))
                problems.append(_Problem(f"{unknown}{sound}", name, quoted(cells.NO_CURRENCY), text))
            if self.source.format == "parquet":
                shown = f"replace({text}, chr(0), '␀')"
                problems.append(_Problem(f"contains({text}, chr(0))", name, quoted(cells.NOT_TEXT), shown))
        else:
            written = f"({text} IS NOT NULL OR d_{name} IS NOT NULL)" if field.type == "date" else f"{text} IS NOT NULL"
            shown = f"coalesce({text}, d_{name}::VARCHAR)" if field.type == "date" else text
            problems.append(_Problem(f"{written} AND {value} IS NULL{sound}", name, self._why(field), shown))
        return problems

    def _why(self, field: Field) -> str:
        text = f"t_{field.name}"
        if field.type == "date":
            return dates.why_no_date(f"d_{field.name}", self.style.orders.get(field.name))
        if field.type in numbers.DECIMALS:
            return numbers.why_no_number(text, self._decimal(field))
        return quoted(cells.NO_CHOICE)

    def _product_problems(self) -> list[_Problem]:
        if not self._multiplies():
            return []
        quantity, price = self.kind.product or ("", "")
        lacking = self._is_empty("amount")
        problems = [
            _Problem(f"{lacking} AND {self._is_empty(name)}", name, quoted(cells.NEEDED), "NULL::VARCHAR")
            for name in (quantity, price)
        ]
        large = f"{lacking} AND v_{quantity} IS NOT NULL AND v_{price} IS NOT NULL AND v_total IS NULL"
        shown = f"v_{quantity}::VARCHAR || ' × ' || v_{price}::VARCHAR"
        return [*problems, _Problem(large, quantity, quoted(numbers.PRODUCT_TOO_LARGE), shown)]


def _is_typed(field: Field) -> bool:
    return field.type == "date" or field.type in numbers.DECIMALS


def _cut(value: str) -> str:
    return f"CASE WHEN length({value}) > {SHOWN} THEN left({value}, {SHOWN - 1}) || '…' ELSE {value} END"
