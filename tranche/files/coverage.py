"""Coverage tests: `ratio: a / b` is a numerator and a denominator, `value: x` is x over 1; levels, alone or by date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from tranche.deal import CoverageTest, Formula, LevelSchedule, format_expr
from tranche.deal.formula import Binary, Number
from tranche.deal.level_schedule import Level
from tranche.deal.test import LEVELS
from tranche.errors import Invalid
from tranche.terms.day import day
from tranche.terms.literal import literal

from .gather import Gather
from .readers import formula, mapping

_ONE = Formula(Number(1.0), "1")
_STAND_IN = Formula(Number(1.0), "1")  # for a ratio that could not be read, so that the rest of the test is still told


def read_test(structure: Callable[[Any], CoverageTest], raw: Any) -> CoverageTest:
    """A test with `ratio`, split at its top division, with `value`, or with `numerator` and `denominator`. Its unit is
    that of its levels as they are written, unless it is stated."""
    test = dict(mapping(raw, "{ratio: collections / senior.debt_service, trigger: 1.20x}"))
    parts = [key for key in ("ratio", "value", "numerator", "denominator") if key in test]
    with Gather() as gather:
        if "ratio" in test or "value" in test:
            if len(parts) > 1:
                what = f"{parts[0]} and {parts[1]} are both given"
                gather.refuse(None, what, "write `ratio: a / b`, `value: x`, or numerator and denominator")
            value = gather.read("value", formula, test.pop("value")) if "value" in test else None
            ratio = gather.read("ratio", _divide, test.pop("ratio")) if "ratio" in test else None
            found = (value, _ONE) if value is not None else ratio
            test["numerator"], test["denominator"] = found or (_STAND_IN, _STAND_IN)
        elif not parts:
            gather.refuse("ratio", "is missing", "add `ratio:`, such as collections / senior.debt_service")
            test["numerator"] = test["denominator"] = _STAND_IN
        made = gather.read(None, structure, test)
    assert made is not None  # else the gathered errors were raised
    levels = [text for name in LEVELS if name in test for text in _written(test[name])]
    if "unit" not in test and levels and all(str(text).rstrip().endswith("%") for text in levels):
        return attrs.evolve(made, unit="%")
    return made


def _written(level: Any) -> list[Any]:
    """The numbers of a level as the file writes them."""
    return list(level.values()) if isinstance(level, dict) else [level]


def read_level(value: Any) -> Level:
    """`1.20x`, or a mapping of dates and the levels that hold from them."""
    if not isinstance(value, dict):
        return literal(value)
    with Gather() as gather:
        points = [(gather.read(key, day, key), gather.read(key, literal, level)) for key, level in value.items()]
    known = [(date, level) for date, level in points if date is not None and level is not None]
    return LevelSchedule(tuple(known))


def _divide(value: Any) -> tuple[Formula, Formula]:
    tree = formula(value).tree
    if not isinstance(tree, Binary) or tree.op != "/":
        what = f"its last operation is {tree.op!r}" if isinstance(tree, Binary) else "it is no division"
        raise Invalid(f"the ratio must be a division and {what}", "write (numerator) / (denominator)")
    return Formula(tree.left, format_expr(tree.left)), Formula(tree.right, format_expr(tree.right))
