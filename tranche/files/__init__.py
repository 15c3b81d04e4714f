"""Floor 3. Files → Deal, with the line of every error; the user's cash flows → arrays."""

from .collections_file import read_collections
from .data_path import collections_path
from .load import load, loads

__all__ = ["collections_path", "load", "loads", "read_collections"]
