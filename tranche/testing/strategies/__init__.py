"""Hypothesis strategies: valid Deals, cash or markets for them, formulas, Programs from the instruction set."""

from tranche.errors import MissingExtra, Problem

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as error:
    raise MissingExtra(Problem("Hypothesis is not installed", "pip install 'tranche-finance[testing]'")) from error

from .called import called_deals
from .cash import cash_paths, collections_for
from .deals import deals, simple_deals
from .fleets import fleets
from .formulas import Scope, conditions, money
from .markets import markets, vines
from .miners import miners
from .programs import ProgramRun, programs
from .secured import market_rows, secured_deals
from .stresses import Stress, stresses

__all__ = [
    "ProgramRun",
    "Scope",
    "Stress",
    "called_deals",
    "cash_paths",
    "collections_for",
    "conditions",
    "deals",
    "fleets",
    "market_rows",
    "markets",
    "miners",
    "money",
    "programs",
    "secured_deals",
    "simple_deals",
    "stresses",
    "vines",
]
