"""Default probabilities by time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tranche._kernels.scenario import exp, inverse_normal

from .parts import log

Curve = tuple[tuple[float, float], ...]
"""(years, cumulative probability of default), rising in both. One point is a constant hazard."""

NEVER, AT_ONCE = -40.0, 40.0  # scores that no draw is below, or all are


def hazard(curve: Curve, years: float) -> float:
    """−ln of the probability to survive `years`: between the points the hazard is constant, after the last it goes
    on."""
    before_years = before = rate = 0.0
    for at, probability in curve:
        total = -log(1.0 - probability)
        rate = (total - before) / (at - before_years)
        if years <= at:
            return before + rate * (years - before_years)
        before_years, before = at, total
    return before + rate * (years - before_years)


def default_scores(curve: Curve, times: Sequence[float]) -> list[float]:
    """Φ⁻¹ of the probability of default in each period given survival until it [T]."""
    levels = [hazard(curve, t) for t in times]
    return [score_of(1.0 - exp(before - after)) for before, after in pairwise(levels)]


def score_of(probability: float) -> float:
    """Φ⁻¹, and beyond all draws at 0 and 1."""
    if probability <= 0.0:
        return NEVER
    return AT_ONCE if probability >= 1.0 else float(inverse_normal(np.array([probability]))[0])
