"""The job in numba, compiled for one path at a time: what one writes first, and what most models of this kind are."""

from __future__ import annotations

import numba
import numpy as np

from benchmarks.job import SUMS, TOTALS, Array, Arrays, Output, Spec

Terms = tuple[float, float, float, float, float, float, float, float, float]


def run(cf: Array, spec: Spec, threads: int = 1) -> Output:
    """Run the deal on `cf` (paths, months), on one thread in a plain loop, on more in a `prange` over shares."""
    out = Arrays.empty(len(cf), spec.months)
    fee_due = spec.pool_balance() * spec.fee_rate
    if threads == 1:
        _share(cf, fee_due, terms_of(spec), 0, len(cf), out.totals, out.sums)
        return out
    numba.set_num_threads(threads)
    sums = np.zeros((threads, spec.months, len(SUMS)))
    _shares(cf, fee_due, terms_of(spec), out.totals, sums)
    out.sums[:] = sums.sum(axis=0)
    return out


def terms_of(spec: Spec) -> Terms:
    """The terms as the compiled functions unpack them."""
    return (
        spec.senior,
        spec.mezz,
        spec.senior_rate,
        spec.mezz_rate,
        spec.senior_level,
        spec.mezz_level,
        spec.reserve_open,
        spec.reserve_target,
        spec.trap_below,
    )


@numba.njit(parallel=True)
def _shares(cf, fee_due, terms, totals, sums):
    """One contiguous share of the paths per thread, each with its own `sums` (threads, months, 11)."""
    shares, paths = len(sums), len(cf)
    for share in numba.prange(shares):
        _share(cf, fee_due, terms, share * paths // shares, (share + 1) * paths // shares, totals, sums[share])


@numba.njit
def _share(cf, fee_due, terms, first, stop, totals, sums):
    """Paths first..stop: fill their `totals` and add to `sums` (months, 11)."""
    senior_open, mezz_open, senior_rate, mezz_rate, senior_level, mezz_level, reserve_open, target, trap_below = terms
    months = len(fee_due)
    for path in range(first, stop):
        senior, mezz, reserve, unpaid = senior_open, mezz_open, reserve_open, 0.0
        t_fee = t_int = t_prin = t_short = t_mint = t_mprin = t_pik = t_eq = t_trap = 0.0
        for t in range(months):
            cash = cf[path, t]
            fee = min(cash, fee_due[t])
            cash -= fee
            cfads = cash

            interest_due = senior * senior_rate + unpaid
            principal_due = min(senior, senior_level)
            due = interest_due + principal_due
            drawn = min(reserve, max(0.0, due - cash))
            reserve -= drawn
            cash += drawn
            interest = min(cash, interest_due)
            cash -= interest
            unpaid = interest_due - interest
            principal = min(cash, principal_due)
            cash -= principal
            senior -= principal
            shortfall = unpaid + (principal_due - principal)

            top_up = min(cash, senior * target - reserve)  # negative: the excess goes back to cash
            cash -= top_up
            reserve += top_up

            mezz_due = mezz * mezz_rate
            mezz_interest = min(cash, mezz_due)
            cash -= mezz_interest
            capitalised = mezz_due - mezz_interest
            mezz += capitalised

            if cfads < due * trap_below:  # where nothing is due, cfads < 0 never holds
                swept = min(cash, senior)
                cash -= swept
                senior -= swept
                principal += swept
                t_trap += 1.0

            # A trap that leaves the senior unpaid has taken all the cash, so what follows needs no condition.
            mezz_principal = min(cash, mezz, mezz_level)
            cash -= mezz_principal
            mezz -= mezz_principal
            equity = cash

            if t == months - 1:
                late_interest, late_principal, late_mezz, rest = _in_order(reserve, unpaid, senior, mezz)
                reserve = 0.0
                interest += late_interest
                principal += late_principal
                senior -= late_principal
                mezz_principal += late_mezz
                mezz -= late_mezz
                equity += rest

            t_fee += fee
            t_int += interest
            t_prin += principal
            t_short += shortfall
            t_mint += mezz_interest
            t_mprin += mezz_principal
            t_pik += capitalised
            t_eq += equity
            _add(
                sums[t], fee, interest, principal, shortfall, senior, mezz_interest, mezz_principal, capitalised, mezz,
                equity, reserve,
            )  # fmt: skip
        # In the order of TOTALS; numba assigns a tuple, element by element, without making one.
        row = totals[path]
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10] = (
            t_fee, t_int, t_prin, t_short, t_mint, t_mprin, t_pik, t_eq, t_trap, senior, mezz,
        )  # fmt: skip


@numba.njit
def _in_order(cash, first, second, third):
    """What `cash` pays of each amount owed, the first before the second; at the end, what is left of it."""
    paid_first = min(cash, first)
    cash -= paid_first
    paid_second = min(cash, second)
    cash -= paid_second
    paid_third = min(cash, third)
    return paid_first, paid_second, paid_third, cash - paid_third


@numba.njit
def _add(sums, fee, interest, principal, shortfall, senior, mezz_int, mezz_prin, pik, mezz, equity, reserve):
    """Add one path's month to `sums` (11,)."""
    sums[0] += fee
    sums[1] += interest
    sums[2] += principal
    sums[3] += shortfall
    sums[4] += senior
    sums[5] += mezz_int
    sums[6] += mezz_prin
    sums[7] += pik
    sums[8] += mezz
    sums[9] += equity
    sums[10] += reserve


assert len(TOTALS) == len(SUMS) == 11, "the columns above are numbered by hand"
