"""The terms of a step outside the waterfalls in words: a test's ratio, schedules, lists of cohorts and of limits.

The compiler says most terms well enough. What it shortens or leaves without a name is read off the Program here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tranche.program import Kind, Op, Program, Step

AMOUNT = "amount"
LEVELS = ("trigger", "sweep", "lock_up", "early_amortisation", "default")
_AMOUNT = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SHORTENED = re.compile(rf"amounts ((?:{_AMOUNT}, )+)… \((\d+) in all\), ({_AMOUNT})")
_LIMITS = re.compile(rf"(\d{{4}}-\d\d-\d\d), ({_AMOUNT})(?=, |$)")
_FIRST = {"cohorts": "gpus", "sites": "hashrate"}  # lists, and the term that each of their items begins with
_ANY = re.compile(r"\bgenerations , ")  # an impact that is stated for no generation holds for all


def terms_of(program: Program, step: Step) -> tuple[str, str]:
    """(the ratio of a test, the other terms); empty where there are none."""
    details = dict(step.details)
    is_money = unit_of(step) == AMOUNT
    details.pop("unit", None)  # its levels have it
    ratio = [details.pop(part) for part in ("numerator", "denominator") if part in details]
    said = ""
    if len(ratio) == 2:
        said = ratio[0] if ratio[1] == "1" else f"{_operand(ratio[0])} / {_operand(ratio[1])}"
    if is_money:
        details |= _amounts_of_levels(program, step, details)
    return said, "; ".join(f"{key.replace('_', ' ')} {_words(program, step, key, words)}"
                           for key, words in details.items())  # fmt: skip


def unit_of(step: Step) -> str:
    """What the levels of a test are stated in: `%`, `x`, or AMOUNT (`value:` in a deal file)."""
    details = dict(step.details)
    return details.get("unit", AMOUNT if details.get("denominator") == "1" else "x")


def _operand(text: str) -> str:
    """A side of a ratio, in brackets unless it is a name or one call of a function."""
    if text.replace("_", "").replace(".", "").isalnum() or _is_call(text):
        return text
    return f"({text})"


def _is_call(text: str) -> bool:
    """Whether the first bracket, after a name, closes at the end."""
    name, bracket, rest = text.partition("(")
    if not bracket or not name.replace("_", "").isalnum():
        return False
    depth = 1
    for k, letter in enumerate(rest):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return k == len(rest) - 1
    return False


def _words(program: Program, step: Step, key: str, words: str) -> str:
    if key == "amortisation":
        return _SHORTENED.sub(lambda found: _schedule(program, step, found), words)
    if step.path != "collateral":
        return words
    if key in _FIRST:
        words = _numbered(words, _FIRST[key])
    return _LIMITS.sub(r"\2 from \1", _ANY.sub("all generations: ", words))


def _numbered(words: str, first: str) -> str:
    """A list whose items run together, with a number before each; one item alone needs none."""
    items = re.split(rf", (?={first} )", words)
    if len(items) == 1:
        return words
    numbered: list[str] = []
    number = 0
    for item in items:
        left_out = re.search(r"… \((\d+) in all\)$", numbered[-1]) if numbered else None
        number = int(left_out[1]) if left_out else number + 1  # of a long list only the last follows
        numbered.append(f"({number}) {item}")
    return ", ".join(numbered)


def _schedule(program: Program, step: Step, found: re.Match[str]) -> str:
    """A shortened schedule with the last two amounts that fall due, where a balloon would be, and its total."""
    head = [_number(amount) for amount in found[1].split(", ") if amount]
    last, count = _number(found[3]), int(found[2])
    for series in _series(program, step):
        if len(series) >= count and series[: len(head)].tolist() == head and series[count - 1] in (last, np.inf):
            return _ends(series[:count], last)
    return found[0]


def _ends(series: NDArray[np.float64], last: float) -> str:
    """The ends of a schedule; under a balloon the last date takes whatever is left, which is infinite here."""
    amounts, count = [*series[:-1].tolist(), last], len(series)
    end = max((k for k, amount in enumerate(amounts, start=1) if amount), default=count)
    said = [f"{amount:,.12g}" for amount in (*amounts[:2], *amounts[:end][-2:])]
    rest = f", then nothing on {count - end} dates" if end < count and np.isfinite(series[-1]) else ""
    rest = ", and on the last what is left" if end < count and not rest else rest
    ends = f"{said[0]}, {said[1]}, … ({count} in all), {said[2]}, {said[3]}"
    return f"amounts {ends}{rest}, {sum(amounts):,.12g} in total"


def _series(program: Program, step: Step) -> Iterator[NDArray[np.float64]]:
    """The series that the instructions of a step read."""
    own = program.of_kind(Kind.SERIES)
    rows = program.instructions[step.first : step.last]["r"]
    return (program.series[k - own.start] for k in np.unique(rows).tolist() if k in own)


def _amounts_of_levels(program: Program, step: Step, details: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The levels of a test of an amount, which are no multiples: read where the test reads them, in full."""
    rows = program.instructions[step.first : step.last]
    tests = rows[np.isin(rows["op"], (Op.TEST, Op.TEST_ABOVE))]["r"][:, 3].tolist()
    for key, register in zip((key for key in LEVELS if key in details), tests, strict=True):
        points = list(_points(program, register))
        if len(points) == 1:
            yield key, points[0][1]
        else:
            yield key, ", ".join(f"{level} from {date}" for date, level in points)


def _points(program: Program, register: int) -> Iterator[tuple[str, str]]:
    """A level, and the date from which it is tested, each time that it changes."""
    own, before = program.of_kind(Kind.SERIES), ""
    if register not in own:
        yield "", f"{program.registers[register].initial:,.12g}"
        return
    for t, level in enumerate(program.series[register - own.start].tolist()):
        said = f"{level:,.12g}"
        if np.isfinite(level) and said != before:
            yield str(program.dates[t + 1]), said
            before = said


def _number(text: str) -> float:
    return float(text.replace(",", ""))
