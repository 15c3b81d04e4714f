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

    from .deal_files import ENDINGS, FILE, FOLDER, NOTHING, check_ending, look
    from .ending import ending
    from .output import shown

    with ending():
        known = kinds()
        if kind not in known:
            raise UsageError(Problem(f"unknown kind {kind!r}", nearest(kind, known)))
        if out is None and Path(name).suffix.lower() in ENDINGS:
            out, name = Path(name), _called(Path(name).stem)
        path = out or Path(f"{_slug(name) or kind}.yaml")
        check_ending(path, ENDINGS)
        seen = look(path)
        if seen != NOTHING:
            said = "is there already" if seen in (FILE, FOLDER) else f"cannot be written: {seen}"
            raise UsageError(Problem(f"{path} {said}", "--out FILE, another one"))
        write_text(path, text(kind, name))
        said = shown(path)
        typer.echo(f"{said}: a deal to begin with; next: tranche check {said} --run, tranche report {said}")


def kinds() -> list[str]:
    """The kinds of deals that there is a file for."""
    from importlib.resources import files

    found = [Path(entry.name) for entry in files("tranche.scaffolds").iterdir()]
    return sorted(path.stem.replace("_", "-") for path in found if path.suffix == ".yaml")


def text(kind: str, name: str) -> str:
    """The file of a kind, with this name. Raises UsageError for a name that no deal can have."""
    from importlib.resources import files

    from tranche.deal.names import check_deal_name
    from tranche.errors import Invalid, Problem, UsageError

    try:
        check_deal_name(name)
    except Invalid as invalid:
        raise UsageError(Problem(invalid.what, invalid.fix)) from None
    template = (files("tranche.scaffolds") / f"{kind.replace('-', '_')}.yaml").read_text(encoding="utf-8")
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return template.replace("\nname: NAME\n", f'\nname: "{quoted}"\n', 1)


def _called(stem: str) -> str:
    """my_first-deal → My first deal."""
    words = re.sub(r"[_-]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
