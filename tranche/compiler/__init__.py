"""Floor 3. The only room that knows both the Deal and the Program."""

from .lower import compile_deal, dates_of
from .stated_dates import on_payment_dates

__all__ = ["compile_deal", "dates_of", "on_payment_dates"]
