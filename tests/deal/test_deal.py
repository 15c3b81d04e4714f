"""The term sheet refuses what cannot be a deal: single fields at once, what is between fields all together."""

from __future__ import annotations

import datetime as dt
import math
import pickle

import attrs
import pytest

from tests.small_deals import fleet_of_one
from tranche.collateral.lease import Lease
from tranche.collateral.terms import Collections
from tranche.deal import (
    Account,
    Amortisation,
    Coupon,
    CoverageTest,
    Deal,
    Debt,
    Expect,
    Expectation,
    Fee,
    Residual,
    Schedule,
    Source,
    Step,
    Waterfalls,
    parse_formula,
)
from tranche.errors import DealError, Invalid
from tranche.market.terms import Gaussian, Lognormal, Market, ReferenceRate, Reverting

D = dt.date
F = parse_formula("pool")
SIX = Coupon(spread=0.06)


def step(**terms):
    return Step(**{"verb": "pay", "targets": ("senior.interest",), **terms})


def make(**terms):
    return Deal(
        **{
            "name": "a deal",
            "schedule": Schedule(closing=D(2025, 1, 1), maturity=D(2030, 1, 1)),
            "tranches": (Debt(name="senior", notional=70e6, coupon=SIX), Residual(name="equity")),
            "waterfall": Waterfalls(performing=(step(),)),
            "collateral": Collections(),
            **terms,
        }
    )


def told(**terms):
    with pytest.raises(DealError) as caught:
        make(**terms)
    return [(problem.place.path, problem.what) for problem in caught.value]


FIELDS = [
    (Debt, {"name": "a", "notional": 0.0, "coupon": SIX}, "notional is 0"),
    (Debt, {"name": "a", "notional": -1.0, "coupon": SIX}, "notional is -1"),
    (Debt, {"name": "a", "notional": math.nan, "coupon": SIX}, "notional is nan"),
    (Debt, {"name": "a", "notional": math.inf, "coupon": SIX}, "notional is inf"),
    (Debt, {"name": "a", "notional": "70m", "coupon": SIX}, "notional is '70m'"),
    (Debt, {"name": "a", "notional": True, "coupon": SIX}, "notional is true"),
    (Debt, {"name": "a", "notional": 1.0, "coupon": 0.06}, "coupon is the number 0.06"),
    (Debt, {"name": "a", "notional": 1.0, "coupon": SIX, "unpaid_interest": "pik"}, "unpaid_interest is 'pik'"),
    (Debt, {"name": "a", "notional": 1.0, "coupon": SIX, "day_count": "30/365"}, "day_count is '30/365'"),
    (Debt, {"name": "a", "notional": 1.0, "coupon": SIX, "rank": 0}, "rank is 0"),
    (Debt, {"name": "a", "notional": 1.0, "coupon": SIX, "rank": 1.5}, "rank is the number 1.5"),
    (Debt, {"name": "a b", "notional": 1.0, "coupon": SIX}, "'a b' cannot be a name"),
    (Debt, {"name": "1st", "notional": 1.0, "coupon": SIX}, "'1st' cannot be a name"),
    (Debt, {"name": "cash", "notional": 1.0, "coupon": SIX}, "the name 'cash' is reserved"),
    (Debt, {"name": "max", "notional": 1.0, "coupon": SIX}, "the name 'max' is reserved"),
    (Debt, {"name": "lambda", "notional": 1.0, "coupon": SIX}, "a word of the formula language"),
    (Residual, {"name": "a", "notional": -1.0}, "notional is -1"),
    (Coupon, {"spread": 6.0}, "spread is 6"),
    (Coupon, {"spread": 0.06, "index": "S O"}, "cannot be a name"),
    (Coupon, {"spread": 0.06, "index": "SOFR", "floor": -2.0}, "floor is -2"),
    (Amortisation, {"kind": "levl"}, "kind is 'levl'"),
    (Amortisation, {"kind": "schedule", "amounts": (-1.0,)}, "amounts is -1"),
    (Amortisation, {"arrears": "keep"}, "arrears is 'keep'"),
    (Fee, {"name": "f", "rate": 5.0, "on": F}, "rate is 5"),
    (Fee, {"name": "f", "amount": 25_000.0}, "amount is the number 25000.0"),
    (Fee, {"name": "f", "amount": F, "unpaid": "never"}, "unpaid is 'never'"),
    (Account, {"name": "r", "initial": -1.0}, "initial is -1"),
    (Account, {"name": "r", "closes": "2025-01-01"}, "closes is '2025-01-01'"),
    (CoverageTest, {"name": "t", "numerator": F, "denominator": F, "trigger": 0.0}, "trigger is 0"),
    (Step, {"verb": "lend", "targets": ("a",)}, "verb is 'lend'"),
    (Step, {"verb": "pay", "targets": ()}, "targets is empty"),
    (Step, {"verb": "pay", "targets": ("a",), "share": 1.5}, "share is 1.5"),
    (Step, {"verb": "pay", "targets": ("a",), "group": "prorata"}, "group is 'prorata'"),
    (Step, {"verb": "pay", "targets": ("a.b.c.d",)}, "too many dots"),
    (Step, {"verb": "pay", "targets": "senior"}, "targets is 'senior'"),
    (Waterfalls, {"performing": ()}, "performing is empty"),
    (Schedule, {"closing": dt.datetime(2025, 1, 1), "maturity": D(2030, 1, 1)}, "closing is a datetime"),
    (Schedule, {"closing": D(2025, 1, 1), "maturity": D(2030, 1, 1), "frequency": "weekly"}, "frequency is 'weekly'"),
    (Schedule, {"closing": D(2025, 1, 1), "maturity": D(2030, 1, 1), "calendar": "mars"}, "unknown calendar"),
    (Schedule, {"closing": D(2025, 1, 1), "maturity": D(2030, 1, 1), "determination_days": -1}, "is -1"),
    (
        Schedule,
        {"closing": D(2025, 1, 1), "maturity": D(2030, 1, 1), "end_of_month": 1},
        "end_of_month is the number 1",
    ),
    (Expect, {"paths": 0}, "paths is 0"),
    (Expect, {"seed": -1}, "seed is -1"),
    (Expectation, {"figure": "a", "value": math.nan, "within": 0.0}, "value is nan"),
    (Expectation, {"figure": "a", "value": 1.0, "within": -1.0}, "within is -1"),
]


@pytest.mark.parametrize(("kind", "terms", "what"), FIELDS)
def test_a_field_that_is_wrong_by_itself(kind, terms, what):
    with pytest.raises(Invalid) as caught:
        kind(**terms)
    assert what in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({"name": " "}, "name is empty"),
        ({"name": "\x1b[31mX\u202e\x00"}, r"a deal cannot be called '\x1b[31mX\u202e\x00'"),
        ({"name": "two\nlines"}, "a deal cannot be called"),
        ({"name": "x" * 201}, "a deal cannot be called"),
        ({"currency": "usd"}, "'usd' is not a currency"),
        ({"tranches": ()}, "tranches is empty"),
        ({"tranches": (SIX,)}, "tranches is a Coupon"),
        ({"definitions": {"pool": 3.0}}, "definition 'pool' is not a Formula"),
        ({"schedule": None}, "schedule is nothing"),
    ],
)
def test_a_field_of_the_deal_itself(terms, what):
    with pytest.raises(Invalid) as caught:
        make(**terms)
    assert what in caught.value.what


def test_all_problems_at_once_with_their_paths():
    senior = Debt(name="senior", notional=70e6, coupon=SIX, rank=1)
    found = told(
        schedule=Schedule(closing=D(2030, 1, 1), maturity=D(2025, 1, 1)),
        tranches=(senior, Residual(name="equity")),
        fees=(Fee(name="senior", amount=F), Fee(name="agent"), Fee(name="servicer", rate=0.01)),
        accounts=(Account(name="reserve", closes=D(2020, 1, 1)),),
        tests=(CoverageTest(name="dscr", numerator=F, denominator=F),),
        definitions={"reserve": F, "not": F},
        waterfall=Waterfalls(performing=(step(cover=("a",)), step(to="x"))),
    )
    assert [path for path, _ in found] == [
        "fees.senior",
        "definitions.reserve",
        "definitions.not",
        "schedule.maturity",
        "tranches.equity",
        "fees.agent",
        "fees.servicer",
        "accounts.reserve.closes",
        "tests.dscr",
        "waterfall.performing[0].for",
        "waterfall.performing[1].to",
    ]
    assert found[0][1] == "the name 'senior' is taken by tranches.senior"


@pytest.mark.parametrize(
    ("terms", "path", "what"),
    [
        ({"amortisation": Amortisation(kind="schedule")}, "amortisation", "a schedule without amounts"),
        ({"amortisation": Amortisation(amounts=(1.0,))}, "amortisation", "the kind is 'bullet'"),
        (
            {"amortisation": Amortisation(kind="schedule", amounts=(50e6, 50e6))},
            "amortisation",
            "the amounts add up to 100,000,000.00, more than the notional 70,000,000.00",
        ),
        ({"coupon": Coupon(spread=0.06, floor=0.0)}, "coupon", "a fixed coupon has a floor or cap"),
        (
            {"coupon": Coupon(spread=0.06, index="SOFR", floor=0.09, cap=0.08)},
            "coupon",
            "the floor 9.0000% is above the cap 8.0000%",
        ),
    ],
)
def test_a_debt(terms, path, what):
    debt = attrs.evolve(Debt(name="senior", notional=70e6, coupon=SIX), **terms)
    [(found, said)] = told(tranches=(debt,))
    assert found == f"tranches.senior.{path}"
    assert what in said


@pytest.mark.parametrize(
    ("terms", "key", "what"),
    [
        ({"verb": "draw", "targets": ("r",), "source": "x"}, "from", "`from` on a draw step"),
        ({"verb": "transfer", "targets": ("r",), "to": "q"}, "transfer", "goes to one account"),
        ({"verb": "transfer", "targets": ("cash",)}, "transfer", "a transfer from cash to itself"),
        ({"targets": ("a", "a")}, "pay", "a is named twice"),
        ({"after": D(2026, 1, 1), "until": D(2025, 1, 1)}, "until", "before it begins"),
    ],
)
def test_a_step(terms, key, what):
    [(path, said)] = told(waterfall=Waterfalls(performing=(step(),), lock_up=(step(**terms),)))
    assert path == f"waterfall.lock_up[0].{key}"
    assert what in said


@pytest.mark.parametrize(
    ("terms", "path", "what"),
    [
        (
            {"default": 1.2, "lock_up": 1.1}, "tests.t.default",
            "the default level 1.20x is above the lock-up level 1.10x",
        ),
    ],
)
def test_a_coverage_test(terms, path, what):
    [(found, said)] = told(tests=(CoverageTest(name="t", numerator=F, denominator=F, **terms),))
    assert found == path
    assert what in said


BTC = Lognormal(name="btc", initial=65e3, volatility=0.55)
USE = Reverting(name="use", initial=0.85, mean=0.8, speed=2.0, volatility=0.12)


@pytest.mark.parametrize(
    ("market", "path", "what"),
    [
        ({"factors": (attrs.evolve(BTC, initial=0.0),)}, "factors.btc.lognormal.initial", "initial is 0"),
        ({"factors": (attrs.evolve(BTC, volatility=-0.1),)}, "factors.btc.lognormal.volatility", "volatility is -0.1"),
        ({"factors": (attrs.evolve(BTC, drift=math.nan),)}, "factors.btc.lognormal.drift", "drift is nan"),
        ({"factors": (attrs.evolve(USE, speed=-1.0),)}, "factors.use.reverting.speed", "speed is -1"),
        ({"factors": (attrs.evolve(USE, initial=1.5),)}, "factors.use.reverting.initial", "initial is 1.5"),
        ({"factors": (attrs.evolve(USE, low=1.0),)}, "factors.use.reverting.low", "low 1 is not below high 1"),
        ({"factors": (BTC, BTC)}, "factors.btc", "given twice"),
        ({"rates": (ReferenceRate(name="SOFR", points=()),)}, "rates.SOFR", "no points"),
        ({"rates": (ReferenceRate(name="SOFR", points=((D(2025, 1, 1), 5.3),)),)}, "rates.SOFR", "the rate is 5.3"),
        (
            {"rates": (ReferenceRate(name="SOFR", points=((D(2025, 1, 1), 0.05), (D(2025, 1, 1), 0.04))),)},
            "rates.SOFR",
            "2025-01-01 follows 2025-01-01",
        ),
    ],
)
def test_a_market(market, path, what):
    [(found, said)] = told(market=Market(**market))
    assert found == f"market.{path}"
    assert what in said


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ((("btc", "use", 1.5),), "the correlation is 1.5"),
        ((("btc", "btc", 0.5),), "correlated with itself"),
        ((("btc", "use", 0.5), ("use", "btc", 0.5)), "given twice"),
        ((("btc", "us", 0.5),), "unknown factor 'us'"),
    ],
)
def test_a_copula(pairs, what):
    [(path, said)] = told(market=Market(factors=(BTC, USE), dependence=Gaussian(correlations=pairs)))
    assert path.startswith("market.dependence.gaussian.")
    assert what in said


FLEET = {"gpus": 1_000.0, "lease": Lease(rate=2.35, end=D(2028, 1, 1)), "rent": "rent"}


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"gpus": 0.0}, "gpus"),
        ({"pue": 0.9}, "pue"),
        ({"utilisation": 85.0}, "utilisation"),
        ({"utilisation": "8 5"}, "utilisation"),
        ({"power_price": -0.01}, "power_price"),
        ({"life_years": 0.0}, "life_years"),
        ({"appraisal": ()}, "appraisal"),
        ({"releasing_gap_days": -1}, "releasing_gap_days"),
        ({"lease": Lease(rate=2.35, end=D(2028, 1, 1), take_or_pay=95.0)}, "lease.take_or_pay"),
        ({"lease": Lease(rate=math.inf, end=D(2028, 1, 1))}, "lease.rate"),
    ],
)
def test_a_fleet(terms, path):
    [(found, _)] = told(collateral=fleet_of_one(**(FLEET | terms)))
    assert found == f"collateral.fleet.{path}"


@pytest.mark.parametrize(
    ("terms", "path", "what"),
    [
        ({"file": "/etc/passwd"}, "file", "an absolute path"),
        ({"file": "a/../../b.csv"}, "file", "leaves the folder"),
        ({"file": "C:\\cash.csv"}, "file", "an absolute path"),
        ({"file": "..\\cash.csv"}, "file", "leaves the folder"),
        ({"components": ()}, "components", "no components"),
        ({"components": ("cash", "cash")}, "components[1]", "given twice"),
        ({"components": ("date",)}, "components[0]", "cannot be named"),
    ],
)
def test_collections(terms, path, what):
    [(found, said)] = told(collateral=Collections(**terms))
    assert found == f"collateral.collections.{path}"
    assert what in said


def test_places_come_from_the_source():
    source = Source("deal.yaml", {"fees": 7, "fees.agent": 9})
    with pytest.raises(DealError) as caught:
        make(fees=(Fee(name="agent"),), source=source)
    assert str(caught.value).startswith("deal.yaml:9 fees.agent: neither amount, rate nor price is given; write")


def test_source_finds_the_nearest_ancestor():
    source = Source("d.yaml", {"": 1, "waterfall": 3, "waterfall[0]": 4, "waterfall[0].pay": 5, "tests.t": 9})
    assert str(source.place("waterfall.performing[0].pay")) == "d.yaml:5 waterfall[0].pay"
    assert str(source.place("waterfall.performing[0].limit")) == "d.yaml:4 waterfall[0].limit"
    assert str(source.place("tests.t.ratio")) == "d.yaml:9 tests.t.ratio"
    assert source.place("schedule.closing").line == 1
    assert Source().place("schedule").line == 0


def test_a_deal_is_a_value():
    deal = make(definitions={"pool": parse_formula("1m")}, tranches=[Debt(name="a", notional=1.0, coupon=SIX)])
    again = pickle.loads(pickle.dumps(deal))
    assert again == deal
    assert hash(again) == hash(deal)
    assert isinstance(deal.tranches, tuple)
    with pytest.raises(TypeError):
        deal.definitions["pool"] = parse_formula("2m")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        deal.name = "another"


def test_a_callers_mapping_is_not_shared():
    names = {"pool": parse_formula("1m")}
    deal = make(definitions=names)
    names["other"] = parse_formula("2m")
    assert list(deal.definitions) == ["pool"]


def test_importing_the_term_sheet_is_cheap():
    import subprocess
    import sys

    code = "import sys, tranche.deal, tranche.terms; print(*{'QuantLib', 'cattrs', 'ruamel.yaml'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
