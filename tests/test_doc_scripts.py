"""The scripts in docs/ run, and print what an independent sum gives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def said(script: str) -> str:
    done = subprocess.run(
        [sys.executable, str(DOCS / script)], capture_output=True, text=True, timeout=120, check=True, cwd=DOCS.parent
    )
    return done.stdout


def test_project_finance() -> None:
    text = said("project_finance.py")
    sizes = [float(size.replace(",", "")) for size in re.findall(r"(?:debt|at 6%): ([\d,.]+)", text)]
    cfads = [round(40e6 * 0.99**t, 2) for t in range(20)]
    for size, rate in zip(sizes, (0.07, 0.06), strict=True):
        assert abs(size - sum(c / 1.35 / (1 + rate / 4) ** (t + 1) for t, c in enumerate(cfads))) <= 0.01
    assert "coverage in the base case: 1.350000 to 1.350000" in text
