"""How the versions are measured: time, interleaved; peak memory, each in a fresh process; vector instructions."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.job import Spec, collections

ROOT = Path(__file__).resolve().parents[1]
_PACKED = re.compile(r"\bv(?:add|sub|mul|min|max|fn?m(?:add|sub)\d+)pd\b.*%(?P<register>[yz])mm")
_SYMBOL = re.compile(r"^[0-9a-f]+ <(?P<name>[^>]+)>:$")


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each call in each round: A, B, C, A, B, C, …, after one round that is not counted.

    Interleaving spreads a busy spell of the machine over all versions, so that their ratios survive it.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for counted in range(-1, rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            elapsed = time.perf_counter() - start
            if counted >= 0:
                seconds[name].append(elapsed)
    return seconds


def peak_memory(name: str, paths: int, months: int, threads: int = 1) -> int:
    """Bytes that one run of the named version takes at its peak beyond its input, measured in a process of its own."""
    # Fixed thresholds make malloc give freed memory back; otherwise the run would reuse what the set-up left behind.
    quiet = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", name, str(paths), str(months), str(threads)],
        cwd=ROOT,
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(json.loads(done.stdout)["peak"])


def _peak_memory_here(name: str, paths: int, months: int, threads: int) -> int:
    from benchmarks.versions import named  # the versions import numba: only the measured process pays for that

    run = named(name).run
    if run is None:
        raise ValueError(f"{name} cannot run here: {named(name).missing}")
    spec = Spec(months=months)
    run(collections(spec, 256), spec, threads)  # imports, compilation and thread pools are not the run's
    cf = collections(spec, paths)
    before = _reset_peak()
    out = run(cf, spec, threads)
    peak = _peak()
    assert len(out.totals) == paths
    return max(0, peak - before)


def _reset_peak() -> int:
    """Forget the high-water mark; returns the resident bytes from which to count.

    Where the system cannot forget it, the count starts at the mark so far, and what stays under it is not seen.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()
    return _status("VmRSS")


def _peak() -> int:
    """The resident high-water mark in bytes."""
    if Path("/proc/self/status").exists():
        return _status("VmHWM")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"/proc/self/status has no {field}")


def packed_instructions(shared_object: Path, symbols: str = "") -> dict[str, Counter[str]] | None:
    """Packed float64 arithmetic by symbol: `{"run_block": Counter(zmm=108, ymm=0)}`, for names that match `symbols`.

    Symbols without any are left out, so an empty answer means that nothing was vectorised (or nothing matched).
    None: not checked, as there is no objdump here, it cannot read the file, or the processor is not an x86.
    """
    objdump = shutil.which("objdump")
    if objdump is None or platform.machine() not in ("x86_64", "AMD64"):
        return None
    done = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", str(shared_object)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return None
    counts: dict[str, Counter[str]] = {}
    wanted = ""
    for line in done.stdout.splitlines():
        if symbol := _SYMBOL.match(line):
            wanted = symbol["name"] if re.search(symbols, symbol["name"]) else ""
        elif wanted and (packed := _PACKED.search(line)):
            counts.setdefault(wanted, Counter())[packed["register"] + "mm"] += 1
    return counts


def describe_packed(counts: Mapping[str, Mapping[str, int]] | None) -> str:
    """One line on the answer of `packed_instructions`."""
    if counts is None:
        return "not checked"
    totals: Counter[str] = Counter()
    for counter in counts.values():
        totals.update(counter)
    found = [f"{totals[register]} on {register}" for register in ("zmm", "ymm") if totals[register]]
    return " and ".join(found) + " registers" if found else "NOT VECTORISED"


if __name__ == "__main__":
    version, *numbers = sys.argv[1:]
    n_paths, n_months, n_threads = map(int, numbers)
    print(json.dumps({"peak": _peak_memory_here(version, n_paths, n_months, n_threads)}))
