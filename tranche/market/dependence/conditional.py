"""F(x | y, D) from F(x | D) and F(y | D) by the copula of the pair, and back: h and its inverse.

Aas, Czado, Frigessi & Bakken, Insurance: Mathematics and Economics 44 (2009). Of two uniforms x and y, h(x | y) is
∂C(x, y)/∂y: the distribution function of the one given the other.
"""

from __future__ import annotations

import math

from ..maps import student_score_constants
from ..tape import Op
from ..writer import Writer
from .pair_copula import INDEPENDENT, PairCopula
from .reading import Reading, inside


def conditional(writer: Writer, copula: PairCopula, x: Reading, y: Reading, swapped: bool) -> Reading:
    """h(x | y); `swapped`: x is the second of the pair."""
    if copula.family == INDEPENDENT:
        return x
    if copula.family == "gaussian":
        return _gaussian(writer, copula.parameter, x, y)
    if copula.family == "t":
        return _student(writer, copula, x, y)
    of_x, of_y = copula.turns[::-1] if swapped else copula.turns
    op = {"clayton": Op.CLAYTON_H, "gumbel": Op.GUMBEL_H, "frank": Op.FRANK_H}[copula.family]
    found = writer.make(op, x.as_uniform(of_x), y.as_uniform(of_y), constants=[abs(copula.parameter)])
    return _turned(writer, found, of_x)


def inverse_conditional(writer: Writer, copula: PairCopula, w: Reading, y: Reading, swapped: bool) -> Reading:
    """The x with h(x | y) = w."""
    if copula.family == INDEPENDENT:
        return w
    if copula.family == "gaussian":
        rho = copula.parameter
        weights = [0.0, math.sqrt((1.0 - rho) * (1.0 + rho)), rho]
        return Reading(writer, score=writer.make(Op.SUM, w.as_score(), y.as_score(), params=weights))
    if copula.family == "t":
        return _inverse_student(writer, copula, w, y)
    of_x, of_y = copula.turns[::-1] if swapped else copula.turns
    theta, given, v = abs(copula.parameter), y.as_uniform(of_y), w.as_uniform(of_x)
    if copula.family == "frank":
        found = writer.make(Op.FRANK_H_INVERSE, v, given, constants=[theta])
    elif copula.family == "clayton":
        total = writer.make(Op.AFFINE, writer.make(Op.LOG, given), params=[0.0, -theta])
        found = writer.make(Op.CLAYTON, v, total, 1, constants=[theta])
    else:
        total = writer.make(Op.AFFINE, writer.make(Op.LOG, given), params=[0.0, -1.0])
        found = writer.make(Op.GUMBEL, v, total, 1, constants=[theta, 1.0])
    return _turned(writer, found, of_x)


def _turned(writer: Writer, u: int, turned: bool) -> Reading:
    held = inside(writer, u)
    if not turned:
        return Reading(writer, uniform=held)
    return Reading(writer, uniform=writer.make(Op.AFFINE, held, params=[1.0, -1.0]), turned=held)


def _gaussian(writer: Writer, rho: float, x: Reading, y: Reading) -> Reading:
    per = 1.0 / math.sqrt((1.0 - rho) * (1.0 + rho))
    return Reading(writer, score=writer.make(Op.SUM, x.as_score(), y.as_score(), params=[0.0, per, -rho * per]))


def _spread(writer: Writer, copula: PairCopula, y: int) -> int:
    """√((ν + y²)(1 − ρ²)/(ν + 1)): the scale of x given y, Student's t with ν + 1 degrees of freedom about ρ·y."""
    dof, rho = float(copula.dof or 0.0), copula.parameter
    share = (1.0 - rho) * (1.0 + rho) / (dof + 1.0)
    square = writer.make(Op.PRODUCT, y, y)
    return writer.make(Op.SQRT, writer.make(Op.AFFINE, square, params=[dof * share, share]))


def _student(writer: Writer, copula: PairCopula, x: Reading, y: Reading) -> Reading:
    dof = float(copula.dof or 0.0)
    of_x, of_y = x.as_value(dof), y.as_value(dof)
    rest = writer.make(Op.SUM, of_x, of_y, params=[0.0, 1.0, -copula.parameter])
    value = writer.make(Op.QUOTIENT, rest, _spread(writer, copula, of_y))
    score = writer.make(Op.T_SCORE, value, 1, -1, constants=student_score_constants(dof + 1.0))
    return Reading(writer, score=score, values={dof + 1.0: value})


def _inverse_student(writer: Writer, copula: PairCopula, w: Reading, y: Reading) -> Reading:
    dof = float(copula.dof or 0.0)
    of_y = y.as_value(dof)
    rest = writer.make(Op.PRODUCT, w.as_value(dof + 1.0), _spread(writer, copula, of_y))
    value = writer.make(Op.SUM, rest, of_y, params=[0.0, 1.0, copula.parameter])
    score = writer.make(Op.T_SCORE, value, 1, -1, constants=student_score_constants(dof))
    return Reading(writer, score=score, values={dof: value})
