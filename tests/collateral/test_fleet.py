"""Fleet-months worked by hand, to the cent."""

from __future__ import annotations

import pytest

from tests.collateral.fleets import deal_on, earned

# January 2025 has 744 hours and is one month of 30/360; a year is 365.25 days
MIXED = """
pue: 1.25
power_price: 0.08 USD/kWh
hosting_per_kw_month: 100 USD/kW-month
generations:
  h100: {rent: rent, kw_per_gpu: 1.2 kW}
sites:
  denton: {hosting_per_kw_month: 150 USD/kW-month}
cohorts:
  a: {generation: h100, site: denton, gpus: 1_000, lease: {rate: 2 USD/gpu-hour, end: 2026-01-01, take_or_pay: 90%}}
  b: {generation: h100, gpus: 500, utilisation: busy, maintenance_per_gpu_month: 74.4 USD/gpu-month}
staff_per_month: 10k
"""


def test_a_month_of_two_cohorts() -> None:
    """a: 1,000 · 744 · 90% · 2.00 = 1,339,200 of rent; power 744,000 h · 1.2 · 1.25 · 0.08 = 89,280, hosting 1,000 ·
    1.2 · 150 = 180,000. b: 500 · 744 · 1.00 · 80% = 297,600; an hour costs 0.12 of power and 74.4/744 = 0.10 of upkeep,
    372,000 · 0.22 = 81,840, hosting 500 · 1.2 · 100 = 60,000. Staff 10,000."""
    seen = earned(deal_on(MIXED), rent=1.00, busy=0.80)
    assert seen["fleet.revenue"][0] == pytest.approx(1_339_200 + 297_600, abs=0.005)
    assert seen["fleet.opex"][0] == pytest.approx(89_280 + 180_000 + 81_840 + 60_000 + 10_000, abs=0.005)
    assert seen["collateral.collections"][0] == pytest.approx(1_215_680, abs=0.005)
    assert seen["collateral.unfunded"][0] == 0


def test_what_stands_nearer_to_the_cohort_counts() -> None:
    cohorts = deal_on(MIXED).collateral.cohorts
    assert [cohort.hosting_per_kw_month for cohort in cohorts] == [150.0, 100.0]
    assert [cohort.kw_per_gpu for cohort in cohorts] == [1.2, 1.2]
    assert [(cohort.site, cohort.generation) for cohort in cohorts] == [("denton", "h100"), ("", "h100")]


def test_machines_that_cost_more_than_they_earn_are_switched_off() -> None:
    """b's hour costs 0.22; at 0.27 · 80% = 0.216 it stands still and only its hosting is paid; at 0.28 it runs."""
    seen = earned(deal_on(MIXED), rent=[0.27] * 6 + [0.28] * 6, busy=0.80)
    off = 89_280 + 180_000 + 60_000 + 10_000
    assert seen["fleet.opex"][0] == pytest.approx(off, abs=0.005)
    assert seen["fleet.revenue"][0] == pytest.approx(1_339_200, abs=0.005)
    hours = 500 * 744.0  # July
    assert seen["fleet.revenue"][6] == pytest.approx(1_339_200 + hours * 0.224, abs=0.005)
    assert seen["fleet.opex"][6] == pytest.approx(off + hours * 0.22, abs=0.005)


def test_a_reserve_price_is_for_the_hour_let() -> None:
    """With a reserve price of 0.50 the machines stand still at 0.49, though that covers the cost."""
    text = MIXED.replace("utilisation: busy,", "utilisation: busy, reserve_price: 0.50 USD/gpu-hour,")
    seen = earned(deal_on(text), rent=[0.49] * 6 + [0.50] * 6, busy=0.80)
    assert seen["fleet.revenue"][0] == pytest.approx(1_339_200, abs=0.005)
    assert seen["fleet.revenue"][6] == pytest.approx(1_339_200 + 372_000 * 0.40, abs=0.005)


FAILING = """
gpus: 1_000
lease: {rate: 2 USD/gpu-hour, end: 2026-01-01, take_or_pay: 90%}
failure_rate: 9%
unrepairable: 40%
repair: 14d
repair_cost: 1_500 USD/gpu
cost_per_gpu: 30k USD/gpu
"""


def test_a_month_with_attrition_and_take_or_pay() -> None:
    """9% a year fail, 40% of them for good: 3.6% a year. After January's 31 days 1,000 · 0.964^(31/365.25) = 996.893041
    machines are left; 5.4% · 14 / 365.25 = 0.2069815% of them are down. Rent: 744 · 90% · 2.00 = 1,339.20 a working
    machine. Repairs: 5.4% / 12 · 1,500 = 6.75 a machine owned."""
    owned = 1_000 * 0.964 ** (31 / 365.25)
    working = owned * (1 - 0.09 * 0.60 * 14 / 365.25)
    assert owned == pytest.approx(996.893041, abs=1e-6)
    assert working == pytest.approx(994.829656, abs=1e-6)
    seen = earned(deal_on(FAILING))
    assert seen["fleet.owned"][0] == pytest.approx(owned, abs=1e-9)
    assert seen["fleet.revenue"][0] == pytest.approx(1_332_275.88, abs=0.005)
    assert seen["fleet.revenue"][0] == pytest.approx(1_339.20 * working, abs=1e-6)
    assert seen["fleet.opex"][0] == pytest.approx(6.75 * owned, abs=1e-6)
    assert seen["fleet.book"][0] == pytest.approx(owned * 30_000 * (1 - 31 / 365.25 / 6), abs=1e-4)
    assert seen["fleet.appraised"][0] == pytest.approx(owned * 30_000 * (1 - 0.22 * 31 / 365.25), abs=1e-4)


def leased(**terms: str) -> str:
    lease = "".join(f", {key}: {value}" for key, value in terms.items() if key not in ("fleet", "end"))
    return f"gpus: 100\nlease: {{rate: 1 USD/gpu-hour, end: {terms.get('end', '2027-01-01')}{lease}}}\n" + terms.get(
        "fleet", ""
    )


def test_a_rate_that_steps() -> None:
    """From 16 March on 0.80: 15 days at 1.00 and 16 at 0.80 in March, of 100 machines."""
    seen = earned(deal_on(leased(steps="{2025-03-16: 0.80 USD/gpu-hour}")))
    assert seen["fleet.revenue"][:4] == pytest.approx([74_400, 67_200, 100 * 24 * (15 + 16 * 0.8), 57_600], abs=0.005)


def test_an_escalator_counts_whole_years_from_the_start() -> None:
    """The lease began on 10 June 2024: from 10 June 2025 on 3% more, from 10 June 2026 on 3% more again."""
    text = leased(start="2024-06-10", escalator="3%")
    seen = earned(deal_on(text, maturity="2026-08-01"))
    assert seen["fleet.revenue"][5] == pytest.approx(2_400 * (9 + 21 * 1.03), abs=0.005)
    assert seen["fleet.revenue"][17] == pytest.approx(2_400 * (9 * 1.03 + 21 * 1.03**2), abs=0.005)


def test_usage_beyond_the_take_or_pay_is_billed() -> None:
    seen = earned(deal_on(leased(take_or_pay="60%", usage="busy")), busy=[0.5] * 6 + [0.75] * 6)
    assert seen["fleet.revenue"][0] == pytest.approx(74_400 * 0.60, abs=0.005)
    assert seen["fleet.revenue"][6] == pytest.approx(74_400 * 0.75, abs=0.005)


def test_a_prepayment_is_taken_off_every_invoice() -> None:
    """The term has 730 days: 100 · 24 · 730 · 90% = 1,576,800 of rent; 20% of it comes on 1 March, and every invoice
    is 20% less."""
    seen = earned(deal_on(leased(take_or_pay="90%", prepayment="20%", prepaid_on="2025-03-01"), maturity="2027-01-01"))
    assert seen["fleet.revenue"][0] == pytest.approx(74_400 * 0.9 * 0.8, abs=0.005)
    assert seen["fleet.revenue"][1] == pytest.approx(67_200 * 0.9 * 0.8 + 315_360, abs=0.005)
    assert seen["fleet.revenue"].sum() == pytest.approx(1_576_800, abs=0.05)


def test_a_prepayment_before_closing_is_no_cash_of_the_deal() -> None:
    seen = earned(deal_on(leased(prepayment="20%"), maturity="2027-01-01"))
    assert seen["fleet.revenue"].sum() == pytest.approx(100 * 24 * 730 * 0.8, abs=0.05)


def test_credits_for_hours_promised_and_not_delivered() -> None:
    """10% fail a year and are away for 36.525 days: 1% is down. Promised are 99.5%; ten times the missing half percent
    goes back to the tenant."""
    fleet = "failure_rate: 10%\nrepair: 37d\n"
    seen = earned(deal_on(leased(service="{availability: 99.5%, credit: 10x}", fleet=fleet)))
    uptime = 1 - 0.10 * 37 / 365.25
    assert seen["fleet.revenue"][0] == pytest.approx(74_400 * uptime * (1 - 10 * (0.995 - uptime)), abs=0.005)


def test_machines_come_into_service_over_a_ramp_after_a_delay() -> None:
    """Planned for 1 February, 9 days late, ten days of ramp: on the k-th day k tenths work, (1+…+10)/10 = 5.5 days of
    all by 19 February, then 9 more. The builder pays 9 days; the machines are paid on 1 February, in the period that
    ends on it."""
    fleet = "in_service: 2025-02-01\nramp: 10d\ndelay: 9d\ndelay_damages_per_gpu_day: 2 USD/gpu-day\n"
    fleet += "cost_per_gpu: 20k USD/gpu\nhosting_per_kw_month: 100 USD/kW-month\nkw_per_gpu: 1 kW"
    deal = deal_on(leased(fleet=fleet))
    seen = earned(deal)
    assert seen["fleet.owned"][:2].tolist() == [0, 100]
    assert seen["fleet.revenue"][:3] == pytest.approx([0, 2_400 * 14.5 + 100 * 2 * 9, 74_400], abs=0.005)
    months = 12 * 21 / 360  # 30/360 from 10 February to 1 March
    assert seen["fleet.opex"][:2] == pytest.approx([0, 100 * 100 * months * 14.5 / 19], abs=0.005)


def test_a_tenant_renews_when_the_market_is_dearer() -> None:
    """The lease ends on 16 March. Renewal at 0.90 for 61 days, to 16 May, where the market asks more; else the market,
    after a gap of ten days."""
    renewal = "{rate: 0.90 USD/gpu-hour, term: 61d}"
    text = leased(end="2025-03-16", renewal=renewal, fleet="rent: rent\nreleasing_gap: 10d")
    stays = earned(deal_on(text), rent=[1, 1, 0.95] + [0.5] * 9)
    assert stays["fleet.revenue"][2:5] == pytest.approx(
        [2_400 * (15 + 16 * 0.9), 2_400 * 30 * 0.9, 2_400 * (15 * 0.9 + 6 * 0.5)], abs=0.005
    )
    leaves = earned(deal_on(text), rent=[1, 1, 0.85] + [0.5] * 9)
    assert leaves["fleet.revenue"][2:5] == pytest.approx(
        [2_400 * (15 + 6 * 0.85), 2_400 * 30 * 0.5, 2_400 * 31 * 0.5], abs=0.005
    )


def test_power_at_the_market() -> None:
    seen = earned(deal_on("gpus: 10\nrent: rent\nkw_per_gpu: 2 kW\npower_price: power"), rent=1.0, power=0.1)
    assert seen["fleet.opex"][0] == pytest.approx(10 * 744 * 2 * 0.1, abs=0.005)


def test_insurance_and_property_tax() -> None:
    """Insurance 1.2% a year of the cost; tax 2.4% a year of the book value at the end of the month."""
    seen = earned(deal_on("gpus: 10\nrent: rent\ncost_per_gpu: 12k USD/gpu\ninsurance: 1.2%\nproperty_tax: 2.4%"))
    book = 120_000 * (1 - 31 / 365.25 / 6)
    assert seen["fleet.opex"][0] == pytest.approx(120 + 0.002 * book, abs=0.005)


def test_a_fleet_without_a_market_earns_its_lease_alone() -> None:
    seen = earned(deal_on(leased(end="2025-02-01")))
    assert seen["fleet.revenue"].tolist() == [pytest.approx(74_400), *[0.0] * 11]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("pue: 1.25", "peu: 1.25", "collateral.fleet.peu: unknown key 'peu'; did you mean 'pue'?"),
        ("generation: h100, gpus", "generation: h200, gpus", "fleet.cohorts.b.generation: unknown generation 'h200'"),
        ("site: denton,", "site: dentn,", "fleet.cohorts.a.site: unknown site 'dentn'; did you mean 'denton'?"),
        ("gpus: 500, ", "", "collateral.fleet.cohorts.b.gpus: is missing; add `gpus:`"),
        ("{rent: rent, kw_per_gpu", "{rent: rant, kw_per_gpu", "cohorts.a.rent: unknown market factor 'rant'"),
        ("1.2 kW", "1.2 MW", "generations.h100.kw_per_gpu: '1.2 MW' is in 'MW'"),
        ("gpus: 500", "gpus: -5", "collateral.fleet.cohorts.b.gpus: gpus is -5"),
        ("utilisation: busy", "utilisation: 80", "cohorts.b.utilisation: utilisation is 80"),
        ("  b: {", "  loan: {", "the name 'loan' is taken by"),
        ("  b: {", "  cash: {", "the name 'cash' is reserved"),
    ],
)
def test_mistakes(old: str, new: str, told: str) -> None:
    from tranche.compiler import compile_deal
    from tranche.errors import DealError

    assert MIXED.count(old) == 1
    with pytest.raises(DealError) as caught:
        compile_deal(deal_on(MIXED.replace(old, new)))
    assert told in str(caught.value)
