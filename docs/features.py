"""Writes docs/features.md, the index of deals/features: `python docs/features.py`. A test compares it."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[1]
INDEX = ROOT / "docs" / "features.md"
FOLDER = ROOT / "deals" / "features"
HEAD = """\
# Deals that show one feature each

Every deal in `deals/features/` is under 60 lines and has an `expect:` block whose figures were worked by hand or come
from a source that the file names. `tranche check deals/features --run` verifies them all. This page is written by
`python docs/features.py`.

| deal | what it shows |
|---|---|
"""


def index() -> str:
    """The page: a row for each deal, by name, with the first sentence of its file."""
    rows = []
    for path in sorted(FOLDER.glob("*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        said = " ".join(line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines))
        first = said.partition(". ")[0].removesuffix(".")
        rows.append(f"| [{path.stem}](../deals/features/{path.name}) | {first.replace('|', '¦')}. |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")
