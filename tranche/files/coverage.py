"""Coverage tests: `ratio: a / b` is a numerator and a denominator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tranche.deal import CoverageTest, Formula, format_expr
from tranche.deal.formula import Binary, Number
from tranche.errors import Invalid

from .gather import Gather
from .readers import formula, mapping

_STAND_IN = Formula(Number(1.0), "1")  # for a ratio that could not be read, so that the rest of the test is still told


def read_test(structure: Callable[[Any], CoverageTest], raw: Any) -> CoverageTest:
    """A test with `ratio`, split at its top division, or with `numerator` and `denominator`."""
    test = dict(mapping(raw, "{ratio: collections / senior.debt_service, trigger: 1.20x}"))
    parts = [key for key in ("numerator", "denominator") if key in test]
    with Gather() as gather:
        if "ratio" in test:
            ratio = gather.read("ratio", _divide, test.pop("ratio"))
            if parts:
                what = f"ratio and {parts[0]} are both given"
                gather.refuse(None, what, "write `ratio: a / b`, or numerator and denominator")
            test["numerator"], test["denominator"] = ratio or (_STAND_IN, _STAND_IN)
        elif not parts:
            gather.refuse("ratio", "is missing", "add `ratio:`, such as collections / senior.debt_service")
            test["numerator"] = test["denominator"] = _STAND_IN
        made = gather.read(None, structure, test)
    assert made is not None  # else the gathered errors were raised
    return made


def _divide(value: Any) -> tuple[Formula, Formula]:
    tree = formula(value).tree
    if not isinstance(tree, Binary) or tree.op != "/":
        what = f"its last operation is {tree.op!r}" if isinstance(tree, Binary) else "it is no division"
        raise Invalid(f"the ratio must be a division and {what}", "write (numerator) / (denominator)")
    return Formula(tree.left, format_expr(tree.left)), Formula(tree.right, format_expr(tree.right))
