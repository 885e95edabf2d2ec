"""Whose code a run would run: code of a suite is never run for a request from a fork, whatever the flags."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from promptlint import documents
from promptlint.errors import UsageError

_MAX_EVENT = 25_000_000
"""Bytes of an event that is read: the most that GitHub sends."""

_OWN_EVENTS = frozenset(
    {"push", "merge_group", "release", "repository_dispatch", "schedule", "workflow_dispatch"}
)
"""Of GitHub: what runs a commit of the repository itself, and says nothing of a request."""

_FORK = "this run is of a request from another repository"


def refusal(environ: Mapping[str, str]) -> str:
    """Why the code of a suite must not be run in this environment, as a clause; empty: it may be.

    At a desk the user vouches for the code. In CI it is run for commits of the repository itself, whose
    authors may write its workflows as well. It is not run for a request from another repository, nor where
    that cannot be told.
    """
    if environ.get("GITHUB_ACTIONS"):
        return _github(environ.get("GITHUB_EVENT_NAME", ""), environ.get("GITHUB_EVENT_PATH", ""))
    if environ.get("GITLAB_CI"):
        return _gitlab(environ)
    if environ.get("CI", "").lower() not in ("", "0", "false"):
        return "this CI is not known, so that it cannot be told whose code that would be"
    return ""


def _github(name: str, path: str) -> str:
    unknown = "the event in GITHUB_EVENT_PATH does not tell whose code that would be"
    try:
        event = documents.strict_json(documents.data_of(Path(path), _MAX_EVENT), path) if path else None
    except UsageError:
        return unknown
    if not isinstance(event, dict):
        return unknown
    if "pull_request" in event:
        source, target = (_id(event, "pull_request", side, "repo") for side in ("head", "base"))
        return "" if source is not None and source == target else _FORK
    if "workflow_run" in event:
        source = _id(event, "workflow_run", "head_repository")
        return "" if source is not None and source == _id(event, "repository") else _FORK
    return "" if name in _OWN_EVENTS else unknown


def _id(event: object, *keys: str) -> int | None:
    """The number of the repository at a place in an event."""
    for key in (*keys, "id"):
        event = event.get(key) if isinstance(event, dict) else None
    return event if type(event) is int else None


def _gitlab(environ: Mapping[str, str]) -> str:
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "")
    target = environ.get("CI_MERGE_REQUEST_PROJECT_ID", "")
    if source or target:
        return "" if source == target else _FORK
    if environ.get("CI_PIPELINE_SOURCE") in ("merge_request_event", "external_pull_request_event"):
        return "the variables of the merge request do not tell whose code that would be"
    return ""
