"""From a comparison to a comment: suggestions first, then the summary, which counts what they leave out."""

from __future__ import annotations

from datetime import UTC, datetime

from promptlint.bot import annotate, marker
from promptlint.bot.host import Check, Host
from promptlint.bot.lines import Found
from promptlint.bot.review import Drafts, Reviewed, drafts, notes, review
from promptlint.bot.target import Kind
from promptlint.bot.upsert import Asked, Outcome, Wanted, upsert
from promptlint.changes import Comparison
from promptlint.deltas import standing
from promptlint.errors import HostError, UnreachableError
from promptlint.records import dataclass
from promptlint.report import comment
from promptlint.style import plural, visible
from promptlint.verdicts import EvalVerdict, Verdicts

_ROOM = 2_000
"""Bytes that are kept for the marker and for what is said of suggestions."""

_SEEN = {"github": comment.GITHUB_LIMIT, "gitlab": comment.GITLAB_LIMIT}


@dataclass(frozen=True, slots=True)
class Job:
    """What to tell, and how; `lines` None: no suggestions are wanted. `prefix` comes before the comparison's
    paths in the repository.

    `ended` is when the run ended that has compared; None: this one has. A comparison that claims to be
    later is taken to be of that time: else a fork could make one that no other run replaces. `foreign` says
    that the request's own workflow has made it; `claim` is what that one says besides, in words of ours.
    `on_base` are the verdicts whose recording stands on the base; see `recordings`.
    """

    kind: Kind
    suite: str
    comparison: Comparison
    asked: Asked
    verdicts: Verdicts | None = None
    lines: Found | None = None
    ended: datetime | None = None
    prefix: str = ""
    foreign: bool = False
    claim: str = ""
    on_base: frozenset[EvalVerdict] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """What was done."""

    outcome: Outcome
    reviewed: Reviewed | None = None
    asides: tuple[str, ...] = ()


def body(job: Job, limit: int = 0, noted: str = "") -> str:
    """The comment without its marker, within `limit` bytes (0: of the host)."""
    room = (limit or _SEEN[job.kind]) - _ROOM
    options = comment.Options(
        limit=room, verdicts=job.verdicts, on_base=job.on_base, foreign=job.foreign, claim=job.claim
    )
    return comment.render(job.comparison, options) + noted


def post(host: Host, job: Job) -> Done:
    """Leave the suggestions and the comment under the request.

    Raises:
        HostError: the host does not do what was asked.
        UsageError: the comparison has no time.
    """
    head, now = job.comparison.head.sha, datetime.now(UTC)
    at = marker.time(job.comparison.generated_at, min(now, job.ended or now))
    reviewed, found, asides = _reviewed(host, job)
    noted = notes(found, reviewed) if reviewed is not None else ""
    wanted = Wanted(
        marker.Marker(job.suite, head, at),
        body(job, host.limit, noted),
        changes=_has_changes(job),
    )
    return Done(upsert(host, wanted, job.asked), reviewed, asides)


def checked(host: Host, job: Job) -> str:
    """Leave a check at the commit, where comments are refused: its address, empty if there is none."""
    count = len(annotate.new_findings(job.comparison))
    wanted = Check(
        name="promptlint" if job.suite == marker.DEFAULT_SUITE else f"promptlint ({job.suite})",
        title=plural(count, "new finding") if count else "No new finding",
        summary=body(job),
        annotations=annotate.at_lines(job.comparison, job.prefix),
    )
    try:
        return host.check(job.comparison.head.sha, wanted)
    except HostError:  # the log is left
        return ""


def said(done: Done, dry: bool) -> str:
    """What was done, in a line."""
    outcome = done.outcome
    verb = f"would have {outcome.action}" if dry and outcome.action != "skipped" else outcome.action
    words = f"{verb} the comment" if outcome.action != "skipped" else f"{verb}: {outcome.reason}"
    parts = [words + (f" ({visible(outcome.url)})" if outcome.url else "")]
    if done.reviewed is not None:
        parts += _counts(done.reviewed)
    return "; ".join([*parts, *done.asides])


def _counts(reviewed: Reviewed) -> list[str]:
    named = (
        (reviewed.added, "added"),
        (reviewed.kept, "kept"),
        (reviewed.removed, "removed"),
        (len(reviewed.refused), "not taken by the host"),
    )
    return [f"{plural(count, 'suggestion')} {what}" for count, what in named if count]


def _reviewed(host: Host, job: Job) -> tuple[Reviewed | None, Drafts, tuple[str, ...]]:
    """What became of the suggestions; a failure there is said, and does not keep the comment away."""
    if job.lines is None:
        return None, Drafts(), ()
    if job.lines.reason:
        return None, Drafts(), (f"no suggestions: {job.lines.reason}",)
    head = job.comparison.head.sha
    if host.head() != head:
        return None, Drafts(), ("no suggestions: the request has another head by now",)
    found = drafts(job.lines.suggested, job.suite, job.kind, job.lines.prefix)
    try:
        return review(host, head, job.suite, found.wanted, job.asked.dry), found, ()
    except UnreachableError:
        raise
    except HostError as error:
        return None, found, (f"no suggestions: {error}",)


def _has_changes(job: Job) -> bool:
    measured = job.verdicts is not None and bool(job.verdicts.evals or job.verdicts.routes)
    return measured or standing(job.comparison) != "unchanged"
