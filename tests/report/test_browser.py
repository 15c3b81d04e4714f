"""Pages in a real browser: charts are drawn, nothing complains, no text runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import tranche
from tests.report.hostile import TEXT
from tranche.files import loads
from tranche.report import Entry, study, write_index, write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DEALS = Path(__file__).parents[2] / "deals"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--v=0",
    "--virtual-time-budget=20000",
)  # fmt: skip

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="no chromium here; on Debian: apt install chromium"
    ),
]


def opened(page: Path, profile: Path, *flags: str) -> tuple[str, list[str]]:
    """The page's DOM once its scripts have run, and what its console said."""
    assert CHROMIUM is not None, "CI has a browser: .ci/run installs it"
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *flags, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.parametrize("flags", [(), ("--force-dark-mode", "--window-size=390,844")], ids=["desk", "dark phone"])
def test_every_chart_is_drawn(tmp_path: Path, flags: tuple[str, ...]) -> None:
    path = tmp_path / "deal.html"
    write_report(study(tranche.load(DEALS / "gpu_ddtl_2024.yaml"), 2_000, 7), path)
    dom, console = opened(path, tmp_path / "profile", *flags)
    assert console == []
    drawn = re.search(r'<html[^>]*data-drawn="(\d+)"', dom)
    assert drawn is not None
    print(f"drawn in {drawn[1]} ms")
    charts = dom.count('class="plot ')
    assert charts >= 8
    assert dom.count('class="plot js-plotly-plot"') == charts
    assert dom.count('class="main-svg"') >= charts
    assert dom.count('class="failed"') == 0
    assert 'class="waterfall"' in dom


PRINTED = """<script>
const wait = setInterval(() => {
  if (!document.documentElement.dataset.drawn) return;
  clearInterval(wait);
  window.dispatchEvent(new Event("beforeprint"));
  const legend = document.querySelector("#convergence .legend").getBoundingClientRect();
  const title = document.querySelector("#convergence .xtitle").getBoundingClientRect();
  document.title = `printed: ${document.querySelectorAll("details:not([open])").length} closed, `
    + `legend ${legend.top >= title.bottom ? "below" : "over"} title`;
}, 50);
</script>"""


def test_what_is_printed_is_open_and_legible(tmp_path: Path) -> None:
    path = tmp_path / "deal.html"
    write_report(study(tranche.load(DEALS / "gpu_lease_abs.yaml"), 500, 7), path)
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", f"{PRINTED}</body>"), encoding="utf-8")
    dom, console = opened(path, tmp_path / "profile", "--window-size=1280,900")
    assert console == []
    assert "<title>printed: 0 closed, legend below title</title>" in dom


def test_hostile_text_does_not_run(tmp_path: Path) -> None:
    write_report(study(loads(TEXT)), tmp_path / "deal.html")
    write_index(tmp_path / "index.html", [Entry.of(study(loads(TEXT)), "<b>x</b>.yaml", "deal.html")])
    for name in ("deal.html", "index.html"):
        dom, console = opened(tmp_path / name, tmp_path / "profile")
        assert console == []
        assert "<title>owned" not in dom
    assert "<b>x</b>" not in dom
