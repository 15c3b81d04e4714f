"""The market of the scenario benchmark, and the kernel's own fill, called as the waterfall calls it."""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Callable
from itertools import combinations

import numpy as np

from tranche._kernels.scenario import Scenario
from tranche.market.scenario import scenario
from tranche.market.terms import (
    Coin,
    Jump,
    Market,
    Power,
    Regime,
    Release,
    Rent,
    ShortRate,
    Student,
    Utilisation,
)

MONTHS = 60
TIMES = [month / 12 for month in range(MONTHS + 1)]
START = dt.date(2026, 1, 1)
DRIVERS = ("rent", "btc", "eth", "use", "power", "rate")
CALM_RHO, STRESS_RHO, CALM_DOF, STRESS_DOF = 0.3, 0.7, 8.0, 3.0
STRESS_SHARE, STRESS_LASTS = 0.15, 0.5
BLOCK, LINE = 128, 64


def together(rho: float) -> tuple[tuple[str, str, float], ...]:
    """Every pair of drivers at one correlation."""
    return tuple((a, b, rho) for a, b in combinations(DRIVERS, 2))


MARKET = Market(
    factors=(
        Rent(
            name="rent", initial=2.35, drift=-0.25, volatility=0.35, half_life=0.5,
            releases=(("next", Jump(jump=-0.15, deviation=0.1)),),
        ),
        Coin(name="btc", initial=90_000.0, volatility=0.5, dof=4.0),
        Coin(name="eth", initial=3_000.0, volatility=0.7, dof=4.0),
        Utilisation(name="use", initial=0.9, typical=0.82, half_life=0.5, deviation=0.4),
        Power(name="power", initial=0.08, level=0.07, half_life=0.2, volatility=0.6),
        ShortRate(name="rate", initial=0.04, mean=0.035, speed=0.5, volatility=0.01),
        Release(name="next", intensity=0.5),
    ),
    dependence=Regime(
        probability=STRESS_SHARE, lasts=STRESS_LASTS,
        calm=Student(dof=CALM_DOF, correlations=together(CALM_RHO)),
        stress=Student(dof=STRESS_DOF, correlations=together(STRESS_RHO)),
    ),
)  # fmt: skip


class BlockSource(ctypes.Structure):
    """`cyext/source.pxd`."""

    _fields_ = (
        ("fill", ctypes.c_void_p),
        ("self", ctypes.c_void_p),
        ("periods", ctypes.c_ssize_t),
        ("columns", ctypes.c_ssize_t),
        ("scratch_bytes", ctypes.c_ssize_t),
    )


_FILL = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_int64, ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_ssize_t,
    ctypes.c_void_p, ctypes.c_void_p,
)  # fmt: skip


def filler(made: Scenario) -> Callable[[int], None]:
    """A function that draws so many paths block by block into one buffer, as a run does."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    block = BlockSource.from_address(pointer(made.capsule, b"tranche.BlockSource"))
    out = aligned(block.periods * block.columns * BLOCK * 8)
    scratch = aligned(block.scratch_bytes)
    fill = _FILL(block.fill)

    def draw(paths: int, made: Scenario = made) -> None:  # which lives as long as the function does
        for first in range(0, paths, BLOCK):
            fill(block.self, first, BLOCK, BLOCK, block.columns, out.ctypes.data, scratch.ctypes.data)

    return draw


def aligned(size: int) -> np.ndarray:
    """Bytes that begin on a cache line, as those of the kernel do."""
    room = np.empty(size + LINE, dtype=np.uint8)
    return room[-room.ctypes.data % LINE :][:size]


def source(market: Market = MARKET, times: list[float] = TIMES) -> Scenario:
    """The market's source of paths."""
    return scenario(market, times, 1, start=START)
