"""What a deal file states in percent is said in percent, and nothing else is: as the fields of each class are read."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tranche.compiler.shares import is_share
from tranche.files.converter import deal_converter
from tranche.files.fields import field_readers
from tranche.files.liabilities import dated_rates
from tranche.files.number_text import inner_reader
from tranche.market.terms import KINDS, Market
from tranche.terms import measured, money, percent, rate, ratio, tenor_days, tenor_years, unit_price

READERS = field_readers("USD", deal_converter("USD"))
TERMS = [kind for kind in READERS if kind not in {*KINDS.values(), Market} and "market" not in kind.__module__]
OTHER = {money, measured, ratio, tenor_days, tenor_years, unit_price}  # readers of numbers that are no shares


def number_reader(reader: Any) -> Any:
    """The reader of the number in a field, whatever stands around it."""
    while (inner := inner_reader(reader)) is not None:
        reader = inner
    return reader.func if isinstance(reader, partial) else reader


@pytest.mark.parametrize("kind", TERMS, ids=lambda kind: kind.__name__)
def test_shares_are_those_of_the_deal_file(kind: type) -> None:
    found = {name: number_reader(reader) for name, reader in READERS[kind].items()}
    shares = {name for name, reader in found.items() if reader in (rate, percent, dated_rates)}
    assert {name for name in shares if not is_share(kind, name)} == set()
    assert {name for name, reader in found.items() if reader in OTHER and is_share(kind, name)} == set()
