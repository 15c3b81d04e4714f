"""A twelve-month sculpted loan: its size is the value of CFADS / DSCR, and every date's DSCR is the target."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import tranche
from tranche.files import loads

CFADS = [130, 143, 156, 169, 182, 195, 182, 169, 156, 143, 130, 117]
DEAL = Path(__file__).parents[2] / "deals" / "features" / "sculpted.yaml"
TEXT = """\
format: 1
name: sculpted
schedule: {closing: 2025-01-01, maturity: 2026-01-01, day_count: 30/360}
market: {rates: {SOFR: {2025-01-01: 4%, 2025-06-01: 5.5%}}}
collateral: {collections: {}}
series:
  cfads: CFADS
  wanted: {levels: {2025-01-01: 1.40x, 2025-07-01: 1.25x}, unit: number}
tranches:
  loan:
    notional: sculpted
    coupon: {rate: SOFR + 300bp, step_up: {2025-09-01: 50bp}}
    amortisation: {sculpted: {cfads: cfads, dscr: wanted}}
waterfall: [{pay: loan.interest}, {pay: loan.principal}]
"""


def test_fixed_coupon() -> None:
    """Σ (CFADS / 1.30) / 1.01^t in exact arithmetic, to the cent; and the DSCR of each date."""
    value = sum(Fraction(cash) / Fraction(13, 10) / Fraction(101, 100) ** t for t, cash in enumerate(CFADS, start=1))
    program = tranche.compile(DEAL)
    notional = next(claim.notional for claim in program.claims if claim.name == "loan")
    assert round(notional, 2) == round(float(value), 2)
    loan = tranche.project(DEAL).cashflows("loan")
    service = (loan["interest"] + loan["principal"]).to_numpy()
    assert np.array(CFADS) / service == pytest.approx(1.3, abs=1e-12)
    assert loan["balance"].iloc[-1] == pytest.approx(0.0, abs=1e-9)


def test_floating_coupon_and_a_dscr_that_steps() -> None:
    """The same with a rate curve, a step-up and two DSCR levels: discounted date by date, without our schedule."""
    amounts = [cash * 1_000_000 for cash in CFADS]
    deal = loads(TEXT.replace("CFADS", str(amounts)))
    rates = [Fraction("0.07")] * 5 + [Fraction("0.085")] * 3 + [Fraction("0.09")] * 4
    dscr = [Fraction("1.4")] * 5 + [Fraction("1.25")] * 7  # the level of 1 July holds on that payment date
    value, factor = Fraction(0), Fraction(1)
    for cash, rate, level in zip(amounts, rates, dscr, strict=True):
        factor /= 1 + rate / 12
        value += factor * cash / level
    loan = tranche.project(deal, np.array(amounts, dtype=float)).cashflows("loan")
    opening = loan["balance"].iloc[0] + loan["principal"].iloc[0]
    assert opening == pytest.approx(float(value), abs=0.005)
    service = np.array(loan["interest"] + loan["principal"])
    assert np.array(amounts) / service == pytest.approx(np.array([float(x) for x in dscr]), abs=1e-12)


def test_a_stated_notional_is_repaid_at_the_target_and_no_faster() -> None:
    """Less than the size: the same service until it is repaid. More: the rest is due at maturity."""
    for notional, left in (("900", 0.0), ("1500", None)):
        text = DEAL.read_text(encoding="utf-8").replace("notional: sculpted", f"notional: {notional}")
        loan = tranche.project(loads(text)).cashflows("loan")
        service = loan["interest"] + loan["principal"]
        full = np.array(CFADS) / 1.3
        assert service.iloc[:5].to_numpy() == pytest.approx(full[:5], rel=1e-12)
        if left is None:
            size = float(sum(x / 1.01**t for t, x in enumerate(full, start=1)))
            assert loan["due"].iloc[-1] == pytest.approx(full[-1] + (1500 - size) * 1.01**12, rel=1e-12)
        else:
            assert loan["balance"].iloc[-1] == left


def test_a_service_that_does_not_carry_the_interest() -> None:
    text = DEAL.read_text(encoding="utf-8").replace("base_case: [130,", "base_case: [5,")
    with pytest.raises(tranche.errors.DealError, match=r"on 2025-02-01 CFADS / DSCR is 3\.85, less than the interest"):
        tranche.compile(loads(text))
