"""Other terms by dotted path: what a file would write there, read as the file's reader reads it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET, STRESSED
from tranche.deal import Coupon, Deal
from tranche.errors import DealError
from tranche.files import loads
from tranche.market.terms import Gaussian, Independent

POOL, GPUS = loads(STRESSED), loads(FLEET)
DDTL = tranche.load("deals/gpu_ddtl_2024.yaml")


@pytest.mark.parametrize(
    ("base", "path", "value", "before", "after"),
    [
        (STRESSED, "senior.coupon", "7%", "coupon: 6%", "coupon: 7%"),
        (STRESSED, "tranches.senior.notional", "11m", "notional: 12m", "notional: 11m"),
        (STRESSED, "senior.amortisation", "bullet", "amortisation: level}", "amortisation: bullet}"),
        (STRESSED, "senior.amortisation", "{level: {arrears: leave}}", "n: level}", "n: {level: {arrears: leave}}}"),
        (STRESSED, "mezz.unpaid_interest", "carried", "capitalised", "carried"),
        (STRESSED, "schedule.maturity", "2028-01-01", "2027-01-01", "2028-01-01"),
        (STRESSED, "reserve.target", "3% * senior.balance", "target: 2%", "target: 3%"),
        (STRESSED, "accounts.reserve.initial", 50_000, "initial: 100k", "initial: 50k"),
        (STRESSED, "dscr.lock_up", "1.10x", "lock_up: 1.05x", "lock_up: 1.10x"),
        (STRESSED, "dscr.ratio", "collections / 2", "collections / senior.debt_service", "collections / 2"),
        (STRESSED, "waterfall[6].limit", "40k", "limit: 35k", "limit: 40k"),
        (STRESSED, "waterfall.performing[7].share", "60%", "share: 50%", "share: 60%"),
        (STRESSED, "servicing.amount", 30_000.0, "amount: 20k", "amount: 30000.0"),
        (FLEET, "collateral.fleet.gpus", "2_000", "gpus: 1_000", "gpus: 2_000"),
        (FLEET, "collateral.lease.end", "2026-10-01", "end: 2026-07-01", "end: 2026-10-01"),
        (FLEET, "collateral.utilisation", "85%", "utilisation: 80%", "utilisation: 85%"),
        (FLEET, "market.factors.rent_h100.drift", "-30%", "drift: -40%", "drift: -30%"),
        (FLEET, "market.factors.rent_h100.lognormal.volatility", 0.5, "volatility: 60%", "volatility: 50%"),
    ],
)  # fmt: skip
def test_an_override_is_what_the_file_would_say(base: str, path: str, value: Any, before: str, after: str) -> None:
    assert base.count(before) == 1
    changed = loads(base).with_({path: value})
    assert changed == loads(base.replace(before, after))
    assert changed != loads(base)


def test_parts_that_are_known_by_their_name() -> None:
    """The outlet of a generation, the only outlet of all, a jump at a release; the whole dependence."""
    deal = tranche.load("deals/coreweave_ddtl_2.yaml").with_({
        "collateral.fleet.liquidation.generations.h200.depth": "50 gpu/month",
        "market.factors.rent_h100.releases.rubin.jump": "-5%",
        "market.dependence": "{gaussian: {rent_h100 ~ lab: 0.1}}",
    })  # fmt: skip
    liquidation: Any = deal.collateral.liquidation
    assert [(name, outlet.depth) for name, outlet in liquidation.generations] == [("h100", 1_200), ("h200", 50)]
    rents: Any = {factor.name: factor for factor in deal.market.factors}
    assert [rents[name].releases[0][1].jump for name in ("rent_h100", "rent_h200")] == [-0.05, -0.15]
    assert deal.market.dependence == Gaussian(correlations=(("rent_h100", "lab", 0.1),))
    assert deal.with_({"market.dependence": "independent"}).market.dependence == Independent()
    alone = tranche.load("deals/ten_year_on_eighteen_months.yaml")
    liquidation = alone.with_({"collateral.fleet.liquidation.depth": "9 gpu/month"}).collateral.liquidation
    assert [outlet.depth for _, outlet in liquidation.generations] == [9]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("market.dependence", "idependent", "market.dependence: unknown kind of dependence 'idependent'; did you"),
        ("market.dependence", 3, "market.dependence: "),
        ("market.dependence", None, "market.dependence: "),
        ("market.dependence", "{gaussian: {rent_h100 ~ labs: 0.1}}", "unknown factor 'labs'; did you mean 'lab'?"),
        ("collateral.liquidation.generations.h20.depth", "1 gpu/month", "unknown name 'h20'; did you mean 'h200'"),
        ("collateral.liquidation.generations.h200.depht", "1 gpu/month", "unknown key 'depht'; did you mean 'depth'"),
        ("collateral.liquidation.generations.h200", "1", "'h200' is named as a whole; name one of its terms: depth"),
        ("market.factors.rent_h100.releases.rubin.jump", "x", "market.factors.rent_h100.releases.rubin.jump: "),
    ],
)
def test_mistakes_in_parts_that_are_known_by_their_name(path: str, value: Any, said: str) -> None:
    with pytest.raises(DealError) as caught:
        tranche.load("deals/coreweave_ddtl_2.yaml").with_({path: value})
    assert said in str(caught.value)


def test_several_at_once_and_the_first_deal_stays() -> None:
    other = POOL.with_({"senior.coupon": "SOFR + 500bp", "senior.coupon.floor": "1%", "mezz.notional": "5m"})
    assert other.tranches[0].coupon == Coupon(spread=0.05, index="SOFR", floor=0.01)
    assert other.tranches[1].notional == 5e6
    assert loads(STRESSED) == POOL


def test_values_of_the_term_sheet_need_no_text() -> None:
    coupon = Coupon(spread=0.065)
    other = POOL.with_({"senior.coupon": coupon, "schedule.maturity": dt.date(2028, 1, 1)})
    assert other.tranches[0].coupon is coupon
    assert other.schedule.maturity == dt.date(2028, 1, 1)


def test_none_takes_a_term_away() -> None:
    assert POOL.with_({"dscr.default": None}).tests[0].default is None


def test_a_definition_is_a_formula() -> None:
    deal = loads(STRESSED + "definitions: {pool: 2 * collections}\n")
    assert deal.with_({"pool": "3 * collections"}).definitions["pool"].text == "3 * collections"


@pytest.mark.parametrize(
    ("deal", "overrides", "said"),
    [
        (POOL, {"seniro.coupon": "7%"}, "seniro.coupon: unknown name 'seniro'; did you mean 'senior'?"),
        (POOL, {"senior.cupon": "7%"}, "senior.cupon: unknown key 'cupon'; did you mean 'coupon'"),
        (POOL, {"senior.coupon": "7% of it"}, "senior.coupon: "),
        (POOL, {"senior.coupon.spred": "7%"}, "senior.coupon.spred: unknown key 'spred'; did you mean 'spread'?"),
        (POOL, {"senior.notional": "-5m"}, "senior.notional: notional is -5,000,000; write more than 0"),
        (POOL, {"senior.notional": "5m EUR"}, "senior.notional: "),
        (POOL, {"waterfall[99].limit": "1"}, "there is no item [99]; there are 11, numbered from 0"),
        (POOL, {"waterfall[6].limt": "1"}, "waterfall[6].limt: unknown key 'limt'; did you mean 'limit'?"),
        (POOL, {"senior": "5m"}, "senior: 'senior' is named as a whole; name one of its terms: notional"),
        (POOL, {"tranches": "5m"}, "'tranches' is a whole section; name one of its terms, such as tranches.…"),
        (POOL, {"senior..coupon": "7%"}, "'senior..coupon' is not a path"),
        (POOL, {"senior.": "7%"}, "'senior.' ends with a dot"),
        (POOL, {"": "7%"}, "the path is empty"),
        (POOL, {"senior.amortisation": "{levl: {}}"}, "senior.amortisation.levl: unknown kind of amortisation 'levl'"),
        (GPUS, {"collateral.gpsu": "5"}, "collateral.gpsu: unknown key 'gpsu'"),
        (GPUS, {"market.factors.rent_h200.drift": "5%"}, "unknown name 'rent_h200'; did you mean 'rent_h100'?"),
        (POOL, {"senior.coupon.floor": "1%"}, "a fixed coupon has a floor or cap"),
        (POOL, {"name": "Foo"}, "name: a name cannot be overridden"),
        (POOL, {"senior.name": "Foo"}, "senior.name: a name cannot be overridden"),
        (POOL, {"waterfall.performing[0].pay": "equity"}, "[0].pay: what a step does cannot be overridden"),
    ],
)
def test_what_is_wrong_says_where_and_what_would_be_right(deal: Deal, overrides: dict[str, Any], said: str) -> None:
    with pytest.raises(DealError) as caught:
        deal.with_(overrides)
    assert said in str(caught.value)


def test_every_problem_is_told() -> None:
    with pytest.raises(DealError) as caught:
        POOL.with_({"senior.cupon": "7%", "mezz.notional": "-1", "dscr.trigger": "low"})
    assert [problem.place.path for problem in caught.value] == ["senior.cupon", "mezz.notional", "dscr.trigger"]


@pytest.mark.parametrize(
    ("deal", "first", "second"),
    [
        (POOL, "tranches.senior.coupon", "senior.coupon"),
        (POOL, "senior.coupon", "tranches[0].coupon"),
        (POOL, "waterfall[6].limit", "waterfall.performing[6].limit"),
        (GPUS, "collateral.gpus", "collateral.fleet.gpus"),
        (GPUS, "market.factors.rent_h100.lognormal.volatility", "market.factors.rent_h100.volatility"),
        (POOL, "dscr.ratio", "dscr.numerator"),
    ],
)
def test_two_spellings_of_one_term(deal: Deal, first: str, second: str) -> None:
    values = {"coupon": "7%", "ratio": "collections / 2", "numerator": "collections"}
    for one, other in ((first, second), (second, first)):
        asked = {path: values.get(path.rpartition(".")[2], "10") for path in (one, other)}
        with pytest.raises(DealError) as caught:
            deal.with_(asked)
        assert str(caught.value) == f"{other}: {one} names the same term; give one of them"


def test_a_whole_after_its_part_would_overwrite_it() -> None:
    with pytest.raises(DealError, match=r"senior\.coupon: it overwrites senior\.coupon\.floor; give that one after it"):
        loads(STRESSED.replace("coupon: 6%", "coupon: SOFR + 6%")).with_(
            {"senior.coupon.floor": "1%", "senior.coupon": "SOFR + 500bp"}
        )
    two = POOL.with_({"dscr.lock_up": "1.1x", "dscr.trigger": "1.3x"})
    assert (two.tests[0].lock_up, two.tests[0].trigger) == (1.1, 1.3)


def test_text_is_data_and_never_code() -> None:
    with pytest.raises(DealError):
        POOL.with_({"reserve.target": "__import__('os').system('true')"})
    with pytest.raises(DealError):
        POOL.with_({"senior.__class__": "x"})
    with pytest.raises(DealError):
        POOL.with_({"senior.__class__.name": "x"})


def test_an_override_changes_the_figures() -> None:
    base = tranche.run(DDTL, 2_000).tranches()
    dear = tranche.run(DDTL.with_({"senior.coupon": "SOFR + 900bp floor 0%"}), 2_000).tranches()
    assert dear["interest"]["senior"] > base["interest"]["senior"]
    assert attrs.evolve(DDTL) == DDTL


def test_a_date_of_numpy_is_a_date() -> None:
    for unit in ("ns", "D"):
        maturity = np.datetime64(POOL.schedule.maturity.isoformat(), unit)
        assert POOL.with_({"schedule.maturity": maturity}).schedule == POOL.schedule
