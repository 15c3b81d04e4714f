"""`tranche new`: a deal file to begin with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer


def new(
    kind: Annotated[str, typer.Argument(help="abl, miner or project-finance.")],
    name: Annotated[str, typer.Argument(help="What the deal is called, or the .yaml file to write.")],
    out: Annotated[Path | None, typer.Option("--out", help="The file. [default: from the name]")] = None,
) -> None:
    """Write a commented deal file that runs as it stands, to be changed into your own.

    Never overwrites a file.
    """
    from tranche.errors import Problem, UsageError, nearest
    from tranche.files import write_text

    from .ending import ending

    with ending():
        known = kinds()
        if kind not in known:
            raise UsageError(Problem(f"unknown kind {kind!r}", nearest(kind, known)))
        if out is None and Path(name).suffix in (".yaml", ".yml"):
            out, name = Path(name), _called(Path(name).stem)
        path = out or Path(f"{_slug(name) or kind}.yaml")
        if path.exists():
            raise UsageError(Problem(f"{path} is there already", "--out FILE, another one"))
        write_text(path, text(kind, name))
        typer.echo(f"{path}: a deal to begin with; next: tranche check {path} --run, tranche report {path}")


def kinds() -> list[str]:
    """The kinds of deals that there is a file for."""
    from importlib.resources import files

    found = [Path(entry.name) for entry in files("tranche.scaffolds").iterdir()]
    return sorted(path.stem.replace("_", "-") for path in found if path.suffix == ".yaml")


def text(kind: str, name: str) -> str:
    """The file of a kind, with this name. Raises UsageError for a name that no deal can have."""
    from importlib.resources import files

    from tranche.errors import Problem, UsageError

    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise UsageError(Problem(f"a deal cannot be called {name!r}", "a name of 1 to 200 printable letters"))
    template = (files("tranche.scaffolds") / f"{kind.replace('-', '_')}.yaml").read_text(encoding="utf-8")
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return template.replace("\nname: NAME\n", f'\nname: "{quoted}"\n', 1)


def _called(stem: str) -> str:
    """my_first-deal → My first deal."""
    words = re.sub(r"[_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
