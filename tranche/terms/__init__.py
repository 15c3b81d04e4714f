"""Floor 1. The words of term sheets: quantities with units, dates, calendars, day counts. QuantLib is imported only
when a date is made, so importing this package is cheap."""

from .coupon import CouponTerms, coupon
from .dates import PaymentDates, check_schedule_size, payment_dates
from .day import day
from .daycounts import DAY_COUNTS, year_fraction
from .level import level
from .literal import literal
from .money import money
from .percent import percent
from .rate import rate
from .ratio import ratio
from .tenor import tenor_days, tenor_years
from .tolerance import tolerance
from .unit_price import measured, unit_price

__all__ = [
    "DAY_COUNTS", "CouponTerms", "PaymentDates", "check_schedule_size", "coupon", "day", "level", "literal", "measured",
    "money", "payment_dates", "percent", "rate", "ratio", "tenor_days", "tenor_years", "tolerance", "unit_price",
    "year_fraction",
]
