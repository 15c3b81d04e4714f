"""Text → Formula. Python's own parser does the grammar; a whitelist decides what may stay. Nothing is evaluated."""

from __future__ import annotations

import ast
import math

from tranche.errors import Invalid, nearest

from .formula import FUNCTIONS, Binary, Call, Expr, Formula, Name, Number, Unary
from .formula_tokens import Kind, Token, tokens

MOST_CHARACTERS = 2_000
MOST_DEPTH = 60
MOST_NODES = 500

_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_SPLIT_IT = "split it with names under definitions"


def parse_formula(text: str) -> Formula:
    """The formula that `text` writes. Names are not looked up here: the compiler knows them.

    Raises Invalid with the column of what is wrong; also for texts beyond MOST_CHARACTERS, trees deeper than
    MOST_DEPTH or of more than MOST_NODES nodes.
    """
    if len(text) > MOST_CHARACTERS:
        raise Invalid(f"the formula is {len(text)} characters long, more than {MOST_CHARACTERS}", _SPLIT_IT)
    found = tokens(text)
    if not found:
        raise Invalid("the formula is empty", "write one such as 2% * pool / 12")
    _refuse_depth(found)
    return Formula(_Reader(found).read(), text)


class _Reader:
    """Replaces each operand by a word of the form `_12` (its token number), lets Python parse that, and translates."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.nodes = 0
        self.constants: dict[int, float] = {}  # id of each part that is a constant → its value
        self.parts: list[Expr] = []  # those parts, so that no id is given twice
        words, starts, width = [], [], 0
        for i, token in enumerate(found):
            word = token.text if token.kind is Kind.OPERATOR else f"_{i}"
            words.append(word)
            starts.append(width)
            width += len(word) + 1
        self.code, self.starts = " ".join(words), starts

    def read(self) -> Expr:
        try:
            tree = ast.parse(self.code, mode="eval")
        except SyntaxError as error:
            raise self._syntax(error) from None
        return self._expr(tree.body, 1)

    def _token(self, offset: int) -> Token:
        """The token at `offset` of the code given to Python."""
        index = max((i for i, start in enumerate(self.starts) if start <= offset), default=0)
        return self.tokens[index]

    def _syntax(self, error: SyntaxError) -> Invalid:
        opened = [token for token in self.tokens if token.text in "()"]
        depth = 0
        for token in opened:
            depth += 1 if token.text == "(" else -1
            if depth < 0:
                return Invalid(f"')' at column {token.column} closes nothing", "remove it or open with '('")
        if depth > 0:
            return Invalid(f"a '(' is not closed ({depth} missing ')')", "add ')'")
        for before, after in zip(self.tokens, self.tokens[1:], strict=False):
            if before.kind is not Kind.OPERATOR and after.kind is not Kind.OPERATOR:
                currency = before.kind is Kind.NUMBER and len(after.text) == 3 and after.text.isupper()
                return Invalid(
                    f"an operator is missing before {after.text!r} at column {after.column}",
                    "formulas are in the deal's currency: leave it out" if currency else "write * or another",
                )
        last = self.tokens[-1]
        if last.kind is Kind.OPERATOR and last.text != ")":
            return Invalid(f"nothing follows {last.text!r} at column {last.column}", "complete the formula")
        token = self._token((error.offset or 1) - 1)
        return Invalid(f"{token.text!r} at column {token.column} does not fit here", "")

    def _expr(self, node: ast.expr, depth: int) -> Expr:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Invalid(f"the formula has more than {MOST_NODES} parts", _SPLIT_IT)
        self._refuse_deeper(depth)
        token = self._token(node.col_offset)
        if isinstance(node, ast.Name):
            return self._constant(Number(token.value), token.value) if token.kind is Kind.NUMBER else Name(token.text)
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            left, right = self._expr(node.left, depth + 1), self._expr(node.right, depth + 1)
            divisor = self.constants.get(id(right)) if isinstance(node.op, ast.Div) else None
            if divisor == 0:
                raise Invalid(f"a division by 0 at column {self._token(node.right.col_offset).column}", "")
            found = Binary(_BINARY[type(node.op)], left, right)
            if id(left) not in self.constants or id(right) not in self.constants:
                return found
            result = _computed(found.op, self.constants[id(left)], self.constants[id(right)])
            if abs(result) == math.inf:
                raise Invalid(f"an infinite number from column {token.column} on", "write a finite amount")
            return self._constant(found, result)
        if isinstance(node, ast.UnaryOp):
            operand = self._expr(node.operand, depth + 1)
            if isinstance(node.op, ast.UAdd):
                return operand
            if isinstance(node.op, ast.Not):
                return Unary("not", operand)
            negative, known = Unary("-", operand), self.constants.get(id(operand))
            return negative if known is None else self._constant(negative, -known)
        if isinstance(node, ast.BoolOp):
            op = "and" if isinstance(node.op, ast.And) else "or"
            self._refuse_deeper(depth + len(node.values) - 1)  # Python keeps `a and b and c` flat, we do not
            tree = self._expr(node.values[0], depth + 1)
            for value in node.values[1:]:
                tree = Binary(op, tree, self._expr(value, depth + 1))
            return tree
        if isinstance(node, ast.Compare):
            if len(node.ops) > 1:
                raise Invalid(f"chained comparisons at column {token.column}", "write: a < b and b < c")
            op = _COMPARE[type(node.ops[0])]
            return Binary(op, self._expr(node.left, depth + 1), self._expr(node.comparators[0], depth + 1))
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        what = "a list" if isinstance(node, ast.Tuple) else "this"
        raise Invalid(f"{what} at column {token.column} is not part of formulas", "commas stand only between arguments")

    def _constant(self, part: Expr, value: float) -> Expr:
        self.constants[id(part)] = value
        self.parts.append(part)
        return part

    def _refuse_deeper(self, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise Invalid(f"the formula is nested more than {MOST_DEPTH} deep", _SPLIT_IT)

    def _call(self, node: ast.Call, depth: int) -> Expr:
        head = self._token(node.func.col_offset)
        if not isinstance(node.func, ast.Name) or head.kind is not Kind.NAME:
            raise Invalid(f"{head.text!r} at column {head.column} is called like a function", "write * between factors")
        if head.text not in FUNCTIONS:
            raise Invalid(f"unknown function {head.text!r} at column {head.column}", nearest(head.text, FUNCTIONS))
        fewest, most = FUNCTIONS[head.text]
        if not fewest <= len(node.args) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise Invalid(
                f"{head.text} at column {head.column} has {len(node.args)} argument{'s' * (len(node.args) != 1)}",
                f"it takes {wanted}",
            )
        return Call(head.text, tuple(self._expr(argument, depth + 1) for argument in node.args))


def _computed(op: str, left: float, right: float) -> float:
    """`left op right`, infinite where it is beyond floating point; `right` is no 0 of a division."""
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right


def _refuse_depth(found: list[Token]) -> None:
    """Before Python's parser sees it: its own stack is finite."""
    depth = signs = 0
    for token in found:
        depth += (token.text == "(") - (token.text == ")")
        signs = signs + 1 if token.text in ("-", "+", "not") else 0
        if depth > MOST_DEPTH or signs > MOST_DEPTH:
            raise Invalid(f"the formula is nested more than {MOST_DEPTH} deep", _SPLIT_IT)
