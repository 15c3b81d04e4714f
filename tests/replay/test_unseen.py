"""Nothing that a deal is read or compiled by gives its figures to code that sees NaN in them and says nothing.

A figure of a recording is a float whose digits are NaN. Most of C asks it for them by `__float__`, which ends the
recording (numpy, `int`, `round`, `math.floor`); what is listed here reads them as they lie, and a comparison with what
it makes of them takes a branch unseen: the template would then play other Programs than the compiler makes. The market
is not walked: no template follows its figures.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tranche"
WALKED = ("collateral", "compiler", "deal", "files", "program", "terms", "inputs.py", "reference.py")
MODULES = {"array", "cmath", "json", "statistics", "struct"}  # all that they do with a float is unseen
CALLED = {"sum", "Decimal"}  # sum() adds floats as C doubles (from Python 3.12 on with compensation) before a figure

# file, function, what it uses → why no figure is lost there
EXCEPTIONS = {
    ("compiler/signs.py", "_signs", "math.copysign"): "called() plays it with numbers",
    ("compiler/wording.py", "_ends", "math.fsum"): "words, of which a template has none",
    ("deal/check_quantity.py", "_validator", "math.isinf"): "a bound of the code",
    ("deal/validators.py", "number", "math.isinf"): "a bound of the code",
    ("files/plain.py", "_level", "Decimal"): "of a repr, which ends a recording",
    ("program/program.py", "cash_at_closing", "math.fsum"): "asked for by who runs a Program",
    ("reference.py", "_root", "math.sqrt"): "of a float(), which ends a recording",
    ("reference.py", "exact", "math.isfinite"): "for a run in fractions",
    ("terms/number.py", "finite", "math.isnan"): "words, after a comparison that is recorded",
}


def uses(tree: ast.AST, function: str = "") -> Iterator[tuple[str, str]]:
    """(function, what) of everything in a module that reads a float unseen."""
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        yield from ((inside, what) for what in _unseen(node))
        yield from uses(node, inside)


def _unseen(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (one.name for one in names if one.name in MODULES)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield from (module for _ in names if module in MODULES)
            yield from (f"math.{one.name}" for one in names if module == "math" and _is_function(one.name))
        case ast.Attribute(ast.Name("math"), name) if _is_function(name):
            yield f"math.{name}"
        case ast.Attribute(ast.Name("Decimal"), "from_float"):
            yield "Decimal"
        case ast.BinOp(ast.Constant(str()), ast.Mod()):
            yield "%"
        case ast.Call(function, arguments):
            own = [] if all(isinstance(one, ast.Constant) for one in arguments) else [function]
            yield from (one.id for one in (*own, *arguments) if isinstance(one, ast.Name) and one.id in CALLED)


def _is_function(name: str) -> bool:
    return callable(getattr(math, name, None))


def test_no_figure_is_read_unseen() -> None:
    paths = [path for name in WALKED for path in [PACKAGE / name, *(PACKAGE / name).rglob("*.py")] if path.is_file()]
    assert len(paths) > 100
    found = {
        (path.relative_to(PACKAGE).as_posix(), *use)
        for path in paths
        for use in uses(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert sorted(found - EXCEPTIONS.keys()) == [], "decimal_of, called, abs(x) == math.inf, a loop that adds"
    assert sorted(EXCEPTIONS.keys() - found) == [], "exceptions that are none any more"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("def f(x): return math.isinf(x)", ["math.isinf"]),
        ("def f(x): return map(math.sqrt, x)", ["math.sqrt"]),
        ("from math import inf, log", ["math.log"]),
        ("def f(x): return sum(x) + sum(y for y in x)", ["sum", "sum"]),
        ("def f(x): return Decimal(x)", ["Decimal"]),
        ("def f(x): return max(map(Decimal, x))", ["Decimal"]),
        ("def f(x): return Decimal.from_float(x)", ["Decimal"]),
        ("def f(x): return '%.2f' % x", ["%"]),
        ("import struct", ["struct"]),
        ("from json import dumps", ["json"]),
        ("def f(x, y: Decimal): return x.sum() * y * Decimal('0.5') < math.inf % 2", []),
    ],
)
def test_the_walk_finds_what_is_unseen(text: str, what: list[str]) -> None:
    assert [one for _, one in uses(ast.parse(text))] == what
