"""A Markov chain of two regimes, calm and stress."""

from __future__ import annotations

import attrs

from tranche.errors import Invalid


@attrs.frozen
class TwoRegimes:
    """`stay_calm` and `stay_stress`: the probabilities, per step, of staying; above 0 and below 1. Raises Invalid.

    Hamilton, Time Series Analysis (1994), 22.2.
    """

    stay_calm: float
    stay_stress: float

    def __attrs_post_init__(self) -> None:
        for value in (self.stay_calm, self.stay_stress):
            if not 0.0 < value < 1.0:
                raise Invalid(f"the probability of staying in a regime is {value:g}", "a number between 0 and 1")

    @property
    def share_stress(self) -> float:
        """The long-run share of the steps that are in stress: (1 − p) / (2 − p − q)."""
        return (1.0 - self.stay_calm) / (2.0 - self.stay_calm - self.stay_stress)

    @property
    def autocorrelation(self) -> float:
        """Of the regime's indicator from one step to the next: p + q − 1."""
        return self.stay_calm + self.stay_stress - 1.0
