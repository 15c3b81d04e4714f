"""Conditions, kept apart by what they depend on: the period alone (uniform) or the path (lane)."""

from __future__ import annotations

import attrs

from tranche.program import Op

from .emitter import Emitter
from .values import INFINITE, ONE, ZERO, Value, is_uniform


@attrs.frozen
class Mask:
    """True where `uniform` and `lane` both are. A uniform condition skips instructions; a lane one limits moves."""

    uniform: Value = ONE
    lane: Value = ONE

    def also(self, emitter: Emitter, condition: Value) -> Mask:
        """This mask and `condition`."""
        if is_uniform(condition):
            return Mask(_both(emitter, self.uniform, condition), self.lane)
        return Mask(self.uniform, _both(emitter, self.lane, emitter.frozen(condition)))

    def limit(self, emitter: Emitter, limit: Value = INFINITE) -> Value:
        """`limit` where the lane condition holds, else 0."""
        return emitter.compute(Op.SELECT, self.lane, limit, ZERO, name="limit")


def _both(emitter: Emitter, a: Value, b: Value) -> Value:
    if a == ONE:
        return b
    return a if b == ONE else emitter.compute(Op.AND, a, b)
