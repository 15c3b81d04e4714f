"""A pool of tenants with one common factor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import attrs

from tranche._kernels.scenario import exp
from tranche.closed_forms.random_factor_loading import RandomFactorLoading
from tranche.errors import Invalid

from .. import quantity as q
from ..tape import Op
from ..writer import Writer
from .factor import Contradiction, without
from .survival import NEVER, Curve, default_scores, hazard, score_of

THRESHOLD = -1.0  # of the common factor


@attrs.frozen(kw_only=True)
class Tenants:
    """`count` names of one default curve (`pd` or `grade`, as for a Tenant). Each has the latent value

        X = a(M)·M + v·ε + m,    a(M) = stress_loading where M ≤ threshold, else loading

    with the common factor M, its own ε, and v and m such that X has mean 0 and variance 1 (Andersen & Sidenius 2004);
    without `stress_loading`, a is constant and X = a·M + √(1−a²)·ε. A loading is the root of the correlation.

    `latent` period: M is the pool's score in the market's copula, anew in every period, and a name defaults in the
    period in which X is low enough; `life`: M and ε are drawn once, outside the copula, and a name defaults by t when
    X is below the quantile of the probability of default by t (the Gaussian copula of default times, Li 2000).
    Columns: `market.NAME`, the share alive at the end of the period; `market.NAME.defaulted`, the share that
    defaulted in it.
    """

    name: str = q.name()
    count: int = q.quantity("count", 1, 5_000)
    pd: Curve | None = q.quantity("default curve", default=None)
    grade: str | None = q.quantity("grade", default=None)
    loading: float = q.quantity("share", 0, 1)
    stress_loading: float | None = q.quantity("share", 0, 1, default=None)
    threshold: float = q.quantity("number", -8, 8, default=THRESHOLD)
    latent: str = q.word("period", "life")
    note: str = q.note()

    fields: ClassVar[tuple[str, ...]] = ("defaulted",)
    reads: ClassVar[tuple[str, ...]] = ()

    @property
    def drivers(self) -> int:
        """1 when the common factor stands in the market's copula."""
        return int(self.latent == "period")

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not fit between the fields."""
        if (self.pd is None) == (self.grade is None):
            yield "pd", "it takes a default curve or a grade", "write one of pd and grade"
        if self.threshold != THRESHOLD and self.stress_loading is None:
            yield without("threshold", "stress_loading")
        try:
            self._model  # noqa: B018  # it raises
        except Invalid as error:
            yield "stress_loading", error.what, error.fix

    def write(self, writer: Writer, z: int) -> None:
        """Its steps; `z`: the register of its score (−1 for `life`). Raises DealError."""
        curve = writer.curve(self.pd, self.grade)
        names = writer.register(count=self.count)
        share = writer.register(initial=1.0)
        if self.latent == "life":
            reached = [1.0 - exp(-hazard(curve, t)) for t in writer.times[1:]]
            limits = [self._limit(score_of(p), p) for p in reached]
            common = writer.emit(Op.NORMALS, writer.register(), 1, writer.draws(1), end=1)
            own = writer.draws(self.count)
            writer.emit(Op.NORMALS, names, self.count, own, end=1)
            self._latent(writer, common, names, end=1)
            gone = writer.make(Op.COUNT, names, self.count, params=[[limit] for limit in limits])
        else:
            from scipy.special import ndtr

            scores = default_scores(curve, writer.times)
            limits = [self._limit(c, float(ndtr(c))) for c in scores]
            fresh, lowest = writer.register(count=self.count), names
            writer.emit(Op.NORMALS, fresh, self.count, writer.draws(self.count))
            self._latent(writer, z, fresh)
            for k in range(self.count):
                writer.emit(Op.AFFINE, fresh + k, fresh + k, params=[[-limit, 1.0] for limit in limits])
                writer.emit(Op.LOWER, lowest + k, lowest + k, fresh + k)
            gone = writer.make(Op.COUNT, lowest, self.count, params=[0.0])
        alive = writer.make(Op.AFFINE, gone, params=[1.0, -1.0 / self.count])
        writer.emit(Op.SUM, writer.column(f"{self.name}.defaulted"), share, alive, params=[0.0, 1.0, -1.0])
        writer.emit(Op.AFFINE, share, alive, params=[0.0, 1.0])
        writer.emit(Op.AFFINE, writer.column(self.name), alive, params=[0.0, 1.0])

    def _latent(self, writer: Writer, common: int, names: int, end: int | None = None) -> None:
        """Turn each name's own score into its X."""
        model = self._model
        if model is None:
            shared = writer.emit(Op.AFFINE, writer.register(), common, params=[0.0, self.loading], end=end)
            v = math.sqrt(1.0 - self.loading * self.loading)
        else:
            calm = writer.emit(Op.AFFINE, writer.register(), common, params=[model.mean, model.calm], end=end)
            stress = writer.emit(Op.AFFINE, writer.register(), common, params=[model.mean, model.stress], end=end)
            low = writer.emit(Op.BELOW, writer.register(), common, params=[model.threshold], end=end)
            shared = writer.emit(Op.SELECT, writer.register(), low, stress, calm, end=end)
            v = model.idiosyncratic
        for k in range(self.count):
            writer.emit(Op.SUM, names + k, shared, names + k, params=[0.0, 1.0, v], end=end)

    @property
    def _model(self) -> RandomFactorLoading | None:
        if self.stress_loading is None:
            return None
        return RandomFactorLoading(stress=self.stress_loading, calm=self.loading, threshold=self.threshold)

    def _limit(self, score: float, probability: float) -> float:
        """Below which X means default; rounded, because the library that finds it differs in its last bits."""
        model = self._model
        if model is None or not NEVER < score < -NEVER:
            return score
        return round(model.default_threshold(probability), 12)
