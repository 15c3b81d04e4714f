"""Files that a deal names: they lie in the deal file's folder or below it, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from tranche.collateral.terms import Collections
from tranche.deal import Deal
from tranche.deal.check_collateral import relative_path
from tranche.errors import DataError, Invalid, Problem

COLLECTIONS = "collateral.collections.file"

_seen: ContextVar[set[Path] | None] = ContextVar("seen", default=None)


def collections_path(deal: Deal) -> Path | None:
    """Where the deal's cash flows lie; None when it names no file. Relative to the deal file (to the working folder for
    a deal without one).

    Raises DataError, placed at the deal's line: the path leaves the folder (also by a link), or there is no such file.
    """
    if not isinstance(deal.collateral, Collections) or deal.collateral.file is None:
        return None
    place = deal.source.place(COLLECTIONS)
    try:
        return resolve_inside(Path(deal.source.file).parent, deal.collateral.file)
    except Invalid as invalid:
        raise DataError(Problem(invalid.what, invalid.fix, place)) from None


def resolve_inside(folder: Path, name: str) -> Path:
    """The file `name` in `folder` or below it. Raises Invalid with the reason."""
    relative_path(name)
    home = folder.resolve()
    try:
        found = (home / name).resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a circle of links, before Python 3.13
        raise Invalid(f"there is no file {name!r} beside the deal", f"put it into {folder or '.'}") from None
    if not found.is_relative_to(home):
        raise Invalid(f"{name!r} is a link that leaves the folder of the deal file", "copy the file into that folder")
    if not found.is_file():
        raise Invalid(f"{name!r} is not a file", "name a file")
    if (seen := _seen.get()) is not None:
        seen.add(home / name)  # by the name, which may be a link that later leads to another file
    return found


@contextmanager
def files_read() -> Iterator[set[Path]]:
    """Inside, the files that deals and markets name are noted as they are found."""
    seen: set[Path] = set()
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)
