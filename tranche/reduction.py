"""Floor 4. What a run keeps of its paths when it does not keep the paths: sums, moments, extremes, losses, the audit.

A Reduction has one size, whatever the number of paths, and reductions of slices merge. Amounts enter as whole quanta
(see `Program.quantum`) and a rest, sums are integers, and ties go to the lower path number, so no bit depends on how
the paths were cut into slices, blocks, threads or workers. `cyext/tally.pxd` fills the arrays;
`tranche.testing.reduce_totals` is its slow twin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche._kernels.waterfall import TALLY
from tranche.losses import BINS, Losses, Spread
from tranche.program import Program

MOMENTS, WORST = TALLY["moments"], TALLY["worst"]
HALF = 25  # bits of the low half of a squared amount
REST = 50  # bits below a quantum that are summed
OWED = ("balance", "arrears", "written_off")  # the records of a debt that make its loss
DUST = 1e-9  # of the notional: less than this is rounding, not a loss
LEAST_INT, MOST_INT = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@attrs.frozen(eq=False)
class Watched:
    """What a Program's tally looks at. `owed` int32 [debts, parts]: registers; `side` [records]: +1 cash in, −1 cash
    out or still held; `start`: the cash held at closing."""

    debts: tuple[str, ...]
    owed: NDArray[np.int32]
    notional: NDArray[np.float64]
    side: NDArray[np.float64]
    start: float
    dust: float = DUST


@attrs.frozen(eq=False)
class Tally:
    """Arrays that one thread fills; quantities are the records of the Program, then the losses of its debts.

    `moments` uint64 [2, quantities, MOMENTS]: Σq, Σr, Σhi², Σhi·lo, Σlo² of amounts of q quanta and r·2**-50 more,
    |q| = 2**25·hi + lo, as low and high limbs; `now`: what is not yet carried into them; `extremes` int64 [2,
    quantities]: `ordered` least and most;
    `positive` [quantities]: paths above zero; `histogram` [debts, BINS], `worst_path` and `worst_loss` [debts, WORST]:
    see Losses, path −1 where there are fewer; `residual`: the largest of the audit, absolute and relative, and
    `residual_path` of the former (−1: none yet).
    """

    now: NDArray[np.uint64]
    moments: NDArray[np.uint64]
    extremes: NDArray[np.int64]
    positive: NDArray[np.int64]
    histogram: NDArray[np.int64]
    worst_path: NDArray[np.int64]
    worst_loss: NDArray[np.float64]
    residual: NDArray[np.float64]
    residual_path: NDArray[np.int64]


@attrs.frozen(eq=False)
class Reduction:
    """`count` paths of a Program. `sums` uint64 [2, T, records]: per-period sums over the paths, in quanta, as low and
    high limbs below and above 2**32."""

    count: int
    sums: NDArray[np.uint64]
    tally: Tally

    def spread(self, program: Program, quantity: int) -> Spread:
        """The final value of a record (its number), or the loss of a debt (records + its number), over the paths."""
        low, high, least, most, positive = self._plain
        total, _, hi_hi, hi_lo, lo_lo = [(b << 32) + a for a, b in zip(low[quantity], high[quantity], strict=True)]
        squares = (hi_hi << 2 * HALF) + (hi_lo << HALF + 1) + lo_lo
        n, quantum = self.count, program.quantum
        error = math.nan
        if n > 1:  # exact integers up to the square root
            error = math.sqrt((n * squares - total * total) / (n * n * (n - 1))) * quantum
        mean = self.mean(program, quantity)
        return Spread(n, mean, error, least[quantity], most[quantity], positive[quantity] / n)

    def mean(self, program: Program, quantity: int) -> float:
        """The mean of `spread` alone."""
        (low, low_rest), (high, high_rest) = self._plain[0][quantity][:2], self._plain[1][quantity][:2]
        total, rest = (high << 32) + low, (high_rest << 32) + low_rest
        return ((total << REST) + rest) / (self.count << REST) * program.quantum

    @cached_property
    def _plain(self) -> tuple[list[list[int]], list[list[int]], list[float], list[float], list[int]]:
        """By quantity, as Python's numbers: the limbs of its moments, the least, the most, the paths above zero."""
        low, high = self.tally.moments
        least, most = ordered(self.tally.extremes).view(np.float64).tolist()
        return low.tolist(), high.view(np.int64).tolist(), least, most, self.tally.positive.tolist()

    def means(self, program: Program) -> NDArray[np.float64]:
        """Mean over the paths, [T, records]: what each record moved in a period (flow) or its level (stock)."""
        return over(self.sums, self.count) * program.quantum

    def losses(self, program: Program, name: str) -> Losses:
        """The losses of the debt `name`. Raises KeyError when the Program has no such debt."""
        found = {debt.name: (k, debt.notional) for k, debt in enumerate(program.debts)}
        if name not in found:
            raise KeyError(name)
        k, notional = found[name]
        worst = zip(self.tally.worst_path[k].tolist(), self.tally.worst_loss[k].tolist(), strict=True)
        return Losses(
            notional=float(notional),
            spread=self.spread(program, len(program.records) + k),
            bins=self.tally.histogram[k],
            worst=tuple([(path, loss) for path, loss in worst if path >= 0]),
        )

    @property
    def residual(self) -> tuple[float, float, int]:
        """Of cash in less cash out less cash held: the largest absolute, the largest relative to a path's cash in, and
        the path of the former."""
        return float(self.tally.residual[0]), float(self.tally.residual[1]), int(self.tally.residual_path[0])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled without the empty bins, of which there are thousands."""
        bins = self.tally.histogram
        filled = np.flatnonzero(bins)
        counts = bins.ravel()[filled]
        packed = attrs.evolve(self.tally, histogram=counts.astype(np.min_scalar_type(counts.max(initial=0))))
        return _unpacked, (self.count, self.sums, packed, filled.astype(np.uint32), len(bins))

    @staticmethod
    def join(parts: Sequence[Reduction]) -> Reduction:
        """One Reduction of all paths of `parts` (one or more), in any order: the same bits."""
        sums = carried(np.sum([part.sums for part in parts], axis=0, dtype=np.uint64))
        return Reduction(sum(part.count for part in parts), sums, merged([part.tally for part in parts]))


def _unpacked(
    count: int, sums: NDArray[np.uint64], tally: Tally, filled: NDArray[np.uint32], debts: int
) -> Reduction:
    bins = np.zeros((debts, BINS), dtype=np.int64)
    bins.ravel()[filled] = tally.histogram
    return Reduction(count, sums, attrs.evolve(tally, histogram=bins))


def watched(program: Program) -> Watched:
    """What is tallied of a Program: every record, every debt's loss, and the audit's residual."""
    debts = program.debts
    at = {record.name: record.register for record in program.records}
    owed = [[at.get(f"{debt.name}.{field}", -1) for field in OWED] for debt in debts]
    return Watched(
        debts=tuple(debt.name for debt in debts),
        owed=np.array(owed, dtype=np.int32).reshape(len(debts), len(OWED)),
        notional=np.array([debt.notional for debt in debts]),
        side=np.array([_side(program, k) for k in range(len(program.records))]),
        start=program.cash_at_closing,
    )


def _side(program: Program, number: int) -> float:
    """+1 for what enters the deal, −1 for what leaves it or is still held at the end, 0 for the rest."""
    record = program.records[number]
    return -1.0 if not record.flow and record.register in program.cash else float(record.side)


def new_tally(program: Program) -> Tally:
    """A tally of no path."""
    debts = len(program.debts)
    quantities = len(program.records) + debts
    extremes = np.empty((2, quantities), dtype=np.int64)
    extremes[0], extremes[1] = MOST_INT, LEAST_INT
    return Tally(
        now=np.zeros((quantities, MOMENTS), dtype=np.uint64),
        moments=np.zeros((2, quantities, MOMENTS), dtype=np.uint64),
        extremes=extremes,
        positive=np.zeros(quantities, dtype=np.int64),
        histogram=np.zeros((debts, BINS), dtype=np.int64),
        worst_path=np.full((debts, WORST), -1, dtype=np.int64),
        worst_loss=np.zeros((debts, WORST)),
        residual=np.zeros(2),
        residual_path=np.full(1, -1, dtype=np.int64),
    )


def merged(tallies: Sequence[Tally]) -> Tally:
    """One tally of all paths of `tallies`, whose sums are carried; in any order, with the same bits."""
    extremes = np.stack([tally.extremes for tally in tallies])
    found = [
        _worst(*(np.concatenate([getattr(tally, field)[debt] for tally in tallies]) for field in _WORST_FIELDS))
        for debt in range(len(tallies[0].worst_path))
    ]
    seen = [tally for tally in tallies if tally.residual_path[0] >= 0]
    largest = min(seen, key=lambda tally: (-tally.residual[0], tally.residual_path[0]), default=tallies[0])
    return Tally(
        now=np.zeros_like(tallies[0].now),
        moments=carried(np.sum([tally.moments for tally in tallies], axis=0, dtype=np.uint64)),
        extremes=np.stack([extremes[:, 0].min(axis=0), extremes[:, 1].max(axis=0)]),
        positive=np.sum([tally.positive for tally in tallies], axis=0),
        histogram=np.sum([tally.histogram for tally in tallies], axis=0),
        worst_path=np.array([path for path, _ in found], dtype=np.int64).reshape(-1, WORST),
        worst_loss=np.array([loss for _, loss in found], dtype=np.float64).reshape(-1, WORST),
        residual=np.array([largest.residual[0], max(tally.residual[1] for tally in tallies)]),
        residual_path=largest.residual_path.copy(),
    )


_WORST_FIELDS = ("worst_path", "worst_loss")


def _worst(paths: NDArray[np.int64], losses: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The WORST first: those that are there, the highest loss, the lowest number."""
    order = np.lexsort((paths, -losses, paths < 0))[:WORST]
    return paths[order], losses[order]


def ordered(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bits of float64 numbers as integers in the order of the numbers; and back."""
    return bits ^ ((bits >> 63) & MOST_INT)


def carried(sums: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The same sums with the low limbs below 2**32, so that equal sums have equal limbs."""
    low, high = sums
    return np.stack([low & np.uint64(0xFFFFFFFF), high + (low >> np.uint64(32))])


def over(sums: NDArray[np.uint64], count: int) -> NDArray[np.float64]:
    """Sums [2, …], as low and high limbs, over `count`: the floats nearest to the exact quotients.

    In int64, where that is certain. A sum below 2**53 is a float, and of two floats the quotient is the nearest. Any
    other has a quotient of 2**27 or more, if the count is below 2**26; to a whole number near it comes rest / count,
    which is off by 2**-53 at most, and a quotient that is not midway between two floats is 2**-52 or more from it."""
    low, high = sums[0].view(np.int64), sums[1].view(np.int64)
    if count >= 2**26 or np.abs(high).max(initial=0) >= 2**30:
        return np.array((high.astype(object) * 2**32 + low) / count, dtype=np.float64)
    total = (high << 32) + low
    first: NDArray[np.float64] = total / count
    near = np.rint(first)
    rest = total - near.astype(np.int64) * count
    np.add(near, rest / count, out=first, where=np.abs(total) >= 2**53)
    return first
