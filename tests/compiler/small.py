"""A small deal to change: debts `senior`, `mezz`, residual `equity`, fee `agent`, accounts `reserve`, `escrow`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import Account, Coupon, CoverageTest, Deal, Debt, Fee, Formula, Residual, Schedule, Step, Waterfalls
from tranche.deal import parse_formula as parse
from tranche.reference import run_path


def step(verb: str, *targets: str, **modifiers: Any) -> Step:
    """A step; `limit` and `when` as text."""
    for field in ("limit", "when"):
        if field in modifiers:
            modifiers[field] = parse(modifiers[field])
    return Step(verb=verb, targets=targets, **modifiers)


def cover_test(numerator: str, denominator: str, **levels: Any) -> CoverageTest:
    """The coverage test `cover`."""
    return CoverageTest(name="cover", numerator=parse(numerator), denominator=parse(denominator), **levels)


def target(name: str, formula: str | None, **fields: Any) -> Account:
    """An account with a target formula."""
    return Account(name=name, target=None if formula is None else parse(formula), **fields)


def fee(name: str, amount: str, unpaid: str = "carried", **fields: Any) -> Fee:
    """A fee by amount."""
    return Fee(name=name, amount=parse(amount), unpaid=unpaid, **fields)


def definitions(**texts: str) -> dict[str, Formula]:
    """Definitions from their texts."""
    return {name: parse(text) for name, text in texts.items()}


def small(*steps: Step, periods: int = 4, **changes: Any) -> Deal:
    """Four months; senior 100 at 12% a year (1 a month), mezz 50 at 24%, both bullets."""
    fields: dict[str, Any] = {
        "name": "small",
        "schedule": Schedule(closing=dt.date(2025, 1, 1), maturity=dt.date(2025 + periods // 12, 1 + periods % 12, 1)),
        "tranches": (
            Debt(name="senior", notional=100.0, coupon=Coupon(spread=0.12)),
            Debt(name="mezz", notional=50.0, coupon=Coupon(spread=0.24)),
            Residual(name="equity"),
        ),
        "collateral": Collections(),
        "fees": (fee("agent", "2"),),
        "accounts": (target("reserve", "5", initial=10.0), target("escrow", "3", initial=4.0)),
        "waterfall": Waterfalls(performing=steps or (step("pay", "senior.interest"),)),
    }
    return Deal(**(fields | changes))


def flows_of(deal: Deal, cash: float | list[float] | NDArray[np.float64], *names: str) -> list[list[float]]:
    """What each record moved by period, from the kernel; the twin must say the same."""
    program = compile_deal(deal)
    row = np.broadcast_to(np.asarray(cash, dtype=np.float64), (program.periods,))
    inputs = engine.scenario(program, [engine.cash_flows(program, row)])
    flows = engine.path_flows(inputs, 0, 1)[0]
    assert np.array(run_path(program, inputs.rows(0, 1)[0]).movements).tolist() == flows.tolist()
    known = [record.name for record in program.records]
    return [flows[:, known.index(name)].tolist() if name in known else [0.0] * program.periods for name in names]
