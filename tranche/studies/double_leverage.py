"""Debt on machines and debt on the coins that guarantee it, over what both would fetch together in stress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tranche import engine
from tranche.collateral.terms import Miner, fleet_of
from tranche.collateral.treasury import Treasury
from tranche.deal import Deal
from tranche.errors import Problem, UsageError, nearest
from tranche.inputs import DealOrPath, MarketOrPath, as_deal, prepare
from tranche.program import Program

DEFAULT_PATHS = 2_000
MOST_PATHS = 100_000  # every date of every path is held in memory


def double_leverage(
    deal: DealOrPath,
    on_machines: Sequence[str],
    on_coins: Sequence[str] | None = None,
    *,
    paths: int = DEFAULT_PATHS,
    seed: int = 0,
    share: float = 0.05,
    market: MarketOrPath | None = None,
) -> pd.DataFrame:
    """By payment date. `on_coins` None: the debts that coins are pledged to. The stress state of a date is the `share`
    of the paths on which the joint collateral, the machines in a forced sale and all coins at the date's price, is
    worth least; a column with the suffix `_stress` is taken over them, the others over all paths.

    debt_on_machines, debt_on_coins     means of the balances of the debts named, at the close, in the deal's currency
    machines, coins                     means of the values: machines in a forced sale, coins at the date's price
    apart                               debt on machines over machines and coins: what the lender on machines sees, who
                                        counts the coins as its guarantee
    joint                               all these debts over machines and coins: each debt and each coin counts once
    double_leverage                     joint less apart: what each lender alone does not see

    Ratios are ratios of means; infinite where there is debt and no value. Raises DealError, and UsageError: no miner
    with a treasury, no forced value of its machines, an unknown debt, `on_coins` None and no coins pledged.
    """
    deal = as_deal(deal)
    held = _treasury(deal)
    if on_coins is None:
        on_coins = pledged(deal)
        if not on_coins:
            raise UsageError(Problem("no coins are pledged to a debt", "name the debts on coins (--on-coins)"))
    on_machines, on_coins = list(dict.fromkeys(on_machines)), list(dict.fromkeys(on_coins))
    every = list(dict.fromkeys([*on_machines, *on_coins]))
    if not 0 < share <= 1:
        raise UsageError(Problem(f"the stress state is {share:.4g} of the paths", "a share above 0, at most 1"))
    fleet = fleet_of(deal.collateral)
    values = ("fleet.forced",) if fleet is not None and fleet.liquidation is not None else ("miner.forced",)
    inputs = prepare(deal, seed=seed, market=market)
    program = inputs.program
    _check(program, every)
    flows = engine.path_flows(inputs, 0, engine.whole_number("paths", paths, 1, MOST_PATHS))

    def at_close(names: Sequence[str]) -> NDArray[np.float64]:
        """The sum of records [paths, T]."""
        total: NDArray[np.float64] = np.zeros(flows.shape[:2])
        for name in names:
            total = total + flows[:, :, program.record(name)]
        return total

    parts = {
        "debt_on_machines": at_close([f"{name}.balance" for name in on_machines]),
        "debt_on_coins": at_close([f"{name}.balance" for name in on_coins]),
        "machines": at_close(values),
        "coins": at_close([f"{one.name}.value" for one in held]),
    }
    owed = at_close([f"{name}.balance" for name in every])
    worst = np.argsort(parts["machines"] + parts["coins"], axis=0, kind="stable")[: max(1, round(share * paths))]
    columns: dict[str, NDArray[np.float64]] = {}
    for suffix, chosen in (("", None), ("_stress", worst)):
        means = {name: _mean(part, chosen) for name, part in parts.items()}
        value = means["machines"] + means["coins"]
        apart = _ratio(means["debt_on_machines"], value)
        joint = _ratio(_mean(owed, chosen), value)
        found = {**means, "apart": apart, "joint": joint, "double_leverage": _more(joint, apart)}
        columns |= {f"{name}{suffix}": column for name, column in found.items()}
    return pd.DataFrame(columns, index=pd.Index(program.dates[1:], name="date"))


def pledged(deal: Deal) -> list[str]:
    """The debts that coins are pledged to. Raises UsageError: no miner with a treasury."""
    return [one.pledge.to for one in _treasury(deal) if one.pledge is not None]


def _mean(part: NDArray[np.float64], chosen: NDArray[np.intp] | None) -> NDArray[np.float64]:
    """Of [paths, T] by date, over all paths or those chosen for each date."""
    found: NDArray[np.float64] = (part if chosen is None else np.take_along_axis(part, chosen, axis=0)).mean(axis=0)
    return found


def _treasury(deal: Deal) -> tuple[Treasury, ...]:
    """Raises UsageError: it has none."""
    if not isinstance(deal.collateral, Miner) or not deal.collateral.treasury:
        raise UsageError(Problem("the deal has no miner with a treasury", "collateral: {miner: {treasury: …}}"))
    return deal.collateral.treasury


def _check(program: Program, debts: Sequence[str]) -> None:
    known = [debt.name for debt in program.debts]
    for debt in debts:
        if debt not in known:
            raise UsageError(Problem(f"unknown debt {debt!r}", nearest(debt, known)))


def _more(joint: NDArray[np.float64], apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """The difference; 0 where both are infinite, and nothing is left to count twice."""
    found: NDArray[np.float64] = np.zeros(len(joint))
    np.subtract(joint, apart, out=found, where=np.isfinite(apart))
    return found


def _ratio(owed: NDArray[np.float64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    nothing = np.where(owed > 0, np.inf, 0.0)
    return np.where(value > 0, owed / np.where(value > 0, value, 1.0), nothing)
