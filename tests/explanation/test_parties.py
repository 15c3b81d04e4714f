"""The story has a sentence for every party that did something on a path, and none for those that did nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import tranche
from tranche.explanation import Explanation
from tranche.explanation.explain import explain_inputs
from tranche.files import load, loads
from tranche.inputs import prepare

FEATURES = Path(__file__).parents[2] / "deals" / "features"


def told(name: str, old: str = "", new: str = "") -> Explanation:
    """A feature deal, with one of its texts changed."""
    text = (FEATURES / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    return tranche.explain(loads(text.replace(old, new) if old else text), 0)


def of(explanation: Explanation, name: str) -> list[str]:
    return [one for one in explanation.story if name in one]


def test_a_guarantor_that_was_paid_back() -> None:
    """Figures by hand in the deal: 6.30 and 3.70 called, 4.013 and 5.987 reimbursed, fees of 0.774."""
    assert of(told("guarantee"), "sponsor") == [
        "sponsor: the guarantor paid USD 10.00 on 2 dates, first on 2025-02-01; 10.00 was reimbursed, nothing is owed "
        "to it any more; received fees 0.77."
    ]


def test_a_guarantor_that_is_owed_something() -> None:
    """40 − 0.37037 − 37.037 leaves 2.59263 for the guarantor on the last date."""
    explanation = told("guarantee", "[20, 30, 10, 60]", "[20, 30, 10, 40]")
    assert of(explanation, "sponsor") == [
        "sponsor: the guarantor paid USD 10.00 on 2 dates, first on 2025-02-01; 6.61 was reimbursed, 3.39 is still "
        "owed to it; received fees 0.77."
    ]


def test_a_guarantor_without_recourse_is_owed_nothing() -> None:
    text = (FEATURES / "guarantee.yaml").read_text(encoding="utf-8")
    explanation = tranche.explain(loads(text.replace(", reimbursed: true", "").replace("  - repay: sponsor\n", "")), 0)
    assert of(explanation, "sponsor") == [
        "sponsor: the guarantor paid USD 10.00 on 2 dates, first on 2025-02-01; received fees 0.77."
    ]


def test_a_facility() -> None:
    assert of(told("liquidity_facility"), "lf: ") == [
        "lf: USD 15.00 drawn on 2 dates, first on 2025-02-01; all of it repaid, last on 2025-04-01; received interest "
        "0.21 and fees 0.19; short of a due on 1 date, first on 2025-03-01."
    ]


def test_a_facility_that_did_nothing_is_not_told() -> None:
    quiet = told("liquidity_facility", "[4, 0, 30, 1020]", "[40, 40, 40, 1040]")
    assert of(quiet, "lf") == ["lf: never drawn; received fees 0.30."]
    free = (FEATURES / "liquidity_facility.yaml").read_text(encoding="utf-8").replace(", commitment_fee: 6%", "")
    free = free.replace("[4, 0, 30, 1020]", "[40, 40, 40, 1040]")
    assert not of(tranche.explain(loads(free), 0), "lf")


def test_hedges_that_ended() -> None:
    story = told("swap_termination").story
    assert story[-3:] == (
        "payer: the deal paid USD 4.00 net on 2 dates, first on 2025-04-01; terminated on 2025-07-01, when the deal "
        "owed USD 3.96, all of which was paid.",
        "other: the deal paid USD 1.00 net on 2 dates, first on 2025-04-01; terminated on 2025-07-01, when the deal "
        "owed USD 0.99, all of which was paid.",
        "receiver: the deal received USD 1.00 net on 2 dates, first on 2025-04-01; terminated on 2025-07-01, when the "
        "counterparty owed USD 0.99, of which 0.40 came in.",
    )


def test_a_termination_that_nothing_pays() -> None:
    (said,) = of(told("swap_termination", "  - pay: payer.termination\n", ""), "payer: ")
    assert said.endswith("the deal owed USD 3.96, none of which was paid; the deal was short of a due under it on 3 "
                         "dates, first on 2025-07-01.")  # fmt: skip


def test_the_row_of_a_termination_says_what_is_owed() -> None:
    """The date is told in full: it had been folded into the dates around it."""
    text = told("swap_termination").text()
    assert "payer: termination: terminated; the deal owes 3.96\n" in text
    assert "receiver: termination: terminated; received\n" in text
    assert "payer: termination: nothing received" not in text


def test_swaps_and_caps() -> None:
    assert told("swap").story[-1] == (
        "irs: the deal paid USD 1.75 net on 2 dates, first on 2025-04-01, and received USD 0.75 net on 2 dates, first "
        "on 2025-10-01."
    )
    assert told("rate_cap").story[-1] == (
        "ceiling: the deal paid USD 0.40 of premium on 4 dates, first on 2025-04-01, and received USD 1.12 on 2 dates, "
        "first on 2025-10-01."
    )


def test_an_equity_cure() -> None:
    explanation = told("tests_equity_cure")
    assert of(explanation, "put in") == ["The sponsor put in USD 4.90 on 2025-03-01, to cure dscr."]
    assert not of(told("tests_grace"), "put in")


def test_extensions() -> None:
    assert of(told("extension"), "maturity") == ["The maturity of loan was extended on 2025-03-01 to 2025-06-01."]
    refused = told("extension", "when: cover >= 1.5", "when: cover >= 15")
    (said,) = of(refused, "maturity")
    assert said == "The maturity of loan was not extended on 2025-03-01 (cover >= 15 did not hold)."
    swept = (FEATURES / "extension.yaml").read_text(encoding="utf-8").replace("[50, 50,", "[1050, 50,")
    swept = swept.replace("pay: loan.principal", "sweep: loan.principal")
    assert not of(tranche.explain(loads(swept), 0), "maturity"), "it is repaid by then"


def test_a_second_extension_is_only_told_after_the_first() -> None:
    more = "      - {to: 2025-06-01, when: cover >= 1.5, add: 6%}\n"
    both = told("extension", more, more.replace("06-01", "05-01") + "      - {to: 2025-06-01, when: cover >= 99}\n")
    assert of(both, "maturity") == [
        "The maturity of loan was extended on 2025-03-01 to 2025-05-01, then not extended on 2025-05-01 "
        "(cover >= 99 did not hold)."
    ]


def test_draws() -> None:
    """In `told`'s deal 500 of the plan came after the availability period."""
    assert of(told("delayed_draw"), "drawn") == [
        "USD 700.00 of ddtl was drawn on 2 dates, first on 2025-02-01, after 100.00 at closing; 400.00 of the 1,200.00 "
        "of ddtl was never drawn, and lapsed."
    ]
    assert of(told("revolver"), "drawn") == ["USD 28.50 of revolver was drawn on 2 dates, first on 2025-02-01."]


def test_ledgers_are_no_dues() -> None:
    explanation = told("principal_deficiency")
    (first,) = of(explanation, "First shortfall")
    assert first.startswith("First shortfall on 2025-02-01: mezz.interest was short of 0.40 of the 0.40 due ")
    assert of(explanation, "pdl_") == [
        "pdl_a: losses of USD 5.00 were debited on 2025-02-01; all of it was cured on 3 dates, first on 2025-02-01.",
        "pdl_b: losses of USD 20.00 were debited on 2025-02-01; 2.92 of it was cured on 2 dates, first on 2025-04-01, "
        "17.08 is left.",
    ]
    assert "short pdl" not in explanation.text()
    assert not of(told("principal_deficiency", "loss: [25,", "loss: [0,"), "pdl_")


@pytest.fixture(scope="module")
def sold() -> Explanation:
    return tranche.explain(FEATURES.parent / "coreweave_ddtl_2.yaml", 1669)


def test_the_sale_of_a_fleet(sold: Explanation) -> None:
    brought = sold.results.total("fleet.proceeds")[0]
    machines = sold.results.total("fleet.sold")[0]
    assert of(sold, "Of the fleet") == [
        f"Of the fleet, {machines:,.0f} machines were sold after the default of 2025-11-17, from 2026-02-17 to "
        f"2029-05-16 for USD {brought:,.2f}, which is part of that."
    ]
    rows = [line for day in sold.days for line in day.lines if line.record == "fleet.proceeds"]
    assert sum(line.paid for line in rows) == pytest.approx(brought)
    assert min(line.paid for line in rows) > 0
    first = next(line for line in sold.text().splitlines() if "[fleet.proceeds]" in line)
    assert first.endswith("what was sold of the collateral brought")


def test_the_same_with_the_program_alone() -> None:
    """Without the deal's terms there are fewer words."""
    for name in ("guarantee", "swap_termination", "extension", "liquidity_facility"):
        inputs = prepare(load(FEATURES / f"{name}.yaml"), fuse=False)
        bare, full = explain_inputs(inputs, 0).story, told(name).story
        assert len(bare) == len(full)


def test_machines_that_brought_nothing() -> None:
    """The price has fallen to nothing by the time they are sold."""
    (said,) = of(tranche.explain(FEATURES.parent / "ten_year_on_eighteen_months.yaml", 11), "Of the fleet")
    assert said == "Of the fleet, 15,061 machines were sold after the default of 2028-04-03, from 2028-07-03 to " \
        "2029-10-01 for nothing."


def test_a_fee_short_of_two_dues_on_a_date_was_short_on_one_date() -> None:
    """60 of the 100 are below the cap, the rest is in excess of it: 10 on each of two dates pay neither in full."""
    deal = loads(CAPPED)
    (trustee,) = (one for one in tranche.explain(deal, 0).story if one.startswith("trustee: "))
    assert trustee == "trustee: paid USD 20.00; short on 2 dates, first on 2025-02-01."


CAPPED = """\
format: 1
name: Capped
schedule: {closing: 2025-01-01, maturity: 2025-03-01}
collateral: {collections: {amounts: [10, 10]}}
fees:
  trustee: {amount: 100, cap: 60}
tranches:
  equity: residual
waterfall:
  - pay: trustee
  - pay: trustee.excess
  - pay: equity
"""
