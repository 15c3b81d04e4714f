"""Tail dependence: how likely an extreme of one comes with an extreme of the other, in the limit."""

from __future__ import annotations

import math

from .families import check_parameter, split_family


def tail_dependence(family: str, parameter: float, dof: float | None = None) -> tuple[float, float]:
    """λ_lower = lim P(V ≤ q | U ≤ q) and λ_upper = lim P(V > 1 − q | U > 1 − q), as q falls to 0.

        gaussian   0 in both for ρ < 1
        t          2·t_{ν+1}(−√((ν + 1)(1 − ρ)/(1 + ρ))) in both
        clayton    lower 2^(−1/θ)
        gumbel     upper 2 − 2^(1/θ); joe the same
        frank      0 in both

    A survival copula has them exchanged. McNeil, Frey & Embrechts (2015), 7.2.4. Raises Invalid.
    """
    from scipy.special import stdtr

    base, is_survival = split_family(family)
    check_parameter(base, parameter, dof)
    lower = upper = 0.0
    if parameter == 1.0 and base in ("gaussian", "t"):
        lower = upper = 1.0
    elif base == "t" and parameter > -1.0 and dof is not None:
        x = -math.sqrt((dof + 1.0) * (1.0 - parameter) / (1.0 + parameter))
        lower = upper = 2.0 * float(stdtr(dof + 1.0, x))
    elif base == "clayton":
        lower = 2.0 ** (-1.0 / parameter) if parameter > 0.0 else 0.0
    elif base in ("gumbel", "joe"):
        upper = 2.0 - 2.0 ** (1.0 / parameter)
    return (upper, lower) if is_survival else (lower, upper)
