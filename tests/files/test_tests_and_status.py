"""Tests, statuses and borrowing bases as files write them: what is read, and what is said of mistakes."""

from __future__ import annotations

import datetime as dt

import pytest

import tranche
from tranche.deal import LevelSchedule
from tranche.errors import DealError
from tranche.files import loads

DEAL = """
format: 1
name: small
schedule: {closing: 2025-01-01, maturity: 2025-05-01}
collateral: {collections: {amounts: [1, 1, 1, 1]}}
series: {plan: [1, 1, 1, 1]}
tranches:
  senior: {notional: 10, coupon: 6%}
  junior: {notional: 5, coupon: 9%}
accounts: {reserve: {target: 1}}
"""
STEPS = "waterfall: [{pay: [senior.interest, junior.interest]}]\n"


def load(section: str) -> tranche.Deal:
    deal = loads(DEAL + section + "\n" + STEPS)
    tranche.compile(deal)
    return deal


def said(section: str) -> str:
    with pytest.raises(DealError) as caught:
        load(section)
    return str(caught.value)


def test_levels_by_date_and_values() -> None:
    text = "tests: {liquidity: {value: cash + reserve.balance, lock_up: {2025-02-01: 2m, 2025-04-01: 3m}}}"
    (test,) = load(text).tests
    assert test.numerator.text == "cash + reserve.balance"
    assert test.denominator.text == "1"
    assert test.lock_up == LevelSchedule(((dt.date(2025, 2, 1), 2e6), (dt.date(2025, 4, 1), 3e6)))
    assert test.lock_up.at(dt.date(2025, 1, 31)) is None
    assert test.lock_up.at(dt.date(2025, 3, 31)) == 2e6


@pytest.mark.parametrize(
    ("levels", "unit"),
    [
        ("trigger: 75%", "%"), ("trigger: 0.75x", "x"), ("trigger: 0.75", "x"), ("sweep: 1.1x, default: 75%", "x"),
        ("trigger: {2025-02-01: 80%, 2025-04-01: 75%}", "%"), ("trigger: {2025-02-01: 80%, 2025-04-01: 0.7}", "x"),
        ("trigger: 75%, unit: x", "x"), ("trigger: 0.75, unit: '%'", "%"), ("trigger: 12.345678901234567%", "%"),
    ],
)  # fmt: skip
def test_a_test_has_the_unit_of_its_levels(levels: str, unit: str) -> None:
    """And keeps it in what is dumped, with every bit of the levels."""
    deal = load(f"tests: {{ltv: {{ratio: senior.balance / reserve.balance, breach: above, {levels}}}}}")
    assert deal.tests[0].unit == unit
    again = loads(tranche.dump(deal))
    assert again == deal
    assert again.tests[0] == deal.tests[0]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("tests: {t: {value: cash, ratio: cash / 2, trigger: 1}}", "ratio and value are both given"),
        ("tests: {t: {value: cash, trigger: 1, breach: over}}", "breach is 'over'"),
        ("tests: {t: {value: cash, trigger: {2025-03-01: 1, 2025-02-01: 2}}}", "stands after that of 2025-03-01"),
        ("tests: {t: {value: cash, trigger: {soon: 1}}}", "tests.t.trigger.soon"),
        ("tests: {t: {value: cash, lock_up: 1, default: 2}}", "the default level 2.00 is above the lock-up level 1.00"),
        (
            "tests: {t: {value: cash, breach: above, early_amortisation: 2, default: 1}}",
            "the default level 1.00 is below the early_amortisation level 2.00",
        ),
        ("tests: {t: {value: cash, default: 1, equity_cure: {limit: 0}}}", "limit is 0"),
        (
            "tests: {t: {value: cash, default: 1, equity_cure: {limit: 1, of: lock_up}}}",
            "the test has no level 'lock_up'",
        ),
        ("tests: {t: {value: cash, default: 1, equity_cure: {limit: 1, to: reserv}}}", "did you mean 'reserve'"),
        (
            "tests: {t: {value: cash, default: 1, equity_cure: {limit: 1, when: t.default}}}",
            "not known when this test is cured",
        ),
        ("tests: {t: {value: cash, default: 1, equity_cure: {limit: 1, amount: t.equity_cure}}}", "depends on itself"),
        ("tests: {t: {ratio: 'npv_next(cash, 5%) / 2', trigger: 1}}", "npv_next looks ahead"),
        ("tests: {t: {ratio: 'npv_next(plan, collections) / 2', trigger: 1}}", "npv_next looks ahead"),
        ("tests: {t: {ratio: 'npv_next(plan, 5%, cash) / 2', trigger: 1}}", "needs a number of periods"),
        ("status: {lock_up: status.default}", "it is what this formula decides"),
        ("status: {payment_default: {senior.intrest: 1}}", "did you mean 'senior.interest'"),
        ("status: {payment_default: {senior.interest: 0}}", "write on how many dates in a row"),
        ("status: {revolving: {until: 2025-01-15}}", "before the first payment date"),
        ("status: {cross_accelration: false}", "did you mean 'cross_acceleration'"),
        ("borrowing_base: {classes: {}}", "classes is empty"),
        ("borrowing_base: {classes: {pool: {advance_rate: 50%}}}", "neither cost nor appraisal is given"),
        ("borrowing_base: {classes: {gross: {cost: 10, advance_rate: 50%}}}", "a class cannot be named 'gross'"),
        ("borrowing_base: {classes: {pool: {cost: 10, advance_rate: 150%}}}", "write 0% to 100%"),
        (
            "borrowing_base: {classes: {pool: {cost: senior.interest.due, advance_rate: 50%}}}",
            "drawn up before it is known",
        ),
        ("borrowing_base: {classes: {pool: {cost: borrowing_base.base, advance_rate: 50%}}}", "depends on itself"),
        ("borrowing_base: {classes: {pool: {cost: 1, advance_rate: 50%}}, debts: senoir}", "did you mean 'senior'"),
        (
            "borrowing_base: {classes: {pool: {cost: 1, advance_rate: 50%}}, "
            "concentrations: {one: {of: 1, cap: 10%, within: pol}}}",
            "did you mean 'pool'",
        ),
    ],
)
def test_mistakes_are_said_with_their_line(section: str, words: str) -> None:
    text = said(section)
    assert words in text, text
    assert "<text>:11 " in text, text
