"""Named series: a list, amounts by date, levels by date, or a column of a CSV file beside the deal."""

from __future__ import annotations

import csv
import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any

from tranche.deal import Series
from tranche.deal.series import UNITS
from tranche.errors import Invalid, nearest
from tranche.terms.day import day
from tranche.terms.literal import literal
from tranche.terms.money import money
from tranche.terms.number import describe

from .data_path import resolve_inside
from .gather import Gather
from .readers import Reader, listing, mapping, text

FORMS = ("values", "dated", "levels", "file")
KEYS = (*FORMS, "column", "unit")
EXAMPLE = "[100k, 120k, …], {2025-03-31: 100k, …}, {levels: {…}} or {file: base_case.csv, column: cfads}"
MOST_ROWS = 100_000


def read_series(currency: str, folder: Path, name: str, raw: Any) -> Series:
    """A list has one number a payment date; a mapping whose keys are dates has dated amounts; else the form is named:
    `values`, `dated`, `levels`, or `file` with `column`. Raises Invalid, or several errors at once."""
    if isinstance(raw, list):
        raw = {"values": raw}
    body = mapping(raw, EXAMPLE)
    if body and all(key[:1].isdigit() for key in body):
        body = {"dated": body}
    forms = [key for key in FORMS if key in body]
    with Gather() as gather:
        for key in body:
            if key not in KEYS:
                gather.refuse(key, f"unknown key {key!r}", nearest(key, KEYS))
        if len(forms) != 1:
            what = f"{' and '.join(forms)} are both given" if forms else "the series has no numbers"
            gather.refuse(None, what, f"write {EXAMPLE}")
        if "column" in body and "file" not in body:
            gather.refuse("column", "`column` without `file`", "name the CSV file that has it")
        unit = gather.read("unit", _unit, body.get("unit", "money"))
        number = partial(money, currency=currency) if unit == "money" else literal
        fields = gather.read(forms[0], _READERS[forms[0]](number, folder, body), body[forms[0]]) if forms else None
        if fields is not None and not any(fields.values()):
            gather.refuse(None, "the series has no numbers", f"write {EXAMPLE}")
    return Series(name=name, unit=unit or "money", **(fields or {}))


def _unit(value: Any) -> str:
    if value not in UNITS:
        raise Invalid(f"unknown unit {describe(value)}", nearest(str(value), UNITS))
    return str(value)


def _by_date(number: Reader, raw: Any) -> tuple[tuple[dt.date, float], ...]:
    with Gather() as gather:
        pairs = [
            (gather.read(key, day, key), gather.read(key, number, value))
            for key, value in mapping(raw, "2025-03-31: 100k").items()
        ]
    return tuple((date, amount) for date, amount in pairs if date is not None and amount is not None)


def _column(folder: Path, column: Any, raw: Any) -> dict[str, Any]:
    """The numbers of a CSV column: by `date` they are dated amounts, by `period` (1, 2, 3, …) one a payment date."""
    path = resolve_inside(folder, text(raw))
    wanted = text(column) if column is not None else ""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.DictReader(stream)
        header = [name.strip() for name in rows.fieldnames or ()]
        rows.fieldnames = header
        if wanted not in header:
            what = f"{path.name} has no column {wanted!r}" if wanted else "it is not said which column"
            raise Invalid(what, nearest(wanted, header) if header else "the file is empty")
        when = next((name for name in ("date", "period") if name in header), None)
        if when is None:
            raise Invalid(f"{path.name} has no column that says when", "add `date` or `period`")
        found = {}
        try:
            for row in rows:
                if rows.line_num > MOST_ROWS:
                    raise Invalid(f"{path.name} has more than {MOST_ROWS:,} lines", "write one a payment date")
                try:
                    key = day(row[when]) if when == "date" else int(row[when] or "")
                    if key in found:
                        raise Invalid(f"{row[when]} is there twice", "keep one")
                    found[key] = literal(row[wanted])
                except (Invalid, ValueError) as error:
                    said = error.what if isinstance(error, Invalid) else f"{row[when]!r} is not a period"
                    raise Invalid(f"{path.name}, line {rows.line_num}: {said}", f"write {when} and {wanted}") from None
        except csv.Error as error:
            raise Invalid(f"{path.name} is no CSV table: {error}", "write it again") from None
    if when == "date":
        return {"dated": tuple(found.items())}
    if sorted(found) != list(range(1, len(found) + 1)):
        raise Invalid(f"the periods of {path.name} have gaps", f"number them 1 to {len(found)}")
    return {"values": tuple(found[k] for k in sorted(found))}


_READERS: dict[str, Any] = {
    "values": lambda number, folder, body: lambda raw: {"values": listing(number)(raw)},
    "dated": lambda number, folder, body: lambda raw: {"dated": _by_date(number, raw)},
    "levels": lambda number, folder, body: lambda raw: {"levels": _by_date(number, raw)},
    "file": lambda number, folder, body: partial(_column, folder, body.get("column")),
}
