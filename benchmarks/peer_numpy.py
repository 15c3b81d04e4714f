"""The job in numpy: a month at a time, over all paths at once or over blocks of them.

A block keeps the working arrays in the second-level cache, and a cache line of the input (eight months of one path)
alive until its eight months are used; over all paths at once the same code takes a third longer.
"""

from __future__ import annotations

import numpy as np

from benchmarks.job import SUMS, TOTALS, Array, Arrays, Output, Spec

BLOCK = 8192


def run(cf: Array, spec: Spec, threads: int = 1) -> Output:
    """Run the deal on `cf` (paths, months), all paths at once.

    One thread whatever is asked: numpy's operations use one, and Python threads that share the paths lose more in
    handing the interpreter lock to each other, thirty times a month, than they gain.
    """
    return run_blocks(cf, spec, block=len(cf))


def run_blocks(cf: Array, spec: Spec, threads: int = 1, block: int = BLOCK) -> Output:
    """Run the deal on `cf` (paths, months), `block` paths at a time; one thread, as `run`."""
    out = Arrays.empty(len(cf), spec.months)
    fee_due = spec.pool_balance() * spec.fee_rate
    for start in range(0, len(cf), block):
        here = slice(start, start + block)
        out.sums[:] += run_block(cf[here], fee_due, spec, out.totals[here])
    return out


def run_block(cf: Array, fee_due: Array, spec: Spec, totals: Array) -> Array:
    """Fill `totals` (paths, 11) of the paths in `cf` (paths, months) and return their `sums` (months, 11)."""
    paths, months = cf.shape
    sums = np.empty((months, len(SUMS)))
    senior, mezz = np.full(paths, spec.senior), np.full(paths, spec.mezz)
    reserve, unpaid = np.full(paths, spec.reserve_open), np.zeros(paths)
    total = np.zeros((len(TOTALS) - 2, paths))
    for t in range(months):
        cash = cf[:, t].copy()
        fee = np.minimum(cash, fee_due[t])
        cash -= fee
        cfads = cash.copy()

        interest_due = senior * spec.senior_rate
        interest_due += unpaid
        principal_due = np.minimum(senior, spec.senior_level)
        due = interest_due + principal_due
        drawn = due - cash
        np.maximum(drawn, 0.0, out=drawn)
        np.minimum(drawn, reserve, out=drawn)
        reserve -= drawn
        cash += drawn
        interest = np.minimum(cash, interest_due)
        cash -= interest
        np.subtract(interest_due, interest, out=unpaid)
        principal = np.minimum(cash, principal_due)
        cash -= principal
        senior -= principal
        shortfall = np.subtract(principal_due, principal, out=principal_due)
        shortfall += unpaid

        top_up = senior * spec.reserve_target
        top_up -= reserve
        np.minimum(top_up, cash, out=top_up)  # negative: the excess goes back to cash
        cash -= top_up
        reserve += top_up

        capitalised = mezz * spec.mezz_rate
        mezz_interest = np.minimum(cash, capitalised)
        cash -= mezz_interest
        capitalised -= mezz_interest
        mezz += capitalised

        due *= spec.trap_below
        trapped = cfads < due  # where nothing is due, cfads < 0 never holds
        swept = np.minimum(cash, senior)
        swept *= trapped
        cash -= swept
        senior -= swept
        principal += swept

        # A trap that leaves the senior unpaid has taken all the cash, so what follows needs no condition.
        mezz_principal = np.minimum(mezz, spec.mezz_level)
        np.minimum(mezz_principal, cash, out=mezz_principal)
        cash -= mezz_principal
        mezz -= mezz_principal
        equity = cash

        if t == months - 1:
            pay_out(reserve, ((unpaid, interest), (senior, principal), (mezz, mezz_principal)))
            equity += reserve
            reserve[:] = 0.0

        flows = (fee, interest, principal, shortfall, mezz_interest, mezz_principal, capitalised, equity, trapped)
        for k, flow in enumerate(flows):
            total[k] += flow
        for k, figure in enumerate((*flows[:4], senior, *flows[4:7], mezz, equity, reserve)):
            sums[t, k] = figure.sum()
    totals[:, :-2] = total.T
    totals[:, -2] = senior
    totals[:, -1] = mezz
    return sums


def pay_out(cash: Array, claims: tuple[tuple[Array, Array], ...]) -> None:
    """Pay each claim, a pair of what is owed and what was received, in order; all arrays (paths,) change in place."""
    for owed, received in claims:
        paid = np.minimum(cash, owed)
        np.subtract(cash, paid, out=cash)
        np.subtract(owed, paid, out=owed)
        np.add(received, paid, out=received)
