"""The versions that are compared, as a plain list; one that cannot run here says why."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable

import attrs

from benchmarks import peer_c, peer_numpy, scalar
from benchmarks.job import Array, Output, Spec

Run = Callable[[Array, Spec, int], Output]

OURS = "ours"
PLAIN_C = "C, 16-path blocks"
STRONGEST = "C, 64-path blocks, tuned to this deal"


@attrs.frozen
class Version:
    """One way to run the job. `missing` says why it cannot run here; `most_paths` caps what is too slow for all."""

    name: str
    run: Run | None
    missing: str = ""
    threaded: bool = True
    most_paths: int | None = None


def _optional(name: str, module: str) -> Version:
    """A version whose module needs something that may not be installed."""
    try:
        return Version(name, importlib.import_module(module).run)
    except ModuleNotFoundError as error:
        return Version(name, None, missing=f"{error.name} missing")
    except ImportError as error:
        return Version(name, None, missing=str(error))


def _c(name: str, run: Run) -> Version:
    return Version(name, run) if shutil.which("gcc") else Version(name, None, missing="gcc missing")


VERSIONS: list[Version] = [
    Version("plain Python", scalar.run, threaded=False, most_paths=500),
    Version("numpy over paths", peer_numpy.run, threaded=False),
    Version("numpy, blocks of 8,192 paths", peer_numpy.run_blocks, threaded=False),
    _optional("numba, a path at a time", "benchmarks.peer_numba"),
    _optional("numba, blocks of paths", "benchmarks.peer_numba_blocks"),
    _c(PLAIN_C, peer_c.run_plain),
    _c("C, 16-path blocks, vector types", peer_c.run_16),
    _c(STRONGEST, peer_c.run_64),
    _optional(OURS, "benchmarks.ours"),
]


def named(name: str) -> Version:
    """The version of that name."""
    return next(version for version in VERSIONS if version.name == name)
