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
from tranche.files.text_file import read_text
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
        text = read_text(path)
    except DealError:
        return False
    try:
        values: Any = plain_values(yaml_tree(text, str(path))[0])[0]
    except DealError:  # bad syntax: the words at the left are all there is to go by
        values = dict.fromkeys(A_KEY.findall(text))
        return bool(values) and not _telling(values)
    if isinstance(values, dict) and values:
        return not _telling(values) and ("format" not in values or not values.keys().isdisjoint(MARKET[:4]))
    return isinstance(values, list)


def _telling(keys: Iterable[str]) -> bool:
    """Whether one of the keys is a deal's, or one misspelt."""
    return any(get_close_matches(key.lower(), TELLING, n=1, cutoff=ALIKE) for key in keys)
