"""Floor 5. What a deal may well not mean, though it runs: found in the deal and its Program, without a single path.

Each rule is a file in `rules/`; a warning never stops a deal.
"""

from .warnings import warnings_of

__all__ = ["warnings_of"]
