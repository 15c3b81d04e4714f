"""absbox / Hastructure: a loan pool, a senior note and equity (two_structures_sequential.json names the source).

Their engine floors money to cents; the tolerance of 0.03 on each table entry is the file's own.
"""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

import tranche

HERE = Path(__file__).parent
ORACLE = json.loads((HERE / "two_structures_sequential.json").read_text())
CENTS = 0.03


@pytest.mark.parametrize("structure", ["A", "B"])
def test_note_tables(structure: str) -> None:
    deal = tranche.load(HERE / "two_structures.yaml")
    notional = ORACLE["structures"][structure]["A1"]
    tranches = tuple(attrs.evolve(t, notional=notional) if t.name == "A1" else t for t in deal.tranches)
    flows = tranche.project(attrs.evolve(deal, tranches=tranches)).cashflows("A1")
    table = ORACLE["full_engine_tables"]["tables"][structure]["A1"]
    columns = [table["columns"].index(name) for name in ("date", "balance", "interest", "principal")]
    for row in table["data"]:
        date, balance, interest, principal = (row[k] for k in columns)
        ours = flows.loc[next(d for d in flows.index if str(d)[:10] == date)]
        assert ours.balance == pytest.approx(balance, abs=CENTS), date
        assert ours.interest == pytest.approx(interest, abs=CENTS), date
        assert ours.principal == pytest.approx(principal, abs=CENTS), date
    assert flows.balance.iloc[-1] == pytest.approx(0.0, abs=1e-9)
