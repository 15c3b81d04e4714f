"""A run made by hand: what measures read, without an engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tranche.losses import Losses, Spread
from tranche.program import INSTRUCTION, Claim, Kind, Program, Record, Register
from tranche.testing import reduce_totals


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
            registers=tuple(Register(name, Kind.STATE) for name in totals),
            series=np.zeros((0, len(times) - 1)),
            records=tuple(Record(*name.split("."), k, True) for k, name in enumerate(totals)),
            claims=claims,
            times=times,
            quantum=2.0**-44,
        )
        self.count = len(next(iter(totals.values()))) if totals else 1
        sums = np.zeros((2, len(times) - 1, len(totals)), dtype=np.uint64)
        rows = np.array(list(totals.values())).reshape(len(totals), self.count).T
        self._reduction = reduce_totals(self.program, rows, sums)
        self._means = {name: np.array(values) for name, values in (means or {}).items()}

    def spread(self, name: str) -> Spread:
        known = [record.name for record in self.program.records]
        if name not in known:
            return Spread(self.count, 0.0, 0.0, 0.0, 0.0, 0.0)
        return self._reduction.spread(self.program, known.index(name))

    def final_mean(self, name: str) -> float:
        return self.spread(name).mean

    def losses(self, name: str) -> Losses:
        return self._reduction.losses(self.program, name)

    def mean(self, *names: str) -> NDArray[np.float64]:
        return sum((self._means[name] for name in names if name in self._means), np.zeros(self.program.periods))

    def claim(self, name: str) -> Claim:
        return next(claim for claim in self.program.claims if claim.name == name)
