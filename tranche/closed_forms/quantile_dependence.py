"""Quantile dependence: how likely a bad outcome of one comes with a bad outcome of the other, at a given depth."""

from __future__ import annotations

from collections.abc import Mapping

from tranche.errors import Invalid

from .copula_cdf import copula_cdf

Copula = tuple[str, float, float | None]
"""Family, parameter, degrees of freedom (None but for t)."""


def quantile_dependence(
    family: str, parameter: float, q: float, dof: float | None = None, *, upper: bool = False
) -> float:
    """P(V ≤ q | U ≤ q) = C(q, q)/q for 0 < q ≤ 1; with `upper`, P(V > 1 − q | U > 1 − q).

    1 at q = 1; tends to the tail dependence as q falls to 0. Patton, J. Econometrics 172 (2013), section 3. Raises
    Invalid.
    """
    if not 0.0 < q <= 1.0:
        raise Invalid(f"the quantile is {q:g}", "a number above 0, at most 1")
    if upper:
        return (2.0 * q - 1.0 + copula_cdf(family, 1.0 - q, 1.0 - q, parameter, dof)) / q
    return copula_cdf(family, q, q, parameter, dof) / q


def mixture_quantile_dependence(copulas: Mapping[Copula, float], q: float, *, upper: bool = False) -> float:
    """The quantile dependence of a mixture: copulas and their probabilities, which add up to 1.

    A regime copula whose margins do not switch has, unconditionally, the mixture of its regimes' copulas as its
    copula, and copulas mix linearly: no correlation can be put in its place. Raises Invalid.
    """
    if abs(sum(copulas.values()) - 1.0) > 1e-12 or any(share < 0.0 for share in copulas.values()):
        raise Invalid("the probabilities of a mixture do not add up to 1", "shares of 0 or more whose sum is 1")
    return sum(
        share * quantile_dependence(family, parameter, q, dof, upper=upper)
        for (family, parameter, dof), share in copulas.items()
    )
