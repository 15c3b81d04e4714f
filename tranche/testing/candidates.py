"""Which files of the folders that pytest walks are deals, as `tranche check` sees it; a broken one is a deal too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tranche.cli.deal_files import NOT_DEALS
from tranche.errors import DealError
from tranche.files.lines import plain_values
from tranche.files.market import SECTIONS as MARKET
from tranche.files.text_file import MOST_BYTES, read_text
from tranche.files.yaml_tree import yaml_tree

TELLING = ("tranches", "waterfall", "collateral")  # other keys of a deal, such as `schedule`, workflows have too
ALIKE = 0.88  # trances is tranches; branches, which workflows have, is not
A_KEY = re.compile(r"""^\s*["']?(\w+)["']?\s*:""", re.MULTILINE)


def shared_market(path: Path, folders: Iterable[Path]) -> bool:
    """Whether the file lies in a folder for markets: below each of `folders` that holds it, not above."""
    below = [path.relative_to(folder).parent.parts for folder in folders if path.is_relative_to(folder)]
    return bool(below) and all(NOT_DEALS in parts for parts in below)


def something_else(path: Path) -> bool:
    """Whether the file is surely no deal. What cannot be read, or is empty, may be one."""
    try:
        values: Any = plain_values(yaml_tree(read_text(path), str(path))[0])[0]
    except DealError:  # the words at the left are all there is to go by
        found = A_KEY.findall(_beginning(path))
        return bool(found) and not _telling(found)
    if isinstance(values, dict) and values:
        told = str(values.get("format")) == "1" and values.keys().isdisjoint(MARKET[:4])  # `format: json` is others'
        return not _telling(values) and not told
    return values is not None and values != {}  # a list, or a word


def _beginning(path: Path) -> str:
    """What can be made out of a file that is not UTF-8, is too large or has bad syntax."""
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _telling(keys: Iterable[str]) -> bool:
    """Whether one of the keys is a deal's, or one misspelt."""
    return any(get_close_matches(key.lower(), TELLING, n=1, cutoff=ALIKE) for key in keys)
