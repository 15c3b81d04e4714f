"""Tenants, worked by hand: default, re-letting, leaving, renegotiation, backstop, and when they pay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collateral.fleets import deal_on, earned
from tranche.compiler import compile_deal
from tranche.errors import DealError

# 100 machines let at 2.00 until 2027 on 90%; 148,800 · 90% = 133,920 in a month of 744 hours. `busy` stands for the
# tenant's credit: 1 while it pays
LET = """
gpus: 100
rent: rent
releasing_gap: {gap}d
lease: {{rate: 2 USD/gpu-hour, end: {end}, take_or_pay: 90%, tenant: acme}}
tenants:
  acme: {{credit: busy{more}}}
{fleet}
"""


def let(more: str = "", gap: int = 0, end: str = "2027-01-01", fleet: str = "", tests: str = "", maturity="2026-01-01"):
    return deal_on(LET.format(more=more, gap=gap, end=end, fleet=fleet), tests=tests, maturity=maturity)


PAYS = [1.0] * 12
DEFAULTS_IN_MARCH = [1.0, 1.0] + [0.0] * 10


def test_a_machine_is_let_again_after_a_default() -> None:
    """Nothing is paid for March, in which acme defaults; the machines stand idle for 45 days from 1 March, 31 of March
    and 14 of April, and are then let at 1.50: 16 days of April, 100 · 24 · 16 · 1.50 = 57,600."""
    seen = earned(let(gap=45), busy=DEFAULTS_IN_MARCH, rent=1.50)["fleet.revenue"]
    assert seen[:5] == pytest.approx([133_920, 120_960, 0, 57_600, 111_600], abs=0.005)


def test_a_default_shortly_before_the_end_of_the_lease() -> None:
    """The lease ends on 20 March. Without the default the machines stand idle to 4 May (45 days), with it to 15
    April."""
    good = earned(let(gap=45, end="2025-03-20"), busy=PAYS, rent=1.50)["fleet.revenue"]
    assert good[2:5] == pytest.approx([2_400 * 19 * 1.8, 0, 2_400 * 28 * 1.5], abs=0.005)
    bad = earned(let(gap=45, end="2025-03-20"), busy=DEFAULTS_IN_MARCH, rent=1.50)["fleet.revenue"]
    assert bad[2:5] == pytest.approx([0, 2_400 * 16 * 1.5, 2_400 * 31 * 1.5], abs=0.005)


def test_a_tenant_that_is_billed_by_usage_alone_asks_for_less_too() -> None:
    """Half of the hours are used; on 1 February the market is at 0.80, below 70% of 2.00: 1.40 from then on."""
    usage = {"collateral.lease.take_or_pay": 0, "collateral.lease.usage": 0.5}
    deal = let(", renegotiation: {below: 70%}").with_(usage)
    seen = earned(deal, busy=PAYS, rent=0.80)["fleet.revenue"]
    assert seen[:2] == pytest.approx([2_400 * 31 * 0.5 * 2, 2_400 * 28 * 0.5 * 1.40], abs=0.005)


def test_a_tenant_leaves_when_it_pays() -> None:
    """On 1 March 671 days are left of the lease: 100 · 24 · 671 · 90% = 1,449,360 hours at 2.00, 2,898,720; at the
    market, with 10% of cost to move, 1.80 · 1.1 = 1.98 an hour, 2,869,732.80. The fee of one month, 30.4375 · 2,400 ·
    1.80 = 131,490, is more than the 28,987.20 saved: it stays. At 1.70 · 1.1 = 1.87 the 188,416.80 saved are more: it
    pays the fee and is gone from 1 March on."""
    option = ", termination: {fee: 1m, moving_cost: 10%}"
    stays = earned(let(option), busy=PAYS, rent=[2.0, 1.8] + [2.0] * 10)["fleet.revenue"]
    assert stays[1:3] == pytest.approx([120_960, 133_920], abs=0.005)
    leaves = earned(let(option, gap=10), busy=PAYS, rent=[2.0, 1.7] + [2.2] * 10)["fleet.revenue"]
    assert leaves[1:4] == pytest.approx([120_960 + 131_490, 2_400 * 21 * 2.2, 2_400 * 30 * 2.2], abs=0.005)


def test_a_shaky_tenant_renegotiates_once() -> None:
    """On 1 February the market is at 1.00, below 60% of 2.00: the rate becomes 1.00 + 50% · (2.00 − 1.00) = 1.50. On 1
    April 0.80 is below 60% of 1.50, but it has asked before."""
    shaky = ", renegotiation: {below: 60%, keeps: 50%}"
    seen = earned(let(shaky), busy=PAYS, rent=[1.0, 1.0, 0.8] + [2.0] * 9)["fleet.revenue"]
    hours = 2_400 * np.array([31, 28, 31, 30]) * 0.9
    assert seen[:4] == pytest.approx(hours * [2.0, 1.5, 1.5, 1.5], abs=0.005)
    twice = earned(let(shaky.replace("50%", "50%, times: 2")), busy=PAYS, rent=[1.0, 1.0, 0.8] + [2.0] * 9)
    assert twice["fleet.revenue"][:4] == pytest.approx(hours * [2.0, 1.5, 1.5, 1.15], abs=0.005)


def test_a_backstop_pays_what_is_missing_until_it_is_used_up() -> None:
    """March: 133,920 are missing and paid. April: 129,600 less 57,600 of re-letting; May: 133,920 − 111,600 = 22,320.
    The limit falls to 220,000 in May, and 205,920 are used by then: 14,080 are left."""
    more = ", backstop: {limits: {2025-01-01: 300k, 2025-05-15: 220k}}"
    seen = earned(let(more, gap=45), busy=DEFAULTS_IN_MARCH, rent=1.50)["collateral.collections"]
    assert seen[2:6] == pytest.approx([133_920, 57_600 + 72_000, 111_600 + 14_080, 2_400 * 30 * 1.5], abs=0.005)


def test_invoices_are_paid_45_days_later() -> None:
    """Of the invoices of January's 31 days those of the first 14 are paid by 1 March (14 + 45 = 59 days), the other 17
    in March, with the first 14 of February's."""
    receivables = "receivables: {days_outstanding: 45d}"
    seen = earned(let(fleet=receivables), busy=PAYS)["collateral.collections"]
    daily = 2_400 * 1.8
    assert seen[:4] == pytest.approx([0, daily * 14, daily * 31, daily * 30], abs=0.005)


def test_dilution_and_late_payers() -> None:
    """2% is never paid, 10% sixty days after its day, which is 30 days after the invoice."""
    fleet = "receivables: {days_outstanding: 30d, dilution: 2%, late: 10%, late_by: 60d}"
    seen = earned(let(fleet=fleet), busy=PAYS)["collateral.collections"]
    daily = 2_400 * 1.8
    on_time = np.array([1, 28, 31, 30])  # days of invoices older than 30 days, by period
    late = np.array([0, 0, 0, 30])  # … and than 90: by 1 May those of January, of which 90 days after 1 January
    assert seen[0] == pytest.approx(daily * 0.88 * 1, abs=0.005)
    assert seen[1] == pytest.approx(daily * 0.88 * 28, abs=0.005)
    assert seen[3] == pytest.approx(daily * (0.88 * on_time[3] + 0.10 * late[3]), abs=0.005)


def test_what_a_tenant_owes_when_it_defaults() -> None:
    """At the end of February the 45 days since 15 January are owed: 194,400; a fifth comes in with the default."""
    fleet = "receivables: {days_outstanding: 45d, recovery: 20%}"
    seen = earned(let(gap=3_650, fleet=fleet), busy=DEFAULTS_IN_MARCH)["collateral.collections"]
    assert seen[1:5] == pytest.approx([2_400 * 1.8 * 14, 0.2 * 2_400 * 1.8 * 45, 0, 0], abs=0.005)


def test_rent_that_is_paid_after_more_than_two_periods() -> None:
    """100 days after 1 January is 11 April: 20 days of January are paid in April, 11 of it and 20 of February in May
    (100 days after 1 February is 12 May)."""
    seen = earned(let(fleet="receivables: {days_outstanding: 100d}"), busy=PAYS)["collateral.collections"]
    assert seen[:5] == pytest.approx([0, 0, 0, 2_400 * 1.8 * 20, 2_400 * 1.8 * (11 + 20)], abs=0.005)


def test_names_of_tenants() -> None:
    """One test for each name, so that its value is recorded as a numerator over 1: below or above what is right."""
    text = """
cohorts:
  a: {gpus: 100, lease: {rate: 2 USD/gpu-hour, end: 2027-01-01, tenant: acme}}
  b: {gpus: 300, lease: {rate: 1 USD/gpu-hour, end: 2027-01-01, tenant: best}}
tenants:
  acme: {credit: busy, downgrade: power, backstop: {limits: {2025-01-01: 100k}}}
  best: {}
receivables: {days_outstanding: 45d, late: 10%, late_by: 30d}
"""
    names = {
        "acme.alive": 1, "best.alive": 1, "acme.downgraded": 1, "best.downgraded": 0, "acme.rent": 2_400 * 31 * 2,
        "best.rent": 7_200 * 31, "acme.share": 0.4, "acme.receivables": 2_400 * 31 * 2, "acme.backstop": 100_000,
        "acme.past_due": 0,
    }  # fmt: skip
    tests = "tests:\n" + "".join(
        f"  t{k}_{side}: {{ratio: ({name} {sign} {abs(value) * 1e-9 + 1e-9} + 1) / 1, trigger: {value + 1}}}\n"
        for k, (name, value) in enumerate(names.items())
        for side, sign in (("low", "-"), ("high", "+"))
    )
    seen = earned(deal_on(text, tests=tests), busy=PAYS, power=[0.0] * 12)
    for k, name in enumerate(names):
        assert (seen[f"t{k}_low.breached"][0], seen[f"t{k}_high.breached"][0]) == (1, 0), name


@given(default=st.integers(0, 12), days=st.integers(0, 120), late=st.floats(0, 0.5), dilution=st.floats(0, 0.5))
def test_receivables_are_conserved(default: int, days: int, late: float, dilution: float) -> None:
    """What is billed is paid, diluted, lost, or still owed; never more."""
    fleet = f"receivables: {{days_outstanding: {days}d, late: {late!r}, dilution: {dilution!r}, recovery: 30%}}"
    seen = earned(let(gap=3_650, fleet=fleet), busy=[1.0] * default + [0.0] * (12 - default))
    billed, paid = seen["fleet.revenue"], seen["collateral.collections"]
    assert (paid >= 0).all()
    assert (np.cumsum(paid) <= np.cumsum(billed) * (1 - dilution) * (1 + 1e-12) + 1e-6).all()


@given(
    rent=st.lists(st.floats(0.0, 4.0), min_size=12, max_size=12),
    alive=st.integers(0, 12),
    gap=st.sampled_from((0, 20, 45)),
)
def test_switching_off_never_makes_cash_worse(rent: list[float], alive: int, gap: int) -> None:
    costs = "kw_per_gpu: 2 kW\npower_price: 0.5 USD/kWh\nhosting_per_kw_month: 50 USD/kW-month\nswitch_off: {off}\n"
    found = []
    for off in ("true", "false"):
        deal = let(gap=gap, end="2025-05-20", fleet=costs.format(off=off))
        seen = earned(deal, busy=[1.0] * alive + [0.0] * (12 - alive), rent=rent)
        found.append(seen["collateral.collections"] - seen["collateral.unfunded"])
    assert (found[0] >= found[1] - 1e-6).all()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tenant: acme}", "tenant: acne}", "fleet.lease.tenant: unknown tenant 'acne'; did you mean 'acme'?"),
        ("credit: busy", "credit: bussy", "collateral.fleet.tenants.acme.credit: unknown market factor 'bussy'"),
        ("credit: busy", "credt: busy", "collateral.fleet.tenants.acme.credt: unknown key 'credt'"),
        ("credit: busy", "backstop: {limits: {2025-01-01: 1m}}", "acme.backstop: a backstop of a tenant that never"),
        ("  acme:", "  loan:", "the name 'loan' is taken by"),
    ],
)
def test_mistakes(old: str, new: str, told: str) -> None:
    text = LET.format(more="", gap=0, end="2027-01-01", fleet="")
    with pytest.raises(DealError) as caught:
        compile_deal(deal_on(text.replace(old, new)))
    assert told in str(caught.value)
