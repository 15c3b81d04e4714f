"""Deals: random term sheets that are valid."""

from __future__ import annotations

import datetime as dt

import attrs
from hypothesis import strategies as st

from tranche.collateral.terms import Collections
from tranche.deal import (
    CleanUpCall,
    Deal,
    Debt,
    Fee,
    Formula,
    Residual,
    Schedule,
    Series,
)
from tranche.deal.fee import UNPAID_FEES
from tranche.deal.formula import Binary, Name, Number
from tranche.market.terms import Market, ReferenceRate
from tranche.terms.calendars import CONVENTIONS
from tranche.terms.dates import FREQUENCIES, PaymentDates, payment_dates
from tranche.terms.daycounts import DAY_COUNTS

from .accounts import account_terms, routes
from .borrowing_base import NAMES as BASE_NAMES
from .borrowing_base import borrowing_bases
from .coverage import coverage_tests, flags_of
from .debts import INDEX, debts, enriched
from .fees import fee_terms
from .formulas import Scope, conditions, formula, money
from .status import STATUS_FLAGS, status_rules
from .support import dues_of, support_names, support_terms
from .waterfalls import Cast, plain_waterfall, waterfalls

COMPONENTS = (("cash",), ("cash",), ("interest", "principal"), ("interest", "principal", "loss"))


@st.composite
def schedules(draw: st.DrawFn, fewest: int = 2, most: int = 24) -> Schedule:
    """A schedule of `fewest` to `most` payment dates."""
    frequency = draw(st.sampled_from(tuple(FREQUENCIES)))
    months = FREQUENCIES[frequency] * draw(st.integers(fewest, most))
    closing = draw(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
    year, month = divmod(closing.month - 1 + months, 12)
    return Schedule(
        closing=closing.replace(day=min(closing.day, 28)),
        maturity=dt.date(closing.year + year, month + 1, min(closing.day, 28)),
        frequency=frequency,
        calendar=draw(st.sampled_from(("none", "weekends", "us"))),
        convention=draw(st.sampled_from(tuple(CONVENTIONS))),
        day_count=draw(st.sampled_from(tuple(DAY_COUNTS))),
    )


def dates_of(schedule: Schedule) -> tuple[dt.date, ...]:
    """The payment dates of a schedule."""
    return _dates(schedule).dates


def stated_dates(draw: st.DrawFn, schedule: Schedule) -> tuple[dt.date, ...]:
    """The dates that terms may state: the payment dates, or these before they are moved off holidays."""
    dates = _dates(schedule)
    return draw(st.sampled_from((dates.dates, dates.stated)))


def _dates(schedule: Schedule) -> PaymentDates:
    return payment_dates(
        schedule.closing, schedule.maturity, schedule.frequency, None, schedule.calendar, schedule.convention
    )


@st.composite
def deals(draw: st.DrawFn, most_periods: int = 24, most_debts: int = 5) -> Deal:
    """Any deal on collections that are given at the call: 1–5 debts, 0–2 residuals, fees, accounts, tests, formulas
    with memory, and a waterfall of every verb for each status that is not left to its default."""
    schedule = draw(schedules(most=most_periods))
    dates = stated_dates(draw, schedule)
    tranches: list[Debt | Residual] = [
        draw(debts(f"d{k}", len(dates))) for k in range(1, draw(st.integers(1, most_debts)) + 1)
    ]
    rich = draw(st.booleans())  # what goes beyond coupon and schedule comes below, once it is known who can be read
    tranches += [Residual(name=f"r{k}", notional=10.0) for k in range(draw(st.integers(0, 2)))]
    ranks = draw(st.one_of(st.none(), st.lists(st.integers(1, 4), min_size=len(tranches), max_size=len(tranches))))
    if ranks is not None:
        tranches = [attrs.evolve(tranche, rank=rank) for tranche, rank in zip(tranches, ranks, strict=True)]
    components = draw(st.sampled_from(COMPONENTS))
    size = sum(tranche.notional for tranche in tranches)
    names = [tranche.name for tranche in tranches if isinstance(tranche, Debt)]
    accounts = [f"a{k}" for k in range(draw(st.integers(0, 2)))]
    fees = [f"f{k}" for k in range(draw(st.integers(0, 2)))]
    tests = [f"t{k}" for k in range(draw(st.integers(0, 2)))]
    capped = tuple(f"{name}.excess" for name in fees if draw(st.booleans()))

    support = draw(support_names(tuple(accounts), tuple(names)))

    stated = draw(stated_series(dates, size))
    early = Scope(
        size=size,
        money=("collections", *(f"collections.{c}" for c in components), "cash", *(f"{d}.balance" for d in names),
               *(f"{a}.balance" for a in accounts), *support.levels),
        scheduled=(*(f"{d}.notional" for d in names), *(s.name for s in stated),
                   *(() if rich else by_schedule(tranches))),
        rates=(f"rates.{INDEX}",),
    )  # fmt: skip
    definitions = {f"x{k}": draw(money(early)) for k in range(draw(st.integers(0, 2)))}
    early = attrs.evolve(early, money=(*early.money, *definitions))
    base = draw(st.one_of(st.none(), st.none(), borrowing_bases(early, names)))
    if base is not None:
        early = attrs.evolve(early, money=(*early.money, *BASE_NAMES))
    parts = ("interest.due", "interest.unpaid", "principal.due", "principal.unpaid")
    dues = tuple(f"{d}.{part}" for d in names for part in parts)
    dues += (*(f"{d}.debt_service" for d in names), "debt_service", *(f"{f}.due" for f in fees), "fees.due")
    dues += tuple(f"{name}.{field}" for name in capped for field in ("due", "unpaid"))
    accrued = attrs.evolve(early, money=(*early.money, *dues))
    test_dates = tuple(min(date, schedule.maturity) for date in dates)  # the last may have moved past the maturity
    made_tests = [draw(coverage_tests(name, accrued, names, tuple(accounts), test_dates)) for name in tests]
    late = attrs.evolve(
        accrued,
        ratios=tuple(tests),
        money=(*accrued.money, *(f"{t}.{field}" for t in tests for field in ("cure", "shortfall"))),
        flags=(*(name for test in made_tests for name in flags_of(test)), *STATUS_FLAGS),
    )
    if rich:
        tranches = [
            draw(enriched(t, k, early, late, dates, tuple(accounts))) if isinstance(t, Debt) else t
            for k, t in enumerate(tranches)
        ]
    clean_up = draw(clean_ups(late, dates, tuple(accounts))) if rich and draw(st.integers(0, 4)) == 0 else None
    made_debts = [tranche for tranche in tranches if isinstance(tranche, Debt)]
    tested = attrs.evolve(late, flags=tuple(flag for flag in late.flags if flag not in STATUS_FLAGS))
    payable = (*(f"{d}.{part}" for d in names for part in ("interest", "principal")), *fees, *capped)
    callable_ = [debt.name for debt in made_debts if debt.call is not None or clean_up is not None]
    called = (*(f"{name}.called" for name in callable_), *(["clean_up.called"] if clean_up is not None else []))
    covered = st.lists(st.sampled_from((*payable, *names)), min_size=1, max_size=3, unique=True).map(tuple)
    terms = draw(support_terms(support, early, late, dates, tuple(accounts), covered))
    cast = Cast(
        debts=tuple(names),
        owed=tuple(f"{debt.name}.{part}" for debt in made_debts for part in debt.dues),
        drawable=tuple(debt.name for debt in made_debts if debt.draws is not None),
        residuals=tuple(t.name for t in tranches if isinstance(t, Residual)),
        fees=(*fees, *capped, *dues_of(terms)), accounts=tuple(accounts), dates=dates,
        scope=attrs.evolve(late, flags=(*late.flags, *called)),
        credits=(*support.facilities, *support.guarantees),
        repaid=(*support.facilities, *(one.name for one in terms["guarantees"] if one.repays)),
        hedges=support.hedges, ledgers=support.ledgers,
    )  # fmt: skip
    return Deal(
        name="random",
        schedule=schedule,
        tranches=tuple(tranches),
        collateral=Collections(components=components, route=draw(routes(components, tuple(accounts)))),
        market=Market(rates=(draw(reference_rates(dates)),)),
        definitions=definitions,
        series=stated,
        fees=tuple(draw(fee_terms(name, early, dates, f"{name}.excess" in capped)) for name in fees),
        accounts=tuple(
            draw(account_terms(name, draw(targets(late, accounts)), tuple(accounts), size, names[0]))
            for name in accounts
        ),
        tests=tuple(made_tests),
        borrowing_base=base,
        clean_up=clean_up,
        status=draw(status_rules(tested, names, dates)),
        waterfall=draw(waterfalls(cast)),
        **terms,
    )


def by_schedule(tranches: list[Debt | Residual]) -> tuple[str, ...]:
    """What the debts owe by their schedules; only of debts that keep them."""
    known = (tranche.name for tranche in tranches if isinstance(tranche, Debt) and tranche.amortisation.kind != "none")
    return tuple(f"{name}.scheduled.{field}" for name in known for field in ("debt_service", "balance", "principal"))


@st.composite
def clean_ups(draw: st.DrawFn, late: Scope, dates: tuple[dt.date, ...], accounts: tuple[str, ...]) -> CleanUpCall:
    """A clean-up call. `late`: what is known once the tests have been read."""
    early = formula(Binary(">=", Name("period"), Number(float(draw(st.integers(1, 3))))))
    return CleanUpCall(
        when=draw(st.one_of(st.just(early), conditions(late))),
        first=draw(st.sampled_from((None, *dates[:-1]))),
        purchase_price=draw(st.one_of(st.none(), money(late))),
        proceeds=draw(st.sampled_from(("cash", "cash", *accounts))),
    )


@st.composite
def stated_series(draw: st.DrawFn, dates: tuple[dt.date, ...], size: float) -> tuple[Series, ...]:
    """None, or one series of money in any of its forms."""
    amounts = st.sampled_from((0.0, 0.01, 0.125, 0.3)).map(lambda share: round(size * share, 2))
    form = draw(st.sampled_from(("", "", "values", "dated", "levels")))
    if not form:
        return ()
    if form == "values":
        return (Series(name="s0", values=tuple(draw(st.lists(amounts, min_size=len(dates), max_size=len(dates))))),)
    days = draw(st.lists(st.sampled_from(dates), min_size=1, max_size=4, unique=True))
    pairs = tuple((day, draw(amounts)) for day in days)
    return (Series(name="s0", dated=pairs) if form == "dated" else Series(name="s0", levels=pairs),)


@st.composite
def simple_deals(draw: st.DrawFn) -> Deal:
    """Sequential pay without tests, conditions or memory: fees, each debt's interest and principal, the residual."""
    schedule = draw(schedules(most=12))
    dates = dates_of(schedule)
    made = [draw(debts(f"d{k}", len(dates))) for k in range(1, draw(st.integers(1, 4)) + 1)]
    size = sum(debt.notional for debt in made)
    fees = [Fee(name="f0", amount=formula(Number(round(size * 1e-3, 2))), unpaid=draw(st.sampled_from(UNPAID_FEES)))]
    names = tuple(debt.name for debt in made)
    return Deal(
        name="simple",
        schedule=schedule,
        tranches=(*made, Residual(name="r0")),
        collateral=Collections(),
        market=Market(rates=(draw(reference_rates(dates)),)),
        fees=tuple(fees),
        waterfall=plain_waterfall(names, ("f0",), ("r0",)),
    )


@st.composite
def reference_rates(draw: st.DrawFn, dates: tuple[dt.date, ...]) -> ReferenceRate:
    """INDEX, flat or with a step in the middle."""
    points = [(dates[0], draw(st.sampled_from((0.0, 0.0215, 0.053))))]
    if draw(st.booleans()) and len(dates) > 2:
        points.append((dates[len(dates) // 2], draw(st.sampled_from((-0.004, 0.01, 0.07)))))
    return ReferenceRate(name=INDEX, points=tuple(points))


@st.composite
def targets(draw: st.DrawFn, scope: Scope, accounts: list[str]) -> Formula:
    """A target: a part of what is owed. It reads neither accounts nor the cash that funds them."""
    readable = tuple(n for n in scope.money if n not in ("cash", *(f"{a}.balance" for a in accounts)) and n[0] != "x")
    tree = draw(money(attrs.evolve(scope, money=readable, ratios=(), flags=()), depth=1)).tree
    return formula(Binary("*", Number(0.05), tree))
