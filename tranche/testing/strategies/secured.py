"""Deals on machines and coins, and paths of the markets that they read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tranche.collateral.terms import Miner, fleet_of
from tranche.deal import CoverageTest, Deal, Residual, StatusRules, Step, Waterfalls
from tranche.deal.conversion import Conversion
from tranche.deal.draws import OUTSIDE, Draws
from tranche.deal.formula import Binary, Expr, Name, Number
from tranche.market.factors.lognormal import Lognormal
from tranche.market.terms import Market
from tranche.program import Program

from .deals import dates_of, reference_rates, schedules
from .debts import debts
from .fleets import TENANTS, fleets
from .formulas import formula
from .miners import miners

NOTIONALS = (2e6, 5e6, 10e6)  # of the order of what small fleets and mines are worth, and of what they earn and cost
RANGES: Mapping[str, tuple[float, float]] = {  # of every market factor: what `market_rows` draws
    "rent_a": (0.0, 3.0), "rent_b": (0.0, 5.0), "resale": (0.0, 20_000.0), "busy": (0.0, 1.0), "power": (0.0, 0.4),
    "hashprice": (5.0, 120.0), "coin": (5_000.0, 300_000.0), "asic": (0.0, 16_000.0), "hosting": (0.0, 100.0),
    "share": (0.0, 60.0), **{f"credit_{name}": (0.0, 1.0) for name in TENANTS},
}  # fmt: skip
SHAPES = ("still", "falling", "wild")


@st.composite
def secured_deals(draw: st.DrawFn, most_periods: int = 12, on: str = "any") -> Deal:
    """A deal of one to three debts on a fleet or a miner (`on`: "fleet", "miner" or "any"): coins pledged to one of
    them, notes that convert, tests on cash and on values, coins that are drawn."""
    schedule = draw(schedules(fewest=2, most=most_periods))
    days = dates_of(schedule)
    dates = (schedule.closing, *days)
    made = [draw(debts(f"d{k}", len(days), NOTIONALS)) for k in range(1, draw(st.integers(1, 3)) + 1)]
    names = tuple(debt.name for debt in made)
    if draw(st.booleans()):
        k = draw(st.integers(0, len(made) - 1))
        terms = attrs.evolve(made[k].amortisation, balloon=True)  # notes are due whole at maturity
        early = () if terms.kind == "schedule" else days[:-1]  # a schedule has an amount for the last date, too
        made[k] = attrs.evolve(
            made[k],
            amortisation=terms,
            maturity=draw(st.sampled_from((None, *early))),
            conversion=draw(_conversions(dates)),
        )
    for k, debt in enumerate(made):
        if debt.conversion is None and draw(st.booleans()):
            made[k] = attrs.evolve(debt, draws=draw(_draws(debt.notional, days)))
    kind = draw(st.sampled_from(("fleet", "miner"))) if on == "any" else on
    collateral: Any = draw(fleets(dates) if kind == "fleet" else miners(dates, names))
    return Deal(
        name="secured",
        schedule=schedule,
        tranches=(*made, Residual(name="r0")),
        collateral=collateral,
        market=Market(
            rates=(draw(reference_rates(days)),),
            factors=tuple(Lognormal(name=name, initial=high, volatility=0.3) for name, (_, high) in RANGES.items()),
        ),
        tests=tuple(draw(st.lists(_tests(collateral), max_size=1))),
        status=draw(st.one_of(st.none(), st.just(StatusRules(payment_default={f"{names[0]}.interest": 1})))),
        waterfall=draw(_waterfalls(collateral, names)),
    )


@st.composite
def market_rows(draw: st.DrawFn, program: Program, most: int = 2) -> NDArray[np.float64]:
    """[paths, T, inputs] of the market of a secured deal: each factor stands still, falls or is drawn anew on every
    date; a tenant's credit is 1, then 0 for good."""
    paths = draw(st.integers(1, most))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = np.empty((paths, program.periods, len(program.inputs)))
    for k, column in enumerate(program.inputs):
        name = column.removeprefix("market.")
        low, high = RANGES[name]
        level = noise.uniform(low, high, (paths, 1))
        match draw(st.sampled_from(SHAPES)):
            case "still":
                rows[:, :, k] = level
            case "falling":
                rows[:, :, k] = np.maximum(low, level * 0.83 ** np.arange(program.periods))
            case _:
                rows[:, :, k] = noise.uniform(low, high, rows.shape[:2])
        if name.startswith("credit_"):
            end = noise.integers(0, 2 * program.periods + 1, (paths, 1))
            rows[:, :, k] = np.arange(program.periods) < end
    return rows


@st.composite
def _conversions(draw: st.DrawFn, dates: tuple[Any, ...]) -> Conversion:
    forced = {"forced": 1.5, "forced_from": draw(st.sampled_from((None, dates[len(dates) // 2])))}
    return Conversion(
        parity=formula(Binary("/", Name("market.share"), Number(25.0))),
        puts=tuple(draw(st.lists(st.sampled_from(dates[1:]), max_size=2, unique=True))),
        **(forced if draw(st.booleans()) else {}),
    )


@st.composite
def _draws(draw: st.DrawFn, notional: float, days: tuple[Any, ...]) -> Draws:
    """Quarters of a commitment, drawn on every date or on one; what is pledged may secure nothing at first."""
    quarter: Expr = Number(notional / 4)
    on_one = Binary("*", quarter, Binary("==", Name("period"), Number(float(draw(st.integers(1, len(days)))))))
    return Draws(
        initial=notional * draw(st.sampled_from((0.0, 0.0, 0.25, 1.0))),
        amount=formula(draw(st.sampled_from((quarter, on_one)))),
        until=draw(st.sampled_from((None, *days))),
        to=draw(st.sampled_from(("cash", OUTSIDE))),
        revolving=draw(st.booleans()),
    )


@st.composite
def _tests(draw: st.DrawFn, collateral: Any) -> CoverageTest:
    """On cash, on the machines, or on the coins."""
    fleet = fleet_of(collateral)
    held = collateral.treasury if isinstance(collateral, Miner) else ()
    ratios: dict[str, tuple[Expr, Expr]] = {"dscr": (Name("collections"), Name("debt_service"))}
    if fleet is not None:
        values = ["book", "appraised"]
        values += ["economic"] * (fleet.valuation is not None) + ["forced"] * (fleet.liquidation is not None)
        ratios["cover"] = Name(f"fleet.{draw(st.sampled_from(values))}"), Name("d1.balance")
    if held:
        ratios["coin_cover"] = Name(f"{held[0].name}.value"), Name("d1.balance")
    name = draw(st.sampled_from(sorted(ratios)))
    numerator, denominator = ratios[name]
    ladders: tuple[dict[str, Any], ...] = ({"default": 1.0}, {"lock_up": 1.2, "default": 0.5}, {"trigger": 1.0})
    levels = draw(st.sampled_from(ladders))
    return CoverageTest(name=name, numerator=formula(numerator), denominator=formula(denominator), **levels)


@st.composite
def _waterfalls(draw: st.DrawFn, collateral: Any, debts: tuple[str, ...]) -> Waterfalls:
    """Coins are drawn for what is due, or not; each debt in turn; then what is left, swept or paid out."""
    steps: list[Step] = []
    dues = [f"{debt}.{part}" for debt in debts for part in ("interest", "principal")]
    for held in collateral.treasury if isinstance(collateral, Miner) else ():
        own = [due for due in dues if held.pledge is not None and due.startswith(f"{held.pledge.to}.")]
        cover = tuple(draw(st.sampled_from((dues, dues[:1], own or dues))))
        limit = draw(st.sampled_from((None, formula(Number(90_000.0)))))
        if draw(st.booleans()):
            steps.append(Step(verb="draw", targets=(held.name,), cover=cover, limit=limit))
    steps += [Step(verb="pay", targets=(due,)) for due in dues]
    if draw(st.booleans()):
        steps.append(Step(verb="sweep", targets=(f"{debts[0]}.principal",), share=0.5))
    return Waterfalls(performing=(*steps, Step(verb="pay", targets=("r0",))))

