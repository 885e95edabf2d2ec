"""One comment a suite: posts, updates or leaves it, so that runs that overlap end with the newest content.

Hosts cannot compare and swap, so that every round looks, acts and looks again. What is newer is decided by
content alone, never by who writes last: the request's present head before any other commit, then the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from promptlint.bot import marker
from promptlint.bot.host import Host, Posted
from promptlint.errors import HostError, RefusedError, UnreachableError
from promptlint.records import dataclass

ROUNDS = 5
"""How often a run looks again; each round after the first answers another run that was at work meanwhile."""

SHORT = 9
"""Digits of a commit that a comment shows at least."""

Behavior = Literal["update", "new", "hide-and-new", "delete-and-new"]
Action = Literal["posted", "updated", "skipped"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The comment to leave behind; `changes` is False if it tells of no change."""

    marker: marker.Marker
    body: str
    changes: bool = True

    @property
    def text(self) -> str:
        """The whole comment."""
        return marker.stamped(self.marker, self.body)


@dataclass(frozen=True, slots=True)
class Asked:
    """How to leave it. `quiet` posts nothing where there is no change; `dry` only looks."""

    behavior: Behavior = "update"
    quiet: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done (of a dry run: would be), why nothing was, and where the comment is."""

    action: Action
    reason: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Mine:
    """A comment of this suite."""

    posted: Posted
    marker: marker.Marker


def upsert(host: Host, wanted: Wanted, asked: Asked) -> Outcome:
    """Leave the wanted comment under the request, or say why not.

    Raises:
        HostError: the host does not do what was asked.
    """
    head = host.head()
    mine = _mine(host, wanted.marker.suite)
    newest = _newest(mine, head)
    if newest is not None and _rank(newest.marker, head) > _rank(wanted.marker, head):
        return _overtaken(host, wanted, asked, mine, head)
    if asked.behavior == "update":
        return _update(host, wanted, asked, mine, head)
    return _renew(host, wanted, asked, mine, head)


def _overtaken(host: Host, wanted: Wanted, asked: Asked, mine: Sequence[_Mine], head: str) -> Outcome:
    """Leave a newer comment as it is, but no others beside it, which runs that ended half way have left."""
    newest = _last_of_newest(mine, head)
    assert newest is not None
    if len(mine) > 1 and not asked.dry:
        if asked.behavior == "update":
            return _settled(host, wanted, mine, head)
        if asked.behavior != "new":
            _clear(host, asked, [item for item in mine if item is not newest])
    return Outcome("skipped", _why(newest.marker, wanted.marker, head), newest.posted.url)


# --- update ---------------------------------------------------------------------------------


def _update(host: Host, wanted: Wanted, asked: Asked, mine: Sequence[_Mine], head: str) -> Outcome:
    if not mine and asked.quiet and not wanted.changes:
        return Outcome("skipped", "no prompt changed")
    if len(mine) == 1 and _is_same(mine[0], wanted):
        return Outcome("skipped", "the comment says the same already", mine[0].posted.url)
    if asked.dry:
        return Outcome("updated", "", mine[0].posted.url) if mine else Outcome("posted")
    return _settled(host, wanted, mine, head)


def _settled(host: Host, wanted: Wanted, mine: Sequence[_Mine], head: str) -> Outcome:
    """Look and act until there is one comment, with the newest content of all."""
    action: Action = "updated" if mine else "posted"
    acted = False
    for _ in range(ROUNDS):
        if not mine:
            host.create(wanted.text)
        elif not _settle(host, wanted, mine, head):
            break
        acted = True
        mine = _mine(host, wanted.marker.suite)
    newest = _newest(mine, head)
    if newest is not None and not (acted and newest.marker == wanted.marker):
        return Outcome("skipped", _why(newest.marker, wanted.marker, head), newest.posted.url)
    return Outcome(action, "", newest.posted.url if newest else "")


def _settle(host: Host, wanted: Wanted, mine: Sequence[_Mine], head: str) -> bool:
    """Give the oldest comment the newest content of all, remove the others; False: nothing to do."""
    newest = _newest(mine, head)
    assert newest is not None
    ours = _rank(wanted.marker, head) > _rank(newest.marker, head)
    content = wanted.text if ours else newest.posted.body
    oldest, *others = mine
    stale = ours and not (len(mine) == 1 and _is_same(oldest, wanted))
    moved = not ours and newest is not oldest
    if (stale or moved) and not _written(host, oldest, content):
        return True
    for other in others:
        host.delete(other.posted)
    return stale or moved or bool(others)


def _written(host: Host, old: _Mine, content: str) -> bool:
    """Replace a comment's body; False if somebody has removed the comment meanwhile."""
    try:
        host.update(old.posted, content)
    except (RefusedError, UnreachableError):
        raise
    except HostError:
        if any(item.posted.id == old.posted.id for item in _mine(host, old.marker.suite)):
            raise
        return False
    return True


# --- new ones -------------------------------------------------------------------------------


def _renew(host: Host, wanted: Wanted, asked: Asked, mine: Sequence[_Mine], head: str) -> Outcome:
    """Post anew first, so that the newest content always has a comment; then clear away what is older."""
    idle = asked.quiet and not wanted.changes and (asked.behavior != "new" or _tells(mine, wanted, head))
    if idle and not asked.dry and asked.behavior != "new":
        _clear(host, asked, mine)
    if idle:
        return Outcome("skipped", "no prompt changed")
    if asked.dry:
        return Outcome("posted")
    made = host.create(wanted.text)
    if asked.behavior == "new":
        return Outcome("posted", "", made.url)
    mine = _mine(host, wanted.marker.suite)
    newest = _last_of_newest(mine, head)
    _clear(host, asked, [item for item in mine if item is not newest])
    if newest is not None and newest.posted.id != made.id:
        return Outcome("skipped", _why(newest.marker, wanted.marker, head), newest.posted.url)
    return Outcome("posted", "", made.url)


def _tells(mine: Sequence[_Mine], wanted: Wanted, head: str) -> bool:
    """True if the last of the comments says the same of another commit, or there is none."""
    newest = _last_of_newest(mine, head)
    return newest is None or _words(newest.posted.body, newest.marker) == _words(wanted.text, wanted.marker)


def _words(comment: str, mark: marker.Marker) -> str:
    """A comment without its marker, and without its commit as the footer names it."""
    return marker.unstamped(comment).replace(mark.sha[:SHORT], "")


def _clear(host: Host, asked: Asked, mine: Sequence[_Mine]) -> None:
    for item in mine:
        if asked.behavior == "hide-and-new":
            host.hide(item.posted)
        else:
            host.delete(item.posted)


# --- what is newer --------------------------------------------------------------------------


def _mine(host: Host, suite: str) -> list[_Mine]:
    """The comments of a suite, oldest first."""
    found = ((posted, marker.parsed(posted.body)) for posted in host.comments())
    return [_Mine(posted, mark) for posted, mark in found if mark is not None and mark.suite == suite]


def _rank(mark: marker.Marker, head: str) -> tuple[bool, str]:
    return mark.sha == head, mark.at


def _newest(mine: Sequence[_Mine], head: str) -> _Mine | None:
    """The newest content; of equals the first, so that two runs of one second do not replace each other."""
    return max(mine, key=lambda item: _rank(item.marker, head), default=None)


def _last_of_newest(mine: Sequence[_Mine], head: str) -> _Mine | None:
    return _newest(mine[::-1], head)


def _is_same(old: _Mine, wanted: Wanted) -> bool:
    """True if a comment tells the same of the same commit, whenever it was made."""
    same = marker.unstamped(old.posted.body) == marker.unstamped(wanted.text)
    return same and old.marker.sha == wanted.marker.sha


def _why(newer: marker.Marker, ours: marker.Marker, head: str) -> str:
    if newer.sha == head != ours.sha:
        return f"the comment tells of the request's head, {newer.sha[:12]}; this run is of {ours.sha[:12]}"
    if newer.at == ours.at:
        return f"another run of the same moment ({ours.at}) has posted"
    return f"the comment is newer ({newer.at}) than this run ({ours.at})"
