"""Balances stay within their bounds."""

from __future__ import annotations

import numpy as np

from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

ROUNDING = 1e-12  # of the upper bound: the balance and the sum of what was capitalised round apart


def accounts_non_negative(seen: Observed) -> None:
    """No account, the collection account among them, is below zero at any close. Raises BrokenInvariant."""
    for name in ("cash", *(account.name for account in seen.deal.accounts)):
        _not_below_zero(seen, "no account below zero", f"{name}.balance")


def balances_within_bounds(seen: Observed) -> None:
    """Every debt's balance lies between 0 and its notional plus the interest capitalised so far.
    Raises BrokenInvariant."""
    for tranche in seen.program.debts:
        _not_below_zero(seen, "no tranche balance below zero", f"{tranche.name}.balance")
        most = tranche.notional + np.cumsum(seen.flow(f"{tranche.name}.deferred"), axis=1)
        balance = seen.flow(f"{tranche.name}.balance")
        above = np.argwhere(~(balance <= most * (1 + ROUNDING)))
        if above.size:
            path, t = (int(x) for x in above[0])
            said = (
                f"{tranche.name} owes {balance[path, t]:.17g}, more than notional and capitalised {most[path, t]:.17g}"
            )
            raise BrokenInvariant("no tranche balance above notional + capitalised", seen.name, said, path, t + 1)


def _not_below_zero(seen: Observed, rule: str, record: str) -> None:
    levels = seen.flow(record)
    below = np.argwhere(~(levels >= 0))
    if below.size:
        path, t = (int(x) for x in below[0])
        raise BrokenInvariant(rule, seen.name, f"{record} is {levels[path, t]:.17g}", path, t + 1)
