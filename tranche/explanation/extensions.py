"""Options to pay a debt back later: on which date each was looked at, and whether it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tranche.program import Program

from .lines import Day
from .observer import dust
from .options import Seen, writes
from .setting import Setting
from .sums import balance_before
from .trace import Trace


def askings(program: Program, trace: Trace) -> Mapping[str, tuple[int, ...]]:
    """The instructions that decide the extensions of each debt, in their order."""
    found: dict[str, list[int]] = {}
    for k in range(len(program.instructions)):
        name, _, field = writes(program, trace, k).rpartition(".")
        if field == "extended":
            found.setdefault(name, []).append(k)
    return {name: tuple(numbers) for name, numbers in found.items()}


def asked(askings: Mapping[str, tuple[int, ...]], seen: Seen) -> Mapping[str, Mapping[int, bool]]:
    """Of each debt that could be extended on a date: by the number of the extension, whether it was."""
    found = {
        name: {which: seen[k]["d"] != 0 for which, k in enumerate(numbers) if k in seen}
        for name, numbers in askings.items()
    }
    return {name: taken for name, taken in found.items() if taken}


def extended(program: Program, name: str, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    """A sentence on the extensions of a debt. One that was refused ends the matter, and so does repayment."""
    parts = []
    terms = setting.extensions.get(name, ())
    for day in days:
        for which, taken in sorted(day.extensions.get(name, {}).items()):
            if balance_before(program, days, day, name) <= dust(program):
                break
            said = terms[which] if which < len(terms) else None
            to = f" to {said.to}" if said is not None else ""
            why = f" ({said.when.text} did not hold)" if said is not None and said.when is not None else ""
            parts.append(f"extended on {day.date}{to}" if taken else f"not extended on {day.date}{why}")
        if parts and parts[-1].startswith("not "):
            break
    if parts:
        yield f"The maturity of {name} was {', then '.join(parts)}."
