"""The lines of a step that sells the free coins of a treasury and then those that are pledged, told apart."""

from __future__ import annotations

from collections import Counter

import attrs

from tranche.program import Program

from .lines import Line


def by_store(program: Program, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines of a date; both sales stand in one record, so that their words have to say which is which."""
    coins = {f"{claim.name}.drawn" for claim in program.claims if claim.kind == "treasury"}
    times = Counter((line.step, line.record) for line in lines if line.record in coins)
    met: set[tuple[str, str]] = set()
    found = []
    for line in lines:
        key = (line.step, line.record)
        if times[key] == 2:
            store = "pledged coins" if key in met else "free coins"
            met.add(key)
            line = attrs.evolve(line, why=f"{store}: {line.why.replace('received', 'sold')}")
        found.append(line)
    return tuple(found)
