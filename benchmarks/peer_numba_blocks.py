"""The job in numba over blocks of paths: the innermost loops run over the paths of a block, so that LLVM vectorises.

All rows live in one array of constant shape. With an array for each figure LLVM would have to prove at run time that
some twenty pointers do not overlap, and gives up.
"""

from __future__ import annotations

import numba
import numpy as np

from benchmarks.job import SUMS, TOTALS, Array, Arrays, Output, Spec
from benchmarks.peer_numba import terms_of

BLOCK = 128
TILE = 8  # months read at a time: one cache line of each row of the input

# Rows of the block: balances, the month's flows, and their totals over the months.
SENIOR, MEZZ, RESERVE, UNPAID = 0, 1, 2, 3
FEE, INTEREST, PRINCIPAL, SHORT, MEZZ_INTEREST, MEZZ_PRINCIPAL, CAPITALISED, EQUITY, TRAPPED = range(4, 13)
TOTAL = 13
FLOWS = 9
ROWS = TOTAL + FLOWS
SUMMED = (FEE, INTEREST, PRINCIPAL, SHORT, SENIOR, MEZZ_INTEREST, MEZZ_PRINCIPAL, CAPITALISED, MEZZ, EQUITY, RESERVE)
assert len(SUMMED) == len(SUMS) and len(TOTALS) == FLOWS + 2


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


@numba.njit(parallel=True)
def _shares(cf, fee_due, terms, totals, sums):
    """One contiguous share of the paths per thread, each with its own `sums` (threads, months, 11)."""
    shares, paths = len(sums), len(cf)
    for share in numba.prange(shares):
        _share(cf, fee_due, terms, share * paths // shares, (share + 1) * paths // shares, totals, sums[share])


@numba.njit
def _share(cf, fee_due, terms, first, stop, totals, sums):
    """Paths first..stop: fill their `totals` and add to `sums` (months, 11)."""
    months = len(fee_due)
    cash = np.zeros((TILE, BLOCK))
    rows = np.zeros((ROWS, BLOCK))
    for start in range(first, stop, BLOCK):
        paths = min(BLOCK, stop - start)
        # A path beyond the last has no balance and no cash, so every flow of it is exactly 0.
        cash[:] = 0.0
        rows[:] = 0.0
        rows[SENIOR, :paths] = terms[0]
        rows[MEZZ, :paths] = terms[1]
        rows[RESERVE, :paths] = terms[6]
        for tile in range(0, months, TILE):
            width = min(TILE, months - tile)
            for path in range(paths):
                for m in range(width):
                    cash[m, path] = cf[start + path, tile + m]
            for m in range(width):
                t = tile + m
                _month(cash[m], rows, fee_due[t], terms)
                if t == months - 1:
                    _last_month(rows)
                _add(rows, sums[t])
        for path in range(paths):
            for k in range(FLOWS):
                totals[start + path, k] = rows[TOTAL + k, path]
            totals[start + path, FLOWS] = rows[SENIOR, path]
            totals[start + path, FLOWS + 1] = rows[MEZZ, path]


@numba.njit
def _month(collections, rows, fee_due, terms):
    """Steps 1 to 7 of one month, for every path of the block."""
    _, _, senior_rate, mezz_rate, senior_level, mezz_level, _, target, trap_below = terms
    for p in range(BLOCK):
        cash, senior, mezz, reserve = collections[p], rows[SENIOR, p], rows[MEZZ, p], rows[RESERVE, p]
        fee = min(cash, fee_due)
        cash -= fee
        cfads = cash

        interest_due = senior * senior_rate + rows[UNPAID, p]
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

        trapped = 1.0 if cfads < due * trap_below else 0.0  # where nothing is due, cfads < 0 never holds
        swept = min(cash, senior) * trapped
        cash -= swept
        senior -= swept

        # A trap that leaves the senior unpaid has taken all the cash, so what follows needs no condition.
        mezz_principal = min(cash, mezz, mezz_level)
        cash -= mezz_principal
        mezz -= mezz_principal

        rows[SENIOR, p], rows[MEZZ, p], rows[RESERVE, p], rows[UNPAID, p] = senior, mezz, reserve, unpaid
        rows[FEE, p], rows[INTEREST, p], rows[PRINCIPAL, p] = fee, interest, principal + swept
        rows[SHORT, p], rows[MEZZ_INTEREST, p], rows[MEZZ_PRINCIPAL, p] = shortfall, mezz_interest, mezz_principal
        rows[CAPITALISED, p], rows[EQUITY, p], rows[TRAPPED, p] = capitalised, cash, trapped


@numba.njit
def _last_month(rows):
    """Step 8: the reserve pays the senior, then the mezzanine, then equity."""
    for p in range(BLOCK):
        cash = rows[RESERVE, p]
        rows[RESERVE, p] = 0.0
        paid = min(cash, rows[UNPAID, p])
        cash -= paid
        rows[INTEREST, p] += paid
        paid = min(cash, rows[SENIOR, p])
        cash -= paid
        rows[SENIOR, p] -= paid
        rows[PRINCIPAL, p] += paid
        paid = min(cash, rows[MEZZ, p])
        cash -= paid
        rows[MEZZ, p] -= paid
        rows[MEZZ_PRINCIPAL, p] += paid
        rows[EQUITY, p] += cash


@numba.njit(fastmath={"reassoc"})  # the order of the sums over paths is free; no other arithmetic is in here
def _add(rows, sums):
    """Add the month's flows to the paths' totals, and their sums over the block to `sums` (11,)."""
    for k in range(FLOWS):
        for p in range(BLOCK):
            rows[TOTAL + k, p] += rows[FEE + k, p]
    for column, row in enumerate(SUMMED):
        total = 0.0
        for p in range(BLOCK):
            total += rows[row, p]
        sums[column] += total
