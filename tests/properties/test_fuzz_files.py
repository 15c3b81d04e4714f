"""Whatever a deal file says, the answer is a Deal or a DealError with lines: never another exception."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files.deal_texts import BENCHMARK, FLEET
from tranche.deal import Deal
from tranche.errors import DealError
from tranche.files import load, loads

BASES = (BENCHMARK, FLEET)
ODD = (
    "", "~", "null", "true", "false", "yes", "-1", "0", "1e400", ".nan", "-.inf", "99999999999999999999", "1_0", "70m",
    "6%", "[]", "{}", "[[]]", "{a: {b: c}}", "[1, {a: 2}]", "2025-01-01", "2025-02-30", "'", '"', "''", "*a", "&a",
    "&a 1", "!!int 5", "!x", "|", ">-", "? a", "- a", "a: b", "#", "%", "@", "`", "<<", "\t", "\x00", "\u2028",
    "\ud7ff", "é", "x" * 300, "(" * 70, "a + b", "1 / 0", "max(", "SOFR + 1%", "..", "../../etc/passwd", "lambda: 0",
    "__class__", "\\", "\r",
)  # fmt: skip

values = st.sampled_from(ODD) | st.text(max_size=20) | st.integers().map(str) | st.floats().map(str)


def check(text):
    """A Deal, or problems of which each has a line of the file."""
    try:
        deal = loads(text, "deal.yaml")
    except DealError as error:
        assert error.problems
        last = text.count("\n") + text.count("\r") + 2
        for problem in error:
            assert problem.what
            assert problem.place.file == "deal.yaml"
            assert 1 <= problem.place.line <= last
            str(problem).encode()
    else:
        assert isinstance(deal, Deal)


@st.composite
def mutants(draw):
    """A valid deal file after one to four cuts, swaps and graftings."""
    text = draw(st.sampled_from(BASES))
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from(MUTATIONS))(draw, text)
    return text


def _line(draw, text):
    lines = text.split("\n")
    return lines, draw(st.integers(0, len(lines) - 1))


def replace_value(draw, text):
    lines, i = _line(draw, text)
    head, colon, _ = lines[i].partition(":")
    lines[i] = f"{head}{colon} {draw(values)}"
    return "\n".join(lines)


def replace_word(draw, text):
    words = list(re.finditer(r"[\w.%]+", text))
    if not words:
        return text
    word = draw(st.sampled_from(words))
    return text[: word.start()] + draw(values) + text[word.end() :]


def misspell(draw, text):
    i = draw(st.integers(0, max(0, len(text) - 1)))
    return text[:i] + draw(st.sampled_from(["", *string.printable])) + text[i + draw(st.integers(0, 2)) :]


def indent(draw, text):
    lines, i = _line(draw, text)
    lines[i] = " " * draw(st.integers(0, 12)) + lines[i].lstrip()
    return "\n".join(lines)


def drop(draw, text):
    lines, i = _line(draw, text)
    del lines[i : i + draw(st.integers(1, 5))]
    return "\n".join(lines)


def repeat(draw, text):
    lines, i = _line(draw, text)
    return "\n".join(lines[:i] + lines[i : i + 1] * draw(st.integers(2, 5)) + lines[i + 1 :])


def exchange(draw, text):
    lines, i = _line(draw, text)
    k = draw(st.integers(0, len(lines) - 1))
    lines[i], lines[k] = lines[k], lines[i]
    return "\n".join(lines)


def deepen(draw, text):
    lines, i = _line(draw, text)
    depth = draw(st.sampled_from([1, 5, 39, 40, 41, 200]))
    opening, closing = draw(st.sampled_from([("[", "]"), ("{a: ", "}"), ("(", ")"), ("- ", "")]))
    head, colon, rest = lines[i].partition(": ")
    lines[i] = f"{head}{colon}{opening * depth}{rest}{closing * depth}"
    return "\n".join(lines)


MUTATIONS = (replace_value, replace_word, misspell, indent, drop, repeat, exchange, deepen)


@given(mutants())
def test_mutants(text):
    check(text)


@given(st.sampled_from(BASES), st.data())
def test_anchors_and_aliases(text, data):
    lines = text.split("\n")
    spots = [i for i, line in enumerate(lines) if ": " in line and "#" not in line]
    here, there = data.draw(st.sampled_from(spots)), data.draw(st.sampled_from(spots))
    lines[here] = lines[here].replace(": ", ": &a ", 1)
    head, _, _ = lines[there].partition(": ")
    lines[there] = f"{head}: *a"
    check("\n".join(lines))


WORDS = [
    "format", "name", "schedule", "collateral", "fleet", "collections", "lease", "tranches", "senior", "debt",
    "residual", "notional", "coupon", "waterfall", "performing", "pay", "pro_rata", "transfer", "from", "market",
    "factors", "rates", "points", "lognormal", "dependence", "gaussian", "tests", "ratio", "expect", "figures", "value",
    "within", "accounts", "target", "fees", "amount", "definitions", "amortisation", "amounts", "x",
]  # fmt: skip

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)


@given(trees)
def test_any_tree_in_the_words_of_deal_files(tree):
    check(flow(tree))


def flow(tree):
    """`tree` in YAML's flow style; odd texts go in as they are."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(flow, tree)) + "]"
    return str(tree)


@pytest.mark.parametrize(
    "section",
    ["schedule", "collateral", "market", "definitions", "fees", "tranches", "accounts", "tests", "waterfall", "expect"],
)
@pytest.mark.parametrize(
    "value", ["", "3", "x", "[]", "{}", "[x, 3, [], {}]", "{x: }", "{x: 3}", "{x: [3]}", "{x: {y: {z: 1}}}"]
)
def test_each_section_of_another_kind(section, value):
    for base in BASES:
        lines = base.split("\n")
        starts = [i for i, line in enumerate(lines) if line.startswith(f"{section}:")]
        if not starts:
            check(f"{base}{section}: {value}\n")
            continue
        end = next(i for i in range(starts[0] + 1, len(lines)) if not lines[i].startswith(" "))
        check("\n".join([*lines[: starts[0]], f"{section}: {value}", *lines[end:]]))


@given(st.binary(max_size=200))
def test_bytes(raw):
    check(raw.decode("latin-1"))


@given(st.integers(0, len(BENCHMARK.encode()) - 1), st.binary(min_size=1, max_size=3))
def test_bytes_in_a_file(tmp_path_factory, position, patch):
    path = tmp_path_factory.mktemp("fuzz") / "deal.yaml"
    raw = BENCHMARK.encode()
    path.write_bytes(raw[:position] + patch + raw[position + len(patch) :])
    try:
        load(path)
    except DealError as error:
        assert all(problem.place.line >= 1 for problem in error)


@pytest.mark.parametrize("filler", ["# note\n", "x: 1\n", "- [1, 2]\n", "[[[[", "a", "\x00", "é"])
def test_ten_megabytes(tmp_path, filler):
    path = tmp_path / "deal.yaml"
    path.write_bytes((BENCHMARK + filler * (10_000_000 // len(filler.encode()))).encode())
    with pytest.raises(DealError, match="larger than 2,000,000 bytes"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [
        "waterfall:\n" + "- pey: x\n" * 4_000,
        "waterfall:\n- pay: [" + "a," * 20_000 + "]\n",
        "tranches:\n" + "".join(f"  t{i}: {{notionl: 3, cupon: {{}}}}\n" for i in range(2_000)),
        "definitions:\n" + "".join(f"  d{i}: d{i + 1} +\n" for i in range(4_000)),
        "market: {rates: {SOFR: {" + ",".join(f"2025-01-{i}: 1%" for i in range(4_000)) + "}}}",
        "collateral: {collections: {components: [" + "c," * 20_000 + "]}}",
        "expect: {figures: {" + ",".join(f"f{i}: 1" for i in range(4_000)) + "}}",
        "name: " + "x" * 19_000 + "\n" + "".join(f"{'k' * 90}{i}: 1\n" for i in range(4_000)),
    ],
    ids=lambda text: text[:20],
)
def test_thousands_of_mistakes(text):
    check(text)
