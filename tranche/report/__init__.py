"""Floor 7. What a deal is and does, on one page that needs nothing else.

study (everything is run once) → charts (Plotly figures as data) and sections (HTML) → page → file
"""

from .index import Entry, write_index
from .page import write_report
from .study import Study, study
from .workbook import write_workbook

__all__ = ["Entry", "Study", "study", "write_index", "write_report", "write_workbook"]
