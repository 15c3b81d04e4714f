"""Convergence studies: a deal that needs two incomes, of which only both at once can fail it."""

import xml.etree.ElementTree as ET

import attrs
import numpy as np
import pytest

import tranche
from tests.files.deal_texts import BENCHMARK
from tranche.errors import UsageError
from tranche.files import loads
from tranche.market.dependence.convergence import converged
from tranche.studies.convergence import can_converge, converge
from tranche.studies.convergence_page import convergence_page, convergence_svg
from tranche.studies.line_panels import ticks

DEAL = """\
format: 1
name: Two <incomes>
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, calendar: none}
market:
  factors:
    rent: {lognormal: {initial: 1, volatility: 80%}}
    utilisation: {reverting: {initial: 0.5, mean: 0.5, speed: 4, volatility: 1.2, low: 0, high: 1}}
  dependence:
    regime:
      probability: 60%
      lasts: 2y
      calm: {gaussian: {rent ~ utilisation: 0.0}}
      stress: {gaussian: {rent ~ utilisation: 0.6}}
collateral:
  fleet:
    gpus: 100
    lease: {rate: 0.001 USD/gpu-hour, end: 2025-01-02}
    rent: rent
    utilisation: utilisation
tranches:
  senior: {notional: 50k, coupon: 5%, amortisation: level}
  mezz: {notional: 100k, coupon: 12%, amortisation: level}
  equity: {residual: {notional: 200k}}
waterfall:
  - pay: senior.interest
  - pay: senior.principal
  - pay: mezz.interest
  - pay: mezz.principal
  - pay: equity
"""


@pytest.fixture(scope="module")
def found():
    return converge(loads(DEAL), 20_000, 3)


def test_the_senior_loses_more_the_more_correlations_converge(found):
    senior = found.tranches.xs("senior", level="tranche")
    assert list(senior.index) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert senior.expected_loss.is_monotonic_increasing
    assert senior.change.iloc[0] == 0.0
    assert senior.change.iloc[-1] > 4 * senior.change_se.iloc[-1]
    assert found.deal.tail_shortfall[1.0] > found.deal.tail_shortfall[0.0]


def test_the_error_of_a_change_is_that_of_paired_paths(found):
    senior = found.tranches.xs("senior", level="tranche")
    unpaired = np.hypot(senior.expected_loss_se.iloc[0], senior.expected_loss_se.iloc[-1])
    assert 0 < senior.change_se.iloc[-1] < 0.85 * unpaired


@pytest.mark.parametrize("degree", [0.0, 0.75])
def test_a_row_is_a_run_of_the_market_at_that_degree(found, degree):
    deal = loads(DEAL)
    dependence = converged(deal.market.dependence, deal.market.drivers, degree)
    alone = tranche.run(deal, 20_000, 3, market=attrs.evolve(deal.market, dependence=dependence))
    table, row = alone.tranches(), found.tranches.loc[degree]
    for name in ("senior", "mezz"):
        assert row.loc[name, "expected_loss"] == table.loc[name, "expected_loss"]
        assert row.loc[name, "default_probability"] == table.loc[name, "default_probability"]
    assert row.loc["equity", "expected_yield"] == table.loc["equity", "irr"]
    lost = sum(alone.paths(name)["loss"] for name in ("senior", "mezz"))
    assert found.deal.loc[degree, "collateral_shortfall"] == pytest.approx(lost.mean())
    assert found.deal.loc[degree, "tail_shortfall"] == pytest.approx(lost.nlargest(200).mean())


def test_the_market_as_filed_lies_where_it_says(found):
    stated, whole = found.stated
    alone = tranche.run(loads(DEAL), 20_000, 3).tranches()
    assert stated.loc["senior", "expected_loss"] == alone.loc["senior", "expected_loss"]
    losses = found.tranches.xs("senior", level="tranche").expected_loss
    assert losses[0.5] < stated.loc["senior", "expected_loss"] < losses[0.75], "0.6 in stress"
    assert whole.loc["stated", "collateral_shortfall"] > 0


def test_threads_change_no_bit(found):
    again = converge(loads(DEAL), 20_000, 3, [0.0, 1.0], threads=1)
    for degree in (0.0, 1.0):
        assert again.tranches.loc[degree].equals(found.tranches.loc[degree])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"points": [0.5, 0.2]}, "degrees of convergence 0.5, 0.2"),
        ({"points": [0, 1.2]}, "degrees of convergence 0, 1.2"),
        ({"points": []}, "degrees of convergence none"),
        ({"rising": ["rant"]}, "'rant'; did you mean 'rent'"),
        ({"paths": 1}, "1"),
    ],
)
def test_what_makes_no_sense(options, said):
    with pytest.raises(UsageError) as caught:
        converge(loads(DEAL), **{"paths": 100, **options})
    assert said in str(caught.value)


def test_a_market_of_one_factor_cannot_converge():
    alone = DEAL[: DEAL.index("  dependence")] + DEAL[DEAL.index("collateral:") :]
    text = alone.replace("utilisation: utilisation", "utilisation: 50%")
    text = "\n".join(line for line in text.splitlines() if "reverting" not in line)
    with pytest.raises(UsageError, match="a market of 1 factors with a driver"):
        converge(loads(text), 100)


ONE_WAY = "stress: {gaussian: {rent ~ utilisation: 0.6}}"


@pytest.mark.parametrize(
    ("deal", "can"),
    [
        (DEAL, True),
        (DEAL.replace(ONE_WAY, "stress: {clayton: {theta: 2}}"), False),
        (BENCHMARK, False),
    ],
)
def test_what_can_converge_is_known_beforehand(deal, can):
    found = loads(deal)
    assert can_converge(found) == can
    if not can:
        with pytest.raises(UsageError):
            converge(found, 100)


def test_pictures(found):
    svg = convergence_svg(found)
    root = ET.fromstring(svg)
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Two <incomes>: as correlations converge" in texts
    assert {"expected loss", "default probability", "expected yield", "senior", "mezz", "equity"} <= set(texts)
    lines = list(root.iter("{http://www.w3.org/2000/svg}polyline"))
    assert len(lines) == 2 + 2 + 3 + 2
    assert all(len(line.get("points").split()) == 5 for line in lines)
    page = convergence_page(found)
    assert "Two &lt;incomes&gt;" in page
    assert page.count("<table>") == 2
    assert convergence_svg(found) == svg


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.123, 0.1301), (-5, 12), (3, 3), (0, 0), (1e6, 9.1e8)])
def test_ticks_are_round_and_cover(low, high):
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 8
    step = found[1] - found[0]
    assert f"{step:.0e}"[0] in "125"
