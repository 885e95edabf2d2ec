"""What logged calls say, per prompt, model and week, in dollars: a module a finding, SQL and arithmetic."""

from __future__ import annotations

from promptlint.traffic.findings.base import Asked, Slot
from promptlint.traffic.findings.whole import Counted, document

__all__ = ["Asked", "Counted", "Slot", "document"]
