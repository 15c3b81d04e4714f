"""What is said of calls that cannot be: where, what, and what would be right."""

from __future__ import annotations

import pytest

from tranche.compiler import compile_deal
from tranche.errors import DealError
from tranche.files import loads

DEAL = """\
format: 1
name: calls
schedule: {{closing: 2025-01-01, maturity: 2027-01-01, frequency: annual}}
market: {{rates: {{SOFR: 3%}}, factors: {{index: {{short_rate: {{initial: 3%, mean: 3%, speed: 1, volatility: 1%}}}}}}}}
collateral: {collateral}
accounts: {{escrow: {{closes: 2026-06-01}}}}
tranches:
  senior: {{notional: 100, coupon: {coupon}{terms}}}
  mezz: {{notional: 50, coupon: 8%{mezz}}}
tests: {{cover: {{ratio: collections / debt_service, trigger: {trigger}}}}}
{more}
waterfall: [{{pay: senior.interest}}, {{pay: senior.principal}}]
"""
FLEET = "{fleet: {gpus: 10, lease: {rate: 2, end: 2026-01-01}}}"
BASE = {
    "collateral": "{collections: {amounts: [50, 50]}}", "coupon": "6%", "terms": "", "mezz": "", "trigger": "1.2x",
    "more": "",
}  # fmt: skip
WHOLE = ", call: {first: 2026-01-01, make_whole: {rate: SOFR + 50bp}}"


def told(**parts: str) -> str:
    with pytest.raises(DealError) as caught:
        compile_deal(loads(DEAL.format(**(BASE | parts))))
    return str(caught.value)


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"terms": ", call: {price: 101%}"},
         "tranches.senior.call: the call has neither a condition nor a date; add `when`, `first`, or prices by date"),
        ({"terms": ", call: {first: 2027-01-01}"},
         "tranches.senior.call: it can be called from 2027-01-01 on, and its maturity is 2027-01-01"),
        ({"terms": ", call: {price: {2027-06-01: 101%}}"}, "it can be called from 2027-06-01 on"),
        ({"terms": ", call: {first: 2025-06-01, price: {2026-01-01: 101%}}"},
         "tranches.senior.call.first: it can be called from 2025-06-01 on, and the first price is of 2026-01-01"),
        ({"terms": ", call: {first: 2025-06-01, price: 101}"},
         "tranches.senior.call.price: price is 101; write a share of par from 100% to 200%, such as 101%"),
        ({"terms": ", call: {first: 2025-06-01, price: {2026-01-01: 99%}}"}, "price is 0.99"),
        ({"terms": ", call: {frist: 2025-06-01}"},
         "tranches.senior.call.frist: unknown key 'frist'; did you mean 'first'?"),
        ({"terms": ", call: {first: 2025-06-01, proceeds: escro}"},
         "tranches.senior.call.proceeds: unknown account 'escro'; did you mean 'escrow'?"),
        ({"terms": ", call: {first: 2025-06-01, proceeds: escrow}"},
         "account 'escrow' closes on 2026-06-01, and money may come into it later; an account that stays open"),
        ({"terms": ", strip: mezz.balance, call: {first: 2025-06-01}"},
         "tranches.senior.call: an interest-only strip is called; it has no principal to redeem"),
        ({"terms": ", conversion: {parity: 1}, call: {first: 2025-06-01}"},
         "tranches.senior.call: convertible notes have a call; conversion.forced is theirs: keep one of them"),
        ({"terms": ", call: {first: 2026-01-01, make_whole: {rate: 4%, until: 2028-01-01}}"},
         "tranches.senior.call.make_whole.until: the holder is made whole until 2028-01-01, and the maturity is 2027"),
        ({"terms": ", call: {first: 2026-01-01, make_whole: {rate: 4%, until: 2026-01-01}}"},
         "the holder is made whole until 2026-01-01, and is not called before 2026-01-01"),
        ({"terms": WHOLE, "coupon": "index + 1%"},
         "tranches.senior.call.make_whole: the coupon of senior depends on the path, so that what it would pay is not "
         "known in advance; a price by date, or a debt whose service is known in advance"),
        ({"terms": WHOLE + ", amortisation: {pass_through: collections}"},
         "tranches.senior.call.make_whole: senior repays by pass_through, so that what it would pay is not known"),
        ({"terms": WHOLE + ", pik: {when: period < 2}"}, "senior pays interest in kind, so that what it would pay"),
        ({"terms": WHOLE + ", draws: {initial: 50}"}, "senior is drawn over time, so that what it would pay"),
        ({"terms": WHOLE + ", maturity: 2026-06-01, extensions: [{to: 2027-01-01}]"}, "senior can be extended, so"),
        ({"terms": WHOLE.replace("SOFR", "index")},
         "tranches.senior.call.make_whole.rate: the discount rate follows the factor 'index', which depends on the path"
         "; a fixed rate, or a reference rate"),
        ({"terms": WHOLE.replace("SOFR", "SOFT")},
         "tranches.senior.call.make_whole.rate: unknown reference rate 'SOFT'; did you mean 'SOFR'?"),
        ({"terms": ", call: {when: mezz.called}", "mezz": ", call: {first: 2026-01-01}"},
         "tranches.senior.call.when: 'mezz.called' cannot be read here: it is not known when this call is decided; "
         "prev(mezz.called)"),
        ({"terms": ", call: {when: senior.called}"}, "'senior.called' cannot be read here"),
        ({"terms": ", call: {when: mezz.caled}", "mezz": ", call: {first: 2026-01-01}"}, "did you mean 'mezz.called'"),
        ({"terms": ", call: {first: 2026-01-01}", "more": "status: {lock_up: senior.called}"},
         "status.lock_up: 'senior.called' cannot be read here: calls come after the status; prev(senior.called)"),
        ({"terms": ", call: {when: senior.call_premium.due > 0}"}, "unknown name 'senior.call_premium.due'"),
        ({"more": "clean_up: {first: 2026-01-01}"}, "clean_up.when: is missing"),
        ({"more": "clean_up: {when: final, first: 2027-01-01}"},
         "clean_up.first: the collateral can be bought from 2027-01-01 on, and the last payment date is 2027-01-01"),
        ({"more": "clean_up: {when: final, proceeds: reserve}"}, "clean_up.proceeds: unknown account 'reserve'"),
        ({"more": "clean_up: {when: clean_up.called}"}, "clean_up.when: 'clean_up.called' cannot be read here"),
        ({"more": "clean_up: {when: final}", "collateral": FLEET},
         "clean_up: machines and coins are sold by their own rules, not by a clean-up call; a `call` of each debt, "
         "whose proceeds the sponsor pays"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be(parts: dict[str, str], what: str) -> None:
    assert what in told(**parts).replace("\n", " ")


def test_calls_that_can_be() -> None:
    for parts in (
        {"terms": WHOLE},
        {"terms": WHOLE, "coupon": "SOFR + 2%"},
        {"terms": ", call: {when: cover < 1.1 and prev(mezz.called)}", "mezz": ", call: {when: senior.called}"},
        {"more": "clean_up: {when: senior.balance < 10, purchase_price: 120}"},
        {"more": "clean_up: {when: senior.balance < 10}", "mezz": ", call: {when: not clean_up.called}"},
    ):
        compile_deal(loads(DEAL.format(**(BASE | parts))))
