"""Floor 5. One path, date by date, step by step.

The room is not called `explain`, because a module `tranche.explain` would take the place of the function of that name.
"""

from .cause import Cause, Why
from .explain import explain
from .explanation import Explanation
from .lines import Day, Line, Reading
from .worst import worst_path

__all__ = ["Cause", "Day", "Explanation", "Line", "Reading", "Why", "explain", "worst_path"]
