"""Floor 3. The only room that makes a Program out of a Deal."""

from .lower import compile_deal, dates_of
from .stated_dates import on_payment_dates

__all__ = ["compile_deal", "dates_of", "on_payment_dates"]
