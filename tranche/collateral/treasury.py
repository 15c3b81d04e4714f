"""Coins that a miner holds, what it sells of them, and the loan that they are pledged to."""

from __future__ import annotations

import attrs

POLICIES = ("hold_all", "sell_to_cover", "sell_share")


@attrs.frozen(kw_only=True)
class Pledge:
    """`coins` of the treasury secure the debt `to`. On every payment date, with interest and principal accrued and
    before tests and payments, loan to value (LTV) is the debt's balance over the pledged coins at the date's price:

    release      at or below it pledged coins return to the treasury until LTV is `restore`; None: once nothing is
                 owed. While nothing is owed of a debt that can still be drawn, on this date or a later one before its
                 last maturity, all stay
    call         at or above it the borrower posts free coins until LTV is `restore`; where it has too few, it posts
                 what it has and the lender sells pledged coins until LTV is `restore`
    liquidation  at or above it the lender sells at once, without a call; where nothing is pledged there is nothing to
                 sell, and free coins are called for

    What the lender sells brings the price less `cost` and repays the debt. On the date of a default of the deal it
    sells all the pledge, before anything is paid; what the debt does not need goes to the collection account. LTV is
    looked at on payment dates alone: what the price does between two of them is not seen.
    """

    to: str
    coins: float
    call: float = 0.75
    liquidation: float = 0.85
    restore: float = 0.60
    release: float | None = None
    cost: float = 0.0


@attrs.frozen(kw_only=True)
class Treasury:
    """`coins` at closing (pledged ones included) of the market factor `price`.

    `mined`: what the sites mine comes into this treasury (of one treasury at most; without one it is sold at once).
    `policy`, for what is mined and held free of any pledge:

        hold_all       nothing is sold
        sell_to_cover  as much is sold as the operating cost needs beyond other income, mined coins and older ones
        sell_share     `share` of what is mined in the period is sold in it

    Sales bring the price less `sale_cost`. A step `draw: NAME` sells free coins for what it lacks (and
    pledged ones after them, where it is `for` nothing but the debt that they secure). From a default of the
    deal on all free coins are sold.

    coins = coins before + mined − sold, on every date. Names in formulas: coins, free, pledged (coins), value,
    pledged_value, ltv (0 without a pledge), called (1 on a date of a margin call: not where the lender sells at once,
    nor where there is no coin to call for) and liquidated (1 on a date on which the lender sells coins, other than in
    default).
    """

    name: str
    price: str
    coins: float = 0.0
    mined: bool = False
    policy: str = "hold_all"
    share: float = 1.0
    sale_cost: float = 0.0
    pledge: Pledge | None = None
