"""The tables of a report as an Excel workbook, in which no text is a formula or a link."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tranche.deal.level_words import words
from tranche.errors import MissingExtra, Problem, UsageError
from tranche.files.write import unfinished

from .study import Study

MOST_NAME = 31  # letters that Excel gives the name of a sheet
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_workbook(study: Study, path: Path) -> None:
    """Write tranches, the cash flows of every class by date, tests, assumptions, the deal and the audit; whole or not
    at all. Money in the deal's currency, rates and losses as decimals. Raises MissingExtra without XlsxWriter,
    UsageError where the file cannot be written."""
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtra(Problem("workbooks need XlsxWriter", "pip install 'tranche-finance[report]'")) from None
    beside = unfinished(path)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(beside), options) as book:
            for name, head, rows in _sheets(study):
                _fill(book, book.add_worksheet(name), head, rows)
        beside.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        beside.unlink(missing_ok=True)
        raise UsageError(Problem(f"{path}: cannot be written: {error}", "a file in a folder that exists")) from None


def _sheets(study: Study) -> Iterable[tuple[str, Sequence[str], list[Sequence[Any]]]]:
    frame = study.results.tranches()
    yield "Tranches", ("tranche", *frame.columns), _rows(frame)
    used = {"Tranches", "Tests", "Assumptions", "Deal", "Audit"}
    for claim in study.program.claims:
        if claim.kind in ("test", "status"):
            continue
        flows = study.results.cashflows(claim.name)
        name = claim.name.translate(FORBIDDEN)[:MOST_NAME]
        while name in used:
            name = f"{name[: MOST_NAME - 1]}_"
        used.add(name)
        yield name, ("date", *flows.columns), _rows(flows)
    tests = [
        (test.name, level, f"{test.breach} {words(test, stated)}", spread.mean, spread.positive)
        for test in study.deal.tests
        for level, stated in test.levels.items()
        for spread in [study.results.spread(f"{test.name}.{'breached' if level == 'trigger' else level}")]
    ]
    yield "Tests", ("test", "level", "fails", "failing dates per path (mean)", "share of paths"), list(tests)
    assumptions = (*study.deal.assumptions, *study.deal.market.assumptions)
    yield "Assumptions", ("assumption",), [(said,) for said in assumptions]
    yield "Deal", ("the deal file as it was read",), [(line,) for line in study.text.splitlines()]
    audit = study.results.audit
    yield "Audit", ("", ""), [
        ("absolute", audit.absolute), ("relative", audit.relative), ("path", audit.path), ("date", audit.period),
        ("paths", study.results.count), ("seed", str(study.seed)), ("program", study.program.hash),
    ]  # fmt: skip


def _rows(frame: pd.DataFrame) -> list[Sequence[Any]]:
    return [(name, *row) for name, row in zip(frame.index, frame.to_numpy(), strict=True)]


def _fill(book: Any, sheet: Any, head: Sequence[str], rows: list[Sequence[Any]]) -> None:
    bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    number = book.add_format({"num_format": "#,##0.00######"})
    for column, title in enumerate(head):
        sheet.write_string(0, column, title, bold)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif hasattr(value, "isoformat"):
                sheet.write_datetime(line, column, value, date)
            elif math.isfinite(value):
                sheet.write_number(line, column, value, number)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 24 if len(head) > 1 else 110)
    if len(head) > 1:
        sheet.set_column(1, len(head) - 1, 18)
