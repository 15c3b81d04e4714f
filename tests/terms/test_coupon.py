from __future__ import annotations

import pytest

from tranche.errors import Invalid
from tranche.terms import CouponTerms, coupon


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("6%", CouponTerms(0.06)),
        (0.06, CouponTerms(0.06)),
        ("SOFR", CouponTerms(0.0, "SOFR")),
        ("SOFR + 600bp", CouponTerms(0.06, "SOFR")),
        ("SOFR+600bp", CouponTerms(0.06, "SOFR")),
        ("SOFR - 10bp", CouponTerms(-0.001, "SOFR")),
        ("SOFR + 6.25% floor 0%", CouponTerms(0.0625, "SOFR", 0.0)),
        ("SOFR + 6.25% cap 8%", CouponTerms(0.0625, "SOFR", None, 0.08)),
        ("SOFR + 6.25% floor -50bp cap 8%", CouponTerms(0.0625, "SOFR", -0.005, 0.08)),
    ],
)
def test_forms(written, terms):
    assert coupon(written) == terms


@pytest.mark.parametrize(
    "written", ["", "SOFR + ", "SOFR 600bp", "SOFR + 6x", "6% + SOFR", "SOFR + 6% cap", "SOFR * 2", "a" * 500]
)
def test_refused_with_an_example(written):
    with pytest.raises(Invalid, match=r"is not a coupon; write a coupon such as 6%, SOFR \+ 600bp"):
        coupon(written)


def test_a_fixed_rate_has_no_floor():
    with pytest.raises(Invalid, match="has a floor or cap but no index"):
        coupon("6% floor 1%")
