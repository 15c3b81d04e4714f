"""An explanation as plain text: the story, then the dates, the ordinary ones folded together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from tranche.description.terms import AMOUNT, unit_of
from tranche.program import Program

from .events import due_name, events, is_ordinary, left_open, open_dues, told_in_full
from .lines import QUIET, Day, Line
from .observer import dust
from .why import NOT_TODAY, Reason
from .words import SHOWN, count, level, money

COINS = {"mined": "mined", "sold": "sold", "pledged": "pledged"}
HEADINGS = ("available", "due", "paid", "short")


def day_by_day(program: Program, days: Sequence[Day], every: bool = False) -> Iterator[str]:
    """Lines of text. Dates that begin something (all of them, if `every`) are told in full; dates on which it goes on,
    in one line each; dates without anything out of the ordinary, several in one line."""
    width = max(len(heading) for heading in HEADINGS)
    width = max([width, *(len(cell) for day in days for line in day.lines for cell in _cells(line))])
    least = dust(program)
    full = {day.number: told for day, told in zip(days, told_in_full(program, days), strict=True)}

    def form(day: Day) -> str:
        if every or full[day.number]:
            return "full"
        return "ordinary" if is_ordinary(events(program, day, least)) else "brief"

    for kind, group in groupby(days, key=form):
        members = list(group)
        if kind == "full":
            for day in members:
                yield from _in_full(program, day, width, least)
                yield ""
            continue
        if kind == "brief":
            yield from (_brief(day, least) for day in members)
        else:
            yield _ordinary(members)
        yield ""


def _in_full(program: Program, day: Day, width: int, least: float) -> Iterator[str]:
    yield f"{day.date}  date {day.number} of {program.periods}, {day.status}" + _market(day)
    yield "  " + "  ".join(heading.rjust(width) for heading in HEADINGS) + "  step"
    shown = [line for line in day.lines if line.verb not in QUIET or max(line.paid, line.short) > least]
    skipped = [line for line in shown if line.reason is Reason.DATE]
    shown = [line for line in shown if line.reason is not Reason.DATE]
    several = {step for step, lines in groupby(shown, key=lambda line: line.step) if len(list(lines)) > 1}
    amounts = {step.path for step in program.steps if unit_of(step) == AMOUNT}
    for line in shown:
        label = f"{line.text} [{line.record}]" if line.step in several else line.text
        cells = "  ".join(cell.rjust(width) for cell in _cells(line))
        yield f"  {cells}  {label}: {line.why}{'' if line.step in amounts else _sides(line)}"
    if skipped:
        yield f"  {NOT_TODAY.words}: {'; '.join(dict.fromkeys(line.text for line in skipped))}"
    yield f"  at the close: {_balances(day)}{_coins(day)}"


def _cells(line: Line) -> tuple[str, str, str, str]:
    if line.verb == "test":
        return "", "", "", ""  # what it compares is neither available nor due; see `_sides`
    amounts = (line.available, line.due, line.paid, line.short)
    available, due, paid, short = ("" if math.isnan(a) else "-" if abs(a) < SHOWN else money(a) for a in amounts)
    return available, due, paid, short


def _sides(line: Line) -> str:
    """What a test compares; the test of an amount has said it."""
    return f" ({money(line.available)} over {money(line.due)})" if line.verb == "test" else ""


def _brief(day: Day, least: float) -> str:
    parts = [f"{day.date}  date {day.number}, {day.status}: collections {money(_collected([day]))}"]
    lowest = {r.test: r for r in day.readings if r.failed}  # the gravest level comes last
    parts += [f"{r.test} {r.show(r.ratio)} {r.breach} its {r.level_name} of {r.show(r.level)}" for r in lowest.values()]
    short = [f"{due_name(line)} {money(left_open(line))}" for line in open_dues(day, least)]
    if short:
        parts.append("short " + ", ".join(short))
    in_kind = [f"{due_name(line)} {money(line.paid)}" for line in day.lines if line.verb == "in kind"]
    if in_kind:
        parts.append("paid in kind " + ", ".join(in_kind))
    parts.append(_balances(day))
    return "; ".join(parts)


def _ordinary(days: Sequence[Day]) -> str:
    span = str(days[0].date) if len(days) == 1 else f"{days[0].date} to {days[-1].date}"
    return (
        f"{span}  {count(len(days), 'date')}, {days[-1].status}, all that was due was paid; "
        f"collections {money(_collected(days))}; {_balances(days[-1])}"
    )


def _collected(days: Sequence[Day]) -> float:
    return sum(line.paid for day in days for line in day.lines if line.record == "collateral.collections")


def _balances(day: Day) -> str:
    return ", ".join(f"{name} {money(balance)}" for name, balance in day.balances.items())


def _coins(day: Day) -> str:
    """What became of coins that nothing was paid with, and how many there are."""
    said = ""
    for record, number in day.coins.items():
        name, _, field = record.rpartition(".")
        if field == "coins":
            moved = [f"{level(day.coins[f'{name}.{done}'])} {words}" for done, words in COINS.items()
                     if day.coins.get(f"{name}.{done}", 0.0) > 0]  # fmt: skip
            said += f"; coins of {name} {level(number)}" + (f" ({', '.join(moved)})" if moved else "")
    return said


def _market(day: Day) -> str:
    factors = [f"{name.removeprefix('market.')} {level(value)}" for name, value in day.inputs.items()
               if name.startswith("market.")]
    return f"; {', '.join(factors)}" if factors else ""
