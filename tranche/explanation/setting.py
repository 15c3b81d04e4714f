"""What a story needs to know of a deal and its Program does not say: kinds of factors, who rents, what is pledged."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from tranche.collateral.terms import Fleet, Miner, fleet_of
from tranche.collateral.treasury import Treasury
from tranche.deal import Deal, Debt
from tranche.deal.extension import Extension
from tranche.deal.facility import Facility
from tranche.deal.guarantee import Guarantee
from tranche.deal.hedge import Hedge
from tranche.deal.status import StatusRules
from tranche.market.terms import KINDS


@attrs.frozen
class Setting:
    """`kinds`: of each factor, as a market file calls it; `let`: by the factor of a tenant's credit, the share of the
    machines that are let to it; `treasuries`: those of which coins are pledged, by name; `credits`: facilities and
    guarantees, `hedges`, and the `extensions` of debts, by name; `status`: its rules. Empty where only the Program is
    known: the story then has fewer words."""

    kinds: Mapping[str, str] = attrs.field(factory=dict)
    let: Mapping[str, float] = attrs.field(factory=dict)
    treasuries: Mapping[str, Treasury] = attrs.field(factory=dict)
    credits: Mapping[str, Facility | Guarantee] = attrs.field(factory=dict)
    hedges: Mapping[str, Hedge] = attrs.field(factory=dict)
    extensions: Mapping[str, tuple[Extension, ...]] = attrs.field(factory=dict)
    status: StatusRules | None = None


def setting_of(deal: Deal) -> Setting:
    """The setting of a deal, in its own market."""
    names = {kind: name for name, kind in KINDS.items()}
    kinds = {factor.name: names[type(factor)] for factor in deal.market.factors}
    fleet = fleet_of(deal.collateral)
    treasuries = deal.collateral.treasury if isinstance(deal.collateral, Miner) else ()
    pledged = {one.name: one for one in treasuries if one.pledge is not None}
    credits: dict[str, Facility | Guarantee] = {one.name: one for one in deal.facilities}
    credits |= {one.name: one for one in deal.guarantees}
    hedges = {hedge.name: hedge for hedge in deal.hedges}
    extensions = {debt.name: debt.extensions for debt in deal.tranches if isinstance(debt, Debt) and debt.extensions}
    let = _let(fleet) if fleet is not None else {}
    return Setting(kinds, let, pledged, credits, hedges, extensions, deal.status)


def _let(fleet: Fleet) -> dict[str, float]:
    owned = sum(cohort.gpus for cohort in fleet.cohorts)
    found: dict[str, float] = {}
    for cohort in fleet.cohorts:
        tenant = fleet.tenant(cohort.lease.tenant) if cohort.lease is not None else None
        if tenant is not None and tenant.credit is not None:
            found[tenant.credit] = found.get(tenant.credit, 0.0) + cohort.gpus / owned
    return found
