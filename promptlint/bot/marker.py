"""The hidden lines by which we know our own comments again: whose they are, of which commit, from when."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from promptlint.bot.access import SHA
from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.style import visible

DEFAULT_SUITE = "default"

_SUITE = r"[A-Za-z0-9](?:[._-]?[A-Za-z0-9]){0,31}"
_AT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_MARKER = re.compile(rf"<!-- promptlint:v1 suite=({_SUITE}) sha=({SHA.pattern}) at=({_AT}) -->(?:\r?\n|\Z)")
_SIGN = re.compile(rf"<!-- promptlint:s1 suite=({_SUITE}) fp=([0-9a-f]{{16}}) -->\s{{0,9}}\Z")
_LONGEST = 200
"""Characters of a marker or sign, with room; no more of a body is looked at."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The first line of a comment: its suite, its commit, and when it was made (RFC 3339, UTC)."""

    suite: str
    sha: str
    at: str


def suite_name(text: str) -> str:
    """The name of a suite, as given.

    Raises:
        UsageError: it holds what could break out of a marker, or is too long.
    """
    if not re.fullmatch(_SUITE, text):
        raise UsageError(
            f"--suite {visible(text[:80])!r}: letters and digits, with single '.', '_' or '-' between them"
        )
    return text


def stamped(marker: Marker, body: str) -> str:
    """A comment: the marker's line, then the body."""
    line = f"<!-- promptlint:v1 suite={marker.suite} sha={marker.sha} at={marker.at} -->\n"
    if parsed(line) != marker:
        raise ValueError(f"not a marker: {marker}")
    return line + body


def parsed(comment: str) -> Marker | None:
    """The marker at the very start of a comment; one that stands anywhere else is text."""
    found = _MARKER.match(comment[:_LONGEST])
    if found is None or not _is_time(found[3]):
        return None
    return Marker(found[1], found[2], found[3])


def unstamped(comment: str) -> str:
    """A comment without its marker, as hosts give bodies back: newlines are LF, the end is stripped."""
    found = _MARKER.match(comment[:_LONGEST])
    body = comment[found.end() :] if found else comment
    return body.replace("\r\n", "\n").rstrip()


def time(text: str, latest: datetime) -> str:
    """A point in time as markers spell it; one after `latest` is `latest`, so that none blocks what follows.

    Raises:
        UsageError: `text` is no time of RFC 3339.
    """
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError("no offset")
        utc = min(found.astimezone(UTC), latest.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"generated_at: expected a time of RFC 3339, found {visible(text[:40])!r}"
        ) from error
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


# --- comments at lines ----------------------------------------------------------------------


def signed(body: str, suite: str, fingerprint: str) -> str:
    """A comment at lines: the body, then a line that names it."""
    line = f"<!-- promptlint:s1 suite={suite} fp={fingerprint} -->"
    if _SIGN.fullmatch(line) is None:
        raise ValueError(f"not a sign: {line}")
    return f"{body.rstrip()}\n\n{line}\n"


def sign(body: str, suite: str) -> str:
    """The fingerprint at the very end of a comment at lines, empty if it is not one of this suite."""
    found = _SIGN.search(body[-_LONGEST:])
    return found[2] if found and found[1] == suite else ""
