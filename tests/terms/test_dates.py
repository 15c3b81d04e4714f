"""Payment dates against calendars read by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.errors import Invalid
from tranche.terms import payment_dates
from tranche.terms.dates import FREQUENCIES

D = dt.date


def iso(dates):
    return [date.isoformat() for date in dates]


def test_monthly_from_closing():
    made = payment_dates(D(2025, 1, 1), D(2025, 4, 1))
    assert iso(made.dates) == ["2025-02-01", "2025-03-01", "2025-04-01"]
    assert iso(made.starts) == ["2025-01-01", "2025-02-01", "2025-03-01"]
    assert made.determination == made.dates
    assert made.periods == 3


def test_the_31st_does_not_drift():
    made = payment_dates(D(2025, 1, 31), D(2025, 6, 30))
    assert iso(made.dates) == ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30"]


def test_end_of_month_holds_from_a_short_month():
    kept = payment_dates(D(2025, 1, 15), D(2025, 5, 31), first_payment=D(2025, 2, 28), end_of_month=True)
    assert iso(kept.dates) == ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]
    plain = payment_dates(D(2025, 1, 15), D(2025, 5, 28), first_payment=D(2025, 2, 28))
    assert iso(plain.dates) == ["2025-02-28", "2025-03-28", "2025-04-28", "2025-05-28"]


def test_first_stub_is_long_and_last_stub_short():
    made = payment_dates(D(2025, 1, 10), D(2025, 12, 1), "quarterly", first_payment=D(2025, 5, 15))
    assert iso(made.dates) == ["2025-05-15", "2025-08-15", "2025-11-15", "2025-12-01"]
    assert made.starts[0] == D(2025, 1, 10)


@pytest.mark.parametrize("end_of_month", [False, True])
def test_maturity_is_the_last_date(end_of_month):
    made = payment_dates(D(2025, 1, 31), D(2025, 4, 15), end_of_month=end_of_month)
    assert iso(made.dates) == ["2025-02-28", "2025-03-31", "2025-04-15"]


def test_one_payment():
    assert iso(payment_dates(D(2025, 1, 1), D(2025, 1, 10)).dates) == ["2025-01-10"]
    assert iso(payment_dates(D(2025, 1, 1), D(2026, 1, 10), first_payment=D(2026, 1, 10)).dates) == ["2026-01-10"]


def test_holidays_and_conventions():
    """1 June 2025 is a Sunday, 1 September 2025 Labor Day; 31 May 2025 is a Saturday."""
    following = payment_dates(D(2025, 5, 1), D(2025, 9, 1), calendar="us", convention="following")
    assert iso(following.dates) == ["2025-06-02", "2025-07-01", "2025-08-01", "2025-09-02"]
    assert iso(following.starts) == ["2025-05-01", "2025-06-02", "2025-07-01", "2025-08-01"]
    preceding = payment_dates(D(2025, 5, 1), D(2025, 9, 1), calendar="us", convention="preceding")
    assert iso(preceding.dates) == ["2025-05-30", "2025-07-01", "2025-08-01", "2025-08-29"]
    month_end = payment_dates(
        D(2025, 4, 30), D(2025, 5, 31), calendar="us", convention="modified-following", end_of_month=True
    )
    assert iso(month_end.dates) == ["2025-05-30"]
    unadjusted = payment_dates(D(2025, 5, 1), D(2025, 7, 1), calendar="us")
    assert iso(unadjusted.dates) == ["2025-06-01", "2025-07-01"]


def test_determination_days_come_before():
    made = payment_dates(D(2025, 1, 1), D(2025, 3, 1), determination_days=5)
    assert iso(made.determination) == ["2025-01-27", "2025-02-24"]


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({"maturity": D(2025, 1, 1)}, "the maturity 2025-01-01 is not after the closing"),
        ({"maturity": D(2125, 1, 2), "frequency": "annual"}, "more than 100 years after"),
        ({"first_payment": D(2025, 1, 1)}, "the first payment 2025-01-01 is not after the closing"),
        ({"first_payment": D(2030, 1, 2)}, "by the maturity"),
        ({"frequency": "weekly"}, "unknown frequency 'weekly'"),
        ({"calendar": "mars"}, "unknown calendar 'mars'"),
        ({"convention": "nearest"}, "unknown business-day convention"),
        ({"determination_days": -1}, "determination_days is -1"),
        ({"determination_days": 40}, "the first determination date 2024-12-23 is before the closing"),
        ({"maturity": D(2199, 1, 1)}, "the year 2199 is out of range"),
        (
            {"maturity": D(2025, 8, 31), "first_payment": D(2025, 8, 30), "calendar": "us", "convention": "following"},
            "overlapping dates: a payment date 2025-09-02 is not after 2025-09-02",
        ),
    ],
)
def test_refused(terms, what):
    terms = {"closing": D(2025, 1, 1), "maturity": D(2030, 1, 1), **terms}
    with pytest.raises(Invalid) as caught:
        payment_dates(**terms)
    assert what in caught.value.what
    assert caught.value.fix


def test_a_first_date_moved_onto_the_closing_overlaps():
    """Saturday 4 January 2025 goes back to Friday the 3rd, which is the closing."""
    with pytest.raises(Invalid, match=r"overlapping dates: .* 2025-01-03 is not after 2025-01-03 \(the closing\)"):
        payment_dates(D(2025, 1, 3), D(2025, 3, 4), first_payment=D(2025, 1, 4), calendar="us", convention="preceding")


def test_twelve_hundred_months_are_the_most():
    assert payment_dates(D(2025, 1, 1), D(2125, 1, 1)).periods == 1_200


def test_quantlibs_evaluation_date_plays_no_part():
    import QuantLib as ql

    before = ql.Settings.instance().evaluationDate
    try:
        made = []
        for today in (ql.Date(1, 1, 1950), ql.Date(31, 12, 2150)):
            ql.Settings.instance().evaluationDate = today
            made.append(payment_dates(D(2025, 1, 31), D(2030, 1, 31), calendar="us", convention="modified-following"))
            assert ql.Settings.instance().evaluationDate == today
        assert made[0] == made[1]
    finally:
        ql.Settings.instance().evaluationDate = before


@given(
    closing=st.dates(D(1990, 1, 1), D(2050, 12, 31)),
    days=st.integers(1, 9_000),
    first=st.integers(1, 9_000) | st.none(),
    frequency=st.sampled_from(sorted(FREQUENCIES)),
    calendar=st.sampled_from(["none", "us", "target + uk"]),
    convention=st.sampled_from(["unadjusted", "following", "modified-following", "preceding"]),
    end_of_month=st.booleans(),
)
def test_any_schedule_is_ordered_or_refused(closing, days, first, frequency, calendar, convention, end_of_month):
    maturity = closing + dt.timedelta(days)
    first_payment = None if first is None else closing + dt.timedelta(min(first, days))
    try:
        made = payment_dates(closing, maturity, frequency, first_payment, calendar, convention, 0, end_of_month)
    except Invalid as invalid:
        assert "overlapping" in invalid.what
        return
    assert list(made.dates) == sorted(set(made.dates))
    assert closing < made.dates[0]
    assert made.starts == (closing, *made.dates[:-1])
    assert abs((made.dates[-1] - maturity).days) <= 10
    if calendar == "none":
        assert made.dates[-1] == maturity
        if first_payment is not None:
            assert made.dates[0] == first_payment
