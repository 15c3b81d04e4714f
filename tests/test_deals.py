"""The living deal files: their expected figures hold, and cash is conserved, exactly so in exact arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

import tranche
from tranche.expectations import findings
from tranche.inputs import prepare
from tranche.reference import exact, run_path
from tranche.results import residuals

FOLDER = Path(__file__).parent.parent / "deals"
DEALS = sorted([*FOLDER.glob("*.yaml"), *(FOLDER / "features").glob("*.yaml")])


@pytest.fixture(params=DEALS, ids=lambda path: path.stem)
def deal(request: pytest.FixtureRequest) -> tranche.Deal:
    return tranche.load(request.param)


def test_the_figures_that_a_deal_expects_hold(deal: tranche.Deal) -> None:
    found = findings(deal, tranche.run(deal, deal.expect.paths, deal.expect.seed))
    assert found
    assert [one for one in found if not one.holds] == []


def test_the_audit(deal: tranche.Deal) -> None:
    assert tranche.run(deal, 2_000).audit.relative <= 1e-9


def test_cash_is_conserved_exactly_on_every_date(deal: tranche.Deal) -> None:
    inputs = prepare(deal)
    for path in range(min(2, inputs.paths or 2)):
        twin = run_path(inputs.program, inputs.rows(path, 1)[0], exact)
        assert residuals(inputs.program, twin, exact) == [0] * inputs.program.periods
