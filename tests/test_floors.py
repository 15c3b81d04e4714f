"""The house: imports go down the floors or stay on one, no rooms import each other in a circle, what runs a Program
and reads its results knows no Deal.

A room is a module or a package directly under `tranche/`. Every import counts, also inside functions and under
TYPE_CHECKING. `tranche/__init__.py` is the front door: it may import every room, and no room imports from it.
"""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "tranche"
FRONT_DOOR = "__init__"

FLOORS = (
    {"errors", "json_text", "few", "program", "replay", "disassembly", "_version", "_kernels", "scaffolds"},
    {"terms", "closed_forms", "description"},
    {"deal", "market", "collateral"},
    {"files", "compiler", "reference", "calibration"},
    {"engine", "records", "results", "losses", "reduction", "measures", "inputs", "diagnostics"},
    {"explanation", "projection", "expectations", "analysis"},
    {"api", "studies"},
    {"batch", "report"},
    {"cli", "testing", "__main__"},
)
# what runs a Program and reads its results: from none of them is there a way to the term sheet
KNOW_NO_DEAL = {
    "program", "replay", "disassembly", "description", "reference", "engine", "records", "results", "losses",
    "reduction", "measures", "_kernels",
}  # fmt: skip
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
LONGEST = 500  # lines; past that a file is two concepts


def room_of(module: tuple[str, ...]) -> str:
    """The room of a dotted module inside the package: ("tranche", "deal", "step") → "deal"."""
    return module[1] if len(module) > 1 else FRONT_DOOR


def imports_of(tree: ast.AST, module: tuple[str, ...], is_package: bool, rooms: set[str]) -> set[str]:
    """The rooms that a module of the package imports. `rooms` tells a room from a name of the front door."""
    found = set()
    for node in ast.walk(tree):
        names: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                here = module if is_package else module[:-1]
                base = here[: len(here) - node.level + 1] + base
            names = [(*base, alias.name) for alias in node.names]
        for name in names:
            if name[0] == PACKAGE:
                found.add(name[1] if len(name) > 1 and name[1] in rooms else FRONT_DOOR)
    return found


def graph(package: Path) -> dict[str, set[str]]:
    """Who imports whom, room by room, in the package folder `package` (its folder is named `tranche`)."""
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or any(path.rglob("*.py"))}
    edges: dict[str, set[str]] = {room: set() for room in rooms}
    for path in package.rglob("*.py"):
        inside = path.relative_to(package)
        is_package = inside.name == "__init__.py"
        module = (PACKAGE, *inside.parent.parts) if is_package else (PACKAGE, *inside.with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        edges[room_of(module)] |= imports_of(tree, module, is_package, rooms) - {room_of(module)}
    return edges


def way_to_deal(edges: dict[str, set[str]], room: str) -> str:
    """The rooms by which `room` comes to `deal`; nothing where it does not."""
    ways, seen = [[target] for target in sorted(edges.get(room, ()))], {room}
    while ways:
        way = ways.pop(0)
        if way[-1] == "deal":
            return " → ".join(way)
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, target] for target in sorted(edges.get(way[-1], ()))]
    return ""


def faults(edges: dict[str, set[str]]) -> list[str]:
    """What breaks the rules, one line each."""
    inner = {room: targets for room, targets in edges.items() if room != FRONT_DOOR}
    said = [f"{room} stands on no floor: give it one in {Path(__file__).name}" for room in inner if room not in FLOOR]
    for room, targets in inner.items():
        if FRONT_DOOR in targets:
            said.append(f"{room} imports from the front door, `{PACKAGE}` itself")
        said += [
            f"{room} (floor {FLOOR[room]}) imports {target} (floor {FLOOR[target]})"
            for target in targets
            if room in FLOOR and target in FLOOR and FLOOR[target] > FLOOR[room]
        ]
    said += [f"{room} knows no Deal, and imports {way}" for room in KNOW_NO_DEAL if (way := way_to_deal(inner, room))]
    try:
        TopologicalSorter(inner).prepare()
    except CycleError as error:
        said.append("rooms in a circle: " + " → ".join(reversed(error.args[1])))
    return sorted(said)


def test_imports_go_down_the_floors_and_never_in_circles() -> None:
    edges = graph(ROOT / PACKAGE)
    assert {"errors", "deal", "market", "collateral"} <= set(edges), "the walk found no package"
    assert "errors" in edges["deal"], "the walk found no imports"
    assert set(edges) >= KNOW_NO_DEAL, "a room that knows no Deal is gone"
    assert faults(edges) == []


def test_every_folder_is_a_package() -> None:
    """A folder without `__init__.py` would be left out of the wheel."""
    folders = {path.parent for path in (ROOT / PACKAGE).rglob("*.py")}
    assert {str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").is_file()} == set()


def test_kernels_know_floor_zero_only() -> None:
    sources = [*(ROOT / "cyext").glob("*.pyx"), *(ROOT / "cyext").glob("*.pxd")]
    assert sources
    pattern = re.compile(r"^\s*(?:from|c?import)\s+tranche\b(?:\.(\w+))?", re.MULTILINE)
    known = {(path.name, match[1]) for path in sources for match in pattern.finditer(path.read_text(encoding="utf-8"))}
    assert {(name, room) for name, room in known if FLOOR.get(room) != 0} == set()


def test_no_file_outgrows_its_concept() -> None:
    files = [path for folder in (PACKAGE, "cyext") for path in (ROOT / folder).rglob("*.py*") if path.suffix != ".pyc"]
    assert len(files) > 1
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"errors.py": "", "deal/__init__.py": "from tranche.errors import Problem"}, None),
        ({"deal/__init__.py": "", "market/__init__.py": "from ..deal import Deal"}, None),
        ({"__init__.py": "from .engine import run", "engine.py": ""}, None),
        ({"errors.py": "import tranche.deal", "deal/__init__.py": ""}, "errors (floor 0) imports deal (floor 2)"),
        ({"errors.py": "from .deal.a import A", "deal/a.py": ""}, "errors (floor 0) imports deal (floor 2)"),
        ({"deal/a.py": "from .. import engine", "engine.py": ""}, "deal (floor 2) imports engine (floor 4)"),
        ({"deal/a.py": "def f():\n    from tranche import cli", "cli.py": ""}, "deal (floor 2) imports cli (floor 8)"),
        ({"engine.py": "from tranche import run"}, "engine imports from the front door, `tranche` itself"),
        (
            {"engine.py": "from .inputs import prepare", "inputs.py": "from .deal import Deal", "deal/a.py": ""},
            "engine knows no Deal, and imports inputs → deal",
        ),
        ({"measures/a.py": "import tranche.deal", "deal/a.py": ""}, "measures knows no Deal, and imports deal"),
        ({"cellar.py": ""}, "cellar stands on no floor: give it one in test_floors.py"),
        (
            {"deal/a.py": "from tranche.market.b import B", "market/b.py": "from ..deal.a import A"},
            "rooms in a circle: ",
        ),
    ],
)
def test_the_walk_finds_faults(tmp_path: Path, files: dict[str, str], fault: str | None) -> None:
    package = tmp_path / PACKAGE
    for name, text in {"__init__.py": "", **files}.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text)
    said = faults(graph(package))
    if fault is None:
        assert said == []
    else:
        assert len(said) == 1
        assert said[0].startswith(fault)
