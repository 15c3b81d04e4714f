"""The living deal files: their expected figures hold, and cash is conserved, exactly so in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tranche
from tranche.expectations import findings
from tranche.inputs import prepare
from tranche.program import Program
from tranche.reference import exact, run_path
from tranche.results import OUTFLOWS

DEALS = sorted((Path(__file__).parent.parent / "deals").glob("*.yaml"))


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
    for path in range(2):
        assert residuals(inputs.program, inputs.rows(path, 1)[0]) == [0] * inputs.program.periods


def residuals(program: Program, rows: list[list[float]]) -> list[Fraction]:
    """Cash in less cash out less the change of cash held, date by date, in Fraction."""
    out = [f"{claim.name}.{field}" for claim in program.claims for field in OUTFLOWS.get(claim.kind, ())]
    held = [f"{claim.name}.balance" for claim in program.claims if claim.kind == "account"]
    before = sum(Fraction(claim.notional) for claim in program.claims if claim.kind == "account")
    found = []
    for moved in run_path(program, rows, exact).movements:
        named = {record.name: amount for record, amount in zip(program.records, moved, strict=True)}
        now = sum(named[name] for name in held)
        paid = sum(named.get(name, 0) for name in out)
        found.append(named["collateral.collections"] + before - paid - now)
        before = now
    return found
