"""A Program in plain English: what happens on every payment date, in the order in which it happens."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tranche.program import Program, Step

from .phrases import sentence
from .picture import list_of, title_of
from .terms import terms_of

WIDTH = 110


def english(program: Program, width: int = WIDTH) -> str:
    """Plain text, lines of at most `width` columns (longer only where one word is)."""
    return "\n".join(_lines(program, width)) + "\n"


def _lines(program: Program, width: int) -> Iterator[str]:
    yield program.name
    if program.dates:
        yield from _wrapped(
            f"On each of the {program.periods} payment dates from {program.dates[1]} to {program.dates[-1]} the deal "
            f"does what follows, in this order. Amounts are in {program.currency}.", width,
        )  # fmt: skip
    heading, number = "", 0
    for step in program.steps:
        head = _heading(step)
        if head != heading:
            yield from ("", head)
            heading, number = head, 0
        number += 1
        said = sentence(program, step) if step.verb else _terms(program, step)
        yield from _wrapped(said, width, f"{number:>4}. ")
    yield ""
    yield from _wrapped(f"Made from the compiled deal {program.hash[:16]}.", width)


def _heading(step: Step) -> str:
    listed = list_of(step)
    if listed:
        return title_of(listed)
    if step.path.startswith("collateral.miner.treasury"):
        return "Margin calls, and coins that are sold"
    if step.path.endswith(".draws"):
        return "What comes in"
    return {
        "collateral": "What comes in",
        "tranches": "What falls due",
        "fees": "What falls due",
        "accounts": "What comes in",
        "hedges": "What falls due",
        "facilities": "What falls due",
        "guarantees": "What falls due",
        "borrowing_base": "What the collateral lends on",
        "ledgers": "Losses of the period",
        "tests": "Tests, on the cash before it is spent",
        "status": "Tests, on the cash before it is spent",
        "clean_up": "What the pool is sold for",
        "close": "At the close",
    }.get(step.path.partition(".")[0], "What else happens")


def _terms(program: Program, step: Step) -> str:
    """A step outside the waterfalls: what it does, and the terms by which it does it."""
    own = "." in step.path  # a text that begins with the name of a class keeps its letters
    said = step.text if own else step.text[0].upper() + step.text[1:]
    said = _CLOSING.get(step.path, said)
    ratio, terms = terms_of(step)
    if ratio:
        said += f": {ratio}"
    return f"{said}. Terms: {terms}." if terms else f"{said}."


_CLOSING = {
    "status": "The tests set the status of the deal; the status chooses the waterfall",
    "close": "Unpaid interest is carried, capitalised or cancelled, as its tranche says; balances are recorded",
}


def _wrapped(text: str, width: int, lead: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        text, max(width, 40), initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    )
