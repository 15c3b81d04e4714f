"""What the figures rest on, with how sure it is: as the deal and its market say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tranche.report.html import Markup, element, join, table
from tranche.report.study import Study

BRACKETS = re.compile(r"\(([^()]*)\)")
LETTER = re.compile(r"(?:^|[,;:/]\s*|\band\s+)([ABC])(?=$|[,;:/]|\s+and\b)")  # in brackets, and not of a sentence
MEANING = {"A": "filing, agency, paper or issuer", "B": "press or aggregator", "C": "general knowledge"}


def section(study: Study) -> Markup | None:
    """The assumptions of the deal and the notes of its market, each with the letter of its confidence where it has
    one; what has none and says so is an assumption."""
    deal = study.deal
    said = [(text, confidence(text)) for text in (*deal.assumptions, *deal.market.assumptions)]
    rows = [(element("span", text), letter) for text, letter in said]
    notes = [(name, note, confidence(note)) for name, note in _notes(study)]
    parts: list[object] = []
    if rows:
        parts.append(table(("assumption", "confidence"), rows, numbers=9, label="Assumptions"))
    if notes:
        parts += [element("h3", "Notes of the market"), table(("number", "note", "confidence"), notes, numbers=9)]
    if not parts:
        return None
    legend = "; ".join(f"{letter}: {words}" for letter, words in MEANING.items())
    legend += "; derived: worked out from such; assumption: measured by nobody."
    return join((*parts, element("p", legend, class_="note")))


def confidence(text: str) -> str:
    """All that a text such as `75-90% billed (B); the rest is an assumption` says: letters, `derived`, `assumption`."""
    found = {inside: set(LETTER.findall(inside)) for inside in BRACKETS.findall(text)}
    said = sorted(set().union(*found.values()))
    said += ["derived"] * any(letters and "derived" in inside for inside, letters in found.items())
    said += ["assumption"] * ("assumption" in text.lower())
    return ", ".join(said)


def _notes(study: Study) -> Iterator[tuple[str, str]]:
    market = study.deal.market
    for kind, items in (("factor", market.factors), ("rate", market.rates)):
        for item in items:
            note = getattr(item, "note", "")
            if note:
                yield f"{kind} {item.name}", note
