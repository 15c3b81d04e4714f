"""Deal files → deals, and every mistake of a file at once with its line."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from tests.files.deal_texts import BENCHMARK, FLEET
from tests.small_deals import fleet_of_one
from tranche.collateral.lease import Lease
from tranche.collateral.terms import Collections
from tranche.deal import (
    Account,
    Amortisation,
    Coupon,
    Debt,
    Expect,
    Expectation,
    Fee,
    Residual,
    Schedule,
    Step,
    parse_formula,
)
from tranche.errors import DealError
from tranche.files import load, loads
from tranche.market.terms import Gaussian, Lognormal, ReferenceRate, Reverting

D = dt.date


def swap(text, *pairs):
    """`text` with each old part replaced by its new one; the old one must be there."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def told(text):
    with pytest.raises(DealError) as caught:
        loads(text, "deal.yaml")
    return [str(problem) for problem in caught.value]


def test_the_benchmark_deal():
    deal = loads(BENCHMARK)
    assert deal.name == "Benchmark job"
    assert deal.assumptions == ("SOFR flat at 5.30% (C)",)
    assert deal.schedule == Schedule(closing=D(2025, 1, 1), maturity=D(2035, 1, 1))
    assert deal.collateral == Collections(file="cash.csv", components=("interest", "principal"))
    assert deal.definitions == {"pool": parse_formula("100m * (1 - (period - 1) / periods)")}
    assert deal.fees == (
        Fee(name="servicing", rate=0.005, on=parse_formula("pool"), unpaid="cancelled"),
        Fee(name="agent", amount=parse_formula("25k")),
    )
    assert deal.tranches == (
        Debt(
            name="senior",
            notional=70e6,
            coupon=Coupon(spread=0.06),
            amortisation=Amortisation(kind="level", arrears="leave"),
        ),
        Debt(
            name="mezz",
            notional=20e6,
            coupon=Coupon(spread=0.1),
            amortisation=Amortisation(kind="level"),
            unpaid_interest="capitalised",
            day_count="act/360",
        ),
        Residual(name="equity", notional=10e6),
    )
    assert deal.accounts == (Account(name="reserve", target=parse_formula("6 * senior.rate / 12 * senior.balance")),)
    [test] = deal.tests
    assert test.numerator == parse_formula("max(0, collections - servicing.due)")
    assert test.denominator == parse_formula("senior.debt_service")
    assert (test.trigger, test.lock_up, test.default, test.first_test) == (1.2, 1.1, 1.05, D(2025, 6, 1))
    assert deal.waterfall.lock_up == deal.waterfall.enforcement == ()
    assert deal.waterfall.performing == (
        Step(verb="pay", targets=("servicing",)),
        Step(verb="draw", targets=("reserve",), cover=("senior.interest", "senior.principal")),
        Step(verb="pay", targets=("senior.interest",)),
        Step(verb="fund", targets=("reserve",)),
        Step(verb="release", targets=("reserve",)),
        Step(verb="sweep", targets=("senior.principal",), when=parse_formula("dscr.breached")),
        Step(
            verb="pay",
            targets=("mezz.interest", "mezz.principal"),
            group="pro_rata",
            limit=parse_formula("2% * pool / 12"),
            share=0.5,
        ),
        Step(verb="pay", targets=("equity",)),
    )
    assert deal.expect == Expect(
        paths=2000,
        seed=7,
        figures=(
            Expectation(figure="senior.expected_loss", value=0.0, within=1e-6),
            Expectation(figure="audit.relative", value=0.0, within=1e-9),
        ),
    )


def test_the_fleet_deal():
    deal = loads(FLEET)
    assert deal.schedule.determination_days == 5
    assert deal.collateral == fleet_of_one(
        gpus=30_000.0,
        lease=Lease(rate=2.35, end=D(2028, 5, 16), take_or_pay=0.95),
        rent="rent_h100",
        utilisation="utilisation",
        in_service=D(2024, 1, 1),
        releasing_gap_days=45,
        kw_per_gpu=1.275,
        pue=1.3,
        power_price=0.08,
        hosting_per_kw_month=184.06,
        maintenance_per_gpu_month=25.0,
        cost_inflation=0.03,
        cost_per_gpu=30_000.0,
        life_years=6.0,
    )
    assert deal.market.factors == (
        Lognormal(name="rent_h100", initial=2.35, drift=-0.25, volatility=0.35, note="assumption"),
        Lognormal(name="btc", initial=65_000.0, volatility=0.55),
        Reverting(name="utilisation", initial=0.85, mean=0.8, speed=2.0, volatility=0.12),
    )
    pairs = (("rent_h100", "btc", 0.3), ("rent_h100", "utilisation", 0.4))
    assert deal.market.dependence == Gaussian(correlations=pairs)
    assert deal.market.rates[:2] == (
        ReferenceRate(name="SOFR", points=((D(2024, 5, 16), 0.0531), (D(2025, 1, 1), 0.043))),
        ReferenceRate(name="EURIBOR", points=((D(2024, 5, 16), 0.03),), note="not used"),
    )
    assert [value for _, value in deal.market.rates[2].points] == [0.02]
    loan, junior, sponsor = deal.tranches
    assert loan.coupon == Coupon(spread=0.06, index="SOFR", floor=0.0, cap=0.08)
    assert loan.amortisation == Amortisation(kind="schedule", amounts=(1e9, 1e9, 500e6))
    assert junior.coupon == Coupon(spread=0.09, index="SOFR")
    assert sponsor == Residual(name="sponsor", rank=3)
    assert deal.waterfall.performing[1] == Step(
        verb="transfer",
        targets=("holdback",),
        to="holdback",
        limit=parse_formula("1m"),
        until=D(2025, 5, 16),
        note="held until the first year ends",
    )
    assert [len(deal.waterfall.lock_up), len(deal.waterfall.enforcement)] == [2, 2]


def test_eight_mistakes_with_their_lines():
    text = swap(
        BENCHMARK,
        ("closing: 2025-01-01", "closing: 2025-13-01"),
        ("unpaid: cancelled", "unpaid: never"),
        ("notional: 70m", "notional: -70m"),
        ("coupon: 10%", "cupon: 10%"),
        ("ratio: max(0,", "ratio: mx(0,"),
        ("- pay: servicing", "- pey: servicing"),
        ("share: 50%", "share: 150%"),
        ("0.0 ± 1e-6", "0.0"),
    )
    assert told(text) == [
        "deal.yaml:8 schedule.closing: 2025-13-01 is no day of the calendar: month must be in 1..12; "
        "write a date as year-month-day, such as 2025-01-31",
        "deal.yaml:19 fees.servicing.unpaid: unpaid is 'never'; known: cancelled, carried",
        "deal.yaml:22 tranches.senior.notional: notional is -70,000,000; write more than 0",
        "deal.yaml:23 tranches.mezz.coupon: is missing; add `coupon:`",
        "deal.yaml:23 tranches.mezz.cupon: unknown key 'cupon'; did you mean 'coupon'?",
        "deal.yaml:29 tests.dscr.ratio: unknown function 'mx' at column 1; did you mean 'max'?",
        "deal.yaml:35 waterfall[0].pey: unknown verb 'pey'; did you mean 'pay'?",
        "deal.yaml:45 waterfall[6].share: share is 1.5; write 0 to 1",
        "deal.yaml:52 expect.figures.senior.expected_loss: 0.0 has no tolerance; "
        "write a value and its tolerance, such as 2.5% ± 0.1% or 0 +- 1e-9",
    ]


@pytest.mark.parametrize(
    ("base", "old", "new", "where", "what"),
    [
        # the file itself
        (BENCHMARK, "format: 1", "format: 2", "1 format", "this version reads format 1"),
        (BENCHMARK, "name: Bench", "nam: Bench", "2 nam", "did you mean 'name'"),
        (BENCHMARK, "name: Benchmark job", "name: 2025", "2 name", "put it in quotes"),
        (BENCHMARK, "name: Benchmark job", "name:", "2 name", "nothing is not text"),
        (BENCHMARK, "currency: USD", "currency: dollars", "3 currency", "three capital letters"),
        (BENCHMARK, "currency: USD", "currency: USD\ncurrency: EUR", "4", "written twice (first on line 3)"),
        (BENCHMARK, '- "SOFR flat at 5.30% (C)"', "- 5.3", "6 assumptions[0]", "is not text"),
        (BENCHMARK, "schedule:", "schedule: 3\nx:", "7 schedule", "stands where a mapping is wanted"),
        # words
        (BENCHMARK, "monthly", "month", "10 schedule.frequency", "did you mean 'monthly'"),
        (BENCHMARK, "frequency: monthly", "frequency: true", "10 schedule.frequency", "true (yes/no) is not text"),
        (BENCHMARK, "calendar: none", "calendar: mars", "11 schedule.calendar", "unknown calendar 'mars'"),
        # tagged unions
        (BENCHMARK, "collections:", "colections:", "15 collateral.colections", "did you mean 'collections'"),
        (BENCHMARK, "level: {arrears", "levl: {arrears", "22 tranches.senior.amortisation.levl", "'level'"),
        (BENCHMARK, "amortisation: level,", "amortisation: schedule,", "23 tranches.mezz.amortisation", "its terms"),
        (BENCHMARK, "{residual: {", "{residuel: {", "24 tranches.equity.residuel", "did you mean 'residual'"),
        (BENCHMARK, "{residual: {notional: 10m}}", "residul", "24 tranches.equity", "did you mean 'residual'"),
        (FLEET, "btc: {lognormal:", "btc: {lognormel:", "36 market.factors.btc.lognormel", "did you mean 'lognormal'"),
        (FLEET, "{gaussian: {", "{gausian: {", "38 market.dependence.gausian", "did you mean 'gaussian'"),
        # quantities
        (FLEET, "2.35 USD/gpu-hour, end", "2.35 USD/gpu, end", "15 collateral.fleet.lease.rate", "USD/gpu-hour"),
        (FLEET, "0.08 USD/kWh", "0.08 EUR/kWh", "22 collateral.fleet.power_price", "the deal is in USD"),
        (FLEET, "1.275 kW", "1.275 MW", "20 collateral.fleet.kw_per_gpu", "this field is in kW"),
        (FLEET, "45d", "3m", "19 collateral.fleet.releasing_gap", "45d"),
        (FLEET, "gpus: 30_000", "gpus: 0", "14 collateral.fleet.gpus", "gpus is 0; write more than 0"),
        (FLEET, "take_or_pay: 95%", "take_or_pay: 95", "15 collateral.fleet.lease.take_or_pay", "with the % sign"),
        (FLEET, "volatility: 55%", "volatility: -55%", "36 market.factors.btc.lognormal.volatility", "is -0.55"),
        (FLEET, "btc: 0.3", "btc: 1.3", "38 market.dependence.gaussian.rent_h100 ~ btc", "correlation is 1.3"),
        (FLEET, "rent_h100 ~ btc", "rent_h100 ~ bct", "38 market.dependence.gaussian.rent_h100 ~ bct", "'btc'"),
        (FLEET, "rent_h100 ~ btc", "rent_h100 btc", "38 market.dependence.gaussian.rent_h100 btc", "not a pair"),
        (FLEET, "2025-01-01: 4.3%", "2024-01-01: 4.3%", "31 market.rates.SOFR", "2024-01-01 follows 2024-05-16"),
        (FLEET, "points: {2024", "pionts: {2024", "32 market.rates.EURIBOR.pionts", "known: note, points"),
        (BENCHMARK, "coupon: 10%", "coupon: 10", "23 tranches.mezz.coupon", "with the % sign"),
        (BENCHMARK, "coupon: 10%", "coupon: .nan", "23 tranches.mezz.coupon", "NaN"),
        (BENCHMARK, "amount: 25k", "amount: 25k USD", "20 fees.agent.amount", "deal's currency: leave it out"),
        (BENCHMARK, "amount: 25k", "amount: 25,000", "20 fees.agent.000", "a comma ends an entry"),
        (BENCHMARK, "{notional: 10m}", "{notional: 010}", "24 tranches.equity.residual.notional", "needless zero"),
        # items
        (BENCHMARK, "agent: {amount", "senior: {amount", "20 fees.senior", "is taken by tranches.senior"),
        (BENCHMARK, "agent: {amount", "cash: {amount", "20 fees.cash", "reserved"),
        (BENCHMARK, "agent: {amount: 25k}", "agent: {name: x, amount: 25k}", "20 fees.agent", "unknown key 'name'"),
        (BENCHMARK, "amount: 25k", "rate: 1%", "20 fees.agent", "a rate without what it is taken on"),
        (BENCHMARK, "ratio: max", "ratio: 1 + max", "29 tests.dscr.ratio", "its last operation is '+'"),
        (BENCHMARK, "default: 1.05x", "default: 1.15x", "32 tests.dscr.default", "above the lock-up level"),
        # steps
        (BENCHMARK, "- fund: reserve", "- fund: reserve\n    wen: final", "40 waterfall[3].wen", "did you mean 'when'"),
        (BENCHMARK, "- fund: reserve", "- fund: reserve\n    pay: x", "39 waterfall[3]", "2 verbs: fund, pay"),
        (BENCHMARK, "- fund: reserve", "- limit: 3", "39 waterfall[3]", "the step has no verb"),
        (BENCHMARK, "- fund: reserve", "- fund reserve", "39 waterfall[3]", "is not a step"),
        (BENCHMARK, "- fund: reserve", "- fund: 3", "39 waterfall[3].fund", "is not text"),
        (BENCHMARK, "- fund: reserve", "- transfer: {form: cash, to: r}", "39 waterfall[3].transfer.form", "'from'"),
        (BENCHMARK, "- fund: reserve", "- transfer: {from: cash}", "39 waterfall[3].transfer.to", "is missing"),
        (BENCHMARK, "{pro_rata: [", "{prorata: [", "43 waterfall[6].pay", "did you mean 'pro_rata'"),
        (BENCHMARK, "when: dscr.breached", "when: true", "42 waterfall[5].when", "yes/no"),
        (FLEET, "  lock_up:", "  lockup:", "60 waterfall.lockup", "did you mean 'lock_up'"),
        # what is between fields
        (BENCHMARK, "maturity: 2035", "maturity: 2015", "9 schedule.maturity", "is not after the closing"),
        (BENCHMARK, "maturity: 2035", "maturity: 2135", "9 schedule.maturity", "more than 100 years"),
        (BENCHMARK, "cash.csv", "../cash.csv", "15 collateral.collections.file", "leaves the folder"),
    ],
)  # fmt: skip
def test_one_mistake(base, old, new, where, what):
    found = [line for line in told(swap(base, (old, new))) if line.startswith(f"deal.yaml:{where}: ")]
    assert found, told(swap(base, (old, new)))
    assert any(what in line for line in found), found


def test_everything_that_is_missing():
    assert told("description: nothing else") == [
        f"deal.yaml:1 {key}: is missing; add `{key}:{' 1' if key == 'format' else ''}`"
        for key in ("collateral", "format", "name", "schedule", "tranches", "waterfall")
    ]


def test_an_item_with_a_bad_name_is_still_read():
    found = told(swap(BENCHMARK, ("mezz: {notional: 20m", "1st: {notional: -20m")))
    assert found[0].startswith("deal.yaml:23 tranches.1st: '1st' cannot be a name; use letters")
    assert found[1].startswith("deal.yaml:23 tranches.1st.notional: notional is -20,000,000")
    assert len(found) == 2


def test_after_a_hundred_problems_the_rest_is_counted():
    text = BENCHMARK + "".join(f"  s{i}: x\n" for i in range(300)).replace("  s", "s")
    found = told(text.replace("waterfall:\n", "waterfall:\n" + "  - pey: x\n" * 150))
    assert len(found) == 101
    assert "more problems; mend the ones above first" in found[-1]


def test_lines_of_paths():
    deal = loads(BENCHMARK, "deal.yaml")
    lines = deal.source.lines
    assert lines["schedule.maturity"] == 9
    assert lines["definitions.pool"] == 17
    assert lines["tranches.senior.coupon"] == 22
    assert lines["tests.dscr.ratio"] == lines["tests.dscr.numerator"] == 29
    assert lines["waterfall[5].when"] == lines["waterfall.performing[5].when"] == 42
    assert lines["expect.figures.senior.expected_loss"] == 52
    assert str(deal.source.place("waterfall.performing[5].when")) == "deal.yaml:42 waterfall[5].when"
    fleet = loads(FLEET).source
    assert fleet.lines["collateral.fleet.lease.end"] == 15
    assert fleet.lines["collateral.fleet.releasing_gap_days"] == fleet.lines["collateral.fleet.releasing_gap"] == 19
    assert fleet.lines["market.factors.btc.lognormal.volatility"] == 36
    assert str(fleet.place("waterfall.lock_up[1].sweep")) == "<text>:62 waterfall.lock_up[1].sweep"


def test_small_aliases_are_fine():
    text = swap(
        BENCHMARK,
        ("{level: {arrears: leave}}", "&leave {level: {arrears: leave}}"),
        ("amortisation: level,", "amortisation: *leave,"),
    )
    senior, mezz, _ = loads(text).tranches
    assert senior.amortisation == mezz.amortisation


def test_a_file(tmp_path):
    path = tmp_path / "deal.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BENCHMARK.encode())
    assert load(path) == load(str(path)) == loads(BENCHMARK)
    assert load(path).source.file == str(path)


@pytest.mark.parametrize(
    ("raw", "line", "what"),
    [
        (b"format: 1\nname: \xff\n", 2, "byte 16 is not UTF-8"),
        ("name: x".encode("utf-16"), 1, "is not UTF-8"),
        (b"x" * 2_000_001, 0, "larger than 2,000,000 bytes"),
        (b"", 1, "the file is empty"),
    ],
)
def test_a_file_that_is_no_text(tmp_path, raw, line, what):
    path = tmp_path / "deal.yaml"
    path.write_bytes(raw)
    with pytest.raises(DealError) as caught:
        load(path)
    [problem] = caught.value
    assert problem.place.file == str(path)
    assert problem.place.line == line
    assert what in problem.what


def test_no_file(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        with pytest.raises(DealError, match="the file cannot be read: "):
            load(path)


def test_collections_written_into_the_deal() -> None:
    text = (Path(__file__).parents[2] / "deals/features/collections_inline.yaml").read_text()
    deal = loads(text)
    assert deal.collateral == Collections(
        components=("interest", "principal"),
        amounts=(("interest", (3.0, 3.0, 2.0, 1.0)), ("principal", (40.0, 30.0, 20.0, 10.0))),
    )
    for old, new, said in (
        ("[3, 3, 2, 1]", "[3, 3, -2, 1]", "interest[2] is -2"),
        ("    amounts:", "    file: cash.csv\n    amounts:", "a file and amounts are both given"),
        ("    amounts:", "    components: [interest]\n    amounts:", "amounts are given for interest, principal"),
    ):
        with pytest.raises(DealError, match=re.escape(said)):
            loads(text.replace(old, new))


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u3000"])
def test_a_name_pasted_from_a_page_has_blanks_of_any_width(blank: str) -> None:
    assert loads(BENCHMARK.replace("name: Benchmark job", f"name: Benchmark{blank}job")).name == f"Benchmark{blank}job"
