"""Hypothesis strategies: valid Deals, cash for them, formulas, and Programs straight from the instruction set."""

from tranche.errors import MissingExtra, Problem

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as error:
    raise MissingExtra(Problem("Hypothesis is not installed", "pip install 'tranche-finance[testing]'")) from error

from .cash import cash_paths, collections_for
from .deals import deals, simple_deals
from .formulas import Scope, conditions, money
from .markets import markets, vines
from .programs import ProgramRun, programs
from .stresses import Stress, stresses

__all__ = [
    "ProgramRun",
    "Scope",
    "Stress",
    "cash_paths",
    "collections_for",
    "conditions",
    "deals",
    "markets",
    "money",
    "programs",
    "simple_deals",
    "stresses",
    "vines",
]
