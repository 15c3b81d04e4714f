"""What the figures rest on, with how sure it is: as the deal and its market say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tranche.report.html import Markup, element, join, table
from tranche.report.study import Study

LETTER = re.compile(r"\(([ABC](?:/[A-Z][a-z]*|/derived)?)[,:;)]")
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
    return join((*parts, element("p", f"{legend}; assumption: measured by nobody.", class_="note")))


def confidence(text: str) -> str:
    """The letters in a text such as `75-90% billed (B)`, or `assumption` where it says so, or nothing."""
    letters = sorted({found[0] for found in LETTER.findall(text)})
    if letters:
        return ", ".join(letters)
    return "assumption" if "assumption" in text.lower() else ""


def _notes(study: Study) -> Iterator[tuple[str, str]]:
    market = study.deal.market
    for kind, items in (("factor", market.factors), ("rate", market.rates)):
        for item in items:
            note = getattr(item, "note", "")
            if note:
                yield f"{kind} {item.name}", note
