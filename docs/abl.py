"""An asset-based loan on a fleet, written in Python: the borrowing base decides how much may stay lent.

    python docs/abl.py

Every number is an assumption of this example.
"""

from __future__ import annotations

import datetime as dt

import tranche
from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import Fleet
from tranche.collateral.lease import Lease
from tranche.deal import (
    Amortisation,
    BorrowingBase,
    BorrowingClass,
    Coupon,
    CoverageTest,
    Deal,
    Debt,
    Residual,
    Schedule,
    Step,
    Waterfalls,
    parse_formula,
)
from tranche.market.terms import Gaussian, Lognormal, Market, Reverting

GPUS, COST = 5_000, 40_000.0
COMMITMENT = 120e6


def machines() -> Fleet:
    """H100s let for a year, then at the market."""
    return Fleet(
        cohorts=(
            Cohort(
                name="h100",
                gpus=GPUS,
                cost_per_gpu=COST,
                lease=Lease(rate=2.60, end=dt.date(2027, 6, 30), take_or_pay=0.95),
                rent="rent",
                utilisation="utilisation",
                kw_per_gpu=1.3,
                pue=1.3,
                power_price=0.08,
                hosting_per_kw_month=120.0,
            ),
        )
    )


def market() -> Market:
    return Market(
        factors=(
            Lognormal(name="rent", initial=2.65, drift=-0.20, volatility=0.35),
            Reverting(name="utilisation", initial=0.9, mean=0.82, speed=2.0, volatility=0.12),
        ),
        dependence=Gaussian(correlations=(("rent", "utilisation", 0.5),)),
    )


def abl(advance_rate: float = 0.65) -> Deal:
    """A loan that is repaid level; what it is above `advance_rate` of the appraisal falls due besides."""
    base = BorrowingBase(
        classes=(
            BorrowingClass(
                name="machines",
                advance_rate=advance_rate,
                cost=parse_formula(f"{GPUS * COST:.0f}"),
                appraisal=parse_formula("fleet.appraised"),
            ),
        ),
        limit=parse_formula(f"{COMMITMENT:.0f}"),
    )
    steps = (
        Step(verb="pay", targets=("loan.interest",)),
        Step(verb="pay", targets=("loan.principal",)),
        Step(verb="sweep", targets=("loan.principal",), when=parse_formula("dominion.breached")),
        Step(verb="pay", targets=("borrower",)),
    )
    return Deal(
        name="ABL in Python",
        schedule=Schedule(
            closing=dt.date(2026, 6, 30), maturity=dt.date(2029, 6, 30), end_of_month=True, day_count="act/360"
        ),
        market=market(),
        collateral=machines(),
        tranches=(
            Debt(
                name="loan", notional=COMMITMENT, coupon=Coupon(spread=0.085), amortisation=Amortisation(kind="level")
            ),
            Residual(name="borrower", notional=80e6),
        ),
        borrowing_base=base,
        tests=(
            CoverageTest(
                name="dominion",
                numerator=parse_formula("borrowing_base.availability"),
                denominator=parse_formula(f"{COMMITMENT:.0f}"),
                trigger=0.10,
                grace=1,
            ),
        ),
        waterfall=Waterfalls(performing=steps),
    )


def main() -> None:
    for rate in (0.65, 0.60, 0.55):
        deal = abl(rate)
        assert tranche.load(tranche.dump(deal)) == deal  # the same deal as a file
        results = tranche.run(deal, paths=5_000, seed=1)
        row = results.tranches().loc["loan"]
        base = results.cashflows("borrowing_base")["base"].iloc[0]
        print(
            f"advance rate {rate:.0%}: first base {base:,.0f}, expected loss {row['expected_loss']:.2%} "
            f"± {row['expected_loss_se']:.2%}, WAL {row['wal']:.2f} years, audit {results.audit.relative:.1e}"
        )


if __name__ == "__main__":
    main()
