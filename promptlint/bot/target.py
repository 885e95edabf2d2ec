"""Which request is commented on, and where: flags, over the environment, over the event of the CI run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from promptlint import documents
from promptlint.bot import access
from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.style import visible

MAX_EVENT = 2_000_000
"""Bytes of an event file that is read."""

Kind = Literal["github", "gitlab"]


@dataclass(frozen=True, slots=True)
class Target:
    """One change request of one host.

    `number` 0: it has to be looked up by `head`, and by the branch of `source` that the event names (both may
    be empty). `base` and `head` are commits as the event names them, empty where it does not. `ended` is when
    the run ended that has compared; None: this one compares, or the event does not say.
    """

    kind: Kind
    api: str
    repo: str
    number: int
    base: str = ""
    head: str = ""
    source: str = ""
    branch: str = ""
    ended: datetime | None = None

    @property
    def shown(self) -> str:
        """The request in words: `o/r#7`, `group/project!7`; `o/r@1a2b3c4d5` while its number is not known."""
        mark = "#" if self.kind == "github" else "!"
        return f"{self.repo}{mark}{self.number}" if self.number else f"{self.repo}@{self.head[:9]}"


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says; empty and 0: nothing."""

    repo: str = ""
    number: int = 0


def github(flags: Flags, env: Mapping[str, str]) -> Target:
    """The pull request of a GitHub workflow.

    Raises:
        UsageError: there is none, or a value is not what it should be; the message says which.
    """
    api = access.address(env.get("GITHUB_API_URL") or "https://api.github.com", access.GITHUB)
    path = env.get("GITHUB_EVENT_PATH", "")
    event = _Event(_read(Path(path)), env.get("GITHUB_EVENT_NAME", "")) if path else None
    told = env.get("GITHUB_REPOSITORY", "") or (event.text("repository", "full_name") if event else "")
    repo = _matched(access.REPO, flags.repo or told, "--repo", "OWNER/REPO")
    if flags.number and (event is None or not _speaks_of(event, repo, flags.number)):
        return Target("github", api, repo, _number(flags.number))
    if event is None:
        raise UsageError("which pull request? Give --pr, or the event in GITHUB_EVENT_PATH")
    return _of_event(event, api, repo)


def gitlab(flags: Flags, env: Mapping[str, str]) -> Target:
    """The merge request of a GitLab pipeline.

    Raises:
        UsageError: there is none, or a value is not what it should be; the message says which.
    """
    api = access.address(env.get("CI_API_V4_URL") or "https://gitlab.com/api/v4", access.GITLAB)
    told = env.get("CI_PROJECT_PATH") or env.get("CI_PROJECT_ID") or ""
    repo = _matched(_PROJECT, flags.repo or told, "--repo", "GROUP/PROJECT or a project's number")
    listed = env.get("CI_MERGE_REQUEST_IID", "")
    number = _number(
        flags.number or (int(listed) if _NUMBER.fullmatch(listed) else 0), "CI_MERGE_REQUEST_IID"
    )
    own = listed == str(number) and repo in {env.get("CI_PROJECT_PATH"), env.get("CI_PROJECT_ID")}
    if not own:
        return Target("gitlab", api, repo, number)
    head = env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or env.get("CI_COMMIT_SHA") or ""
    return Target(
        "gitlab",
        api,
        repo,
        number,
        base=_sha(env.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""), "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        head=_sha(head, "CI_COMMIT_SHA"),
    )


def token(kind: Kind, env: Mapping[str, str]) -> str:
    """The token of the environment, empty if there is none."""
    return next((env[name] for name in TOKENS[kind] if env.get(name)), "")


TOKENS: Mapping[Kind, tuple[str, ...]] = {
    "github": ("GITHUB_TOKEN", "GH_TOKEN"),
    "gitlab": ("GITLAB_TOKEN", "CI_JOB_TOKEN"),
}
"""The variables that may hold a token, the first that is set counts."""


# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Event:
    """An event's JSON, which anybody who opens a pull request fills in."""

    data: Mapping[str, object]
    name: str

    def at(self, *keys: str) -> object:
        """The value at the end of some keys, or None."""
        found: object = self.data
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def text(self, *keys: str) -> str:
        """A string, empty if there is none."""
        found = self.at(*keys)
        return found if isinstance(found, str) else ""


def _of_event(event: _Event, api: str, repo: str) -> Target:
    if event.at("pull_request") is not None:
        base, head = (event.text("pull_request", side, "sha") for side in ("base", "head"))
        number = _event_number(event, "pull_request", "number")
        return Target("github", api, repo, number, base=_sha(base, "base"), head=_sha(head, "head"))
    if event.at("workflow_run") is not None:
        return _of_run(event, api, repo)
    if event.at("issue", "pull_request") is not None:
        return Target("github", api, repo, _event_number(event, "issue", "number"))
    said = f" ({visible(event.name[:40])})" if event.name else ""
    raise UsageError(f"there is no pull request in this event{said}: run on pull_request, or give --pr")


def _of_run(event: _Event, api: str, repo: str) -> Target:
    """The request whose workflow has run: only its head commit is believed, the number comes from the API."""
    cause = event.text("workflow_run", "event")
    if cause not in {"pull_request", "pull_request_target"}:
        raise UsageError(
            "there is no pull request in this event: the workflow ran on "
            f"{visible(cause[:40]) or 'nothing'}; give --pr"
        )
    head = _sha(event.text("workflow_run", "head_sha"), "workflow_run.head_sha")
    if not head:
        raise UsageError("the event has no workflow_run.head_sha: give --pr")
    source = event.text("workflow_run", "head_repository", "full_name")
    branch = event.text("workflow_run", "head_branch")
    return Target(
        "github",
        api,
        repo,
        0,
        head=head,
        source=source if access.REPO.fullmatch(source) else "",
        branch=branch if branch.isprintable() and len(branch) < 256 else "",
        ended=_time(event.text("workflow_run", "updated_at")),
    )


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _speaks_of(event: _Event, repo: str, number: int) -> bool:
    """True if the event is about this very pull request, so that its commits are meant."""
    same = event.text("repository", "full_name").lower() == repo.lower()
    return same and event.at("pull_request", "number") == number


def _event_number(event: _Event, *keys: str) -> int:
    found = event.at(*keys)
    return _number(found if type(found) is int else 0, ".".join(keys))


def _read(path: Path) -> Mapping[str, object]:
    try:
        found = documents.strict_json(documents.data_of(path, MAX_EVENT), str(path))
    except UsageError as error:
        raise UsageError(f"GITHUB_EVENT_PATH: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(
            f"GITHUB_EVENT_PATH: {path}: not an object: run in a workflow, or give --pr without the variable"
        )
    return cast("Mapping[str, object]", found)


# --- values ---------------------------------------------------------------------------------

_NAME = r"[A-Za-z0-9_.-]{1,100}"
_PROJECT = re.compile(
    rf"[0-9]{{1,19}}|[A-Za-z0-9_][A-Za-z0-9_.-]{{0,99}}(?:/(?!\.{{1,2}}(?:/|\Z)){_NAME}){{1,20}}"
)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def _matched(pattern: re.Pattern[str], value: str, name: str, wanted: str) -> str:
    if not pattern.fullmatch(value):
        found = f"found {visible(value[:80])!r}" if value else "none is given"
        raise UsageError(f"{name}: expected {wanted}; {found}")
    return value


def _number(value: int, name: str = "--pr") -> int:
    if not 0 < value < 2**53:
        raise UsageError(f"{name}: expected the number of a request, above 0")
    return value


def _sha(value: str, name: str) -> str:
    if value and not access.SHA.fullmatch(value):
        raise UsageError(f"{name}: expected a commit, found {visible(value[:80])!r}")
    return value
