"""Floor 3. Files → Deal or Market, with the line of every error; the user's cash flows → arrays."""

from tranche.deal import Deal

from .collections_file import read_collections
from .data_path import collections_path, files_read
from .dump import dump, dump_market
from .field_text import read_field
from .load import load, loads, read_values
from .market_file import MarketFile, load_market, read_market_file
from .text_file import read_text
from .write import write_text

__all__ = [
    "Deal", "MarketFile", "collections_path", "dump", "dump_market", "files_read", "load", "load_market", "loads",
    "read_collections", "read_field", "read_market_file", "read_text", "read_values", "write_text",
]  # fmt: skip
