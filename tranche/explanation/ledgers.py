"""What became of a principal deficiency ledger on a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.program import Claim, Program

from .lines import Day
from .observer import dust
from .sums import cash, dates_of, total
from .words import money


def ledger(program: Program, claim: Claim, days: Sequence[Day]) -> Iterator[str]:
    """None of a ledger to which no loss came."""
    name, least = claim.name, dust(program)
    debited, credited = total(days, f"{name}.debited"), total(days, f"{name}.credited")
    if debited <= least:
        return
    left = days[-1].balances[name]
    cured = f"{money(credited)} of it was cured {dates_of(days, f'{name}.credited', least)}"
    if credited <= least:
        cured = "none of it was cured"
    elif left <= least:
        cured = f"all of it was cured {dates_of(days, f'{name}.credited', least)}"
    open_ = f", {money(left)} is left" if left > least else ""
    lost = f"losses of {cash(program, debited)} were debited {dates_of(days, f'{name}.debited', least)}"
    yield f"{name}: {lost}; {cured}{open_}."
