"""`tranche report`: a page for each deal, and an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Cash, Json, PathCount, Paths, Seed, Threads, count

if TYPE_CHECKING:
    from tranche.report import Entry


def report(
    paths: Paths,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made when it is missing.")] = Path(
        "reports"
    ),
    number: PathCount = None,
    seed: Seed = 0,
    threads: Threads = None,
    collections: Cash = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write an Excel workbook of each deal's tables too.")] = False,
    as_json: Json = False,
) -> None:
    """Write one self-contained HTML page for each deal, and an index of them.

    A page works offline: the term sheet as understood, the waterfall drawn from the compiled deal, the tranche table,
    charts, the worst path explained, the assumptions, the audit. Goes on after a deal that fails.
    """
    from tranche.errors import TrancheError
    from tranche.report import Entry, write_index
    from tranche.report.figures import short_name

    from .deal_files import deal_files, named_file
    from .ending import as_data, ending
    from .output import print_json, shown

    with ending() as end:
        files = deal_files(paths)
        named_file(collections, "collections")
        several, used = count("--paths", number), count("--threads", threads)
        _check(several, seed, used)
        _folder(out)
        entries: list[Entry] = []
        told: list[dict[str, Any]] = []
        for file, name in zip(files, names(files), strict=True):
            try:
                entries.append(_write(file, out / f"{name}.html", several, seed, used, collections, xlsx))
                told.append({"file": str(file), "ok": True, "page": str(out / f"{name}.html")})
            except TrancheError as error:
                failed = "\n".join(map(str, error)).replace(str(file), short_name(str(file)))
                entries.append(Entry(shown(short_name(str(file))), failed=failed))
                told.append({"file": str(file), "ok": False, "problems": as_data(error)})
                end.fail(error)
            if not as_json and told[-1]["ok"]:
                typer.echo(f"{shown(file)}: {shown(told[-1]['page'])}")
        index = out / "index.html"
        write_index(index, entries)
        if as_json:
            print_json({"index": str(index), "deals": told})
        else:
            typer.echo(f"index: {shown(index.resolve())}")


def names(files: list[Path]) -> list[str]:
    """A name for each page: that of its file, with its folders where several files have the same."""
    found: list[str] = []
    for file in files:
        name, folders = _printed(file.stem), list(file.parts[:-1])
        while name in found or name == "index":
            name = f"{_printed(folders.pop()) if folders else len(found)}-{name}"
        found.append(name)
    return found


def _printed(name: str) -> str:
    """A name that an index can link to."""
    return "".join(c if c.isprintable() else "_" for c in name)


def _check(number: int | None, seed: int, threads: int | None) -> None:
    """Raises UsageError for what no deal can be run with, before a page is written over."""
    from tranche import engine

    engine.whole_number("seed", seed, 0, 2**64 - 1)
    if number is not None:
        engine.whole_number("paths", number, 1, engine.MOST_PATHS)
    if threads is not None:
        engine.whole_number("threads", threads, 1, engine.MOST_THREADS)


def _folder(out: Path) -> None:
    """Raises UsageError where the folder cannot be made."""
    from tranche.errors import Problem, UsageError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(Problem(f"{out}: {error.strerror or error}", "--out FOLDER")) from None


def _write(
    file: Path, page: Path, number: int | None, seed: int, threads: int | None, collections: Path | None, xlsx: bool
) -> Entry:
    from tranche.files import load
    from tranche.report import Entry, study, write_report, write_workbook
    from tranche.report.figures import short_name

    from .cash import read_cash
    from .output import shown

    deal = load(file)
    made = study(deal, number, seed, threads=threads, collections=read_cash(deal, collections))
    write_report(made, page)
    if xlsx:
        write_workbook(made, page.with_suffix(".xlsx"))
    return Entry.of(made, shown(short_name(str(file))), page.name)
