"""The file of `--collections`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tranche.collateral.terms import Collections
from tranche.deal import Deal
from tranche.errors import DataError, Place, Problem
from tranche.inputs import CollateralCash, cash_on_file

ENDINGS = "a .csv or .parquet table, or arrays [paths, dates] in .npy or .json"


def read_cash(deal: Deal, path: Path | None) -> CollateralCash | None:
    """The collections in a file, for this deal; None when no file is given (the deal's own are used then).

    `.csv` and `.parquet`: the tables that deals name; `.npy`: an array [paths, T]; `.json`: such an array as lists, or
    an object with an array for each component. Raises DataError.
    """
    if path is None:
        return None
    if not isinstance(deal.collateral, Collections):
        raise _wrong(path, f"{deal.name!r} makes its own collections", "leave --collections out")
    match path.suffix.lower():
        case ".csv" | ".parquet" | ".pq":
            return cash_on_file(deal, path)
        case ".npy":
            return _npy(path)
        case ".json":
            return _json(path)
    raise _wrong(path, f"the ending {path.suffix!r} is not known", ENDINGS)


def _npy(path: Path) -> CollateralCash:
    try:
        array: CollateralCash = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _wrong(path, f"not an array of numbers: {error}", "np.save(…) an array [paths, dates]") from None
    return array


def _json(path: Path) -> CollateralCash:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(path, f"the file cannot be read: {error.strerror or error}", ENDINGS) from None
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"not JSON: {error}", "a list of paths, each a list of amounts") from None
    if not isinstance(data, (list, dict)):
        raise _wrong(path, "neither a list nor an object", "a list of paths, each a list of amounts")
    cash: CollateralCash = data
    return cash


def _wrong(path: Path, what: str, fix: str) -> DataError:
    return DataError(Problem(what, fix, Place(file=str(path))))
