"""What must hold inside a miner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import attrs

from tranche.collateral.fleet import Fleet
from tranche.collateral.miner import Miner
from tranche.collateral.names import nested
from tranche.collateral.site import Hosting, PowerContract, Site
from tranche.collateral.treasury import POLICIES, Pledge, Treasury
from tranche.errors import Place, Problem

from . import validators as v
from .check_fleet import DAYS, PRICE, SHARE, factor_or, fleet_problems
from .check_market import field_problems

MOST_SITES = 100
MOST_COINS = 1e9

_LTV = v.number(0, 10, hint="write loan to value, with the % sign (75% is 0.75)")

POWER: Mapping[str, v.Validator] = {
    "price": factor_or(PRICE), "take_or_pay": SHARE, "resale": v.optional(factor_or(PRICE)),
    "standby_per_kw_month": PRICE, "curtailed": SHARE,
}  # fmt: skip
HOSTING: Mapping[str, v.Validator] = {
    "start": v.date, "delay_days": DAYS, "rent_per_kw_month": factor_or(PRICE), "share": SHARE,
    "utilisation": factor_or(SHARE), "cost_per_kw_month": PRICE, "capex_per_kw": PRICE,
}  # fmt: skip
SITE: Mapping[str, v.Validator] = {
    "name": v.name, "hashrate": v.number(0, 1e9, above=0), "efficiency": v.number(0, 1e5, above=0),
    "power": v.instance_of(PowerContract), "uptime": SHARE, "pue": v.number(1, 10), "pool_fee": SHARE,
    "attrition": v.number(0, 0.99, hint="write 0% to 99% a year, with the % sign (5% is 0.05)"),
    "in_service": v.optional(v.date), "ramp_days": DAYS, "upkeep_per_ph_month": PRICE, "fixed_per_month": PRICE,
    "cost_inflation": v.rate(), "switch_off": v.flag, "cost_per_ph": PRICE,
    "life_years": v.number(0, 100, above=0), "value_per_ph": v.optional(factor_or(PRICE)), "forced_discount": SHARE,
    "hosting": v.optional(v.instance_of(Hosting)),
}  # fmt: skip
PLEDGE: Mapping[str, v.Validator] = {
    "to": v.identifier, "coins": v.number(0, MOST_COINS), "call": _LTV, "liquidation": _LTV,
    "restore": v.number(0, 10, above=0), "release": v.optional(_LTV), "cost": SHARE,
}  # fmt: skip
TREASURY: Mapping[str, v.Validator] = {
    "name": v.name, "price": v.identifier, "coins": v.number(0, MOST_COINS), "mined": v.flag,
    "policy": v.one_of(POLICIES), "share": SHARE, "sale_cost": v.number(0, 0.99),
    "pledge": v.optional(v.instance_of(Pledge)),
}  # fmt: skip
MINER: Mapping[str, v.Validator] = {
    "hashprice": v.identifier,
    "sites": v.each(v.instance_of(Site), at_most=MOST_SITES),
    "treasury": v.each(v.instance_of(Treasury), at_most=MOST_SITES),
    "staff_per_month": PRICE,
    "staff_inflation": v.rate(),
    "fleet": v.optional(v.instance_of(Fleet)),
}
MINER_VALIDATORS: Mapping[type, Mapping[str, v.Validator]] = {
    PowerContract: POWER, Hosting: HOSTING, Site: SITE, Pledge: PLEDGE, Treasury: TREASURY, Miner: MINER,
}  # fmt: skip
"""What a deal asks of the fields of each class of a miner."""


def miner_problems(miner: Miner) -> Iterator[Problem]:
    """Every problem of the sites, the treasuries and the fleet."""
    path = "collateral.miner"
    found = list(field_problems(miner, path, MINER))
    yield from found
    if any(one.place.path in (f"{path}.sites", f"{path}.treasury") for one in found):
        return
    if not miner.sites and not miner.treasury:
        yield Problem("a miner without sites and coins", "add `sites:` or `treasury:`", Place(path))
    for site in miner.sites:
        at = f"{path}.sites.{site.name}"
        yield from field_problems(site, at, SITE)
        for field, kind, fields in (("power", PowerContract, POWER), ("hosting", Hosting, HOSTING)):
            part = getattr(site, field)
            if isinstance(part, kind):
                yield from field_problems(part, f"{at}.{field}", fields)
    into = [held.name for held in miner.treasury if held.mined]
    for name in into[1:]:
        what = f"what is mined comes into {into[0]!r} already"
        yield Problem(what, "`mined: true` on one treasury", Place(f"{path}.treasury.{name}.mined"))
    for held in miner.treasury:
        yield from _treasury(held, f"{path}.treasury.{held.name}")
    if isinstance(miner.fleet, Fleet):
        for one in fleet_problems(miner.fleet):
            yield attrs.evolve(one, place=attrs.evolve(one.place, path=nested(one.place.path)))


def _treasury(held: Treasury, path: str) -> Iterator[Problem]:
    yield from field_problems(held, path, TREASURY)
    if held.policy == "sell_share" and not held.mined:
        yield Problem("a share of nothing: nothing is mined into it", "add `mined: true`", Place(f"{path}.policy"))
    terms = held.pledge
    if not isinstance(terms, Pledge):
        return
    path = f"{path}.pledge"
    found = list(field_problems(terms, path, PLEDGE))
    yield from found
    if found:
        return
    if terms.coins > held.coins:
        what = f"{terms.coins:,.10g} coins are pledged of {held.coins:,.10g}"
        yield Problem(what, "at most what the treasury holds at closing", Place(f"{path}.coins"))
    ladder = [("restore", terms.restore), ("call", terms.call), ("liquidation", terms.liquidation)]
    ladder = ladder if terms.release is None else [("release", terms.release), *ladder]
    for (lower, low), (upper, high) in pairwise(ladder):
        if low > high or (low == high and lower == "restore"):
            what = f"{lower} is {low:.4g}, {upper} {high:.4g}"
            yield Problem(what, "release ≤ restore < call ≤ liquidation", Place(f"{path}.{lower}"))
    if terms.restore + terms.cost >= 1:
        what = f"at a restore of {terms.restore:.4g} and a cost of {terms.cost:.4g} no sale lowers the LTV"
        yield Problem(what, "restore + cost below 1", Place(f"{path}.restore"))
