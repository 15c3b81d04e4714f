"""English and diagrams say what the compiled deal does, step by step."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tranche
from tests.small_deals import FLEET, STRESSED
from tranche.deal import VERBS, Deal
from tranche.description import english, mermaid, picture, svg
from tranche.description import phrases as words
from tranche.files import loads

SPLIT = """\
format: 1
name: Split <interest> & 'principal'
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral: {collections: {}}
tranches:
  a: {notional: 60m, coupon: 6%, amortisation: level}
  b: {notional: 30m, coupon: SOFR + 225bp, amortisation: level}
  certificate: {residual: {}}
market: {rates: {SOFR: 5%}}
accounts:
  interest_account: {}
  spare: {target: 1m}
waterfall:
  - transfer: {from: cash, to: interest_account}
    limit: 3% * collections
  - pay: {pro_rata: [a.interest, b.interest]}
    from: interest_account
  - release: spare
    to: interest_account
  - transfer: {from: interest_account, to: cash}
  - pay: [a.principal, b.principal]
    after: 2025-03-01
    until: 2025-06-30
  - fund: spare
  - pay: certificate
"""
CALLED = """\
format: 1
name: Called
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral: {collections: {}}
accounts: {box: {}}
tranches:
  loan: {notional: 60m, coupon: 6%, call: {first: 2025-03-01, when: collections > 5m, price: {2025-03-01: 102%}}}
  equity: residual
clean_up: {when: loan.balance < 1m, purchase_price: 2 * loan.balance, proceeds: box}
waterfall:
  - pay: [loan.interest, loan.principal, loan.call_premium]
  - pay: equity
"""
TEXTS = {"stressed": STRESSED, "fleet": FLEET, "split": SPLIT, "called": CALLED}


@pytest.fixture(params=TEXTS)
def deal(request: pytest.FixtureRequest) -> Deal:
    return loads(TEXTS[request.param])


def test_every_step_of_the_program_is_told_in_its_order(deal: Deal) -> None:
    program = tranche.compile(deal)
    numbered = re.findall(r"^ *(\d+)\. (.*)$", english(program, width=10_000), re.MULTILINE)
    assert len(numbered) == len(program.steps)
    for (_, said), step in zip(numbered, program.steps, strict=True):
        for target in step.targets:
            assert (target.rpartition(".")[0] or words.account(target)) in said
        for key, words_of in step.details:
            if key not in ("for", "short"):  # told as phrases
                assert words.WAITS.get(words_of, words_of) in said, (key, said)


def test_sentences() -> None:
    text = english(tranche.compile(loads(STRESSED)), width=10_000)
    for line in (
        "   1. Pay the fee servicing.",
        "   2. Draw on reserve for what the collection account lacks of interest due on senior and principal due on "
        "senior.",
        "   5. Top up reserve to its target of 2% * senior.balance.",
        "   6. Release what reserve holds above its target of 2% * senior.balance into the collection account.",
        "   7. Pay interest due on mezz, but no more than 35k.",
        "   8. Repay senior ahead of schedule, down to a balance of zero, with 50% of what the collection account "
        "holds then, only when dscr.breached.",
        "   9. Pay interest due on mezz and principal due on mezz, pro rata by what each is due, but no more than 1m, "
        "until 2026-12-31.",
        "  11. Pay all that is left to equity, only once all debt is repaid.",
        "   1. Test dscr: collections / senior.debt_service. Terms: trigger 1.25x; lock up 1.05x; default 0.6x.",
    ):
        assert line.replace("Test dscr", "test dscr") in text.splitlines()
    split = english(tranche.compile(loads(SPLIT)), width=10_000)
    assert "Transfer what the collection account holds to interest_account, but no more than 3% * collections." in split
    assert "pro rata by what each is due, from interest_account." in split
    assert "Release what spare holds above its target of 1m into interest_account." in split
    assert "coupon SOFR + 2.25%" in split


TERMS = """\
format: 1
name: Terms
schedule: {closing: 2025-01-01, maturity: 2025-10-01}
collateral: {collections: {}}
market: {rates: {SOFR: 5%}}
tranches:
  a:
    notional: 60m
    coupon: SOFR
    amortisation: {schedule: {amounts: [0, 1m, 2m, 3m, 4m, 5m, 45m, 0, 0], balloon: BALLOON}}
  b: {notional: 30m, coupon: 6%, amortisation: none}
  equity: residual
hedges: {irs: {swap: {notional: a.balance, pay: 5%, receive: SOFR}}}
tests:
  both: {ratio: (collections + cash) / a.debt_service, lock_up: 1.1x}
  two: {ratio: "max(1, cash) * max(1, cash) / max(1, (1 + cash) * 2)", trigger: 1.2x}
  money: {value: cash, trigger: {2025-03-01: 1_234_567.5, 2025-06-01: 1m}}
waterfall:
  - settle: irs
  - pay: [a.interest, b.interest, a.principal, b.principal]
  - sweep: {pro_rata: [a.principal, b.principal]}
    when: two.breached or money.breached
  - pay: equity
"""


def test_terms_that_are_shortened_or_ambiguous_are_told() -> None:
    """Brackets of a ratio's sides, a balloon inside a long schedule, an amount without an x, where a swap stands."""
    text = english(tranche.compile(loads(TERMS.replace("BALLOON", "false"))), width=10_000)
    for line in (
        "   1. test both: (collections + cash) / a.debt_service. Terms: lock up 1.1x.",
        "   2. test two: (max(1, cash) * max(1, cash)) / max(1, (1 + cash) * 2). Terms: trigger 1.2x.",
        "   3. test money: cash. Terms: trigger 1,234,567.5 from 2025-03-01, 1,000,000 from 2025-06-01.",
        "   3. Repay a and b, pro rata by balance, ahead of schedule, down to a balance of zero, only when "
        "two.breached or money.breached.",
    ):
        assert line in text.splitlines()
    said = "amounts 0, 1,000,000, … (9 in all), 5,000,000, 45,000,000, {}, 60,000,000 in total"
    assert said.format("then nothing on 2 dates") in text
    ballooned = english(tranche.compile(loads(TERMS.replace("BALLOON", "true"))), width=10_000)
    assert said.format("and on the last what is left") in ballooned
    due = text.partition("What falls due\n")[2].partition("\n\n")[0]
    assert ". irs: the net of the period." in due
    assert "\nAnd\n" not in text


def test_items_of_the_collateral_do_not_run_together() -> None:
    deals = Path(__file__).parents[2] / "deals"
    text = english(tranche.compile(tranche.load(deals / "flash_compute.yaml")), width=10_000)
    assert "backstop limits 1,300,000,000 from 2025-12-31, 1,160,000,000 from 2027-01-01, " in text
    assert "liquidation generations all: depth 168,000, " in text
    text = english(tranche.compile(tranche.load(deals / "coreweave_ddtl_2.yaml")), width=10_000)
    assert "cohorts first: gpus 60,000, " in text
    assert ", fourth: gpus 18,000, " in text
    text = english(tranche.compile(tranche.load(deals / "gpu_lease_abs.yaml")), width=10_000)
    assert ", … (8 in all), " in text


SUPPORTED = """\
format: 1
name: Supported
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral: {collections: {}}
accounts: {reserve: {}}
tranches:
  note: {notional: 60m, coupon: 6%}
  rcf: {notional: 10m, coupon: 6%, draws: {}}
  equity: residual
facilities:
  lf: {commitment: 2m, coupon: 5%, covers: note.interest}
guarantees:
  g: {limit: 10m, covers: note}
  h: {limit: 5m, covers: note.principal}
tests: {cover: {ratio: collections / note.debt_service, default: 1x}}
waterfall:
  - draw: lf
  - draw: [g, h]
    limit: 1m
  - draw: g
    for: [note.interest, note.principal]
  - draw: rcf
  - draw: reserve
  - pay: [note.interest, rcf.interest, note.principal, rcf.principal]
  - pay: equity
"""


def test_lenders_and_guarantors_are_not_emptied() -> None:
    """Without `for` they cover what they are there for, in the waterfalls of the deal and in the default enforcement:
    only accounts are emptied."""
    text = english(tranche.compile(loads(SUPPORTED)), width=10_000)
    performing, enforcement = text.split("Waterfall ")[1:]
    lacks = "for what the collection account lacks of"
    assert re.findall(r"\d\. (.*)", performing)[:5] == [
        f"Draw on lf, up to what is available of it, {lacks} interest due on note.",
        f"Draw on g, then h, up to what is available of each, {lacks} the dues that each covers (interest and "
        "principal due on note and principal due on note), but no more than 1m.",
        f"Draw on g, up to what is available of it, {lacks} interest due on note and principal due on note.",
        "Draw all that is available of rcf into the collection account.",
        "Empty reserve into the collection account.",
    ]
    assert f"Draw on g, up to what is available of it, {lacks} interest and principal due on note." in enforcement
    assert re.findall("Empty .*", enforcement) == ["Empty reserve into the collection account."]


def test_calls_are_told_and_drawn() -> None:
    """A debt's own call and the deal's, with the account that the sponsor or the buyer pays into."""
    text = SPLIT
    for old, new in (
        ("coupon: 6%, amortisation: level", "coupon: 6%, call: {when: period > 2, price: 101%}"),
        ("waterfall:", "clean_up: {when: b.balance < 10% * b.notional, proceeds: spare}\nwaterfall:"),
        ("  - pay: certificate", "  - pay: a.call_premium\n  - pay: certificate"),
    ):
        text = text.replace(old, new)
    program = tranche.compile(loads(text))
    told = english(program, width=10_000)
    assert (
        "   1. Sell the collateral for all that takes the deal out, into spare, and redeem a and b at par, only when "
        "b.balance < 10% * b.notional.\n   2. Redeem a early: the sponsor pays all that is due on the call into the "
        "collection account, only when period > 2, at a price of 101%.\n"
    ) in told.partition("Who is redeemed early\n")[2]
    (calls, _) = picture(program).bands
    assert (calls.status, calls.title) == ("calls", "Who is redeemed early")
    deal, own = calls.rows
    assert [(a.source, a.to, a.what) for row in calls.rows for a in row.arrows] == [
        ("buyer", "spare", "collateral"), ("sponsor", "cash", "redemption")
    ]  # fmt: skip
    assert deal.notes == ("redeems a, b at par", "only when b.balance < 10% * b.notional")
    assert own.notes == ("redeems a", "only when period > 2", "at a price of 101%")
    drawn = mermaid(program)
    assert 'calls_s1{{"1. call<br/>from buyer<br/>redeems a, b at par' in drawn
    assert re.search(r'calls_n1 -\. "redemption" \.-> calls_s2', drawn)
    shown = {node.text for node in ElementTree.fromstring(svg(program)).iter("{http://www.w3.org/2000/svg}text")}
    assert {"Who is redeemed early", "sponsor", "buyer", "redeems a", "redemption", "collateral"} <= shown


def test_what_the_deal_cannot_do_is_not_described() -> None:
    assert "lock-up" not in english(tranche.compile(loads(SPLIT)))
    assert [band.status for band in picture(tranche.compile(loads(SPLIT))).bands] == ["performing"]
    assert [band.status for band in picture(tranche.compile(loads(FLEET))).bands] == [
        "performing", "lock_up", "enforcement"
    ]  # fmt: skip


def test_every_verb_has_a_sentence() -> None:
    assert set(VERBS) <= set(words.VERBS), "describe the new verb in tranche/description/phrases.py (VERBS)"


def test_lines_are_not_longer_than_asked(deal: Deal) -> None:
    assert max(map(len, english(tranche.compile(deal), width=72).splitlines())) <= 72


def test_fusing_changes_no_word(deal: Deal) -> None:
    from tranche.compiler import compile_deal

    fused, plain = compile_deal(deal), compile_deal(deal, fuse=False)
    for form in (english, mermaid, svg):
        assert form(fused).replace(fused.hash[:16], "") == form(plain).replace(plain.hash[:16], "")


def test_the_svg_is_one_self_contained_document(deal: Deal) -> None:
    program = tranche.compile(deal)
    text = svg(program)
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"href|@import|<script|url\((?!#)", text)
    shown = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert deal.name in shown
    for band in picture(program).bands:
        assert band.title in shown
        for row in band.rows:
            for note in row.notes:
                assert any(note.startswith(line or "") for line in shown if line), note
            for arrow in row.arrows:
                assert {arrow.what, arrow.source.replace("cash", "collection account")} <= set(shown)
    width = float(root.attrib["width"])
    for node in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(node.attrib.get("x", 0)) + float(node.attrib["width"]) <= width


def test_mermaid_labels_are_quoted_and_nodes_named_once(deal: Deal) -> None:
    lines = mermaid(tranche.compile(deal)).splitlines()
    assert lines[0] == lines[2] == "---"
    assert lines[3] == "flowchart TD"
    nodes = [match[1] for line in lines if (match := re.match(r"\s+(\w+_[sn]\d+)[\[({]", line))]
    assert len(nodes) == len(set(nodes))
    for line in lines[4:]:
        link = re.match(r'\s+(\w+) (?:-->|==|-\.)(?: "[^"<>]*" (?:==>|\.->))? (\w+)$', line)
        if link:
            assert {link[1], link[2]} <= set(nodes)
        assert line.count('"') in (0, 2)
    assert sum(line.strip() == "end" for line in lines) == sum("subgraph" in line for line in lines)


def test_terms_that_govern_are_said_though_they_are_the_defaults() -> None:
    """75%, 85% and 60% are what a pledge has when its file states none of them."""
    deals = Path(__file__).parents[2] / "deals"
    text = english(tranche.compile(tranche.load(deals / "features" / "margin_ladder.yaml")))
    said = " ".join(text.split())
    assert "margin on what is pledged to loan. Terms: to loan; coins 1,000; call 75%; liquidation 85%; " in said
