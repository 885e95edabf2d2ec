"""How hard a single request is: a small classifier of a team's own log, for routing at run time."""

from __future__ import annotations

from promptlint.route.requests.model import RequestClassifier, read, score

__all__ = ["RequestClassifier", "read", "score"]
