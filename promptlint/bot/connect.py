"""Opens the connection to a request: the one place that knows which host is which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from promptlint.bot import access
from promptlint.bot.answers import odd
from promptlint.bot.host import Host
from promptlint.bot.retry import Patience
from promptlint.bot.target import TOKENS, Kind, Target
from promptlint.errors import UsageError

if TYPE_CHECKING:
    from promptlint.bot.github import GitHub
    from promptlint.bot.gitlab import GitLab
    from promptlint.bot.gitlab_calls import TokenKind

_NAMES = {"github": "GitHub", "gitlab": "GitLab"}


@contextmanager
def connected(
    target: Target, token: str, patience: Patience | None = None, job: bool = False
) -> Iterator[Host]:
    """The request, as long as the block lasts.

    Args:
        target: the request.
        token: of the environment; empty: there is none.
        patience: when to give up.
        job: whether the token is that of a CI job of GitLab.

    Raises:
        UsageError: there is no token, the client library is missing, or no open request is at that commit.
        HostError: the host does not do what was asked.
    """
    _has(target.kind, token)
    opened: GitHub | GitLab
    if target.kind == "github":
        opened = _github(target, token, patience or Patience())
    else:
        opened = _gitlab(target, token, patience or Patience(), job)
    with closing(opened) as host:
        yield host


def located(target: Target, token: str, patience: Patience | None = None) -> Target:
    """The request of a workflow that runs after another one, with its number and its base from the host.

    Args:
        target: of GitHub, with a head and without a number.
        token: as for `connected`.
        patience: when to give up.

    Raises:
        UsageError: there is no token, the client library is missing, or no open request is at that commit.
        HostError: the host does not do what was asked.
    """
    _has(target.kind, token)
    number, base = _looked_up(target, token, patience or Patience())
    return replace(target, number=number, base=base if access.SHA.fullmatch(base) else odd())


def _has(kind: Kind, token: str) -> None:
    if not token:
        raise UsageError(f"there is no token: set {' or '.join(TOKENS[kind])}")
    need(kind)


def need(kind: Kind) -> None:
    """Make sure that the host's client library is there.

    Raises:
        UsageError: it is not; the message has the command that installs it.
    """
    if find_spec(kind) is None:  # the libraries are called like the hosts
        raise UsageError(f"comments on {_NAMES[kind]} need an extra: pip install 'promptlint-toolchain[bot]'")


def _github(target: Target, token: str, patience: Patience) -> GitHub:
    from promptlint.bot.github import GitHub

    number = target.number or _looked_up(target, token, patience)[0]
    return GitHub(target.repo, number, token, target.api, patience)


def _gitlab(target: Target, token: str, patience: Patience, job: bool) -> GitLab:
    from promptlint.bot.gitlab import GitLab

    kind: TokenKind = "job" if job else "private"
    return GitLab(target.repo, target.number, token, target.api, patience, kind)


def _looked_up(target: Target, token: str, patience: Patience) -> tuple[int, str]:
    """The open pull request whose head is the event's commit: its number, and the sha that it goes to."""
    from promptlint.bot.github_calls import Calls
    from promptlint.bot.github_lookup import pulls_at

    with closing(Calls(token, target.api, patience)) as calls:
        found = pulls_at(calls, target.repo, target.head, target.source, target.branch)
    if len(found) > 1:
        listed = ", ".join(f"#{number}" for number in found)
        raise UsageError(f"several open pull requests are at {target.head[:12]} ({listed}): give --pr")
    if not found:
        raise UsageError(
            f"no open pull request of {target.repo} is at {target.head[:12]}: it is closed, or has newer "
            "commits, whose own run comments"
        )
    return next(iter(found.items()))
