"""Coverage tests: `ratio: a / b` is a numerator and a denominator."""

from __future__ import annotations

from typing import Any

from tranche.deal import Formula, format_expr
from tranche.deal.formula import Binary
from tranche.errors import Invalid

from .gather import under
from .readers import formula, mapping


def split_ratio(raw: Any) -> dict[str, Any]:
    """The keys of a test with `ratio` split at its top division. Raises Invalid."""
    test = dict(mapping(raw, "{ratio: collections / senior.debt_service, trigger: 1.20x}"))
    parts = [key for key in ("numerator", "denominator") if key in test]
    if "ratio" not in test:
        if not parts:
            raise Invalid("the test has no ratio", "add `ratio:`, such as collections / senior.debt_service")
        return test
    if parts:
        raise Invalid(f"ratio and {parts[0]} are both given", "write `ratio: a / b`, or numerator and denominator")
    top, bottom = under("ratio", _divide, test.pop("ratio"))
    return {**test, "numerator": top, "denominator": bottom}


def _divide(value: Any) -> tuple[Formula, Formula]:
    tree = formula(value).tree
    if not isinstance(tree, Binary) or tree.op != "/":
        what = f"its last operation is {tree.op!r}" if isinstance(tree, Binary) else "it is no division"
        raise Invalid(f"the ratio must be a division and {what}", "write (numerator) / (denominator)")
    return Formula(tree.left, format_expr(tree.left)), Formula(tree.right, format_expr(tree.right))
