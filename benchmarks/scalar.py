"""The job in plain Python, one path and one month at a time: the definition that the other versions are held to."""

from __future__ import annotations

from benchmarks.job import SUMS, Array, Arrays, Output, Spec

Figures = list[float]


def run(cf: Array, spec: Spec, threads: int = 1) -> Output:
    """Run the deal on `cf` (paths, months). Plain Python has one thread whatever is asked."""
    out = Arrays.empty(len(cf), spec.months)
    fee_due = (spec.pool_balance() * spec.fee_rate).tolist()
    sums = [[0.0] * len(SUMS) for _ in fee_due]
    for path, collections in enumerate(cf.tolist()):
        out.totals[path] = run_path(collections, fee_due, spec, sums)
    out.sums[:] = sums
    return out


def run_path(collections: Figures, fee_due: Figures, spec: Spec, sums: list[Figures]) -> Figures:
    """Run one path; returns its `TOTALS` and adds each month's `SUMS` to its row of `sums`."""
    senior_level, mezz_level, reserve_target = spec.senior_level, spec.mezz_level, spec.reserve_target
    senior, mezz, reserve, unpaid = spec.senior, spec.mezz, spec.reserve_open, 0.0
    total = [0.0] * 9
    last = len(collections) - 1
    for t, collected in enumerate(collections):
        cash = collected

        # 1. fee
        fee = min(cash, fee_due[t])
        cash -= fee
        cfads = cash

        # 2. what the senior is due
        interest_due = senior * spec.senior_rate + unpaid
        principal_due = min(senior, senior_level)
        due = interest_due + principal_due

        # 3. the reserve covers what cash lacks; interest, then principal
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

        # 4. the reserve to its target on the balance now left; negative: the excess goes back to cash
        top_up = min(cash, senior * reserve_target - reserve)
        cash -= top_up
        reserve += top_up

        # 5. mezzanine interest; the rest is capitalised
        mezz_due = mezz * spec.mezz_rate
        mezz_interest = min(cash, mezz_due)
        cash -= mezz_interest
        capitalised = mezz_due - mezz_interest
        mezz += capitalised

        # 6. trap
        trapped = due > 0.0 and cfads < due * spec.trap_below
        if trapped:
            swept = min(cash, senior)
            cash -= swept
            senior -= swept
            principal += swept

        # 7. mezzanine principal and equity
        mezz_principal = equity = 0.0
        if not trapped or senior <= 0.0:
            mezz_principal = min(cash, mezz, mezz_level)
            cash -= mezz_principal
            mezz -= mezz_principal
            equity = cash
            cash = 0.0

        # 8. the last month pays everything out
        if t == last:
            late_interest, late_principal, late_mezz, rest = in_order(cash + reserve, unpaid, senior, mezz)
            reserve = 0.0
            interest += late_interest
            principal += late_principal
            senior -= late_principal
            mezz_principal += late_mezz
            mezz -= late_mezz
            equity += rest

        flows = (fee, interest, principal, shortfall, mezz_interest, mezz_principal, capitalised, equity, trapped)
        for k, flow in enumerate(flows):
            total[k] += flow
        row = sums[t]
        for k, figure in enumerate((*flows[:4], senior, *flows[4:7], mezz, equity, reserve)):
            row[k] += figure
    return [*total, senior, mezz]


def in_order(cash: float, *owed: float) -> Figures:
    """What `cash` pays of each amount owed, the first before the second; at the end, what is left of it."""
    paid = []
    for amount in owed:
        paid.append(min(cash, amount))
        cash -= paid[-1]
    return [*paid, cash]
