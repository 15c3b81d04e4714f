"""Writes the tape of a market: hands out registers and draws, and collects the steps of factors and of dependence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import ArrayLike

from tranche.errors import DealError, Place, Problem, nearest

from .tape import OPERANDS, STEP_FIELDS, Op, Tape

OWNER = 1 << 17  # draws that one factor, or the dependence, may have beside the drivers
MOST_REGISTERS = 100_000
YEAR = 365.0

Curve = tuple[tuple[float, float], ...]


@attrs.define(eq=False)
class Writer:
    """`times`: T+1 year fractions from `start`, the closing date (None: not known). `columns`: names without
    `market.`"""

    columns: tuple[str, ...]
    times: tuple[float, ...]
    start: dt.date | None = None
    owner: str = ""  # whose steps are being written: places of errors, and whose draws are handed out
    number: int = 0
    # factor → register y and level: level · e**y, also before the first period
    logs: dict[str, tuple[int, float]] = attrs.field(factory=dict)
    grades: dict[str, Curve] = attrs.field(factory=dict)
    fields: dict[str, int] = attrs.field(factory=dict)  # what a factor leaves for others → register
    _steps: list[list[int]] = attrs.field(factory=list)
    _params: list[np.ndarray] = attrs.field(factory=list)
    _width: int = 0
    _constants: list[float] = attrs.field(factory=list)
    _initial: list[float] = attrs.field(factory=list)
    _drawn: dict[int, int] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._initial = [0.0] * len(self.columns)

    @property
    def periods(self) -> int:
        """T."""
        return len(self.times) - 1

    @property
    def lengths(self) -> list[float]:
        """The years of each period [T]."""
        return [float(b) - float(a) for a, b in pairwise(self.times)]

    def column(self, name: str) -> int:
        """The register of a column."""
        return self.columns.index(name)

    def register(self, initial: float = 0.0, count: int = 1) -> int:
        """The first of `count` new registers in a row, which hold `initial` before the first period."""
        self._initial += [float(initial)] * count
        if len(self._initial) > MOST_REGISTERS:
            what = f"the market needs more than {MOST_REGISTERS:,} numbers a path"
            raise DealError(Problem(what, "a smaller market"))
        return len(self._initial) - count

    def held(self, register: int) -> float:
        """What a register holds before the first period."""
        return self._initial[register]

    def draws(self, count: int) -> int:
        """The first of `count` slots of the factor that is being written, even."""
        used = self._drawn.get(self.number, 0)
        self._drawn[self.number] = used + (count + 1) // 2 * 2
        if self._drawn[self.number] > OWNER:
            raise self.problem(f"more than {OWNER:,} draws a period", "fewer")
        return (self.number + 1) * OWNER + used

    def emit(
        self,
        op: Op,
        *operands: int,
        params: ArrayLike | None = None,
        constants: Sequence[float] = (),
        begin: int = 0,
        end: int | None = None,
    ) -> int:
        """One step in the periods begin ≤ t < end; `params` [k], or [T, k] where they change. Returns operand 0."""
        first_param = self._width
        if params is not None:
            block = np.broadcast_to(np.asarray(params, dtype=np.float64), (self.periods, np.shape(params)[-1]))
            self._params.append(block)
            self._width += block.shape[1]
        first_constant = len(self._constants)
        self._constants += [float(c) for c in constants]
        padded = [*operands, *[0] * (OPERANDS - len(operands))]
        end = self.periods if end is None else end
        self._steps.append([int(op), begin, end, first_param, first_constant, *padded])
        return operands[0]

    def make(self, op: Op, *operands: int, params: ArrayLike | None = None, constants: Sequence[float] = ()) -> int:
        """One step that writes a new register, which is returned."""
        return self.emit(op, self.register(), *operands, params=params, constants=constants)

    def skip_unless(self, mask: int, wanted: bool) -> int:
        """Begin steps that are passed over where no path has `mask` as wanted; end them with `skip_ends`."""
        self.emit(Op.SKIP, mask, int(wanted), 0)
        return len(self._steps)

    def skip_ends(self, mark: int) -> None:
        """End the steps that began at `mark`."""
        self._steps[mark - 1][7] = len(self._steps) - mark

    def log_of(self, factor: str) -> tuple[int, float]:
        """The register y and the level of a factor that is level · e**y. Raises DealError for one that is not."""
        if factor not in self.logs:
            raise self.problem(f"{factor!r} is not a price", f"one of {', '.join(self.logs) or 'the rents and coins'}")
        return self.logs[factor]

    def curve(self, pd: Curve | None, grade: str | None) -> Curve:
        """The default curve of a tenant: its own, or that of its grade. Raises DealError."""
        if pd is not None:
            return pd
        if grade not in self.grades:
            raise self.problem(f"unknown grade {grade!r}", nearest(str(grade), self.grades))
        return self.grades[str(grade)]

    def years_to(self, date: dt.date) -> float:
        """Year fractions from the closing to `date`. Raises DealError when the closing is not known."""
        if self.start is None:
            raise self.problem("a date needs the closing date", "give `start` to the scenario")
        return (date - self.start).days / YEAR

    def problem(self, what: str, fix: str = "") -> DealError:
        """An error of the factor that is being written."""
        return DealError(Problem(what, fix, Place(f"market.factors.{self.owner}" if self.owner else "market")))

    def tape(self) -> Tape:
        """All that was written."""
        params = np.concatenate(self._params, axis=1) if self._params else np.zeros((self.periods, 0))
        return Tape(
            columns=self.columns,
            steps=np.array(self._steps, dtype=np.int32).reshape(-1, STEP_FIELDS),
            params=np.ascontiguousarray(params),
            constants=np.array(self._constants, dtype=np.float64),
            initial=np.array(self._initial, dtype=np.float64),
        )
