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


def test_abl() -> None:
    lines = said("abl.py").splitlines()
    bases = [float(re.findall(r"first base ([\d,]+)", line)[0].replace(",", "")) for line in lines]
    appraised = 200e6 * (1 - (1 - 0.78) * 31 / 365.25)  # by straight line from 100% to 78% in the first year
    for base, rate in zip(bases, (0.65, 0.60, 0.55), strict=True):
        assert abs(base - min(120e6, rate * appraised)) <= 1.0
    losses = [float(re.findall(r"expected loss ([\d.]+)%", line)[0]) for line in lines]
    assert losses == sorted(losses, reverse=True)  # a lower advance rate loses no more
