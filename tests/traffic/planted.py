"""Logs with planted truths, and their documents, for tests."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import make_traffic
from make_traffic import Truth

from promptlint.traffic.findings import Asked, Counted, Slot, document
from promptlint.traffic.overview import overview
from promptlint.traffic.settings import Texts
from promptlint.traffic_document import Finding, Traffic
from tests.traffic.reading import SETTINGS, engine

__all__ = ["ASKED", "Truth", "documented", "finding", "made"]

ASKED = Asked(
    budget=2.0,
    slots={"app/greet.py::GREETING": (Slot("now", 6, 6_266, True),)},
    difficulty={"app/support.py::SYSTEM": 0.1, "app/agent.py::AGENT": 0.9},
    tiers={"simple": "gpt-4o-mini", "medium": "claude-haiku-4-5"},
)


def made(folder: Path, calls: int = 600, seed: int = 1) -> tuple[Path, Truth]:
    """A log and its truths."""
    path = folder / "log.jsonl"
    return path, make_traffic.write(path, calls, seed)


def documented(
    path: Path, asked: Asked = ASKED, texts: Texts = "hash", **options: Any
) -> tuple[Traffic, Counted]:
    """The document of a log, and its rows."""
    settings = replace(SETTINGS, texts=texts)
    with engine(path, settings=settings, **options) as found:
        return document(found, settings, asked, overview(found))


def finding(found: Traffic, kind: str) -> Finding:
    """The one finding of a kind."""
    (only,) = [each for each in found.findings if each.kind == kind]
    return only
