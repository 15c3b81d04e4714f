"""The dataset of a batch: one Parquet file a table, a row group for some cases each, and the manifest.

`cases` has a row a case, failed ones with their reason; the others are `tables.KINDS`. Every table begins with `case`
(its number in the grid, from 0), `deal`, `market` ("" for the deal's own) and `overrides`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tranche.files.write import discard, unfinished, write_whole, writing

from .columns import TEXT, Kinds
from .grid import Case
from .packed import Unpacked
from .store import ELSEWHERE, MANIFEST
from .tables import KINDS, tables_of
from .writer import STRING, Writer

Result = Callable[[], Unpacked] | tuple[str, ...]  # of a case: its packed tables, or why it failed
KEYS: Kinds = {"case": "int32", "deal": TEXT, "market": TEXT, "overrides": TEXT}  # of every table
PLAIN: Kinds = {  # of the table of cases
    "status": STRING, "reason": STRING, "address": STRING, "name": STRING, "currency": STRING,
    "paths": "int64", "dates": "int32", "closing": STRING, "maturity": STRING, "program": STRING,
    "audit_absolute": "float64", "audit_relative": "float64", "audit_path": "int64",
}  # fmt: skip


def write_dataset(out: Path, cases: Iterable[tuple[Case, str, Result]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write every table of `cases` (case, address, its packed tables or why it failed), in their order, holding few of
    them at a time. Returns what the manifest says of the tables and of the cases. Raises UsageError where the system
    does not let it write, and leaves nothing half written."""
    with contextlib.ExitStack() as opened:
        writers = {}
        for name, own in {"cases": PLAIN, **KINDS}.items():
            path = out / f"{name}.parquet"
            opened.callback(discard, unfinished(path))
            writers[name] = opened.enter_context(Writer(path, KEYS, own, sparse=own is PLAIN))
        return _write(writers, cases)


def _write(
    writers: Mapping[str, Writer], cases: Iterable[tuple[Case, str, Result]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    listed = []
    for number, (case, address, result) in enumerate(cases):
        row: dict[str, Any] = {"case": number, "deal": case.deal, "market": case.market, "overrides": case.said}
        if isinstance(result, tuple):
            row |= {"status": "failed", "reason": "\n".join(result)}
        else:
            said, found = tables_of(result())
            row |= {"status": "ok", "address": address, **said}
            for name, columns in found.items():
                writers[name].add(row, columns)
        writers["cases"].add_row(row)
        listed.append(row | {"deal_hash": case.deal_hash, "market_hash": case.market_hash})
    done = {name: writer.close() for name, writer in writers.items()}
    for writer in writers.values():
        writer.publish()
    return done, listed


def write_manifest(out: Path, manifest: Mapping[str, Any]) -> None:
    """Whole or not at all; a line for each case."""
    said = {key: _json(value, indent=2).replace("\n", "\n  ") for key, value in manifest.items() if key != "cases"}
    said["cases"] = "[\n    " + ",\n    ".join(map(_json, manifest["cases"])) + "\n  ]"
    text = "{\n" + ",\n".join(f"  {_json(key)}: {value}" for key, value in said.items()) + "\n}\n"
    with writing(out / MANIFEST, ELSEWHERE):
        write_whole(out / MANIFEST, text.encode(), durable=True)


def _json(value: Any, **how: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, **how)
