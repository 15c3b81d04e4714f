"""Correlations that follow the stress of one factor: R(t) = (1 − w)·R_calm + w·R_stress, w = logistic(k·(s − θ))."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche._kernels.scenario import exp
from tranche.errors import Invalid, nearest

from .. import quantity as q
from ..maps import student_score_constants
from ..tape import Op
from ..writer import Writer
from .correlation import correlation_matrix
from .draws import Draws
from .gaussian import Gaussian
from .student import Student, scored

LN2 = 0.6931471805599453


@attrs.frozen(kw_only=True)
class StressLink:
    """`on`: the factor whose stress s counts. `measure`:

        drawdown     s = ln(peak / S) / volatility: its fall from the highest value since closing, in years' standard
                     deviations of the factor
        volatility   s = (v − 1) / √(2·(1 − λ)/(1 + λ)), v the mean of the driver's squared scores with weights that
                     halve in `memory` years, λ the weight kept over the period; v is 1 at closing. Mean 0, and in
                     the long run deviation 1 where all periods are of one length: less in the first periods, and
                     for a while more in short periods after a long one

    both at the end of the period before. `steepness` k, `threshold` θ. `calm` and `stress` are both Gaussian, or both
    Student with the same degrees of freedom. A convex mix of correlation matrices is one, so that given the past every
    score is standard normal: the link moves no marginal law. The column `market.stress` is the w of the period.
    """

    on: str = q.quantity("factor")
    calm: Gaussian | Student = q.quantity("linked copula")
    stress: Gaussian | Student = q.quantity("linked copula")
    measure: str = q.word("drawdown", "volatility")
    steepness: float = q.quantity("number", 0, 1_000, default=4.0)
    threshold: float = q.quantity("number", -100, 100, default=1.0)
    memory: float = q.quantity("years", default=0.25, above=0.0)

    def before(self, writer: Writer, draws: Draws) -> None:
        """What its scores share with those of other copulas: the draws."""
        draws.scores()

    def scores(self, writer: Writer, draws: Draws) -> list[int]:
        """The register of each driver's score. Raises Invalid."""
        count = len(draws.names)
        weight = writer.register(initial=self.weight_of(0.0))
        writer.fields["stress.weight"] = weight
        writer.emit(Op.AFFINE, writer.column("stress"), weight, params=[0.0, 1.0])
        if count < 2:
            return draws.own()
        calm, stress = self.matrices(draws.names)
        low = [(i, j) for i in range(count) for j in range(i + 1)]
        constants = [float(calm[i, j]) for i, j in low] + [float(stress[i, j] - calm[i, j]) for i, j in low]
        e = self.calm.spread(writer, draws) if isinstance(self.calm, Student) else draws.scores()
        z, room = writer.register(count=count), writer.register(count=len(low))
        writer.emit(Op.LINK, z, e, weight, room, count, constants=constants)
        if isinstance(self.calm, Student):
            law = student_score_constants(self.calm.dof)
            return [draws.scores(), *scored(writer, z + 1, count - 1, law)]
        return [draws.scores(), *(z + j for j in range(1, count))]

    def after(self, writer: Writer, scores: dict[str, int], volatility: float) -> None:
        """At the end of the period, with the factor `on` known: the weight of the next."""
        weight = writer.fields["stress.weight"]
        if self.measure == "drawdown":
            y, _ = writer.logs[self.on]
            peak = writer.register(initial=writer.held(y))
            writer.emit(Op.HIGHER, peak, peak, y)
            per = self.steepness / volatility if volatility > 0 else 0.0
            x = writer.make(Op.SUM, peak, y, params=[-self.steepness * self.threshold, per, -per])
        else:
            z = scores[self.on]
            square = writer.make(Op.PRODUCT, z, z)
            kept = [exp(-LN2 * dt / self.memory) for dt in writer.lengths]
            mean = writer.register(initial=1.0)
            writer.emit(Op.ADVANCE, mean, square, params=[[k, 0.0, 1.0 - k] for k in kept])
            scale = [self.steepness / math.sqrt(2.0 * (1.0 - k) / (1.0 + k)) for k in kept]
            params = [[-s - self.steepness * self.threshold, s] for s in scale]
            x = writer.make(Op.AFFINE, mean, params=params)
        writer.emit(Op.LOGISTIC, weight, x)

    def weight_of(self, s: float) -> float:
        """w at the stress s."""
        return 1.0 / (1.0 + exp(-self.steepness * (s - self.threshold)))

    def matrices(self, names: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """R_calm and R_stress. Raises Invalid."""
        if type(self.calm) is not type(self.stress) or getattr(self.calm, "dof", 0) != getattr(self.stress, "dof", 0):
            raise Invalid("calm and stress are different copulas", "two gaussian, or two t with the same dof")
        if self.on not in names:
            raise Invalid(f"no factor with a driver is called {self.on!r}", nearest(self.on, names))
        calm, stress = (correlation_matrix(c.correlations, names, c.repair) for c in (self.calm, self.stress))
        return calm, stress
