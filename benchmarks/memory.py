"""The peak of a whole run's memory, which does not grow with its paths: `python -m benchmarks.memory`.

Each run is a process of its own: load, compile, simulate, tranche table, audit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEAL = "deals/gpu_ddtl_2024.yaml"
COUNTS = (10_000, 100_000, 1_000_000)
ONE = """\
import resource, sys
import tranche
results = tranche.run(sys.argv[1], int(sys.argv[2]))
results.tranches(), results.audit
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak * (1 if sys.platform == "darwin" else 1_024))
"""


def peak(paths: int) -> float:
    """Bytes."""
    command = [sys.executable, "-c", ONE, DEAL, str(paths)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    peaks = {paths: peak(paths) for paths in COUNTS}
    for paths, used in peaks.items():
        print(f"{paths:>9,} paths: {used / 1e6:6.1f} MB at the peak")
    print(f"1,000,000 against 100,000 paths: {(peaks[1_000_000] - peaks[100_000]) / 1e6:+.1f} MB")


if __name__ == "__main__":
    main()
