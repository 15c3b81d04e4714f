"""Small deal files for the tests of what stands above the engine, and cash that puts them under stress."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import ALONE, Fleet

# 24 months; a reserve, a test with all levels, mezzanine interest that is capitalised, a sweep
STRESSED = """\
format: 1
name: Stressed pool
schedule: {closing: 2025-01-01, maturity: 2027-01-01}
collateral: {collections: {}}
fees:
  servicing: {amount: 20k}
tranches:
  senior: {notional: 12m, coupon: 6%, amortisation: level}
  mezz: {notional: 4m, coupon: 12%, unpaid_interest: capitalised}
  equity: {residual: {notional: 2m}}
accounts:
  reserve: {target: 2% * senior.balance, initial: 100k}
tests:
  dscr: {ratio: collections / senior.debt_service, trigger: 1.25x, lock_up: 1.05x, default: 0.60x}
waterfall:
  - pay: servicing
  - draw: reserve
    for: [senior.interest, senior.principal]
  - pay: senior.interest
  - pay: senior.principal
  - fund: reserve
  - release: reserve
  - pay: mezz.interest
    limit: 35k
  - sweep: senior.principal
    when: dscr.breached
    share: 50%
  - pay: {pro_rata: [mezz.interest, mezz.principal]}
    limit: 1m
    until: 2026-12-31
  - pay: mezz.principal
  - pay: equity
expect:
  figures:
    audit.relative: 0 ± 1e-9
"""

# a fleet in a simulated market: let, then re-let
FLEET = """\
format: 1
name: Small fleet
schedule: {closing: 2025-01-01, maturity: 2028-01-01, frequency: quarterly}
collateral:
  fleet:
    gpus: 1_000
    lease: {rate: 2.00 USD/gpu-hour, end: 2026-07-01}
    rent: rent_h100
    utilisation: 80%
    kw_per_gpu: 1.2 kW
    power_price: 0.10 USD/kWh
    maintenance_per_gpu_month: 50 USD/gpu-month
    hosting_per_kw_month: 20 USD/kW-month
market:
  factors:
    rent_h100: {lognormal: {initial: 2.00 USD/gpu-hour, drift: -40%, volatility: 60%}}
tranches:
  loan: {notional: 20m, coupon: 9%, amortisation: level}
  sponsor: {residual: {notional: 8m}}
tests:
  dscr: {ratio: collections / loan.debt_service, lock_up: 1.10x, default: 0.40x}
waterfall:
  - pay: loan.interest
  - pay: loan.principal
  - pay: sponsor
expect:
  paths: 400
  seed: 5
  figures:
    audit.relative: 0 ± 1e-9
    loan.interest: 2.5m ± 500k
"""


def cash(paths: int = 32, periods: int = 24, mean: float = 900e3) -> NDArray[np.float64]:
    """Collections [paths, periods] that wander far up and down."""
    steps = np.random.default_rng(7).normal(0.0, 0.22, (paths, periods))
    return mean * np.exp(np.cumsum(steps, axis=1))


def fleet_of_one(**terms: Any) -> Fleet:
    """A fleet of one cohort, whose terms these are, as a file writes it without a cohort around them."""
    return Fleet(cohorts=(Cohort(name=ALONE, **terms),))
