"""Quantities with units: what they are worth, and what is said about the ones that are none.

One table for all of them: each row fails alone.
"""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.errors import Invalid
from tranche.terms import (
    level,
    literal,
    measured,
    money,
    percent,
    rate,
    ratio,
    tenor_days,
    tenor_years,
    tolerance,
    unit_price,
)

gpu_hour = partial(unit_price, unit="gpu-hour")
kilowatt = partial(measured, unit="kW")


@pytest.mark.parametrize(
    ("reader", "written", "value"),
    [
        (money, "70m", 70_000_000.0),
        (money, "2.35m", 2_350_000.0),
        (money, "7.6bn", 7_600_000_000.0),
        (money, "25k USD", 25_000.0),
        (money, "25kUSD", 25_000.0),
        (money, "USD 1_000_000", 1_000_000.0),
        (money, "1,250,000.50", 1_250_000.5),
        (money, "3mn", 3_000_000.0),
        (money, "-5", -5.0),
        (money, 12, 12.0),
        (money, ".5k", 500.0),
        (rate, "6%", 0.06),
        (rate, "225bp", 0.0225),
        (rate, "225 bps", 0.0225),
        (rate, "-25%", -0.25),
        (rate, 0.06, 0.06),
        (rate, "5.30 %", 0.053),
        (percent, "95%", 0.95),
        (percent, "0.95", 0.95),
        (ratio, "1.20x", 1.2),
        (ratio, "120%", 1.2),
        (ratio, 1, 1.0),
        (literal, "1e-6", 1e-6),
        (literal, "100m", 1e8),
        (literal, "12bp", 0.0012),
        (level, "2.35 USD/gpu-hour", 2.35),
        (level, "65k USD", 65_000.0),
        (level, "85%", 0.85),
        (level, "42.5 USD / PH-day", 42.5),
        (gpu_hour, "2.35 USD/gpu-hour", 2.35),
        (gpu_hour, "2.35", 2.35),
        (gpu_hour, "2.35/gpu-hour", 2.35),
        (partial(unit_price, unit="gpu"), "30k USD/gpu", 30_000.0),
        (kilowatt, "1.275 kW", 1.275),
        (kilowatt, 1.275, 1.275),
        (tenor_years, "6y", 6.0),
        (tenor_years, "30m", 2.5),
        (tenor_years, 5.5, 5.5),
        (tenor_days, "45d", 45),
        (tenor_days, "6w", 42),
        (tenor_days, 0, 0),
        (tolerance, "0.0 ± 1e-6", (0.0, 1e-6)),
        (tolerance, "12.3% +- 0.1%", (0.123, 0.001)),
        (tolerance, "-1m +/- 5k", (-1_000_000.0, 5_000.0)),
    ],
)
def test_value(reader, written, value):
    assert reader(written) == value


@pytest.mark.parametrize(
    ("reader", "written", "what", "fix"),
    [
        (money, "70 EUR", "is in EUR", "the deal is in USD"),
        (money, "EUR 70", "is in EUR", "the deal is in USD"),
        (money, "70M", "unknown unit 'M'", "did you mean 'm'"),
        (money, "7,5", "not a number", "70m"),
        (money, "1,00,000", "not a number", "70m"),
        (money, "seventy", "not a number", "70m"),
        (money, "", "not a number", "70m"),
        (money, None, "nothing", "70m"),
        (money, True, "yes/no", "70m"),
        (money, float("nan"), "NaN", "70m"),
        (money, "1e999", "infinite", "70m"),
        (money, 10**400, "infinite", "70m"),
        (money, [1], "a list", "70m"),
        (money, {"a": 1}, "a mapping", "70m"),
        (money, "1" * 90, "90 characters", "70m"),
        (rate, "6pct", "unknown unit 'pct'", "6%"),
        (rate, "36m", "unknown unit 'm'", "6%"),
        (percent, "95bp", "unknown unit 'bp'", "95%"),
        (ratio, "1.2y", "unknown unit 'y'", "1.20x"),
        (gpu_hour, "2.35 USD/gpu", "per 'gpu'", "2.35 USD/gpu-hour"),
        (gpu_hour, "2.35 EUR/gpu-hour", "in EUR", "in USD"),
        (kilowatt, "1.275 MW", "in 'MW'", "1.275 kW"),
        (tenor_years, "45d", "unit 'd'", "6y"),
        (tenor_days, "3m", "unit 'm'", "45d"),
        (tenor_days, "1.5d", "not a whole number", "45d"),
        (tolerance, "0.5", "no tolerance", "±"),
        (tolerance, 0.5, "no tolerance", "±"),
        (tolerance, "1 ± -1", "negative", "±"),
        (tolerance, "1 ± 2 ± 3", "not a figure", "±"),
    ],
)
def test_refused(reader, written, what, fix):
    with pytest.raises(Invalid) as caught:
        reader(written)
    assert what in caught.value.what
    assert fix in caught.value.fix


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_is_itself(value):
    assert money(value) == value
    assert money(repr(value)) == value


@given(st.decimals(0, 10**6, places=4), st.sampled_from([("k", 1_000), ("m", 1_000_000), ("bn", 1_000_000_000)]))
def test_suffixes_are_exact(number, suffix):
    """The float nearest to the exact product, not a product of two floats."""
    assert money(f"{number}{suffix[0]}") == float(number * suffix[1])


@given(st.text(max_size=30) | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.integers()))
def test_never_another_error(value):
    for reader in (money, rate, percent, ratio, literal, level, gpu_hour, kilowatt, tenor_years, tenor_days, tolerance):
        try:
            reader(value)
        except Invalid as invalid:
            assert invalid.what and invalid.fix
