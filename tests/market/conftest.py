"""What the market's tests share: a market, and the kernel's own fill called with any block shape."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tranche._kernels.scenario import Scenario
from tranche.market.terms import Gaussian, Lognormal, Market, Reverting


class BlockSource(ctypes.Structure):
    _fields_ = (
        ("fill", ctypes.c_void_p),
        ("self", ctypes.c_void_p),
        ("periods", ctypes.c_ssize_t),
        ("columns", ctypes.c_ssize_t),
        ("scratch_bytes", ctypes.c_ssize_t),
    )


FILL = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.c_ssize_t,
    ctypes.c_ssize_t,
    ctypes.c_ssize_t,
    ctypes.c_void_p,
    ctypes.c_void_p,
)
pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
pointer_of.restype = ctypes.c_void_p
pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


def fill_block(source: Scenario, first: int, lanes: int, width: int, extra: int = 0) -> NDArray[np.float64]:
    """One call of fill: [periods, columns + extra, width], NaN where nothing was written."""
    block = BlockSource.from_address(pointer_of(source.capsule, b"tranche.BlockSource"))
    out = np.full((block.periods, block.columns + extra, width), np.nan)
    guard = 64
    scratch = np.full(block.scratch_bytes + guard, 0xA5, dtype=np.uint8)
    status = FILL(block.fill)(
        block.self, first, lanes, width, block.columns + extra, out.ctypes.data, scratch.ctypes.data
    )
    assert status == 0
    assert (scratch[block.scratch_bytes :] == 0xA5).all(), "fill wrote beyond scratch_bytes"
    return out


@pytest.fixture
def fill() -> Callable[..., NDArray[np.float64]]:
    return fill_block


def make_market(*pairs: tuple[str, str, float]) -> Market:
    return Market(
        factors=(
            Lognormal(name="rent", initial=2.35, drift=-0.25, volatility=0.35),
            Lognormal(name="btc", initial=65_000.0, drift=0.1, volatility=0.55),
            Reverting(name="utilisation", initial=0.85, mean=0.8, speed=2.0, volatility=0.12),
        ),
        dependence=Gaussian(correlations=pairs),
    )


@pytest.fixture
def market() -> Market:
    return make_market(("rent", "btc", 0.3), ("rent", "utilisation", 0.4))


@pytest.fixture
def correlated() -> Callable[..., Market]:
    """The same factors under other correlations."""
    return make_market


@pytest.fixture
def times() -> list[float]:
    return [month / 12 for month in range(25)]
