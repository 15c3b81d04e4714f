"""`tranche report`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
