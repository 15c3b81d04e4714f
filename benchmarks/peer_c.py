"""The job in C written for this deal alone, built here with gcc and called through ctypes.

`plain.c` is what one writes first: a loop over 16 lanes under `#pragma omp simd`. `simd.c` is the same month in
gcc's vector types, with sums that stay vectors, prefetching, and blocks as large as this deal likes.

The build is specialised to the terms, the number of months and the processor, and kept in the user's cache folder.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.job import Array, Arrays, Output, Spec

HERE = Path(__file__).parent
PLAIN, VECTORS = (HERE / "plain.c",), (HERE / "simd.c", HERE / "vec.h")
FLAGS: tuple[str, ...] = (
    "-O3",
    "-march=native",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fopenmp",
    "-shared",
    "-fPIC",
)
if platform.machine() in ("x86_64", "AMD64"):
    FLAGS += ("-mprefer-vector-width=512",)  # where there is AVX-512, gcc would otherwise keep to half of it
_DOUBLES = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")


class BuildError(RuntimeError):
    """gcc is missing or refused the source."""


def run_plain(cf: Array, spec: Spec, threads: int = 1) -> Output:
    """Run the deal on `cf` (paths, months) in blocks of 16 paths, with `#pragma omp simd`."""
    return run(cf, spec, threads, PLAIN, block=16)


def run_16(cf: Array, spec: Spec, threads: int = 1) -> Output:
    """Run the deal on `cf` (paths, months) in blocks of 16 paths, with vector types."""
    return run(cf, spec, threads, VECTORS, block=16)


def run_64(cf: Array, spec: Spec, threads: int = 1) -> Output:
    """Run the deal on `cf` (paths, months) in blocks of 64 paths, with vector types."""
    return run(cf, spec, threads, VECTORS, block=64)


def run(cf: Array, spec: Spec, threads: int, sources: tuple[Path, ...], block: int) -> Output:
    """Run the deal on `cf` (paths, months) in blocks of `block` paths, shared out to OpenMP threads."""
    out = Arrays.empty(len(cf), spec.months)
    if _entry(spec, sources, block)(cf, spec.pool_balance(), len(cf), out.totals, out.sums, threads):
        raise MemoryError("no memory for the per-thread sums")
    return out


@functools.cache
def _entry(spec: Spec, sources: tuple[Path, ...], block: int) -> Callable[..., int]:
    entry = ctypes.CDLL(str(library(spec, block, sources))).run
    entry.argtypes = [_DOUBLES, _DOUBLES, ctypes.c_long, _DOUBLES, _DOUBLES, ctypes.c_int]
    entry.restype = ctypes.c_int
    return cast("Callable[..., int]", entry)


def library(spec: Spec, block: int, sources: tuple[Path, ...] = VECTORS) -> Path:
    """The shared object for these terms and block, built unless it is already there."""
    gcc = shutil.which("gcc")
    if gcc is None:
        raise BuildError("gcc missing")
    flags = (*FLAGS, *_terms(spec, block))
    version = subprocess.run([gcc, "--version"], capture_output=True, text=True, check=True).stdout
    key = "\n".join((*(source.read_text() for source in sources), *flags, version, _processor()))
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tranche-benchmarks"
    built = folder / f"{sources[0].stem}-{block}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.so"
    if not built.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            fresh = Path(scratch) / built.name
            command = [gcc, *flags, str(sources[0]), "-o", str(fresh)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise BuildError(f"gcc refused {sources[0].name}: {done.stderr.strip()}")
            fresh.replace(built)  # in one step, as another process may be building the same
    return built


def _terms(spec: Spec, block: int) -> tuple[str, ...]:
    amounts = {
        "SENIOR": spec.senior,
        "MEZZ": spec.mezz,
        "SENIOR_RATE": spec.senior_rate,
        "MEZZ_RATE": spec.mezz_rate,
        "FEE_RATE": spec.fee_rate,
        "RESERVE_TARGET": spec.reserve_target,
        "RESERVE_OPEN": spec.reserve_open,
        "TRAP_BELOW": spec.trap_below,
    }
    return (f"-DPATHS={block}", f"-DMONTHS={spec.months}", *(f"-D{k}={float(v)!r}" for k, v in amounts.items()))


def _processor() -> str:
    """What `-march=native` depends on, so that a cache shared by two machines does not mix their builds."""
    facts = Path("/proc/cpuinfo")
    if not facts.exists():
        return platform.processor()
    return "".join(
        sorted({line for line in facts.read_text().splitlines() if line.startswith(("model name", "flags"))})
    )
