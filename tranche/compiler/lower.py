"""Deal → Program: dates fixed, names turned into registers, terms and steps into one flat instruction array.

dates → declare (accounts, debts, fees, inputs) → collateral → accrual → tests, status → calls → lists → close → pack
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tranche.collateral.terms import Collections
from tranche.deal import Deal, Residual
from tranche.deal.formula import WINDOWS, Call
from tranche.errors import DealError, Invalid, Problem
from tranche.program import Claim, Op, Program
from tranche.replay import called, noted
from tranche.terms.dates import PaymentDates, payment_dates
from tranche.terms.daycounts import year_fraction

from . import (
    accounts,
    accrual,
    borrowing_base,
    calls,
    closing,
    collateral,
    coverage,
    credit,
    draws,
    fees,
    hedges,
    ledgers,
    margin,
    scheduled,
    status,
    waterfalls,
)
from .check import problems
from .check_stages import known_late, reads_now
from .context import Context
from .emitter import Emitter
from .expressions import memory
from .names import call_flags, formulas, walk
from .resolve import resolved
from .stated_dates import on_payment_dates
from .symbols import declare_symbols, freeze_dues
from .values import ZERO, Constant, Lane, at

HEADROOM = 256.0  # how many times the deal's notional an amount of one period may be
LEAST = 2.0**20  # and what it may be in the smallest deal


@np.errstate(over="ignore", invalid="ignore")  # the run tells an amount that no number holds
def compile_deal(deal: Deal, *, fuse: bool = True, watch: Sequence[str] = ()) -> Program:
    """Resolve a deal. `fuse=False` keeps an instruction for each thing that a step does: fusing changes no bit of any
    result, but an explanation wants them apart. `watch`: names of the deal, each recorded as the level `watch.NAME`
    once the tests have been read and before anything is paid, held within what amounts may be. Raises DealError with
    every problem and its place."""
    dates = dates_of(deal)
    deal = on_payment_dates(deal, dates)
    found = problems(deal, dates)
    if found:
        raise DealError(found)
    deal = resolved(deal, dates)
    emitter = Emitter(dates.periods)
    context = Context(deal, dates, emitter, cash=emitter.state("cash"))
    _declare(context)
    accounts.earn(context)
    collateral.lower(context)
    borrowing_base.lower(context)
    accrual.lower(context)
    fees.lower(context)
    credit.lower(context)
    hedges.lower(context)
    ledgers.debit(context)
    borrowing_base.fall_due(context)
    accrual.capped(context)
    margin.lower(context)
    freeze_dues(context)
    _windows(context, 0)
    masks = status.lower(context, coverage.lower(context))
    _windows(context, 1)
    _watch(context, watch)
    calls.lower(context)
    _windows(context, 2)
    accrual.due_in_default(context)
    margin.enforce(context)
    draws.lower(context)
    hedges.terminate(context)
    calls.buy(context)
    waterfalls.lower(context, masks)
    closing.lower(context)
    return _pack(context, fuse)


def dates_of(deal: Deal) -> PaymentDates:
    """The payment dates of a deal. Raises DealError."""
    terms = deal.schedule
    try:
        return payment_dates(
            terms.closing,
            terms.maturity,
            terms.frequency,
            terms.first_payment,
            terms.calendar,
            terms.convention,
            terms.determination_days,
            terms.end_of_month,
        )
    except Invalid as error:
        raise DealError(Problem(error.what, error.fix, deal.source.place("schedule"))) from None


def _declare(context: Context) -> None:
    deal = context.deal
    calls.declare(context)
    collateral.declare(context)
    accrual.declare(context)
    fees.declare(context)
    credit.declare(context)
    hedges.declare(context)
    ledgers.declare(context)
    accounts.declare(context)
    ranks = deal.ranks
    for tranche in deal.tranches:
        if isinstance(tranche, Residual):
            context.residuals[tranche.name] = tranche
            context.claims.append(Claim(tranche.name, "residual", tranche.notional, ranks[tranche.name]))
    context.claims.append(Claim("cash", "account"))
    declare_symbols(context)
    scheduled.declare_names(context)
    credit.declare_names(context)
    hedges.declare_names(context)


def _watch(context: Context, names: Sequence[str]) -> None:
    emitter, bound = context.emitter, Constant(_largest(context.claims))
    for name in names:
        state = emitter.state(f"watch.{name}")
        most = emitter.compute(Op.MIN, context.names[name](), bound)
        emitter.emit(Op.COPY, state, emitter.compute(Op.MAX, most, emitter.compute(Op.SUB, ZERO, bound)))
        context.record("watch", name, state, flow=False)


def _windows(context: Context, stage: int) -> None:
    """Windows look at each period once, whichever formula reads them: before the tests (0), once the status is known
    (1), or, where they read who is called, after the calls (2)."""
    deal = context.deal
    for _, formula in formulas(deal):
        for node in walk(formula.tree):
            if not isinstance(node, Call) or node.function not in WINDOWS:
                continue
            read = reads_now(deal, node.arguments[0])
            if (2 if read & call_flags(deal) else 1 if read & known_late(deal) else 0) == stage:
                memory(context, node)


def _pack(context: Context, fuse: bool) -> Program:
    deal, dates = context.deal, context.dates
    packed = context.emitter.pack(fuse)
    return Program(
        name=deal.name,
        currency=deal.currency,
        instructions=packed.instructions,
        registers=packed.registers,
        series=packed.series,
        records=context.packed_records(dict(packed.numbers)),
        claims=tuple(sorted(context.claims, key=lambda claim: _ORDER.index(claim.kind))),
        steps=tuple(context.emitter.steps),
        dates=(dates.closing, *dates.dates),
        times=(0.0, *(year_fraction("act/365f", dates.closing, date) for date in dates.dates)),
        quantum=noted("quantum", quantum_for(context)),
        cash=tuple(
            packed.numbers[lane.register]
            for lane in (context.cash, *(account.balance for account in context.accounts.values()))
        ),
    )


def _largest(claims: Sequence[Claim]) -> float:
    """What an amount of one period may be."""
    notional = 0.0
    for claim in claims:  # not sum(): it compensates from Python 3.12 on
        notional += claim.notional
    return max(HEADROOM * notional, LEAST)


_ORDER = (
    "collateral", "fleet", "miner", "fee", "debt", "residual", "account", "treasury", "facility", "guarantee", "hedge",
    "ledger", "borrowing_base", "test", "status",
)  # fmt: skip


def quantum_for(context: Context) -> float:
    """The power of two in whose multiples amounts are summed: 2**50 of them are more than any amount, and more than a
    path's total of shortfalls when nothing is ever paid (dues of T dates, and unpaid interest that grows with them).

    At most 1, so that counts are sums of whole quanta too. Raises DealError where the amounts are larger than that.
    """
    periods = context.periods
    largest = _largest(context.claims)
    for debt in context.debts.values():
        accrual = max(abs(at(debt.accrual, t)) for t in range(periods)) if not isinstance(debt.accrual, Lane) else 1.0
        price = max((price or 1.0 for price in debt.prices), default=1.0)
        largest += debt.terms.notional * periods * (price + accrual * periods)
    if largest > 2.0**50:
        deal = context.deal
        what = f"amounts of {largest / HEADROOM:.3g} {deal.currency} are too large to be summed exactly"
        raise DealError(Problem(what, "state the deal in thousands or millions", deal.source.place("tranches")))
    (bound,) = called(_bound, largest)
    _check_amounts(context.deal, bound)
    return bound / 2.0**50


def _bound(largest: float) -> tuple[float]:
    return (next(2.0**k for k in range(20, 51) if largest <= 2.0**k),)


def _check_amounts(deal: Deal, bound: float) -> None:
    """Refuse collections that the deal itself states and no run could take. Raises DealError."""
    stated = deal.collateral.amounts if isinstance(deal.collateral, Collections) else ()
    fix, place = "amounts of the size of the notional", deal.source.place("collateral.collections.amounts")
    most = f"is beyond {bound:,.0f}, the most that a deal of this size counts"
    largest = [(name, max(amounts, default=0.0)) for name, amounts in stated]
    found = [Problem(f"{name}: {x:.3g} {deal.currency} {most}", fix, place) for name, x in largest if x > bound]
    if found:
        raise DealError(found)
