"""Miners: sites and coins, with a loan on them, and perhaps a fleet."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from tranche.collateral.miner import Miner
from tranche.collateral.site import Hosting, PowerContract, Site
from tranche.collateral.treasury import POLICIES, Pledge, Treasury

from .fleets import fleets, some

TREASURIES = ("t1", "t2")
LADDERS = (  # restore, call, liquidation, release
    (0.60, 0.75, 0.85, None), (0.60, 0.75, 0.85, 0.35), (0.40, 0.50, 0.50, 0.40), (0.90, 0.95, 1.20, 0.10),
)  # fmt: skip


@st.composite
def miners(draw: st.DrawFn, dates: tuple[dt.date, ...], debts: tuple[str, ...]) -> Miner:
    """A miner on the market factors of `secured_deals`: hashprice, coin, power, asic, hosting, and a fleet's.
    `debts`: to which coins may be pledged; `dates`: closing and the payment dates."""
    sites = tuple(draw(_sites(f"s{k}", dates)) for k in range(1, draw(st.integers(0, 2)) + 1))
    lenders = (*draw(st.permutations(debts)), None)  # each has the coins of one treasury at most
    number = draw(st.integers(0 if sites else 1, 2))
    mined = draw(st.booleans())
    coins = [draw(_treasuries(TREASURIES[k], lenders[k], mined=mined and k == 0)) for k in range(number)]
    return Miner(
        hashprice="hashprice",
        sites=sites,
        treasury=tuple(coins),
        fleet=draw(st.one_of(st.none(), st.none(), fleets(dates, most_cohorts=1))),
        **some(draw, "staff_per_month", 3_000.0, 400_000.0),
        **some(draw, "staff_inflation", 0.02),
    )


@st.composite
def _sites(draw: st.DrawFn, name: str, dates: tuple[dt.date, ...]) -> Site:
    middle = dates[len(dates) // 2]
    prices: tuple[str | float, ...] = ("power", 0.05)
    power = PowerContract(
        price=draw(st.sampled_from(prices)),
        **some(draw, "take_or_pay", 0.5),
        **some(draw, "resale", "power", 0.06),
        **some(draw, "standby_per_kw_month", 4.0),
        **some(draw, "curtailed", 0.05),
    )
    hosting = Hosting(
        start=middle, delay_days=draw(st.sampled_from((0, 45))), rent_per_kw_month="hosting",
        capex_per_kw=9.0, **some(draw, "share", 0.6), **some(draw, "utilisation", "busy", 0.9),
        **some(draw, "cost_per_kw_month", 20.0),
    )  # fmt: skip
    return Site(
        name=name,
        hashrate=draw(st.sampled_from((40.0, 200.0))),
        efficiency=draw(st.sampled_from((17.0, 40.0))),
        power=power,
        **some(draw, "uptime", 0.95),
        **some(draw, "pue", 1.1),
        **some(draw, "pool_fee", 0.01),
        **some(draw, "attrition", 0.1),
        **some(draw, "in_service", middle, dates[0] - dt.timedelta(days=300)),
        **some(draw, "ramp_days", 40),
        **some(draw, "upkeep_per_ph_month", 12.0),
        **some(draw, "fixed_per_month", 9_000.0),
        **some(draw, "cost_inflation", 0.03),
        **some(draw, "switch_off", False),
        **some(draw, "cost_per_ph", 16_000.0),
        **some(draw, "value_per_ph", "asic", 6_000.0),
        **some(draw, "forced_discount", 0.6),
        **some(draw, "hosting", hosting),
    )


@st.composite
def _treasuries(draw: st.DrawFn, name: str, lender: str | None, mined: bool) -> Treasury:
    restore, call, liquidation, release = draw(st.sampled_from(LADDERS))
    pledge = None if lender is None or draw(st.booleans()) else Pledge(
        to=lender, coins=float(draw(st.integers(0, 40))), call=call, liquidation=liquidation, restore=restore,
        release=release, **some(draw, "cost", 0.03),
    )  # fmt: skip
    pledged = 0.0 if pledge is None else pledge.coins
    return Treasury(
        name=name,
        price="coin",
        coins=pledged + draw(st.integers(0, 40)),
        mined=mined,
        policy=draw(st.sampled_from(POLICIES if mined else ("hold_all", "sell_to_cover"))),
        pledge=pledge,
        **some(draw, "share", 0.0, 0.3),
        **some(draw, "sale_cost", 0.02),
    )
