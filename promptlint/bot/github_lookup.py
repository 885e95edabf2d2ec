"""Which pull requests a commit belongs to: what a workflow that runs after another one may believe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from promptlint.bot.answers import MissingError, NotTakenError, field
from promptlint.bot.github import repo_path
from promptlint.bot.github_calls import Calls

MOST = 1000
"""Open pull requests that are looked at, those first that changed last."""


def pulls_at(calls: Calls, repo: str, sha: str, source: str = "", branch: str = "") -> dict[int, str]:
    """The open pull requests of a repository whose head is this commit: their numbers, in order, with the sha
    of the branch that each goes to.

    The list of a commit's pull requests leaves out those of forks; these are found by the branch that the
    event names, else among all that are open.

    Args:
        calls: the connection.
        repo: owner/name of the repository that the pull requests go to.
        sha: the head.
        source: owner/name of the repository that the commit comes from; empty: any.
        branch: its branch there; empty: not known.
    """
    home = repo_path(repo)
    full_name = field(calls.get(home), "full_name", str)
    for entries in _places(calls, repo_path(full_name), sha, source, branch):
        found = {
            field(entry, "number", int): field(field(entry, "base", dict), "sha", str)
            for entry in entries
            if _is_head(entry, full_name, sha) and _is_from(entry, source)
        }
        if found:
            return dict(sorted(found.items()))
    return {}


def _places(calls: Calls, home: str, sha: str, source: str, branch: str) -> Iterator[list[object]]:
    try:
        yield list(islice(calls.pages(f"{home}/commits/{sha}/pulls"), MOST))
    except (MissingError, NotTakenError):  # a commit that the repository does not know
        yield []
    if source and branch:
        head = f"{source.partition('/')[0]}:{branch}"
        yield list(islice(calls.pages(f"{home}/pulls", state="open", head=head), MOST))
    listed = calls.pages(f"{home}/pulls", state="open", sort="updated", direction="desc")
    yield list(islice(listed, MOST))


def _is_head(entry: object, full_name: str, sha: str) -> bool:
    """True if it is open, goes to this repository, and is at this commit now."""
    base = field(field(entry, "base", dict), "repo", dict)
    return (
        field(entry, "state", str) == "open"
        and field(base, "full_name", str) == full_name
        and field(field(entry, "head", dict), "sha", str) == sha
    )


def _is_from(entry: object, source: str) -> bool:
    repo = field(entry, "head", dict).get("repo")
    return not source or (repo is not None and field(repo, "full_name", str).lower() == source.lower())
