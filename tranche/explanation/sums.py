"""Amounts over the life of a path, and what stood in the deal's books before it began."""

from __future__ import annotations

from collections.abc import Sequence

from tranche.program import Claim, Program

from .lines import Day
from .words import count, money

DRAWN = ("drawn", "drawn_outside")


def total(days: Sequence[Day], record: str) -> float:
    """What was paid under a record over the path's life, added up in the kernel's order."""
    amount = 0.0
    for day in days:
        for line in day.lines:
            if line.record == record and line.verb not in ("test", "flag"):
                amount += line.short if line.verb in ("unpaid", "uncovered") else line.paid
    return amount


def dates_of(days: Sequence[Day], records: str | Sequence[str], least: float) -> str:
    """On which dates a record, or one of several, moved money: `on 2 dates, first on 2025-02-01`, `on 2025-02-01`."""
    names = (records,) if isinstance(records, str) else records
    found = [day.date for day in days if any(line.record in names and line.paid > least for line in day.lines)]
    return f"on {found[0]}" if len(found) == 1 else f"on {count(len(found), 'date')}, first on {found[0]}"


def at_closing(program: Program, name: str) -> float:
    """What a class owed, or an account held, before the first period."""
    return program.registers[program.records[program.record(f"{name}.balance")].register].initial


def balance_before(program: Program, days: Sequence[Day], day: Day, name: str) -> float:
    """What a class owed, or an account held, before a date."""
    return at_closing(program, name) if day.number == 1 else days[day.number - 2].balances[name]


def drawn(program: Program, days: Sequence[Day], debt: Claim) -> float | None:
    """What had been lent under a debt that is drawn, when that is not all of its notional; None for all others."""
    known = {record.name for record in program.records}
    if not any(f"{debt.name}.{field}" in known for field in DRAWN):
        return None
    lent = at_closing(program, debt.name) + sum(total(days, f"{debt.name}.{field}") for field in DRAWN)
    return lent if 0 < lent < (1 - 1e-9) * debt.notional else None


def cash(program: Program, amount: float) -> str:
    """An amount with its currency."""
    return f"{program.currency} {money(amount)}"
