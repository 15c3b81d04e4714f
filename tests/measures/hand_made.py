"""A run made by hand: what measures read, without an engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tranche.program import INSTRUCTION, Claim, Kind, Program, Record, Register


class HandMade:
    """`totals` by record name [paths]; `means` by record name [T]; `times` T+1 years from closing."""

    def __init__(
        self,
        claims: tuple[Claim, ...],
        totals: dict[str, list[float]],
        means: dict[str, list[float]] | None = None,
        times: tuple[float, ...] = (0.0, 1.0),
    ) -> None:
        self.program = Program(
            name="by hand",
            currency="USD",
            instructions=np.zeros(0, dtype=INSTRUCTION),
            registers=(Register("x", Kind.STATE),),
            series=np.zeros((0, len(times) - 1)),
            records=(Record("x", "y", 0, True),),
            claims=claims,
            times=times,
        )
        self._totals = {name: np.array(values) for name, values in totals.items()}
        self._means = {name: np.array(values) for name, values in (means or {}).items()}
        self.count = len(next(iter(totals.values()))) if totals else 1

    def total(self, name: str) -> NDArray[np.float64]:
        return self._totals.get(name, np.zeros(self.count))

    def mean(self, name: str) -> NDArray[np.float64]:
        return self._means.get(name, np.zeros(self.program.periods))

    def claim(self, name: str) -> Claim:
        return next(claim for claim in self.program.claims if claim.name == name)
