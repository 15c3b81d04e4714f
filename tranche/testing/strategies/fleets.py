"""Fleets: one to three cohorts of two generations under leases to up to three tenants, with or without every term."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from tranche.collateral.cohort import Cohort
from tranche.collateral.fleet import Fleet
from tranche.collateral.lease import Lease, Renewal, Service
from tranche.collateral.liquidation import SHAPES, Impact, Liquidation, Outlet
from tranche.collateral.receivables import Receivables
from tranche.collateral.tenant import Backstop, Renegotiation, Tenant, Termination
from tranche.collateral.valuation import Valuation

GENERATIONS = ("a", "b")
TENANTS = ("n1", "n2", "n3")


def some(draw: st.DrawFn, field: str, *values: Any) -> dict[str, Any]:
    """A field with one of the values, or left to its default."""
    return {field: draw(st.sampled_from(values))} if draw(st.booleans()) else {}


@st.composite
def fleets(draw: st.DrawFn, dates: tuple[dt.date, ...], most_cohorts: int = 3) -> Fleet:
    """A fleet on the market factors of `secured_deals`: rent_a, rent_b, resale, busy, power, credit_n1 to credit_n3.
    `dates`: closing and the payment dates."""
    tenants = tuple(draw(_tenants(name, dates)) for name in TENANTS[: draw(st.integers(0, len(TENANTS)))])
    sold = draw(st.booleans())
    cohorts = tuple(
        draw(_cohorts(f"c{k}", dates, [tenant.name for tenant in tenants], sold))
        for k in range(1, draw(st.integers(1, most_cohorts)) + 1)
    )
    valuation = draw(st.one_of(st.none(), st.builds(
        Valuation, discount=st.sampled_from((0.0, 0.15)), rent_trend=st.sampled_from((-0.3, 0.0, 0.1)),
        life_years=st.sampled_from((1.0, 3.0)),
    )))  # fmt: skip
    return Fleet(
        cohorts=cohorts,
        tenants=tenants,
        receivables=draw(st.one_of(st.none(), st.builds(
            Receivables, days_outstanding=st.sampled_from((0, 17, 45, 100)), dilution=st.sampled_from((0.0, 0.02)),
            late=st.sampled_from((0.0, 0.1)), late_days=st.sampled_from((1, 60)),
            recovery=st.sampled_from((0.0, 0.25, 1.0)),
        ))),
        valuation=valuation,
        liquidation=draw(_liquidations(dates, valued=valuation is not None)) if sold else None,
        **some(draw, "staff_per_month", 3_000.0),
        **some(draw, "staff_inflation", 0.02),
    )  # fmt: skip


@st.composite
def _tenants(draw: st.DrawFn, name: str, dates: tuple[dt.date, ...]) -> Tenant:
    limits = ((dates[0], 90_000.0), (dates[len(dates) // 2], 50_000.0))
    mortal = some(draw, "credit", f"credit_{name}")
    return Tenant(
        name=name,
        **mortal,
        **some(draw, "termination", Termination(fee_months=1.0, moving_cost=0.05), Termination(fee_months=0.0)),
        **some(draw, "renegotiation", Renegotiation(below=0.7, times=2), Renegotiation(below=1.0, keeps=0.0)),
        **(some(draw, "backstop", Backstop(limits=limits), Backstop(limits=limits[:1])) if mortal else {}),
    )


@st.composite
def _cohorts(draw: st.DrawFn, name: str, dates: tuple[dt.date, ...], tenants: list[str], sold: bool) -> Cohort:
    generation = draw(st.sampled_from(GENERATIONS))
    days = st.dates(dates[0] - dt.timedelta(days=200), dates[-1] + dt.timedelta(days=60))
    return Cohort(
        name=name,
        gpus=float(draw(st.integers(1, 300))),
        generation=generation,
        cost_per_gpu=draw(st.sampled_from((0.0, 30_000.0))),
        in_service=draw(st.one_of(st.none(), days)),
        kw_per_gpu=draw(st.sampled_from((0.0, 1.2))),
        lease=draw(st.one_of(st.none(), _leases(days, tenants, sold))),
        **some(draw, "rent", f"rent_{generation}", 0.9),
        **some(draw, "basis", 0.8),
        **some(draw, "utilisation", "busy", 0.85),
        **some(draw, "switch_off", False),
        **some(draw, "reserve_price", 0.9),
        **some(draw, "releasing_gap_days", 10, 45, 100),
        **some(draw, "ramp_days", 1, 25, 90),
        **some(draw, "delay_days", 30),
        **some(draw, "delay_damages_per_gpu_day", 3.0),
        **some(draw, "delay_damages_cap", 0.002),
        **some(draw, "failure_rate", 0.2),
        **some(draw, "unrepairable", 0.5, 1.0),
        **some(draw, "repair_days", 20),
        **some(draw, "repair_cost", 900.0),
        **some(draw, "kw_per_rack", 130.0),
        **some(draw, "liquid_cooled", True),
        **some(draw, "pue", 1.3),
        **some(draw, "power_price", "power", 0.08),
        **some(draw, "hosting_per_kw_month", 90.0),
        **some(draw, "maintenance_per_gpu_month", 25.0),
        **some(draw, "insurance", 0.01),
        **some(draw, "property_tax", 0.02),
        **some(draw, "cost_inflation", 0.04),
        **some(draw, "life_years", 2.0),
    )


@st.composite
def _leases(draw: st.DrawFn, days: st.SearchStrategy[dt.date], tenants: list[str], sold: bool) -> Lease:
    start, end = sorted((draw(days), draw(days)))
    middle = start + (end - start) / 2
    growths: tuple[dict[str, Any], ...] = ({}, {"escalator": -0.05}, {"steps": ((middle, 1.1),)})
    prepaid: tuple[dict[str, Any], ...] = ({}, {"prepayment": 0.1}, {"prepayment": 0.1, "prepaid_on": start})
    return Lease(
        rate=draw(st.sampled_from((0.4, 1.6, 2.5))),
        end=end,
        take_or_pay=draw(st.sampled_from((0.0, 0.85, 1.0))),
        tenant=draw(st.sampled_from((None, *tenants))),
        **some(draw, "start", start),
        **draw(st.sampled_from(growths)),
        **some(draw, "usage", "busy", 0.9),
        **draw(st.sampled_from(prepaid)),
        **(some(draw, "residual_value_guarantee", 0.2) if sold else {}),  # on the orderly value
        **some(draw, "service", Service(availability=0.999), Service(availability=1.0, credit=5.0)),
        **some(draw, "renewal", Renewal(rate=1.1, term_days=90)),
    )


@st.composite
def _liquidations(draw: st.DrawFn, dates: tuple[dt.date, ...], valued: bool) -> Liquidation:
    def outlet() -> Outlet:
        impact = Impact(
            shape=draw(st.sampled_from(SHAPES)), discount=draw(st.sampled_from((0.0, 0.3, 1.5))),
            **some(draw, "most", 0.6, 1.0),
        )  # fmt: skip
        return Outlet(
            depth=draw(st.sampled_from((5.0, 60.0))), impact=impact,
            price=draw(st.sampled_from(("resale", "appraised", *(("economic",) if valued else ())))),
            **some(draw, "pace", 0.5, 2.0),
            **some(draw, "superseded", ((dates[len(dates) // 2], 0.2),)),
        )  # fmt: skip

    own = ((GENERATIONS[0], outlet()),) if draw(st.booleans()) else ()
    return Liquidation(
        generations=(*own, ("", outlet())),
        **some(draw, "delay_days", 20, 100),
        **some(draw, "cost", 0.05),
        **some(draw, "storage_per_gpu_month", 9.0),
        **some(draw, "earns_until_sold", True),
        **some(draw, "liquid_cooled_haircut", 0.15),
        **some(draw, "dense_haircut", 0.1),
        **some(draw, "credit_bid", 0.1, 0.5),
        **some(draw, "orderly_months", 12.0),
    )
