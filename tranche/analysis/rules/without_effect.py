"""A key of the collateral that another one of the same place leaves without effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from tranche.analysis.subject import Subject
from tranche.collateral.cohort import Cohort
from tranche.collateral.names import cohort_path, nested
from tranche.collateral.site import Site
from tranche.collateral.terms import Miner, fleet_of
from tranche.collateral.treasury import Treasury
from tranche.errors import DealWarning

RULE = "without-effect"
Finding = tuple[str, str, str]  # path, what, what would be right


def without_effect(subject: Subject) -> Iterator[DealWarning]:
    deal = subject.deal
    found: list[Finding] = []
    if isinstance(deal.collateral, Miner):
        for site in deal.collateral.sites:
            found += _site(f"collateral.miner.sites.{site.name}", site)
        for held in deal.collateral.treasury:
            found += _treasury(f"collateral.miner.treasury.{held.name}", held)
    fleet = fleet_of(deal.collateral)
    for cohort in fleet.cohorts if fleet is not None else ():
        path = cohort_path(cohort)
        found += _life(nested(path) if isinstance(deal.collateral, Miner) else path, cohort, "cost_per_gpu")
    for path, what, fix in found:
        yield subject.warning(RULE, path, what, fix)


def _site(path: str, site: Site) -> Iterator[Finding]:
    if not site.switch_off:
        fix = "leave it out, or let the site switch off"
        if site.power.take_or_pay:
            yield f"{path}.power.take_or_pay", "all power is taken: the machines are never switched off", fix
        if site.power.resale is not None:
            yield f"{path}.power.resale", "no power is sold: the machines are never switched off", fix
    if site.forced_discount and site.value_per_ph is None:
        what = "nothing says what the machines trade at, and they are never sold"
        yield f"{path}.forced_discount", what, "add `value_per_ph`, or leave it out"
    yield from _life(path, site, "cost_per_ph")


def _treasury(path: str, held: Treasury) -> Iterator[Finding]:
    if held.policy != "sell_share" and held.share != _default(held, "share"):
        what = f"the policy is {held.policy}, which sells no share of what is mined"
        yield f"{path}.share", what, "`policy: sell_share`, or leave it out"


def _life(path: str, machines: Site | Cohort, cost: str) -> Iterator[Finding]:
    if machines.life_years != _default(machines, "life_years") and not getattr(machines, cost):
        yield f"{path}.life_years", "there is no cost to write off", f"add `{cost}`, or leave it out"


def _default(terms: Any, field: str) -> Any:
    return attrs.fields_dict(type(terms))[field].default
