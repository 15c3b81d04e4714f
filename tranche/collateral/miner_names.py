"""What a miner puts into the symbol table, what of it is known in advance, and the market factors that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from .miner import Miner

MINER = "miner"
SCHEDULED = ("book", "capex")  # they depend on the date alone, unless machines are sold
EARNED = ("revenue", "income", "opex", "value", "forced", "proceeds")
OF_MINER = ("mined", "treasury", "net", "unfunded")
HELD = ("coins", "free", "pledged", "value", "pledged_value", "ltv")
CALLED = ("called", "liquidated")


def miner_names(miner: Miner) -> set[str]:
    """Every name in formulas but those of the fleet."""
    owners = {MINER, *(site.name for site in miner.sites)}
    names = {f"{owner}.{field}" for owner in owners for field in (*SCHEDULED, *EARNED)}
    names |= {f"{MINER}.{field}" for field in OF_MINER} | {f"{site.name}.running" for site in miner.sites}
    return names | {f"{held.name}.{field}" for held in miner.treasury for field in (*HELD, *CALLED)}


def scheduled_names(miner: Miner) -> set[str]:
    """The names whose values depend on the period alone."""
    sold = any(site.value_per_ph is not None for site in miner.sites)
    scheduled = {f"{MINER}.capex", *(f"{site.name}.capex" for site in miner.sites)}
    scheduled |= {f"{site.name}.book" for site in miner.sites if site.value_per_ph is None}
    return scheduled | ({f"{MINER}.book"} if not sold else set())


def called_names(miner: Miner) -> set[str]:
    """What is known only once margins have been called."""
    return {f"{held.name}.{field}" for held in miner.treasury for field in CALLED}


def miner_factors(miner: Miner) -> Iterator[tuple[str, str]]:
    """(path, factor) of every field that names a market factor."""
    yield "collateral.miner.hashprice", miner.hashprice
    for held in miner.treasury:
        yield f"collateral.miner.treasury.{held.name}.price", held.price
    for site in miner.sites:
        path = f"collateral.miner.sites.{site.name}"
        parts = (("", site, "value_per_ph"), ("power.", site.power, "price"), ("power.", site.power, "resale"))
        hosted = tuple(("hosting.", site.hosting, field) for field in ("rent_per_kw_month", "utilisation"))
        for inner, part, field in (*parts, *hosted):
            value = getattr(part, field, None)
            if isinstance(value, str):
                yield f"{path}.{inner}{field}", value
