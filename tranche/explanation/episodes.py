"""Dates on which a class was short in one way, told together."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .events import left_open, not_run
from .lines import Day, Line
from .why import CONDITIONS, Reason


@attrs.frozen
class Episode:
    """Dates on which one class was short in the same way, with the line that says so on each."""

    category: str
    status: str
    record: str
    days: tuple[Day, ...]
    lines: tuple[Line, ...]
    steps: tuple[Line, ...]  # the line of the step that left it open: of a due that only the close tells, see `not_run`

    @property
    def most(self) -> float:
        return max(left_open(line) for line in self.lines)


def grouped(short: Iterator[tuple[Day, Line]]) -> list[Episode]:
    """Dates that are short in one way are told together, in the order in which the ways began."""
    groups: dict[tuple[str, str, str, str], list[tuple[Day, Line, Line]]] = {}
    for day, line in short:
        step = not_run(day, line) or line
        key = (_category(step), day.status, line.record, step.step)
        groups.setdefault(key, []).append((day, line, step))
    return [
        Episode(category, status, record, tuple(day for day, _, _ in found), tuple(line for _, line, _ in found),
                tuple(step for _, _, step in found))
        for (category, status, record, _), found in groups.items()
    ]  # fmt: skip


def _category(line: Line) -> str:
    if line.verb in ("capitalise", "unpaid"):
        return "unlisted"
    if line.reason in CONDITIONS:
        return "condition"
    return "limit" if line.reason is Reason.LIMIT else "cash"
