"""Reference rates known in advance."""

import datetime as dt

import pytest

from tranche.errors import Invalid
from tranche.market.rates import rate_on
from tranche.market.terms import ReferenceRate

SOFR = ReferenceRate(name="SOFR", points=((dt.date(2025, 1, 1), 0.043), (dt.date(2024, 5, 16), 0.0531)))


@pytest.mark.parametrize(
    ("date", "rate"),
    [
        (dt.date(2020, 1, 1), 0.0531),
        (dt.date(2024, 5, 16), 0.0531),
        (dt.date(2024, 12, 31), 0.0531),
        (dt.date(2025, 1, 1), 0.043),
        (dt.date(2040, 1, 1), 0.043),
    ],
)
def test_a_point_holds_from_its_date_and_the_first_also_before(date, rate):
    assert rate_on(SOFR, date) == rate


def test_no_points():
    with pytest.raises(Invalid, match="no points"):
        rate_on(ReferenceRate(name="SOFR", points=()), dt.date(2025, 1, 1))
