"""The files that a command names: deals, what it reads beside them, what it writes."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tranche.errors import Problem, UsageError

ENDINGS = (".yaml", ".yml")
NOT_DEALS = "markets"  # folders of this name hold the markets that deals share
FILE, FOLDER, NOTHING = "file", "folder", "nothing"  # what stands at a path


def deal_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every *.yaml and *.yml below the folders named, each once, in a stable order.

    Raises UsageError: no such file or folder, or a folder without deals.
    """
    found: dict[Path, None] = {}
    problems = []
    for path in paths:
        seen = look(path)
        if seen == FOLDER:
            inside = sorted(_below(path))
            if not inside:
                problems.append(Problem(f"{path}: no deal files here", "a folder with *.yaml files"))
            found |= dict.fromkeys(inside)
        elif seen == FILE:
            found[path] = None
        else:
            said = "no such file or folder" if seen == NOTHING else seen
            problems.append(Problem(f"{path}: {said}", "a deal file, or a folder of them"))
    if problems:
        raise UsageError(problems)
    return list(found)


def deal_file(path: Path) -> Path:
    """One deal file, by its name. Raises UsageError: no such file, or a folder."""
    named_file(path, "deal")
    return path


def named_file(path: Path | None, kind: str) -> None:
    """A file that an option or argument names is there; `kind`: what it should be. Raises UsageError."""
    seen = FILE if path is None else look(path)
    if seen == FOLDER:
        raise UsageError(Problem(f"{path}: is a folder", f"name one {kind} file"))
    if seen != FILE:
        raise UsageError(Problem(f"{path}: {'no such file' if seen == NOTHING else seen}", f"name a {kind} file"))


def check_ending(path: Path, known: Sequence[str], otherwise: str = "") -> None:
    """A file to be written has one of the endings known; `otherwise`: what may stand there instead of a file. Raises
    UsageError."""
    if path.suffix.lower() not in known:
        fix = f"{' or '.join(f'a {one}' for one in known)} file{otherwise}"
        raise UsageError(Problem(f"{path}: the ending {path.suffix!r} is not known", fix))


def look(path: Path) -> str:
    """FILE, FOLDER or NOTHING; else why the system does not say: a name that is too long, a folder that is closed."""
    try:
        return FOLDER if stat.S_ISDIR(path.stat().st_mode) else FILE
    except (FileNotFoundError, NotADirectoryError):
        return NOTHING
    except OSError as error:
        return error.strerror or str(error)


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == NOT_DEALS for part in inside[:-1])
        if path.suffix.lower() in ENDINGS and not hidden and path.is_file():
            yield path
