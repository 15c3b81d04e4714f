"""The deal files that a command is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tranche.errors import Problem, UsageError

ENDINGS = (".yaml", ".yml")
NOT_DEALS = "markets"  # folders of this name hold the markets that deals share


def deal_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every *.yaml and *.yml below the folders named, each once, in a stable order.

    Raises UsageError: no such file or folder, or a folder without deals.
    """
    found: dict[Path, None] = {}
    problems = []
    for path in paths:
        if path.is_dir():
            inside = sorted(_below(path))
            if not inside:
                problems.append(Problem(f"{path}: no deal files here", "a folder with *.yaml files"))
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            problems.append(Problem(f"{path}: no such file or folder", "a deal file, or a folder of them"))
    if problems:
        raise UsageError(problems)
    return list(found)


def deal_file(path: Path) -> Path:
    """One deal file, by its name. Raises UsageError: no such file, or a folder."""
    if path.is_dir():
        raise UsageError(Problem(f"{path}: is a folder", "name one deal file"))
    if not path.exists():
        raise UsageError(Problem(f"{path}: no such file", "name a deal file"))
    return path


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == NOT_DEALS for part in inside[:-1])
        if path.suffix.lower() in ENDINGS and not hidden and path.is_file():
            yield path
