"""The sale of a fleet on a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.program import Program

from .lines import Day
from .sums import cash, total
from .words import SHOWN, count


def sale(program: Program, days: Sequence[Day]) -> Iterator[str]:
    """How many machines were sold, when, and for how much."""
    sold = [day for day in days if day.sold >= SHOWN]
    if not sold:
        return
    first, last = sold[0], sold[-1]
    machines = count(max(1, round(sum(day.sold for day in sold))), "machine")
    when = f"on {first.date}" if first is last else f"from {first.date} to {last.date}"
    default = next((day for day in days[: first.number] if day.status == "default"), None)
    after = f" after the default of {default.date}," if default is not None else ""
    brought = total(days, "fleet.proceeds")
    for_ = f"for {cash(program, brought)}, which is part of that" if brought >= SHOWN else "for nothing"
    yield f"Of the fleet, {machines} were sold{after} {when} {for_}."
