"""Floor 8. What users test their own deals with: Hypothesis strategies and the invariants of every deal.

    from tranche.testing import invariants, observe

    seen = observe(deal, collections)      # collections [paths, T], or a mapping of such arrays by component
    invariants.check_all(seen)

`tranche.testing.strategies` needs Hypothesis: `pip install 'tranche-finance[testing]'`.
"""

from .broken import BrokenInvariant
from .observed import Observed, observe
from .tallied import reduce_totals

__all__ = ["BrokenInvariant", "Observed", "observe", "reduce_totals"]
