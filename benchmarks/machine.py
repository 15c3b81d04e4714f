"""The machine that a measurement was taken on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path


def facts() -> dict[str, str]:
    """Processor, cores and versions of what compiled or ran the versions."""
    return {
        "cpu": cpu_model(),
        "cores": str(cores()),
        "load": _load(),
        "python": platform.python_version(),
        **{name: _installed(name) for name in ("numpy", "numba")},
        "gcc": _gcc(),
    }


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_model() -> str:
    """The processor's own name where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _load() -> str:
    """Processes that wanted a core during the last minute; above 0 the two-thread figures are of a shared machine."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def _gcc() -> str:
    gcc = shutil.which("gcc")
    if gcc is None:
        return "missing"
    return subprocess.run([gcc, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
