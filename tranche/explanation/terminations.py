"""Hedges that ended before their time on a path: on which date, and what the deal then owed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from tranche.program import Program

from .lines import Line
from .options import Seen
from .trace import Trace
from .words import money

PARTS = ("termination", "termination_subordinated")


@attrs.frozen
class Ending:
    """The instructions by which one hedge ends: the one that says so, and those by which the deal comes to owe."""

    hedge: str
    ends: int
    owes: tuple[int, ...]

    @property
    def reads(self) -> frozenset[int]:
        return frozenset({self.ends, *self.owes})


def endings(program: Program, trace: Trace) -> tuple[Ending, ...]:
    return tuple(_endings(program, trace))


def _endings(program: Program, trace: Trace) -> Iterator[Ending]:
    for claim in program.claims:
        step = program.step(f"hedges.{claim.name}.termination")
        if claim.kind != "hedge" or step is None:
            continue
        written = {k: _written(program, k) for k in range(step.first, step.last)}
        ends = next((k for k, name in written.items() if name == f"{claim.name}.live"), None)
        dues = {f"{claim.name}.{part}" for part in PARTS}
        if ends is not None:
            yield Ending(claim.name, ends, tuple(k for k, name in written.items() if name in dues))


def ended(endings: Sequence[Ending], seen: Sequence[Seen], t: int) -> Mapping[str, float]:
    """The hedges that ended on date t, and what the deal owed for it."""
    found = {}
    for ending in endings:
        over = [s for s in range(t + 1) if ending.ends in seen[s] and seen[s][ending.ends]["d"] == 0]
        if over and over[0] == t:
            found[ending.hedge] = sum(seen[t][k]["balance"] for k in ending.owes if k in seen[t])
    return found


def terminated(lines: tuple[Line, ...], over: Mapping[str, float], least: float) -> tuple[Line, ...]:
    """The lines of a date, those of hedges that ended on it with words that say so."""
    records = {f"{name}.termination_received": owed for name, owed in over.items()}
    return tuple(
        attrs.evolve(line, why=_words(records[line.record], line.paid, least)) if line.record in records else line
        for line in lines
    )


def _words(owed: float, received: float, least: float) -> str:
    """What became of a hedge on the date on which it ended."""
    if owed > least:
        return f"terminated; the deal owes {money(owed)}"
    return "terminated; received" if received > least else "terminated; nothing is owed and nothing received"


def _written(program: Program, number: int) -> str:
    """The name of the first register that an instruction writes."""
    written = program.code[number].written
    return program.registers[written[0]].name if written else ""
