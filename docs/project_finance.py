"""A project financing written in Python: sculpted on a base case, then run on cash that was simulated elsewhere.

    python docs/project_finance.py

Every number is an assumption of this example.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

import tranche
from tranche.collateral.terms import Collections
from tranche.deal import (
    Account,
    Amortisation,
    Coupon,
    CoverageTest,
    Deal,
    Debt,
    Residual,
    Schedule,
    Series,
    Step,
    Waterfalls,
    parse_formula,
)

QUARTERS = 20


def base_case() -> np.ndarray:
    """CFADS of the base case by quarter: 40m, falling by 1% a quarter."""
    return np.round(40e6 * 0.99 ** np.arange(QUARTERS), 2)


def project_finance() -> Deal:
    """Senior debt sized so that the base case covers its service 1.35 times on every date; six months in reserve."""
    steps = (
        Step(verb="draw", targets=("dsra",), cover=("senior.interest", "senior.principal")),
        Step(verb="pay", targets=("senior.interest",)),
        Step(verb="pay", targets=("senior.principal",)),
        Step(verb="fund", targets=("dsra",)),
        Step(verb="release", targets=("dsra",)),
        Step(verb="pay", targets=("sponsor",)),
    )
    return Deal(
        name="Project finance in Python",
        schedule=Schedule(
            closing=dt.date(2026, 6, 30), maturity=dt.date(2031, 6, 30), frequency="quarterly", day_count="30/360",
            end_of_month=True,
        ),
        collateral=Collections(),
        series=(Series(name="base", values=tuple(base_case())),),
        tranches=(
            Debt(
                name="senior",
                notional=0.0,
                sculpted=True,
                coupon=Coupon(spread=0.07),
                amortisation=Amortisation(kind="sculpted", cfads=parse_formula("base"), dscr=parse_formula("1.35")),
            ),
            Residual(name="sponsor", notional=150e6),
        ),
        accounts=(Account(name="dsra", target=parse_formula("if_else(final, 0, 2 * senior.debt_service)")),),
        tests=(
            CoverageTest(
                name="dscr",
                numerator=parse_formula("collections"),
                denominator=parse_formula("senior.debt_service"),
                lock_up=1.15,
                default=1.0,
            ),
        ),
        waterfall=Waterfalls(performing=steps),
    )  # fmt: skip


def main() -> None:
    deal = project_finance()
    assert tranche.load(tranche.dump(deal)) == deal  # the same deal as a file

    base = tranche.project(deal, base_case())
    service = base.cashflows("senior")[["interest", "principal"]].sum(axis=1)
    size = tranche.compile(deal).claims
    print(f"debt: {next(claim.notional for claim in size if claim.name == 'senior'):,.2f}")
    print(f"coverage in the base case: {(base_case() / service).min():.6f} to {(base_case() / service).max():.6f}")

    rng = np.random.default_rng(1)
    shocks = np.exp(np.cumsum(rng.normal(-0.01, 0.10, (5_000, QUARTERS)), axis=1))
    results = tranche.run(deal, collections=base_case() * shocks)
    print(results.tranches()[["notional", "expected_loss", "default_probability", "wal", "irr"]].to_string())
    print(f"audit: {results.audit.relative:.1e} of the cash in")

    cheaper = deal.with_({"senior.coupon": "6%"})
    print(f"at 6%: {next(claim.notional for claim in tranche.compile(cheaper).claims if claim.name == 'senior'):,.2f}")


if __name__ == "__main__":
    main()
