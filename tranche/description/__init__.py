"""Floor 1. A compiled deal for readers: its periods in plain English, its waterfalls as diagrams.

Everything is drawn from the Program, so that a document and the engine cannot differ: what the compiler left out (a
list for a status that no test leads to) is not described, and what it added (the default lists) is.
"""

from .english import english
from .mermaid import mermaid
from .picture import Arrow, Band, Picture, picture
from .svg import svg

__all__ = ["Arrow", "Band", "Picture", "english", "mermaid", "picture", "svg"]
