"""Floor 3. From histories to a market: marginal laws, copulas, and the tests that keep them honest."""

from .calibrate import calibrate
from .calibration import Calibration
from .history import History, history_of, read_history

__all__ = ["Calibration", "History", "calibrate", "history_of", "read_history"]
