"""The cattrs converter of deal files: a hook for every class of the term sheet. One converter per currency, since an
amount in another currency is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from tranche.collateral.cohort import Cohort
from tranche.collateral.liquidation import Liquidation, Outlet
from tranche.collateral.terms import Collateral, Collections, Fleet, Miner
from tranche.deal import Amortisation, AvailableFundsCap, Coupon, CoverageTest, Waterfalls
from tranche.deal.check_fleet import FLEET_VALIDATORS
from tranche.deal.check_miner import MINER_VALIDATORS
from tranche.deal.check_quantity import validators_of
from tranche.deal.validators import Validator
from tranche.market.dependence import NAMES
from tranche.market.terms import KINDS, Factor, Gaussian, Market, Student, Vine

from .coverage import read_test
from .dependence import read_correlated, read_dependence
from .fields import field_readers
from .fleet import read_fleet
from .keys import key_of, keys_of
from .liabilities import read_amortisation, read_coupon, read_funds_cap
from .liquidation import read_liquidation
from .market import read_market
from .market_fields import CLASSES, default_curve
from .readers import Reader, as_written, mapping, structure_named
from .steps import read_waterfalls
from .unions import tagged
from .vine import read_vine

# what a deal asks of the classes of other packages: class → field → validator
VALIDATORS: Mapping[type, Mapping[str, Validator]] = {
    **{kind: validators_of(kind) for kind in CLASSES}, **FLEET_VALIDATORS, **MINER_VALIDATORS,
}  # fmt: skip

Structure = Callable[[Any], Any]


@lru_cache(maxsize=8)
def deal_converter(currency: str) -> Converter:
    """Structures each class of the term sheet out of plain values of a file. Errors are cattrs groups of Invalid."""
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    fields = field_readers(currency, converter)
    plain = {kind: _class_reader(kind, readers, converter) for kind, readers in fields.items()}
    hooks: dict[type, Structure] = {
        **plain,
        Collections: partial(_collections, plain[Collections]),
        CoverageTest: partial(read_test, plain[CoverageTest]),
        Amortisation: partial(read_amortisation, plain[Amortisation]),
        Coupon: partial(read_coupon, plain[Coupon]),
        Fleet: partial(read_fleet, _own_readers(Cohort, fields[Cohort]), _own_readers(Fleet, fields[Fleet])),
        Liquidation: partial(
            read_liquidation, _own_readers(Outlet, fields[Outlet]), _own_readers(Liquidation, fields[Liquidation])
        ),
        AvailableFundsCap: partial(read_funds_cap, plain[AvailableFundsCap]),
        Waterfalls: read_waterfalls,
        **{kind: partial(read_correlated, plain[kind], kind) for kind in (Gaussian, Student)},
        Vine: read_vine,
        Market: lambda raw: read_market(
            raw, partial(_factor, converter), partial(read_dependence, copulas(converter)), default_curve
        ),
    }
    for kind, hook in hooks.items():
        converter.register_structure_hook(kind, partial(_without_type, hook))
    bodies = {"collections": hooks[Collections], "fleet": hooks[Fleet], "miner": hooks[Miner]}
    converter.register_structure_hook_func(
        lambda kind: kind == Collateral, lambda raw, _: tagged(raw, "collateral", bodies)
    )
    return converter


def _without_type(hook: Structure, raw: Any, _: Any) -> Any:
    """cattrs hands a hook the value and the type; ours know their type."""
    return hook(raw)


def _collections(read: Structure, raw: Any) -> Collections:
    """Amounts name their components."""
    made: Collections = read(raw)
    if made.amounts and "components" not in raw:
        made = attrs.evolve(made, components=tuple(name for name, _ in made.amounts))
    return made


def _factor(converter: Converter, name: str, raw: Any) -> Factor:
    kinds: dict[str, Callable[[Any], Factor]] = {
        tag: partial(structure_named, converter, kind, name) for tag, kind in KINDS.items()
    }
    return tagged(raw, "factor", kinds)


def copulas(converter: Converter) -> dict[str, Structure]:
    """The copulas and what chooses between two: tag → reader."""
    return {tag: partial(converter.structure, cl=kind) for kind, tag in NAMES.items()}


def _class_reader(kind: type, readers: Mapping[str, Reader], converter: Converter) -> Structure:
    """Reads each field by its reader and then by its validator, so that every wrong field is told."""

    @cache
    def structure() -> Callable[[Any, Any], Any]:
        """When a file first has the class: few have many of the seventy, and the code is made and compiled."""
        overrides: dict[str, Any] = {
            field.name: override(struct_hook=_field_hook(kind, field, readers), rename=key_of(kind, field.name))
            for field in attrs.fields(kind)
        }
        made: Callable[[Any, Any], Any] = make_dict_structure_fn(kind, converter, **overrides)
        return made

    example = f"{{{keys_of(kind)[0]}: …}}"
    return lambda raw: structure()(mapping(raw, example), kind)


def _own_readers(kind: type, readers: Mapping[str, Reader]) -> dict[str, Reader]:
    """Field → reader, validator included, of the fields that a file can write."""
    return {
        field.name: partial(_without_type_of, _field_hook(kind, field, readers))
        for field in attrs.fields(kind)
        if field.name in readers and field.name not in ("name", "cohorts", "generations")
    }


def _without_type_of(hook: Callable[[Any, Any], Any], raw: Any) -> Any:
    return hook(raw, None)


def _field_hook(kind: type, field: attrs.Attribute[Any], readers: Mapping[str, Reader]) -> Callable[[Any, Any], Any]:
    validate = VALIDATORS.get(kind, {}).get(field.name, field.validator)
    return _checked(field, readers.get(field.name, as_written), validate)


def _checked(field: attrs.Attribute[Any], reader: Reader, validate: Validator | None) -> Callable[[Any, Any], Any]:
    def read(value: Any, _: Any) -> Any:
        if value is None and field.default is None:
            return None
        made = reader(value)
        if validate is not None:
            validate(None, field, made)
        return made

    return read
