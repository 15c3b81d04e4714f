"""The formula language: what it reads, what it refuses and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.deal import format_expr, parse_formula
from tranche.deal.formula import FUNCTIONS, Binary, Call, Name, Number, Unary
from tranche.deal.names import RESERVED
from tranche.deal.parse import MOST_CHARACTERS, MOST_DEPTH, MOST_NODES
from tranche.errors import Invalid

A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("2%", Number(0.02)),
        ("225bp", Number(0.0225)),
        ("1.35x", Number(1.35)),
        ("36m", Number(36e6)),
        ("7.6bn", Number(7.6e9)),
        ("1_000", Number(1000.0)),
        ("1e-6", Number(1e-6)),
        ("5 %", Number(0.05)),
        ("senior.interest.due", Name("senior.interest.due")),
        ("+a", A),
        ("-a", Unary("-", A)),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("-a * b", Binary("*", Unary("-", A), B)),
        ("a < b", Binary("<", A, B)),
        ("a != b", Binary("!=", A, B)),
        ("not a < b", Unary("not", Binary("<", A, B))),
        ("a or b and c", Binary("or", A, Binary("and", B, C))),
        ("a and b and c", Binary("and", Binary("and", A, B), C)),
        ("max(0, a)", Call("max", (Number(0.0), A))),
        ("a <\n   b", Binary("<", A, B)),
        ("if_else(a, b, c)", Call("if_else", (A, B, C))),
    ],
)
def test_trees(text, tree):
    formula = parse_formula(text)
    assert formula.tree == tree
    assert formula.text == text


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("", "the formula is empty", "write one"),
        ("mx(a, b)", "unknown function 'mx' at column 1", "did you mean 'max'?"),
        ("a + sum_lats(b, 3)", "unknown function 'sum_lats' at column 5", "did you mean 'sum_last'"),
        ("min(a)", "min at column 1 has 1 argument", "it takes 2 to 16"),
        ("prev(a, b)", "prev at column 1 has 2 arguments", "it takes 1"),
        ("a < b < c", "chained comparisons at column 1", "a < b and b < c"),
        ("a = b", "'=' at column 3", "=="),
        ("a ** 2", "'**' at column 3", "multiply"),
        ("a // b", "'//' at column 3", "divide with /"),
        ("a % b", "'%' at column 3", "only a number takes %"),
        ("25k USD", "before 'USD' at column 5", "currency"),
        ("a b", "an operator is missing before 'b' at column 3", "*"),
        ("(a", "a '(' is not closed", "add ')'"),
        ("a) + b", "')' at column 2 closes nothing", "remove"),
        ("(a, b)", "a list at column 1", "commas"),
        ("a +", "nothing follows '+' at column 3", "complete"),
        ("* a", "'*' at column 1 does not fit here", ""),
        ("a.", "'.' at column 2", "dots"),
        ("70M", "'70M' at column 1 has an unknown unit 'M'", "did you mean 'm'"),
        ("2pool", "unknown unit 'pool'", "known"),
        ("'a'", '"\'" at column 1', "no text"),
        ("a[0]", "'[' at column 2", "parentheses"),
        ("a if b else c", "'if' at column 3", "if_else"),
        ("lambda: a", "'lambda' at column 1", ""),
        ("True", "'True' at column 1", "write 1"),
        ("min(*a, *b)", "at column 5", ""),
        ("a.b()", "unknown function 'a.b'", "'abs'"),
        ("min(a, b)(c)", "called like a function", ""),
        ("1e999", "infinite", "finite"),
        ("ä", "'ä' at column 1", ""),
        ("__import__(a)", "unknown function '__import__'", ""),
        ("(" * 100 + "a" + ")" * 100, f"nested more than {MOST_DEPTH} deep", "definitions"),
        ("-" * 100 + "a", f"nested more than {MOST_DEPTH} deep", "definitions"),
        ("not " * 100 + "a", f"nested more than {MOST_DEPTH} deep", "definitions"),
        ("+".join("a" * 100), f"nested more than {MOST_DEPTH} deep", "definitions"),
        (" and ".join("a" * 100), f"nested more than {MOST_DEPTH} deep", "definitions"),
        ("max(" + ",".join(["max(" + ",".join("a" * 16) + ")"] * 16 * 2) + ")", "max at column 1 has 32", "16"),
        ("a" * (MOST_CHARACTERS + 1), f"{MOST_CHARACTERS + 1} characters long", "definitions"),
    ],
)
def test_refused_at_its_column(text, what, fix):
    with pytest.raises(Invalid) as caught:
        parse_formula(text)
    assert what in caught.value.what
    assert fix in caught.value.fix


def test_too_many_parts():
    row = "max(" + ",".join("a" * 16) + ")"
    block = "max(" + ",".join([row] * 8) + ")"
    text = f"max({block},{block},{block},{block})"
    assert len(text) <= MOST_CHARACTERS
    with pytest.raises(Invalid, match=f"more than {MOST_NODES} parts"):
        parse_formula(text)


def test_two_formulas_are_equal_when_their_trees_are():
    assert parse_formula("a+b") == parse_formula("(a) + b") != parse_formula("b + a")
    assert hash(parse_formula("a+b")) == hash(parse_formula("(a) + b"))


names = st.from_regex(r"[a-z][a-z0-9_]{0,6}(\.[a-z]{1,5}){0,2}", fullmatch=True).filter(
    lambda name: not set(name.split(".")) & {"and", "or", "not", "if", "in", "is", "as", "def", "del", "for", "try"}
)
leaves = st.builds(Number, st.floats(0, 1e12, allow_subnormal=False)) | st.builds(Name, names)


def _branches(inner):
    calls = st.sampled_from(sorted(FUNCTIONS)).flatmap(
        lambda name: st.builds(
            Call, st.just(name), st.lists(inner, min_size=FUNCTIONS[name][0], max_size=FUNCTIONS[name][0]).map(tuple)
        )
    )
    operators = st.sampled_from(["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or"])
    return st.builds(Unary, st.sampled_from(["-", "not"]), inner) | st.builds(Binary, operators, inner, inner) | calls


trees = st.recursive(leaves, _branches, max_leaves=25)


@given(trees)
def test_written_and_read_again(tree):
    assert parse_formula(format_expr(tree)).tree == tree


@given(st.text(alphabet="ab.1%x m()+-*/<>=!,notdr\n'\"[]{}:;\\_é", max_size=60))
def test_any_text_is_a_formula_or_invalid(text):
    try:
        formula = parse_formula(text)
    except Invalid as invalid:
        assert invalid.what
    else:
        assert parse_formula(format_expr(formula.tree)) == formula


def test_function_names_are_reserved():
    assert set(FUNCTIONS) <= RESERVED


TOO_MUCH = ["1e308*1e308", "x + 1e308*1e308", "-1e308 - 1e308", "1e308 / 1e-9", "max(1e200*1e200, x)"]


@pytest.mark.parametrize("text", TOO_MUCH)
def test_infinite_constants_are_refused_where_they_are_written(text: str) -> None:
    with pytest.raises(Invalid, match=r"an infinite number from column \d+ on; write a finite amount"):
        parse_formula(text)


@pytest.mark.parametrize("text", ["x / 0", "x / -0", "x / (2 - 2)"])
def test_a_divisor_that_is_always_zero(text: str) -> None:
    with pytest.raises(Invalid, match=r"a division by 0 at column [56]"):
        parse_formula(text)
