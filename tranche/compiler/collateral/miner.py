"""A miner: its sites, what its policy sells of the coins, its fleet, then what they bring in together."""

from __future__ import annotations

from tranche.collateral.miner import Miner
from tranche.collateral.miner_names import MINER
from tranche.compiler.context import Context
from tranche.compiler.expressions import memory
from tranche.compiler.values import ZERO, Value
from tranche.program import Claim, Op

from . import costs, fleet, mining, treasury

FLOWS = ("revenue", "income", "opex", "proceeds")
STOCKS = ("book", "value", "forced")


def declare(context: Context, miner: Miner) -> None:
    """Registers of the treasuries; the miner reads market factors only."""
    context.claims.append(Claim(MINER, "miner"))
    if miner.fleet is not None:
        fleet.declare(context, miner.fleet)
    for held in miner.treasury:
        treasury.declare(context, held)


def lower(context: Context, miner: Miner) -> Value:
    """The period's collections; also puts `miner.*` and the names of sites into the symbol table."""
    emitter = context.emitter
    defaulted = memory(context, treasury.DEFAULTED)
    mined = {site.name: mining.lower(context, site, miner.hashprice, defaulted) for site in miner.sites}
    found: dict[str, Value] = {}
    for field in (*FLOWS, *STOCKS, "capex"):
        for name, one in mined.items():
            context.define(f"{name}.{field}", getattr(one, field))
        found[field] = context.sum([getattr(one, field) for one in mined.values()], field)
    for name, one in mined.items():
        context.define(f"{name}.running", one.running)
    staff = costs.staff(context.dates, miner.staff_per_month, miner.staff_inflation)
    found["opex"] = context.sum([staff, found["opex"]], "opex")
    for field, amount in found.items():
        context.define(f"{MINER}.{field}", amount)
        if field in FLOWS:
            context.flow(MINER, field, amount)
        elif field in STOCKS:
            context.stock(MINER, field, amount)
    parts = [found["income"], found["proceeds"]]
    if miner.fleet is not None:
        parts.append(fleet.lower_net(context, miner.fleet))
    rest = emitter.compute(Op.SUB, context.sum(parts, "other income"), found["opex"], name="net of costs")
    sold = treasury.lower(context, miner, found["revenue"], rest, defaulted)
    net = emitter.compute(Op.ADD, rest, sold, name="net")
    unfunded = emitter.compute(Op.MAX, emitter.compute(Op.SUB, ZERO, net), ZERO, name="unfunded cost")
    context.flow("collateral", "unfunded", unfunded)
    context.define(f"{MINER}.net", net)
    context.define(f"{MINER}.unfunded", unfunded)
    return emitter.compute(Op.MAX, net, ZERO, name="collections")
