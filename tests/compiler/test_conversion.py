"""Convertible notes, by hand: what converts, what is put, what is paid."""

from __future__ import annotations

from typing import Any

import pytest

import tranche
from tests.collateral.fleets import earned
from tranche.compiler import compile_deal
from tranche.errors import DealError
from tranche.files import loads

DEAL = """\
format: 1
name: Notes
schedule: {{closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, day_count: 30/360}}
collateral: {{collections: {{amounts: [3m, 3m, 3m, 3m]}}}}
market:
  factors:
    share: {{lognormal: {{initial: 20, volatility: 0%, drift: 0%}}}}
tranches:
  notes: {{notional: 100m, coupon: 4%, conversion: {{parity: market.share / 25{more}}}{debt}}}
  owner: residual
{tests}
waterfall: [{{pay: notes.interest}}, {{pay: notes.principal}}, {{pay: owner}}]
"""


def seen(shares: list[float], more: str = "", debt: str = "", tests: str = "", cash: float = 3e6) -> Any:
    deal = loads(DEAL.format(more=more, debt=debt, tests=tests))
    return earned(deal, share=shares, collections_cash=cash)


def test_converted_at_maturity() -> None:
    """A parity of 30 / 25: shares worth 120m, no principal in cash, the last coupon of 1m."""
    found = seen([40.0, 40.0, 40.0, 30.0])
    assert found["notes.converted"] == pytest.approx([0, 0, 0, 120e6])
    assert found["notes.balance"].tolist() == [100e6, 100e6, 100e6, 0]
    assert found["notes.interest"] == pytest.approx([1e6] * 4)
    assert found["notes.principal"].sum() == 0
    assert found["notes.shortfall"].sum() == 0
    assert found["owner.distribution"] == pytest.approx([2e6] * 4)


def test_paid_in_cash_below_parity() -> None:
    found = seen([40.0, 40.0, 40.0, 24.99], cash=103e6)
    assert found["notes.converted"].sum() == 0
    assert found["notes.principal"] == pytest.approx([0, 0, 0, 100e6])


@pytest.mark.parametrize("amortisation", ["none", "pass_through: {amount: 0}", "target_balance: {amount: 100m}"])
def test_due_at_maturity_whatever_the_amortisation(amortisation: str) -> None:
    """No instalment is ever due; below parity the 100m are due on 1 January 2026 all the same. 3m less the coupon of 1m
    are there: 98m stay unpaid. At parity they convert, and nothing is due."""
    terms = f", amortisation: {amortisation if ':' not in amortisation else '{' + amortisation + '}'}"
    below = seen([40.0, 40.0, 40.0, 24.99], debt=terms)
    assert below["notes.principal"] == pytest.approx([0, 0, 0, 2e6])
    assert below["notes.shortfall"] == pytest.approx([0, 0, 0, 98e6])
    assert below["owner.distribution"] == pytest.approx([2e6, 2e6, 2e6, 0])
    at_parity = seen([20.0, 20.0, 20.0, 25.0], debt=terms)
    assert at_parity["notes.converted"] == pytest.approx([0, 0, 0, 100e6])
    assert at_parity["notes.shortfall"].sum() == 0


@pytest.mark.parametrize("amortisation", ["bullet", "none"])
def test_what_was_due_at_maturity_converts_no_more(amortisation: str) -> None:
    """Notes of 1 July, at a parity of 0.8: 2m of 3m are left for them, and then what 1% a quarter of the rest leaves.
    A share of 40 in October comes too late."""
    found = seen([20.0, 20.0, 40.0, 40.0], debt=f", maturity: 2025-07-01, amortisation: {amortisation}")
    assert found["notes.converted"].sum() == 0
    assert found["notes.principal"] == pytest.approx([0, 2e6, 2.02e6, 2.0402e6])


def test_put_or_converted_on_the_date_of_a_put() -> None:
    """On 1 July, the first date on or after 15 May: put at a parity of 0.8, with 2m of cash against 100m; converted at
    a parity of 1."""
    put = seen([20.0] * 4, more=", puts: [2025-05-15]")
    assert put["notes.principal"] == pytest.approx([0, 2e6, 2.02e6, 2.0402e6])  # what is left of 3m after interest
    assert put["notes.shortfall"][1] == pytest.approx(98e6)
    assert seen([20.0, 20.0, 30.0, 30.0], more=", puts: [2025-05-15]")["notes.converted"].sum() == 0
    converted = seen([20.0, 25.0, 20.0, 20.0], more=", puts: [2025-05-15]")
    assert converted["notes.converted"] == pytest.approx([0, 100e6, 0, 0])
    assert converted["notes.interest"] == pytest.approx([1e6, 1e6, 0, 0])


def test_forced_from_a_date_on() -> None:
    """130% of par is 32.50 a share; before 1 July the notes are protected."""
    found = seen([40.0, 33.0, 20.0, 20.0], more=", forced: 130%, forced_from: 2025-07-01")
    assert found["notes.converted"] == pytest.approx([0, 132e6, 0, 0])
    assert seen([40.0, 32.0, 32.0, 20.0], more=", forced: 130%, forced_from: 2025-07-01")["notes.converted"].sum() == 0


def test_nobody_converts_after_a_default() -> None:
    found = seen([20.0, 20.0, 40.0, 40.0], more=", forced: 130%", cash=0.5e6,
                 tests="tests: {cover: {ratio: collections / notes.interest.due, default: 1.0x}}")  # fmt: skip
    assert found["notes.converted"].sum() == 0


def test_shares_count_in_the_yield_and_not_as_a_loss() -> None:
    """100m lent; 1m a quarter and 120m of shares after a year come back: 24.31% a year on the days of the dates."""
    deal = loads(DEAL.format(more="", debt="", tests="")).with_({"market.factors.share.initial": 30})
    table = tranche.run(deal, 2).tranches()
    assert table.loc["notes", "expected_loss"] == 0
    times = [90 / 365, 181 / 365, 273 / 365, 1.0]
    rate = table.loc["notes", "irr"]
    flows = [1e6, 1e6, 1e6, 121e6]
    assert sum(flow / (1 + rate) ** t for flow, t in zip(flows, times, strict=True)) == pytest.approx(100e6, abs=0.01)


def test_what_cannot_be() -> None:
    with pytest.raises(DealError, match="convertible notes have pik; leave one of them out"):
        loads(DEAL.format(more="", debt=", pik: {when: 1}", tests=""))
    with pytest.raises(DealError, match=r"notes\.amortisation\.balloon: convertible notes .* due whole at maturity"):
        loads(DEAL.format(more="", debt=", amortisation: {level: {balloon: false}}", tests=""))
    text = DEAL.format(more="", debt="", tests="").replace("market.share / 25", "notes.interest.due / 25")
    with pytest.raises(DealError, match=r"'notes\.interest\.due' cannot be read here: notes convert before"):
        compile_deal(loads(text))


def test_it_is_written_as_it_is_read() -> None:
    deal = loads(DEAL.format(more=", puts: [2025-05-15], forced: 130%, forced_from: 2025-07-01", debt="", tests=""))
    assert loads(tranche.dump(deal)) == deal
