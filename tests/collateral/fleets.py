"""A small deal on a fleet, its market as fixed figures, and what one path of it did."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.files import loads
from tranche.reference import run_path

DEAL = """\
format: 1
name: Fleet
schedule: {{closing: 2025-01-01, maturity: {maturity}}}
collateral:
  fleet:
{fleet}
market:
  factors:
    rent: {{lognormal: {{initial: 1.00 USD/gpu-hour, volatility: 30%}}}}
    busy: {{reverting: {{initial: 80%, mean: 80%, speed: 1, volatility: 5%}}}}
    power: {{lognormal: {{initial: 0.10 USD/kWh, volatility: 20%}}}}
{factors}tranches:
  loan: {{notional: 1m, coupon: 6%}}
  owner: {{residual: {{}}}}
{tests}
waterfall:
  - pay: loan.interest
  - pay: owner
"""


def deal_on(fleet: str, maturity: str = "2026-01-01", tests: str = "", factors: str = "") -> Deal:
    """A deal on the fleet that the YAML text `fleet` writes; `factors`: further lines of its market."""
    lines = "\n".join(f"    {line}" for line in fleet.strip("\n").splitlines())
    text = DEAL.format(fleet=lines, maturity=maturity, tests=tests, factors=factors)
    return loads(text)


def earned(deal: Deal, **factors: float | list[float]) -> dict[str, NDArray[np.float64]]:
    """What every record moved (flow) or its level (stock) by date, on the path on which the factors are these."""
    program = compile_deal(deal)
    rows = np.zeros((program.periods, len(program.inputs)))
    for k, name in enumerate(program.inputs):
        rows[:, k] = factors.get(name.removeprefix("market.").replace(".", "_"), 0.0)
    movements: Any = run_path(program, rows).movements
    return {record.name: np.array([row[k] for row in movements]) for k, record in enumerate(program.records)}
