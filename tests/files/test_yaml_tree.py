"""YAML as deal files may use it, and the refusals that keep a hostile file small."""

from __future__ import annotations

import math
import time

import pytest

from tranche.errors import DealError
from tranche.files.lines import plain_values
from tranche.files.scalars import plain_scalar
from tranche.files.yaml_tree import MOST_ALIASED, MOST_DEPTH, MOST_NODES, yaml_tree


def read(text):
    tree, problems = yaml_tree(text, "f.yaml")
    values, lines = plain_values(tree)
    return values, lines, problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("010", "010"),
        ("000", "000"),
        ("0", 0),
        ("00.5", "00.5"),
        ("0.50", 0.5),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        (".inf", math.inf),
        ("-.inf", -math.inf),
        ("yes", "yes"),
        ("no", "no"),
        ("1_000", "1_000"),
        ("2025-01-01", "2025-01-01"),
        ("0x10", "0x10"),
        ("70m", "70m"),
        ("1" * 100, "1" * 100),
    ],
)
def test_core_schema(text, value):
    assert plain_scalar(text) == value
    assert type(plain_scalar(text)) is type(value)


def test_quotes_make_text():
    assert read("a: '12'\nb: \"true\"\nc: 12\n")[0] == {"a": "12", "b": "true", "c": 12}


def test_values_and_lines():
    values, lines, problems = read(
        "a:\n  b: [1, {c: 2}]\n  # note\n  d: |\n    x\n    y\ne:\n- f\n- {g: 3,\n   h: 4}\n"
    )
    assert values == {"a": {"b": [1, {"c": 2}], "d": "x\ny\n"}, "e": ["f", {"g": 3, "h": 4}]}
    assert lines == {
        "": 1, "a": 1, "a.b": 2, "a.b[0]": 2, "a.b[1]": 2, "a.b[1].c": 2, "a.d": 4, "e": 7, "e[0]": 8, "e[1]": 9,
        "e[1].g": 9, "e[1].h": 10,
    }  # fmt: skip
    assert problems == []


def test_keys_written_twice_are_all_told():
    values, _, problems = read("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert values == {"a": 1, "b": {"c": 1}}
    assert [(problem.place.line, problem.what) for problem in problems] == [
        (2, "the key 'c' is written twice (first on line 2)"),
        (3, "the key 'a' is written twice (first on line 1)"),
    ]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "the file is empty"),
        ("# only a note\n", 1, "the file is empty"),
        ("a: b: c", 1, "mapping values are not allowed"),
        ("a: 1\n\tb: 2", 2, "'\\t'"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "not valid YAML"),
        ("a: 'x\nb: 1\n", 2, "not valid YAML"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("a: 1\nb: !!python/object:os.system x", 2, "the YAML tag 'tag:yaml.org,2002:python/object:os.system'"),
        ("a: 1\nb: !mine x", 2, "the YAML tag '!mine'"),
        ("a: !!str 5", 1, "the YAML tag"),
        ("a: *b", 1, "no anchor &b before"),
        ("a: 1\nb: &b [1, *b]", 2, "*b stands inside what it refers to"),
        ("? [a]\n: 1", 1, "a list as a key"),
        ("a: &k [1]\n*k : 1", 2, "an alias as a key"),
        ("? {a: 1}\n: 1", 1, "a mapping as a key"),
        (BOMB, 4, f"aliases repeat more than {MOST_ALIASED} values"),
        ("x: 1\na: " + "[" * (MOST_DEPTH + 1), 2, f"nested more than {MOST_DEPTH} deep"),
        ("[" * 100_000, 1, "deep"),
        ("{a: " * 100, 1, "deep"),
        ("- " * 100, 1, "deep"),
        ("\n".join(" " * i + "a:" for i in range(100)), MOST_DEPTH + 1, "deep"),
        ("a: &a " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 20 + "*a" + "]" * 20, 2, "deep"),
        ("a:\n" + "- 1\n" * MOST_NODES, MOST_NODES - 1, "more than 50,000 values"),
        ("a" * 101 + ": 1", 1, "a key of 101 characters"),
        ("a: " + "x" * 20_001, 1, "a text of 20,001 characters"),
        ("%YAML 1.9\n---\na: 1", 1, "not valid YAML"),
        ("%TAG ! x\n%TAG ! x\n---\na: 1", 1, "not valid YAML"),
        ("a: 1\n...\n%YAML 1.9\n---\n", 2, "not valid YAML"),
        ('a: 1\nb: "\\U00110000"', 2, "not valid YAML"),
        ('a: "\\uD800"', 1, "surrogate"),
        ("a: \x07", 1, "special characters are not allowed"),
        ("&", 1, "not valid YAML"),
    ],
)  # fmt: skip
def test_refused_with_a_line(text, line, what):
    started = time.process_time()
    with pytest.raises(DealError) as caught:
        read(text)
    [problem] = caught.value
    assert what in problem.what
    assert problem.place.file == "f.yaml"
    assert abs(problem.place.line - line) <= (1 if "not valid" in problem.what else 0)
    assert time.process_time() - started < 20  # a refusal, not a lesson in patience


def test_a_merge_key_is_told():
    _, _, problems = read("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")
    assert [(problem.place.line, problem.what) for problem in problems] == [(3, "a merge key (<<)")]


def test_long_keys_do_not_make_long_paths():
    inner = "{" + ",".join(f"k{i}: 1" for i in range(5000)) + "}"
    _, lines, _ = read("".join(f"{' ' * i}{'k' * 90}:\n" for i in range(38)) + " " * 38 + inner)
    assert max(map(len, lines)) <= 400
