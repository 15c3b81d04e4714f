from __future__ import annotations

import pytest

from tranche.errors import Invalid
from tranche.terms.calendars import CALENDARS, CONVENTIONS, calendar, calendar_parts, convention


@pytest.mark.parametrize("name", CALENDARS)
def test_every_name_has_a_quantlib_calendar(name):
    assert calendar(name).name()


def test_joined_calendars():
    import QuantLib as ql

    both = calendar("us + uk")
    thanksgiving, boxing_day = ql.Date(27, 11, 2025), ql.Date(26, 12, 2025)
    assert calendar("uk").isBusinessDay(thanksgiving) and not both.isBusinessDay(thanksgiving)
    assert calendar("us").isBusinessDay(boxing_day) and not both.isBusinessDay(boxing_day)


def test_every_convention_is_another():
    assert len({convention(name) for name in CONVENTIONS}) == len(CONVENTIONS)


def test_unknown_names():
    with pytest.raises(Invalid, match="unknown calendar 'traget'; did you mean 'target'"):
        calendar_parts("us + traget")
    with pytest.raises(Invalid, match="unknown business-day convention 'folowing'; did you mean 'following'"):
        convention("folowing")
