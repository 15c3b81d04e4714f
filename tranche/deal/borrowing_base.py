"""A borrowing base: how much an asset-based facility lends against which collateral."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from tranche.errors import Invalid, nearest

from . import validators as v
from .formula import Formula
from .frozen_map import FrozenMap

# what formulas read of the whole base, and of each class
TOTALS = ("gross", "ineligible", "concentration", "eligible", "base", "loans", "availability", "deficiency")
OF_A_CLASS = ("gross", "ineligible", "concentration", "eligible", "advance")
DEFICIENCIES = ("due", "none")

_SHARE = v.number(0, 1, hint="write 0% to 100%, with the % sign (70% is 0.7)")


def _frozen(value: Any) -> Any:
    return FrozenMap(value) if isinstance(value, Mapping) else value


def _formulas(instance: Any, attribute: Any, value: Any) -> None:
    v.instance_of(FrozenMap)(instance, attribute, value)
    for name, formula in value.items():
        v.identifier(instance, attribute, name)
        v.formula(instance, attribute, formula)


def _class_name(instance: Any, attribute: Any, value: Any) -> None:
    v.identifier(instance, attribute, value)
    if value in TOTALS:
        raise Invalid(f"a class cannot be named {value!r}", f"formulas read the total as borrowing_base.{value}")


@attrs.frozen(kw_only=True)
class BorrowingClass:
    """Collateral that is lent against at one rate: a cohort of machines, the receivables of a kind of tenant.

    `cost`, `appraisal` (formulas, money): the gross value is the lower of the two, or the one that is given. Each item
    of `ineligible` (name → formula, money, in the same terms: too old, past due, out of service, a tenant below grade)
    is taken off it; what is left is eligible before concentrations. `cap`: the part of all eligible collateral that
    this class may be; what is above is a concentration. `advance_rate` is lent on the rest.
    """

    name: str = attrs.field(validator=_class_name)
    advance_rate: float = attrs.field(validator=_SHARE)
    cost: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    appraisal: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    ineligible: Mapping[str, Formula] = attrs.field(factory=FrozenMap, converter=_frozen, validator=_formulas)
    cap: float | None = attrs.field(default=None, validator=v.optional(_SHARE))


@attrs.frozen(kw_only=True)
class Concentration:
    """One obligor (or site, or generation): `of` (formula, money) is its eligible collateral, `cap` the part of all
    eligible collateral that it may be; what is above is taken off the class `within`."""

    name: str = attrs.field(validator=v.identifier)
    of: Formula = attrs.field(validator=v.formula)
    cap: float = attrs.field(validator=_SHARE)
    within: str = attrs.field(validator=v.text)


@attrs.frozen(kw_only=True)
class BorrowingBase:
    """The certificate of a date, drawn up when its collections are known and before interest accrues:

        gross          the lower of cost and appraisal of each class
        ineligible     its named deductions, no more than its gross value
        concentration  what is above the caps, which are parts of gross less ineligible of all classes
        eligible       the rest
        base           Σ advance rate · eligible, less `reserves` (name → formula, money), at most `limit` (formula,
                       money: the commitment)

    and, as balances stand when they are read, for the loans `debts` (by default every debt): `loans`, `availability`
    (base less loans) and `deficiency` (loans less base), never negative. Formulas read `borrowing_base.NAME`, and
    `borrowing_base.CLASS.NAME` of a class (`advance`: what is lent on it). A negative deduction, reserve or value
    counts as 0.

    `deficiency`: `due`: what the opening loans are above the base falls due as principal on the date, the most senior
    debt first, beside what is scheduled (the larger of the two is due); it is measured anew on every date, and a debt
    whose missed instalments are due again keeps what is unpaid of it among them. Coins that a lender sells on a margin
    call of the date do not lower it: they count on the next · `none`: steps deal with it. A revolver draws up to
    `borrowing_base.base` (its `draws: limit`, which is of the whole balance).

    Springing dominion is a test of what is left: `ratio: borrowing_base.availability / commitment`, `trigger: 10%`,
    `grace` and `clean` for the dates in a row; the step `sweep: revolver.principal, when: dominion.breached` then takes
    all collections.
    """

    classes: tuple[BorrowingClass, ...] = attrs.field(
        converter=v.as_tuple, validator=v.each(v.instance_of(BorrowingClass), at_least=1, at_most=64)
    )
    concentrations: tuple[Concentration, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Concentration), at_most=64)
    )
    reserves: Mapping[str, Formula] = attrs.field(factory=FrozenMap, converter=_frozen, validator=_formulas)
    limit: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    debts: tuple[str, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.text))
    deficiency: str = attrs.field(default="due", validator=v.one_of(DEFICIENCIES))

    def formulas(self) -> list[tuple[str, Formula]]:
        """Every formula with its path inside the section."""
        found: list[tuple[str, Formula | None]] = []
        for item in self.classes:
            path = f"classes.{item.name}"
            found += [(f"{path}.cost", item.cost), (f"{path}.appraisal", item.appraisal)]
            found += [(f"{path}.ineligible.{name}", formula) for name, formula in item.ineligible.items()]
        found += [(f"concentrations.{item.name}.of", item.of) for item in self.concentrations]
        found += [(f"reserves.{name}", formula) for name, formula in self.reserves.items()]
        found.append(("limit", self.limit))
        return [(path, formula) for path, formula in found if formula is not None]

    def names(self) -> set[str]:
        """What formulas can read."""
        names = {f"borrowing_base.{total}" for total in TOTALS}
        return names | {f"borrowing_base.{item.name}.{field}" for item in self.classes for field in OF_A_CLASS}


def borrowing_base_problems(base: BorrowingBase | None) -> list[tuple[str, str, str]]:
    """(path inside the section, what, fix) of what does not fit together."""
    found: list[tuple[str, str, str]] = []
    if base is None:
        return found
    classes = [item.name for item in base.classes]
    for item in base.classes:
        if item.cost is None and item.appraisal is None:
            found.append((f"classes.{item.name}", "neither cost nor appraisal is given", "say what the class is worth"))
    for kind, names in (("classes", classes), ("concentrations", [item.name for item in base.concentrations])):
        twice = sorted({name for name in names if names.count(name) > 1})
        found += [(f"{kind}.{name}", f"{name} is there twice", "rename one") for name in twice]
    for one in base.concentrations:
        if one.within not in classes:
            what = f"unknown class {one.within!r}"
            found.append((f"concentrations.{one.name}.within", what, nearest(one.within, classes)))
    return found
