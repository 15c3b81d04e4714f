"""The benchmark job: its terms, its input and the output that every version must produce."""

from __future__ import annotations

from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOTALS = (
    "fee",
    "s_int",
    "s_prin",
    "s_short",
    "m_int",
    "m_prin",
    "m_pik",
    "eq",
    "trap_periods",
    "s_end",
    "m_end",
)
"""Columns of `Output.totals`: sums over the months of one path, except the closing balances `s_end` and `m_end`.

`s_short` adds up what each month left unpaid of interest and principal due, before the last month's own payout.
"""

SUMS = (
    "fee",
    "s_int",
    "s_prin",
    "s_short",
    "s_balance",
    "m_int",
    "m_prin",
    "m_pik",
    "m_balance",
    "eq",
    "reserve",
)
"""Columns of `Output.sums`: sums over the paths of one month; balances are closing."""


@attrs.frozen
class Spec:
    """Terms of the deal. Amounts in currency, rates per month, unless named otherwise."""

    months: int = 120
    pool: float = 100e6
    senior: float = 70e6
    mezz: float = 20e6
    senior_rate: float = 0.06 / 12
    mezz_rate: float = 0.10 / 12
    fee_rate: float = 0.005 / 12
    reserve_months: float = 6.0
    reserve_open: float = 0.0
    trap_below: float = 1.20

    @property
    def senior_level(self) -> float:
        """Scheduled senior principal of one month."""
        return self.senior / self.months

    @property
    def mezz_level(self) -> float:
        """Scheduled mezzanine principal of one month."""
        return self.mezz / self.months

    @property
    def reserve_target(self) -> float:
        """Reserve target per unit of senior balance."""
        return self.reserve_months * self.senior_rate

    def pool_balance(self) -> Array:
        """Pool at the start of each month, (months,) in currency: a straight line to zero."""
        return self.pool * (1.0 - np.arange(self.months) / self.months)


class Output(Protocol):
    """What one run produces: `totals` (paths, 11) by `TOTALS`, `sums` (months, 11) by `SUMS`, in currency.

    `grain`: what each path's amount is rounded to before it enters a sum, 0 where it is not.
    """

    @property
    def totals(self) -> Array: ...

    @property
    def sums(self) -> Array: ...

    @property
    def grain(self) -> float: ...


@attrs.frozen(eq=False)
class Arrays:
    """An `Output` that is filled in place."""

    totals: Array
    sums: Array
    grain: float = 0.0

    @classmethod
    def empty(cls, paths: int, months: int) -> Arrays:
        return cls(np.zeros((paths, len(TOTALS))), np.zeros((months, len(SUMS))))


def collections(spec: Spec, paths: int, seed: int = 0) -> Array:
    """Collections, (paths, months) in currency, C-contiguous: a falling level times a lognormal AR(1).

    The level starts at one month's full debt service and falls to 65% of it, a little slower than the debt service
    itself, so that a third of the months are trapped and nearly half the paths leave the senior short: a deal in
    trouble is what is timed, not one in which every minimum is the amount due.
    """
    service = spec.senior_level + spec.mezz_level + spec.senior * spec.senior_rate + spec.mezz * spec.mezz_rate
    level = service * (1.0 - 0.35 * np.arange(spec.months) / spec.months)
    persistence, volatility = 0.90, 0.115
    rng = np.random.default_rng(seed)
    cash = np.empty((paths, spec.months))
    deviation = np.zeros(paths)
    for t in range(spec.months):
        deviation = persistence * deviation + volatility * rng.standard_normal(paths)
        cash[:, t] = level[t] * np.exp(deviation)
    return cash
