"""What is known of a cohort in advance: machines and hours by period, from its dates and failure rates alone."""

from __future__ import annotations

import datetime as dt
from functools import cached_property, lru_cache

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.collateral.cohort import Cohort
from tranche.replay import vector
from tranche.terms.dates import PaymentDates
from tranche.terms.daycounts import year_fraction

HOURS = 24.0
DAYS_A_YEAR = 365.25

Array = NDArray[np.float64]


@lru_cache(maxsize=64)  # the deals of a batch share their dates
def _days(dates: PaymentDates) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ordinals of the first and the last day of each period, which nobody can write to."""
    starts, ends = (np.array([date.toordinal() for date in days]) for days in (dates.starts, dates.dates))
    starts.setflags(write=False)
    ends.setflags(write=False)
    return starts, ends


@lru_cache(maxsize=64)
def months_of(dates: PaymentDates) -> Array:
    """Months of each period, which nobody can write to."""
    spans = zip(dates.starts, dates.dates, strict=True)
    months = 12.0 * np.array([year_fraction("30/360", start, end) for start, end in spans])
    months.setflags(write=False)
    return months


@attrs.frozen(eq=False)
class Plan:
    """Every array is [T], one number a period; machines are counted at its end."""

    terms: Cohort
    dates: PaymentDates

    @cached_property
    def start(self) -> dt.date:
        """The day on which the first machine works."""
        return self.planned + dt.timedelta(days=self.terms.delay_days)

    @cached_property
    def planned(self) -> dt.date:
        return self.terms.in_service or self.dates.closing

    @property
    def uptime(self) -> float:
        """Share of the machines in service that is not under repair."""
        terms = self.terms
        return max(0.0, 1.0 - terms.failure_rate * (1.0 - terms.unrepairable) * terms.repair_days / DAYS_A_YEAR)

    def spans(self) -> list[tuple[dt.date, dt.date]]:
        return list(zip(self.dates.starts, self.dates.dates, strict=True))

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """Days from the first machine's first day to each payment date."""
        return _days(self.dates)[1] - self.start.toordinal()

    def ages(self) -> Array:
        """Years since the first machine's first day, at each payment date; 0 before it."""
        return np.maximum(0.0, self._ends / DAYS_A_YEAR)

    def survival(self) -> Array:
        """Share of the machines put into service that has not been scrapped."""
        return vector((1.0 - self.terms.failure_rate * self.terms.unrepairable) ** self.ages())

    def delivered(self) -> Array:
        """Machines put into service so far."""
        ramp = max(1, self.terms.ramp_days)
        return self.terms.gpus * np.clip(self._ends / ramp, 0.0, 1.0)

    def owned(self) -> Array:
        return self.delivered() * self.survival()

    def days_between(self, first: dt.date, last: dt.date) -> float:
        """Days × share of the cohort in service from `first` to `last` (excluded), before any loss: on the k-th day of
        the ramp k of `ramp_days` parts work."""

        return float(self._served(np.array([first.toordinal()]), np.array([last.toordinal()]))[0])

    def _served(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> Array:
        """`days_between` for ordinals of days."""
        ramp = self.terms.ramp_days

        def until(day: NDArray[np.int64]) -> Array:
            days = np.maximum(0, day - self.start.toordinal())
            if not ramp:
                return days.astype(np.float64)
            return np.where(days < ramp, days * (days + 1) / (2.0 * ramp), days - (ramp - 1) / 2.0)

        return np.where(last > first, until(last) - until(first), 0.0)

    def machine_days(self, first: dt.date, last: dt.date) -> Array:
        """`days_between` in each period."""
        starts, ends = _days(self.dates)
        return self._served(np.maximum(starts, first.toordinal()), np.minimum(ends, last.toordinal()))

    def hours(self, first: dt.date, last: dt.date) -> Array:
        """Hours of all working machines from `first` to `last` (excluded)."""
        return self.terms.gpus * HOURS * self.uptime * self.survival() * self.machine_days(first, last)

    def months(self) -> Array:
        """Months (30/360) × share of the cohort in service."""
        days = self.machine_days(dt.date.min, dt.date.max)
        found = []
        for (start, end), served in zip(self.spans(), days, strict=True):
            first = max(start, self.start)
            plain = max(0, (end - first).days)
            found.append(12.0 * year_fraction("30/360", first, end) * served / plain if plain else 0.0)
        return np.array(found)

    def period_hours(self) -> Array:
        starts, ends = _days(self.dates)
        return HOURS * (ends - starts).astype(np.float64)

    def period_months(self) -> Array:
        return months_of(self.dates)

    def capex(self) -> Array:
        """The cost as it is paid: evenly from the order to the planned first day, or on that day; what is paid by
        closing is in no period."""
        ordered, cost = self.terms.ordered or self.planned, self.terms.gpus * self.terms.cost_per_gpu
        length = (self.planned - ordered).days
        if length <= 0:
            return cost * np.array([float(start < self.planned <= end) for start, end in self.spans()])
        days = [max(0, (min(end, self.planned) - max(start, ordered)).days) for start, end in self.spans()]
        return cost * np.array(days) / length

    def damages(self) -> Array:
        """What the builder pays for the days of delay, up to the cap."""
        terms = self.terms
        daily = terms.gpus * terms.delay_damages_per_gpu_day
        cap = terms.delay_damages_cap * terms.gpus * terms.cost_per_gpu
        late = np.array([max(0, (min(end, self.start) - self.planned).days) for end in self.dates.dates])
        before = max(0, (min(self.dates.closing, self.start) - self.planned).days)
        owed = np.minimum(daily * late, cap) - min(daily * before, cap)
        return np.diff(owed, prepend=0.0)
