"""Floor 3. Files → Deal, with the line of every error; the user's cash flows → arrays."""

from .load import load, loads

__all__ = ["load", "loads"]
