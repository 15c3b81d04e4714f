"""Quasi-random paths: scrambled Sobol points, with a Brownian bridge over the periods of every driver.

Path p is point p of the sequence, so that any path can be drawn alone; the first 2**m paths are a net. The direction
numbers are those of `scipy.stats.qmc` (Joe & Kuo 2008), scrambled by a random linear matrix and a digital shift
(Matoušek 1998) that the seed determines. Dimension m·drivers + k is step m of the bridge of driver k; the other draws
of a market (mixing variables, regimes, jumps) follow, period by period, as long as there are dimensions, and are
pseudo-random beyond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError

from .maps import mills
from .tape import Op, Tape
from .writer import OWNER

BITS = 52
MOST_DIMENSIONS = 20_000  # scipy has 21,201
SLOT, COUNT, ORDINAL = 7, 6, 8  # where a step that draws has them


@attrs.frozen(eq=False)
class SobolPlan:
    """`direction` uint64 [dimensions, BITS], `shift` uint64 [dimensions]; `table` int32 [T, others]: the dimension of
    each other draw, −1: pseudo-random; `bridge` float64 [T, T], orthogonal; `mills`: constants of Φ."""

    drivers: int
    direction: NDArray[np.uint64]
    shift: NDArray[np.uint64]
    table: NDArray[np.int32]
    bridge: NDArray[np.float64]
    mills: NDArray[np.float64]

    @property
    def arrays(self) -> tuple[object, ...]:
        """As the kernel takes it."""
        return (self.drivers, self.direction, self.shift, self.table, self.bridge, self.mills)


def plan(tape: Tape, times: Sequence[float], seed: int) -> tuple[Tape, SobolPlan]:
    """The plan, and the tape whose steps that draw know their ordinals in it. Raises UsageError."""
    steps, periods = tape.steps.copy(), tape.periods
    drawing = [k for k, step in enumerate(steps) if step[0] in (Op.NORMALS, Op.UNIFORMS)]
    drivers = max((int(steps[k, COUNT]) for k in drawing if steps[k, SLOT] < OWNER), default=0)
    others = 0
    spans: list[tuple[int, int, int]] = []
    for k in drawing:
        if steps[k, SLOT] >= OWNER:
            steps[k, ORDINAL] = others
            spans += [(others + j, int(steps[k, 1]), int(steps[k, 2])) for j in range(int(steps[k, COUNT]))]
            others += int(steps[k, COUNT])
    used = periods * drivers
    if used > MOST_DIMENSIONS:
        what = f"{drivers} drivers over {periods} periods are {used:,} dimensions"
        raise UsageError(Problem(what, f"at most {MOST_DIMENSIONS:,} for sobol; sampling: random has no bound"))
    table = np.full((periods, others), -1, dtype=np.int32)
    for t in range(periods):
        for ordinal, begin, end in spans:
            if begin <= t < end and used < MOST_DIMENSIONS:
                table[t, ordinal] = used
                used += 1
    direction, shift = _scrambled(max(used, 1), seed)
    made = SobolPlan(drivers, direction, shift, table, brownian_bridge(times), np.array(mills().constants))
    return attrs.evolve(tape, steps=steps), made


def _scrambled(dimensions: int, seed: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Direction numbers after a random lower triangular matrix over GF(2), and the digital shifts."""
    numbers = _directions(dimensions)
    words = np.random.Philox(key=seed).random_raw((dimensions, BITS + 1))
    places = np.arange(BITS - 1, -1, -1, dtype=np.uint64)  # the most significant digit first
    found = np.empty_like(numbers)
    for start in range(0, dimensions, 256):
        part = slice(start, min(start + 256, dimensions))
        digits = ((numbers[part, :, None] >> places) & np.uint64(1)).astype(np.float32)  # [dimension, number, digit]
        random = ((words[part, :BITS, None] >> places) & np.uint64(1)).astype(np.float32)  # [dimension, row, column]
        matrix = np.tril(random, -1) + np.eye(BITS, dtype=np.float32)
        mixed = (digits @ matrix.transpose(0, 2, 1)).astype(np.uint64) & np.uint64(1)
        found[part] = (mixed << places).sum(axis=2, dtype=np.uint64)
    return found, words[:, BITS] >> np.uint64(64 - BITS)


def _directions(dimensions: int) -> NDArray[np.uint64]:
    """Joe & Kuo's direction numbers [dimensions, BITS], as scipy has them."""
    from scipy.stats import qmc

    numbers = getattr(qmc.Sobol(d=dimensions, scramble=False, bits=BITS), "_sv", None)
    if numbers is None or numbers.shape != (dimensions, BITS):
        raise UsageError(Problem("this version of scipy keeps its Sobol numbers elsewhere", "sampling: random"))
    return np.ascontiguousarray(numbers, dtype=np.uint64)


def brownian_bridge(times: Sequence[float]) -> NDArray[np.float64]:
    """[T, T], orthogonal: independent normals in the order of the bridge (the end first, then the middles) → the
    standardised increments of a Brownian motion over the periods."""
    t = [float(x) for x in times]
    periods = len(t) - 1
    levels = np.zeros((periods + 1, periods))  # W at each time as a sum of the normals
    levels[periods, 0] = math.sqrt(t[periods])
    waiting, used = [(0, periods)], 1
    while waiting:
        low, high = waiting.pop(0)
        if high - low < 2:
            continue
        middle = (low + high) // 2
        share = (t[middle] - t[low]) / (t[high] - t[low])
        levels[middle] = (1.0 - share) * levels[low] + share * levels[high]
        levels[middle, used] = math.sqrt((t[middle] - t[low]) * (t[high] - t[middle]) / (t[high] - t[low]))
        used += 1
        waiting += [(low, middle), (middle, high)]
    steps = [math.sqrt(b - a) for a, b in pairwise(t)]
    return np.ascontiguousarray((levels[1:] - levels[:-1]) / np.array(steps)[:, None])
