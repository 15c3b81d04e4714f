"""Structured debt secured on compute: deal file in, tranche table out.

    deal = tranche.load("deals/gpu_ddtl_2024.yaml")
    results = tranche.run(deal, paths=100_000, seed=7)
    results.tranches()
    print(tranche.explain(deal, path=17).text())

Names are imported when they are first used, so that `import tranche` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tranche._version import __version__ as __version__
    from tranche.api import check, compile, dump, explain, load, project, run
    from tranche.deal import Deal
    from tranche.errors import DataError, DealError, DealWarning, MissingExtra, ProgramError, TrancheError, UsageError
    from tranche.explanation import Explanation
    from tranche.program import Program
    from tranche.projection import Projection
    from tranche.results import Results

_HOMES = {
    "__version__": "_version",
    **dict.fromkeys(("check", "compile", "dump", "explain", "load", "project", "run"), "api"),
    "Deal": "files",  # not "deal": with files, `Deal.with_` reads text
    **dict.fromkeys(
        ("DataError", "DealError", "DealWarning", "MissingExtra", "ProgramError", "TrancheError", "UsageError"),
        "errors",
    ),
    "Explanation": "explanation",
    "Program": "program",
    "Projection": "projection",
    "Results": "results",
}

__all__ = [
    "DataError", "Deal", "DealError", "DealWarning", "Explanation", "MissingExtra", "Program", "ProgramError",
    "Projection", "Results", "TrancheError", "UsageError", "check", "compile", "dump", "explain", "load",
    "project", "run",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
