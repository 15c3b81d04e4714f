"""The collector of garbage in circles, set for many small tasks: a deal that is read and compiled is some ten thousand
objects, which live for milliseconds, and next to none of them is such garbage. By default it looks at them all a dozen
times meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000  # objects that are there before the collector looks at them; Python's default is 700


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Inside, the collector looks once for YOUNG new objects. The setting is the process's: of two that overlap in two
    threads, the one that ends last decides what stays."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
