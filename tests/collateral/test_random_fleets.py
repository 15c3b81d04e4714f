"""Fleets of any shape: the kernel has the bits of the twin, and in exact arithmetic no cent and no machine is lost."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collateral.fleets import deal_on
from tranche import engine
from tranche._kernels.cashflows import CashFlows
from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.reference import exact, run_path
from tranche.results import residuals

DEFAULT = "tests: {dscr: {ratio: collections / loan.debt_service, default: 1.0x}}"


@st.composite
def fleets(draw: st.DrawFn) -> str:
    """The YAML of a fleet: one to three cohorts of two generations, with or without every option."""
    some = lambda text: text if draw(st.booleans()) else ""  # noqa: E731
    dates = st.dates(dt.date(2024, 6, 1), dt.date(2026, 6, 1))
    tenants = draw(st.integers(0, 2))
    lines = [
        some("pue: 1.3\npower_price: 0.08 USD/kWh\n") or "power_price: power\n",
        "kw_per_gpu: 1.2 kW\nhosting_per_kw_month: 90 USD/kW-month\ncost_per_gpu: 30k USD/gpu\nrent: rent\n",
        some("utilisation: busy\n"),
        some("switch_off: false\n"),
        some("reserve_price: 0.9 USD/gpu-hour\n"),
        some("releasing_gap: 40d\n"),
        some("failure_rate: 20%\nunrepairable: 50%\nrepair: 20d\nrepair_cost: 900 USD/gpu\n"),
        some("property_tax: 2%\ninsurance: 1%\ncost_inflation: 4%\n"),
        some("staff_per_month: 3k\nstaff_inflation: 2%\n"),
        some("valuation: {discount: 12%, rent_trend: -30%, life: 3y}\n"),
        some("receivables: {days_outstanding: 40d, dilution: 2%, late: 10%, late_by: 50d, recovery: 25%}\n"),
    ]
    if tenants:
        options = [
            some(", termination: {fee: 1m, moving_cost: 5%}"),
            some(", renegotiation: {below: 70%, times: 2}"),
            some(", backstop: {limits: {2025-01-01: 90k, 2025-07-01: 50k}}"),
        ]
        terms = "".join(options)
        lines.append("tenants:\n" + "".join(f"  t{k}: {{credit: alive{k}{terms}}}\n" for k in range(tenants)))
    price = "economic" if lines[9] else draw(st.sampled_from(("resale", "appraised")))
    if draw(st.booleans()):
        shape = draw(st.sampled_from(("square_root", "linear")))
        more = some(", credit_bid: 10%") + some(", earns_until_sold: true") + some(", storage_per_gpu_month: 9")
        depth = draw(st.integers(5, 60))
        lines.append(
            f"liquidation: {{depth: {depth} gpu/month, impact: {{{shape}: 25%}}, price: {price}, delay: 20d, cost: 5%"
            f", superseded: {{2025-06-01: 20%}}{more}}}\n"
        )
    cohorts = []
    for k in range(draw(st.integers(1, 3))):
        lease = ""
        if draw(st.booleans()):
            tenant = f", tenant: t{draw(st.integers(0, tenants - 1))}" if tenants else ""
            extra = some(", escalator: -5%") + some(", prepayment: 10%, prepaid_on: 2025-03-20") + some(", usage: busy")
            extra += some(", renewal: {rate: 1.1 USD/gpu-hour, term: 90d}") + some(", service: {availability: 99%}")
            lease = f", lease: {{rate: 1.6 USD/gpu-hour, end: {draw(dates)}, take_or_pay: 85%{tenant}{extra}}}"
        built = some(", ramp: 25d") + some(", delay: 30d, delay_damages_per_gpu_day: 3")
        cohorts.append(
            f"  c{k}: {{gpus: {draw(st.integers(1, 300))}, generation: {draw(st.sampled_from('ab'))}, "
            f"in_service: {draw(dates)}{built}{lease}}}\n"
        )
    return "".join(lines) + "cohorts:\n" + "".join(cohorts)


FACTORS = "".join(
    f"    {name}: {{lognormal: {{initial: {initial}, volatility: 30%}}}}\n"
    for name, initial in (("resale", 8_000), ("alive0", 1), ("alive1", 1))
)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Deal, np.ndarray[Any, np.dtype[np.float64]]]:
    """A deal on a fleet, and two paths of its market."""
    deal = deal_on(draw(fleets()), maturity="2026-04-01", tests=DEFAULT, factors=FACTORS)
    program = compile_deal(deal)
    ranges = {"rent": (0.0, 3.0), "busy": (0.0, 1.0), "power": (0.0, 0.4), "resale": (0.0, 2e4)}
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = np.empty((2, program.periods, len(program.inputs)))
    for k, name in enumerate(program.inputs):
        low, high = ranges.get(name.removeprefix("market."), (0.0, 1.0))
        rows[:, :, k] = rng.uniform(low, high, rows.shape[:2])
        if name.startswith("market.alive"):  # 1, then 0 for good
            rows[:, :, k] = np.arange(program.periods) < rng.integers(0, program.periods + 4, (2, 1))
    return deal, rows


@settings(max_examples=25)
@given(run=runs())
def test_kernel_and_twin_and_what_is_conserved(run: tuple[Deal, np.ndarray[Any, np.dtype[np.float64]]]) -> None:
    deal, rows = run
    for fuse in (True, False):
        program = compile_deal(deal, fuse=fuse)
        held = engine.scenario(program, [CashFlows(np.ascontiguousarray(rows), program.inputs)])
        flows = engine.path_flows(held, 0, 2)
        twins = np.array([run_path(program, path).movements for path in rows], dtype=np.float64)
        assert (flows.view(np.uint64) == twins.view(np.uint64)).all()
    life = run_path(program, rows[0], exact)
    assert residuals(program, life, exact) == [0] * program.periods
    names = [record.name for record in program.records]
    named: list[dict[str, Fraction]] = [dict(zip(names, moved, strict=True)) for moved in life.movements]
    for seen in named:
        assert all(amount >= 0 for name, amount in seen.items() if name.startswith(("fleet.", "collateral.")))
        if "fleet.forced" in seen:
            assert seen["fleet.forced"] <= seen["fleet.orderly"]
    if "fleet.sold" in named[0]:
        begun = [seen["fleet.sold"] > 0 for seen in named]
        assert named[-1]["fleet.owned"] == 0 or not any(begun)
