"""Weighted average life."""

from __future__ import annotations

import math

import numpy as np

from .figures import Figures


def wal(figures: Figures, name: str) -> float:
    """WAL = Σ t·P(t) / Σ P(t) in years from closing (ACT/365F), P(t) the mean principal repaid on date t, scheduled
    and swept. NaN when nothing is repaid. What is lost is never repaid and does not lengthen it."""
    principal = figures.mean(f"{name}.principal", f"{name}.prepaid")
    repaid = float(principal.sum())
    return float(np.dot(figures.program.times[1:], principal)) / repaid if repaid > 0 else math.nan
