"""What was drawn over time of a debt, and what of it never was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.program import Claim, Program

from .lines import Day
from .observer import dust
from .sums import DRAWN, at_closing, cash, dates_of, total
from .words import money


def drawings(program: Program, claim: Claim, days: Sequence[Day]) -> Iterator[str]:
    name, least = claim.name, dust(program)
    records = [f"{name}.{field}" for field in DRAWN]
    if not {record.name for record in program.records} & set(records):
        return
    amount, before = sum(total(days, record) for record in records), at_closing(program, name)
    parts = []
    if amount > least:
        parts.append(f"{cash(program, amount)} of {name} was drawn {dates_of(days, records, least)}")
        if before > least:
            parts[-1] += f", after {money(before)} at closing"
    left = claim.notional - before - amount
    if left > max(least, 1e-9 * claim.notional) and _once(program, name):
        parts.append(f"{money(left)} of the {money(claim.notional)} of {name} was never drawn, and lapsed")
    if parts:
        yield f"{'; '.join(parts)}."


def _once(program: Program, name: str) -> bool:
    """Whether what is repaid cannot be drawn again: such a debt remembers what is undrawn."""
    return any(register.name == f"{name}.undrawn" for register in program.registers)
