"""Spearman's rank correlation of a copula, where there is a formula."""

from __future__ import annotations

import math

from tranche.errors import Invalid

from .families import check_parameter, split_family
from .kendall_tau import debye


def spearman_rho(family: str, parameter: float) -> float:
    """ρ_S = 12·E[U·V] − 3: gaussian 6/π · asin(ρ/2), frank 1 − 12/θ · (D₁(θ) − D₂(θ)). Raises Invalid."""
    base, _ = split_family(family)
    check_parameter(base, parameter, dof=1.0)
    if base == "gaussian":
        return 6.0 / math.pi * math.asin(parameter / 2.0)
    if base == "frank":
        if abs(parameter) < 1e-3:  # the terms cancel: the series
            return parameter / 6.0 - parameter**3 / 450.0
        return 1.0 - 12.0 / parameter * (debye(1, parameter) - debye(2, parameter))
    raise Invalid(f"Spearman's rho of a {base} copula has no formula here", "gaussian or frank")
