"""The plain values of a market section → Market. The deals of a folder share their markets, so each is read once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tranche.market.terms import Market
from tranche.replay import recording
from tranche.terms.by_bytes import ByBytes, by_bytes

from .converter import deal_converter


def market_in(values: Any, currency: str) -> Market:
    """The market that plain values of a file say. Raises cattrs groups of Invalid, or one."""
    if recording() is not None:  # a figure is none outside of its recording
        return _structured(values, currency)
    return _market(by_bytes(values), currency)


@lru_cache(maxsize=16)
def _market(values: ByBytes[Any], currency: str) -> Market:
    return _structured(values.value, currency)


def _structured(values: Any, currency: str) -> Market:
    market: Market = deal_converter(currency).structure(values, Market)
    return market
