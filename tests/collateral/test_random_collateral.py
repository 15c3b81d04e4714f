"""Fleets, miners, pledged coins and convertible notes of any shape: the invariants of every deal, and each date as an
independent specification has it, written from the docstrings of the terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.collateral.spec_fleet import Economic, SpecCohort, SpecFleet, market_of
from tests.collateral.spec_miner import SpecCoins, SpecSites
from tranche.collateral.fleet import Fleet
from tranche.collateral.liquidation import Impact
from tranche.collateral.terms import Miner, fleet_of
from tranche.compiler import compile_deal
from tranche.deal import Deal, Debt, StatusRules, parse_formula
from tranche.reference import exact
from tranche.testing import Observed, invariants
from tranche.testing.observed import observe_rows
from tranche.testing.strategies import market_rows, secured_deals

SHARDS = 8
EXAMPLES = 400  # in each
ROUNDING = 1e-9  # of what the date is about


@st.composite
def observed(draw: st.DrawFn, on: str = "any", change: Callable[[Deal], Deal] = lambda deal: deal) -> Observed:
    deal = change(draw(secured_deals(on=on)))
    program = compile_deal(deal)
    return observe_rows(deal, draw(market_rows(program)), program)


def without_statuses(deal: Deal) -> Deal:
    """Nothing is ever in default, so that two deals differ by their collateral alone."""
    return attrs.evolve(deal, tests=(), status=None)


def again(seen: Observed, collateral: Any, fit: Callable[[Deal], Deal] = lambda deal: deal) -> Observed:
    """The same market, on other collateral."""
    rows = seen.inputs.rows(0, seen.paths)
    return observe_rows(fit(attrs.evolve(seen.deal, collateral=collateral)), rows)


# the specifications


def differences(seen: Observed, path: int) -> list[str]:
    """Where the run is not what the terms say."""
    program, deal = seen.program, seen.deal
    market = market_of(program, seen.inputs.rows(path, 1)[0])
    closing, dates = program.dates[0], program.dates[1:]
    defaulted = seen.flow("status.default")[path].tolist()
    fleet = fleet_of(deal.collateral)
    wanted: list[dict[str, float]] = [{} for _ in dates]
    nets = [0.0] * len(dates)
    if fleet is not None:
        economic = worth_of_a_machine(seen, path, fleet)
        for t, found in enumerate(SpecFleet(fleet, closing, dates, market).run(defaulted, economic)):
            nets[t] = found.pop("net")
            own = {field: found.pop(field) for field in ("collections", "unfunded")}
            wanted[t] |= {f"fleet.{field}": amount for field, amount in found.items()}
            if isinstance(deal.collateral, Fleet):
                wanted[t] |= {f"collateral.{field}": amount for field, amount in own.items()}
    if isinstance(deal.collateral, Miner):
        spec_miner(seen, path, deal.collateral, (closing, dates), market, nets, wanted)
    said = []
    for t, found in enumerate(wanted):
        size = sum(amount for name, amount in found.items() if name.split(".")[1] in ("revenue", "opex", "income"))
        for name, amount in found.items():
            got = float(seen.flow(name)[path, t])
            if not abs(got - amount) <= ROUNDING * max(abs(amount), size, 1.0):
                said.append(f"{name} on {dates[t]} is {got:.12g}, by the terms {amount:.12g}")
    return said


def worth_of_a_machine(seen: Observed, path: int, fleet: Fleet) -> Economic:
    """Each cohort's economic value, as the cohort alone has it when it cannot be sold."""
    if fleet.valuation is None or fleet.liquidation is None:
        return {}
    rows, found = seen.inputs.rows(path, 1), {}
    for terms in fleet.cohorts:
        lease = terms.lease and attrs.evolve(terms.lease, residual_value_guarantee=0.0)
        alone = attrs.evolve(fleet, cohorts=(attrs.evolve(terms, lease=lease),), liquidation=None)
        deal = attrs.evolve(without_statuses(seen.deal), collateral=alone, waterfall=plain(seen.deal))
        worth = observe_rows(deal, rows).flow("fleet.economic")[0]
        owned = [SpecCohort(terms, seen.program.dates[0]).planned_owned(date) for date in seen.program.dates[1:]]
        pairs = zip(worth.tolist(), owned, strict=True)
        found[terms.name] = [value / number if number else 0.0 for value, number in pairs]
    return found


def plain(deal: Deal) -> Any:
    """The waterfall without its draws on coins."""
    steps = tuple(step for step in deal.waterfall.performing if step.verb != "draw")
    return attrs.evolve(deal.waterfall, performing=steps)


def spec_miner(
    seen: Observed,
    path: int,
    miner: Miner,
    calendar: tuple[dt.date, tuple[dt.date, ...]],
    market: Any,
    nets: list[float],
    wanted: list[dict[str, float]],
) -> None:
    """Adds what the sites and the treasuries do on each date to `wanted`."""
    sites = SpecSites(miner, *calendar, market)
    coins = [SpecCoins.at_closing(terms) for terms in miner.treasury]
    debts = {debt.name: debt for debt in seen.deal.tranches if isinstance(debt, Debt)}

    def flow(name: str, t: int) -> float:
        return float(seen.flow(name)[path, t])

    for t in range(len(wanted)):
        before, earlier = (bool(t >= k and flow("status.default", t - k)) for k in (1, 2))
        made = sites.period(t, before, earlier)
        wanted[t] |= {f"miner.{field}": amount for field, amount in made.items()}
        rest = made["income"] + made["proceeds"] + nets[t] - made["opex"]
        brought = 0.0 if miner.purse is not None else made["revenue"]
        need = -rest - brought
        for held in coins:
            held.found = {}
            price = market[held.terms.price][t]
            mined = made["revenue"] / price if held.terms is miner.purse else 0.0
            proceeds = held.by_policy(mined, need, price, before)
            need, brought = need - proceeds, brought + proceeds
        net = rest + brought
        wanted[t] |= {"collateral.collections": max(0.0, net), "collateral.unfunded": max(0.0, -net)}
        for held in coins:
            name, price = held.terms.name, market[held.terms.price][t]
            foreclosed = drawn = 0.0
            if held.terms.pledge is not None:
                to = held.terms.pledge.to
                owed = flow(f"{to}.balance", t - 1) if t else debts[to].at_closing
                converted = flow(f"{to}.converted", t) > 0  # who converts, converts all
                drawable = can_be_drawn(debts[to], calendar[1], t, owed, flow)
                rounding = 1e-9 * debts[to].notional
                foreclosed = held.margin(0.0 if converted else owed, price, before, drawable, rounding)
            if flow("status.default", t):
                pledge, drawn = held.enforce(price)
                foreclosed += pledge
                wanted[t][f"{name}.drawn"] = drawn
            else:
                held.drawn(flow(f"{name}.drawn", t), price)
            wanted[t] |= {f"{name}.{field}": amount for field, amount in held.found.items()}
            wanted[t] |= {
                f"{name}.coins": held.free + held.pledged, f"{name}.pledged": held.pledged,
                f"{name}.value": (held.free + held.pledged) * price, f"{name}.foreclosed": foreclosed,
            }  # fmt: skip


def can_be_drawn(
    debt: Debt, dates: tuple[dt.date, ...], t: int, owed: float, flow: Callable[[str, int], float]
) -> bool:
    """Whether something that matters is left of a debt's commitment up to the last day on which it can be drawn, and
    before its last maturity."""
    terms = debt.draws
    ends = debt.extensions[-1].to if debt.extensions else debt.maturity or dates[-1]
    due = min((date for date in dates if date >= ends), default=dates[-1])
    if terms is None or dates[t] > (terms.until or debt.maturity or dates[-1]) or dates[t] >= due:
        return False
    rounding = 1e-9 * debt.notional
    if terms.revolving:
        return owed < debt.notional - rounding
    drawn = sum(flow(f"{debt.name}.{field}", k) for field in ("drawn", "drawn_outside") for k in range(t))
    return terms.initial + drawn < debt.notional - rounding


def check_conversions(seen: Observed) -> None:
    """On maturity and on the date of a put the holder converts at a parity of 1 or more and is due the balance below
    it, whatever the amortisation; from `forced_from` on it is called at `forced`. Who is due cash converts no more;
    after a default nobody does."""
    dates = seen.program.dates[1:]
    shares = seen.inputs.rows(0, seen.paths)[:, :, seen.program.inputs.index("market.share")]
    for debt in (one for one in seen.deal.tranches if isinstance(one, Debt) and one.conversion is not None):
        terms, name = debt.conversion, debt.name
        assert terms is not None
        days = (*terms.puts, debt.maturity or dates[-1])
        decides = {next(date for date in dates if date >= day) for day in days if day <= dates[-1]}
        for path in range(seen.paths):
            balance, cash = debt.notional, False
            for t, date in enumerate(dates):
                parity = shares[path, t] / 25
                default = t > 0 and seen.flow("status.default")[path, t - 1] > 0
                asked = date in decides and parity >= 1
                called = terms.forced is not None and parity >= terms.forced
                called = called and date >= (terms.forced_from or seen.program.dates[0])
                converts = (asked or called) and not cash and not default
                converted = seen.flow(f"{name}.converted")[path, t]
                value = balance * parity if converts else 0.0
                assert converted == pytest.approx(value, rel=1e-12, abs=1e-9), (name, date)
                cash = cash or (date in decides and not converts)
                if cash and balance > 0:
                    paid = seen.flow(f"{name}.principal")[path, t] + seen.flow(f"{name}.prepaid")[path, t]
                    short = seen.flow(f"{name}.shortfall")[path, t] > 0
                    assert paid == pytest.approx(balance) or short, (name, date)
                balance = seen.flow(f"{name}.balance")[path, t]
                if converts:
                    assert balance == pytest.approx(seen.flow(f"{name}.deferred")[path, t], abs=1e-6)


def check_values_and_flows(seen: Observed) -> None:
    """None below 0; forced ≤ orderly; and orderly ≤ economic where a machine is sold for what it is worth to keep."""
    for record in seen.program.records:
        if record.name.split(".")[0] in ("fleet", "collateral", "miner"):
            assert (seen.flow(record.name) >= 0).all(), record.name
    fleet = fleet_of(seen.deal.collateral)
    if fleet is None or fleet.liquidation is None:
        return
    slack = 1 + 1e-12
    assert (seen.flow("fleet.forced") <= seen.flow("fleet.orderly") * slack).all()
    if all(outlet.price == "economic" for _, outlet in fleet.liquidation.generations):
        after_cost = (1 - fleet.liquidation.cost) * seen.flow("fleet.economic")
        assert (seen.flow("fleet.orderly") <= after_cost * slack + 1e-6).all()


def check_units(seen: Observed) -> None:
    """Machines: those that the cohorts were delivered are working, down, sold or scrapped; after the last date of a
    liquidation none is left. (While a cohort is still delivered, what is sold of it takes its share of the rest along.)
    """
    fleet = fleet_of(seen.deal.collateral)
    assert fleet is not None
    closing, dates = seen.program.dates[0], seen.program.dates[1:]
    cohorts = [SpecCohort(terms, closing) for terms in fleet.cohorts]
    done = max(one.start + dt.timedelta(days=one.terms.ramp_days) for one in cohorts)
    begun = seen.flow("fleet.sold") > 0
    for path in range(seen.paths):
        if begun[path].any():
            assert seen.flow("fleet.owned")[path, -1] == pytest.approx(0, abs=1e-9)
        if len(cohorts) > 1 or (begun[path].any() and done > dates[int(begun[path].argmax())]):
            continue
        one, sold = cohorts[0], 0.0
        surviving, owned = one.surviving(closing), one.planned_owned(closing)
        scrapped = one.delivered(closing) - owned
        for t, date in enumerate(dates):
            now = one.surviving(date)
            if date > done:  # delivered: what is lost is lost of those that were there
                arrived = one.delivered(date) - one.delivered(closing if not t else dates[t - 1])
                lost = owned * (1 - now / surviving) + arrived * (1 - now)
                scrapped += lost
            else:
                scrapped = one.delivered(date) * (1 - now)
            surviving = now
            sold += seen.flow("fleet.sold")[path, t]
            owned = float(seen.flow("fleet.owned")[path, t])
            working, down = owned * one.uptime, owned * (1 - one.uptime)
            assert working + down + sold + scrapped == pytest.approx(one.delivered(date), abs=1e-6)


def check_coins(seen: Observed) -> None:
    """In exact arithmetic: coins = coins before + mined − sold, none below 0, the pledged ones among them."""
    if not isinstance(seen.deal.collateral, Miner):
        return
    for held in seen.deal.collateral.treasury:
        fields = ("mined", "sold", "coins", "pledged")
        names = [record.name for record in seen.program.records]
        at = [names.index(f"{held.name}.{field}") if f"{held.name}.{field}" in names else None for field in fields]
        for result in seen.exact_paths:
            before = exact(held.coins)
            for moved in result.movements:
                mined, sold, coins, pledged = (moved[k] if k is not None else 0 for k in at)
                assert before + mined - sold == coins
                assert min(mined, sold, pledged, coins - pledged) >= 0
                before = coins


def check_fusing(seen: Observed) -> None:
    """Fused instructions change no bit."""
    rows = seen.inputs.rows(0, seen.paths)
    unfused = observe_rows(seen.deal, rows, compile_deal(seen.deal, fuse=False))
    for record in seen.program.records:
        assert seen.flow(record.name).tobytes() == unfused.flow(record.name).tobytes(), record.name


def check_switching_off(seen: Observed) -> None:
    """With the right to switch off, no date's cash is worse."""
    collateral: Any = seen.deal.collateral
    stubborn = attrs.evolve(collateral, **{
        field: tuple(attrs.evolve(one, switch_off=False) for one in getattr(collateral, field))
        for field in ("cohorts", "sites") if hasattr(collateral, field)
    })  # fmt: skip
    free = attrs.evolve(collateral, **{
        field: tuple(attrs.evolve(one, switch_off=True, **({"reserve_price": None} if field == "cohorts" else {}))
                     for one in getattr(collateral, field))
        for field in ("cohorts", "sites") if hasattr(collateral, field)
    })  # fmt: skip
    cash = [run.flow("collateral.collections") - run.flow("collateral.unfunded")
            for run in (again(seen, free), again(seen, stubborn))]  # fmt: skip
    assert (cash[0] >= cash[1] - ROUNDING * np.abs(cash[1]).max(initial=1.0)).all()


def check_friction(seen: Observed) -> None:
    """A sale brings no more than it would without impact, and a machine of a fleet twice as large no more."""
    fleet = fleet_of(seen.deal.collateral)
    assert isinstance(fleet, Fleet)
    if fleet.liquidation is None:
        return
    slack = 1 + 1e-12
    smooth = attrs.evolve(fleet.liquidation, credit_bid=0.0, generations=tuple(
        (name, attrs.evolve(outlet, impact=Impact(shape="linear", discount=0.0)))
        for name, outlet in fleet.liquidation.generations
    ))  # fmt: skip
    rough = attrs.evolve(fleet, liquidation=attrs.evolve(fleet.liquidation, credit_bid=0.0))
    larger = attrs.evolve(rough, cohorts=tuple(attrs.evolve(one, gpus=2 * one.gpus) for one in fleet.cohorts))
    failing = lambda deal: attrs.evolve(deal, tests=(), status=StatusRules(default=parse_formula("1 > 0")))  # noqa: E731
    free, plain_sale, twice = (
        again(seen, one, failing) for one in (attrs.evolve(fleet, liquidation=smooth), rough, larger)
    )
    assert (free.flow("fleet.sold") == plain_sale.flow("fleet.sold")).all()
    assert (plain_sale.flow("fleet.proceeds") <= free.flow("fleet.proceeds") * slack).all()
    for field in ("forced", "orderly"):
        assert (plain_sale.flow(f"fleet.{field}") <= free.flow(f"fleet.{field}") * slack).all()
        first = slice(0, 1)  # before any sale the larger fleet owns twice as much
        each = plain_sale.flow(f"fleet.{field}")[:, first]
        assert (twice.flow(f"fleet.{field}")[:, first] <= 2 * each * slack).all()


def check_terms(seen: Observed) -> None:
    check_values_and_flows(seen)
    check_conversions(seen)
    check_coins(seen)
    for path in range(seen.paths):
        assert differences(seen, path) == []


@settings(max_examples=60)
@given(seen=observed())
def test_what_the_terms_say(seen: Observed) -> None:
    check_terms(seen)


@settings(max_examples=25)
@given(seen=observed())
def test_every_invariant(seen: Observed) -> None:
    invariants.check_all(seen)
    check_fusing(seen)


@settings(max_examples=25)
@given(seen=observed(on="fleet"))
def test_every_machine_is_somewhere(seen: Observed) -> None:
    check_units(seen)


@settings(max_examples=25)
@given(seen=observed(change=without_statuses))
def test_switching_off_never_makes_cash_worse(seen: Observed) -> None:
    check_switching_off(seen)


@settings(max_examples=25)
@given(seen=observed(on="fleet"))
def test_a_sale_is_worth_no_more_for_its_friction_and_its_size(seen: Observed) -> None:
    check_friction(seen)


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_many(shard: int, pytestconfig: pytest.Config) -> None:
    """Thousands of deals, `make test-all`: each shard has its own seed, made from the run's."""
    base = int(pytestconfig.getoption("hypothesis_seed", None) or 0)

    @seed(SHARDS * base + shard)
    @settings(max_examples=EXAMPLES, derandomize=False)
    @given(seen=observed())
    def check(seen: Observed) -> None:
        check_terms(seen)
        invariants.check_all(seen)

    @seed(SHARDS * base + shard)
    @settings(max_examples=EXAMPLES, derandomize=False)
    @given(seen=observed(on="fleet"), still=observed(change=without_statuses))
    def compare(seen: Observed, still: Observed) -> None:
        check_units(seen)
        check_friction(seen)
        check_switching_off(still)

    check()
    compare()
