"""The copula of one pair of a vine: a family, its parameter, and how it is turned."""

from __future__ import annotations

import math

import attrs

from tranche.errors import Invalid, nearest

INDEPENDENT = "independent"
# family → what its parameter is called, the lowest and the highest
PARAMETERS: dict[str, tuple[str, float, float]] = {
    "gaussian": ("correlation", -0.9999, 0.9999),
    "t": ("correlation", -0.9999, 0.9999),
    "clayton": ("theta", 0.01, 50.0),
    "gumbel": ("theta", 1.0, 50.0),
    "frank": ("theta", -100.0, 100.0),
}
FAMILIES = (*PARAMETERS, INDEPENDENT)
TURNED = ("clayton", "gumbel")  # the others are their own survival copulas, or turn with the sign of their parameter
ROTATIONS = (0, 90, 180, 270)
LEAST_FRANK = 0.01  # nearer to 0 it is independence
LOWEST_DOF, HIGHEST_DOF = 1.0, 1_000.0


@attrs.frozen(kw_only=True)
class PairCopula:
    """`family`: gaussian | t | clayton | gumbel | frank | independent. `parameter`: the correlation of a gaussian or t
    pair, the θ of the others (Frank's may be negative). `dof` of a t. `rotation` of a clayton or gumbel pair (U, V) in
    degrees: 180 turns both round (u → 1 − u, v → 1 − v), 90 the first only and 270 the second only, which then fall as
    the other rises."""

    family: str
    parameter: float = 0.0
    dof: float | None = None
    rotation: int = 0

    @property
    def turns(self) -> tuple[bool, bool]:
        """Whether the first and the second are turned round; of Frank with θ < 0 the second is, and |θ| counts."""
        if self.family == "frank":
            return False, self.parameter < 0.0
        return self.rotation in (90, 180), self.rotation in (180, 270)

    @property
    def closed_form(self) -> tuple[str, float, float | None, int]:
        """The family as `closed_forms` names it, its parameter, its dof, and the sign of its dependence: −1 where one
        of the two is turned round, for which the closed forms hold with that one's tail exchanged."""
        if self.family == INDEPENDENT:
            return "gaussian", 0.0, None, 1
        family = f"survival_{self.family}" if self.rotation == 180 else self.family
        return family, self.parameter, self.dof, -1 if self.rotation in (90, 270) else 1


def check_pair_copula(copula: PairCopula) -> None:
    """Raises Invalid: an unknown family, a parameter out of its range."""
    if copula.family not in FAMILIES:
        raise Invalid(f"unknown family {copula.family!r}", nearest(copula.family, FAMILIES))
    if copula.family == INDEPENDENT:
        return
    called, low, high = PARAMETERS[copula.family]
    if not low <= copula.parameter <= high:
        raise Invalid(f"{called} of a {copula.family} pair is {copula.parameter:g}", f"write {low:g} to {high:g}")
    if copula.family == "frank" and abs(copula.parameter) < LEAST_FRANK:
        what = f"theta of a frank pair is {copula.parameter:g}"
        raise Invalid(what, f"write {LEAST_FRANK:g} or more, or -{LEAST_FRANK:g} or less, or independent")
    dof = math.nan if copula.dof is None else copula.dof
    if copula.family == "t" and not LOWEST_DOF <= dof <= HIGHEST_DOF:
        raise Invalid(f"dof of a t pair is {dof:g}", f"write {LOWEST_DOF:g} to {HIGHEST_DOF:,.0f}")
    if copula.rotation not in ROTATIONS:
        raise Invalid(f"rotation is {copula.rotation}", "0, 90, 180 or 270 degrees")
    if copula.rotation and copula.family not in TURNED:
        fix = "leave rotation out; negative dependence has a negative parameter"
        raise Invalid(f"a {copula.family} pair has no rotation", fix)
