"""Check runs of GitHub: what a commit shows where the token may write checks, but no comments."""

from __future__ import annotations

import hashlib
import json

from promptlint.bot.answers import field
from promptlint.bot.github_calls import Calls, Data
from promptlint.bot.host import Annotation, Check

MOST = 50
"""Annotations of one check run: as many as one request takes. More would have to be added by later requests,
of which GitHub does not say whether one whose answer was lost has been done."""


def checked(calls: Calls, home: str, sha: str, wanted: Check) -> str:
    """Add a check run to a commit, unless the same is there: its address.

    One of the same name that tells something else is not changed, as annotations can be added to it, but not
    taken away: of one name, GitHub shows the last.

    Args:
        home: path of the repository.
        wanted: at most `MOST` of its annotations are told.

    Raises:
        HostError: GitHub does not do what was asked.
    """
    run: Data = {
        "name": wanted.name,
        "head_sha": sha,
        "status": "completed",
        "conclusion": "neutral",  # the exit code of the job is the verdict
        "output": {
            "title": wanted.title,
            "summary": wanted.summary,
            "annotations": [_spelt(one) for one in wanted.annotations[:MOST]],
        },
    }
    identity = hashlib.sha256(json.dumps(run).encode()).hexdigest()

    def made() -> str | None:
        found = calls.get(f"{home}/commits/{sha}/check-runs", check_name=wanted.name)
        runs = field(found, "check_runs", list)
        return next((_address(run) for run in runs if run.get("external_id") == identity), None)

    return made() or calls.post(f"{home}/check-runs", {**run, "external_id": identity}, made, _address)


def _address(run: object) -> str:
    page = run.get("html_url") if isinstance(run, dict) else None
    return page if isinstance(page, str) else f"check run {field(run, 'id', int)}"


def _spelt(one: Annotation) -> Data:
    return {
        "path": one.path,
        "start_line": one.start_line,
        "end_line": one.end_line,
        "annotation_level": one.level,
        "title": one.title,
        "message": one.message,
    }
