"""The copula families that the closed forms know, and what their one parameter may be."""

from __future__ import annotations

import math

from tranche.errors import Invalid, nearest

# family → lowest and highest parameter; an open end is one that the copula only tends to
BOUNDS: dict[str, tuple[float, float]] = {
    "gaussian": (-1.0, 1.0),  # correlation
    "t": (-1.0, 1.0),  # correlation; the degrees of freedom are an argument of their own
    "clayton": (0.0, math.inf),
    "gumbel": (1.0, math.inf),
    "frank": (-math.inf, math.inf),
    "joe": (1.0, math.inf),
}
SURVIVAL = "survival_"  # survival_clayton is clayton of (1 - u, 1 - v): its tails change places


def split_family(family: str) -> tuple[str, bool]:
    """The family without its rotation, and whether it is the survival copula. Raises Invalid."""
    base = family.removeprefix(SURVIVAL)
    if base not in BOUNDS:
        raise Invalid(f"unknown copula family {family!r}", nearest(family, BOUNDS))
    return base, base != family


def check_parameter(base: str, parameter: float, dof: float | None = None) -> None:
    """Raises Invalid: a parameter outside the family, or a t copula without positive degrees of freedom."""
    low, high = BOUNDS[base]
    if not low <= parameter <= high or math.isinf(parameter):
        raise Invalid(f"the parameter of a {base} copula is {parameter:g}", f"a finite number from {low:g} to {high:g}")
    if base == "t" and (dof is None or not 0 < dof < math.inf):
        raise Invalid(f"the degrees of freedom of a t copula are {dof}", "a number above 0")
