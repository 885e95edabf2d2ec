"""Where the action runs: a repository with a pull request, its host on loopback, a runner's folders."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from expressions import Value
from history import ISOLATED, Change, Repository
from jobs import Job, run_action, run_workflow

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from bot.github_data import Account  # type: ignore[import-not-found]  # noqa: E402  # tests have no types
from bot.github_server import GitHubServer  # type: ignore[import-not-found]  # noqa: E402

TOKEN, READER, STRANGER = "ghs_writer0123456789", "ghs_reader0123456789", "ghs_stranger0123456789"
CHECKER = "ghs_checker0123456789"
BOT = "github-actions[bot]"
RUN = 1
"""The run of the first of two workflows."""
_ACCOUNTS = {
    TOKEN: Account(BOT, "Bot"),
    READER: Account(BOT, "Bot", writes=False),
    CHECKER: Account(BOT, "Bot", writes=False, checks=True),
    STRANGER: Account(BOT, "Bot", sees=False),
}
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
_TOOL = "promptlint/promptlint-toolchain"


@dataclass
class World:
    """One repository at one host; `uploaded` are the SARIF files."""

    folder: Path
    tool: Path
    repository: Repository
    server: Any  # the server of the tests, which have no types
    installed: Path | None = None
    extra: dict[str, str] = field(default_factory=dict)
    uploaded: list[dict[str, Any]] = field(default_factory=list)
    jobs: int = 0

    def push(self, files: Mapping[str, str | None]) -> Change:
        """A push to the pull request, which its host notices."""
        change = self.repository.push(files)
        self.server.state.push(7, change.head, self.repository.lines())
        self.server.state.pulls[7].base_sha = change.base
        return change

    def pull_request(
        self, change: Change, given: Mapping[str, str], token: str = TOKEN, depth: int = 0
    ) -> Job:
        """The workflow of docs/ci.md on pull_request: a checkout of the merge, then the action."""
        job = self._job("pull_request", pull_event(change), change.merge, "refs/pull/7/merge", token)
        self.repository.checkout(job.workspace, "refs/pull/7/merge", depth)
        return self._acted(job, given)

    def merge_group(self, change: Change, given: Mapping[str, str]) -> Job:
        """The same on merge_group: what the queue has made stands for the head."""
        group = {"base_sha": change.base, "head_sha": change.merge}
        job = self._job("merge_group", {"merge_group": group}, change.merge, "refs/pull/7/merge", TOKEN)
        self.repository.checkout(job.workspace, "refs/pull/7/merge", 0)
        return self._acted(job, given)

    def on_main(self, given: Mapping[str, str]) -> Job:
        """The same on a push to the base branch; `base` is given the commit itself."""
        sha = self.repository.base
        job = self._job("push", {"before": "0" * 40}, sha, "refs/heads/main", TOKEN)
        self.repository.checkout(job.workspace, "refs/heads/main", 0)
        return self._acted(job, {**given, "base": sha})

    def compare(self, change: Change, given: Mapping[str, Value]) -> Job:
        """The first of the two workflows for forks, with the token of a fork."""
        job = self._job("pull_request", pull_event(change), change.merge, "refs/pull/7/merge", READER)
        assert run_workflow(job, self.tool / ".github/workflows/compare.yml", given)
        return self._done(job)

    def post(self, head: str, given: Mapping[str, Value], conclusion: str = "success") -> Job | None:
        """The second one, after a run of the first at commit `head`; None if it was skipped."""
        run: dict[str, Value] = {
            "id": RUN,
            "event": "pull_request",
            "conclusion": conclusion,
            "head_sha": head,
            "head_branch": "topic",
            "updated_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "head_repository": {"full_name": self.server.state.pulls[7].source},
        }
        job = self._job("workflow_run", {"workflow_run": run}, self.repository.base, "refs/heads/main", TOKEN)
        ran = run_workflow(job, self.tool / ".github/workflows/post.yml", given)
        return self._done(job) if ran else None

    def leave(
        self, data: bytes, artifact: str = "promptlint-default", name: str = "promptlint.json"
    ) -> bytes:
        """An artifact with one file, in the place of all others; returns it as it is packed."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, data)
        self.server.state.artifacts.clear()
        self.server.state.leave(RUN, artifact, packed.getvalue())
        return packed.getvalue()

    @property
    def comments(self) -> list[str]:
        """What stands under the pull request."""
        return [one.body for one in self.server.state.comments.values() if not one.hidden]

    @property
    def remarks(self) -> list[str]:
        """What stands at its lines."""
        return [one.body for one in self.server.state.remarks.values()]

    # --- runner ---------------------------------------------------------------------------------

    def _acted(self, job: Job, given: Mapping[str, str]) -> Job:
        outputs, good = run_action(job, self.tool, given)
        job.failed, job.outputs = not good, dict(outputs)
        return self._done(job)

    def _done(self, job: Job) -> Job:
        made = job.temp / "promptlint" / "bin"
        if self.installed is None and made.is_dir():
            self.installed = made
        return job

    def _job(self, name: str, event: Mapping[str, Value], sha: str, ref: str, token: str) -> Job:
        self.jobs += 1
        home = self.folder / f"job{self.jobs}"
        workspace, temp, file = home / "work", home / "temp", home / "event.json"
        for each in (workspace, temp):
            each.mkdir(parents=True)
        repository: Value = {"full_name": "o/r", "default_branch": "main"}
        event = {"repository": repository, **event}
        file.write_text(json.dumps(event), encoding="utf-8")
        env = {
            **{key: value for key, value in os.environ.items() if key in _KEPT or key.startswith("PIP_")},
            **{key: os.environ[key] for key in os.environ if key.lower().endswith("_proxy")},
            **ISOLATED,
            "NO_PROXY": "127.0.0.1,localhost",
            "PROMPTLINT_CACHE_DIR": str(home / "cache"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.server.api,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REF": ref,
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SERVER_URL": "https://github.example.com",
            "GITHUB_SHA": sha,
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(temp),
            **self.extra,
        }
        github: dict[str, Value] = {
            "event": event,
            "event_name": name,
            "ref": ref,
            "sha": sha,
            "token": token,
            "workspace": str(workspace),
        }
        workflow: dict[str, Value] = {"workflow_repository": _TOOL, "workflow_sha": "0" * 40}
        return Job(workspace, temp, env, github, workflow, self._stand_ins(), self.installed)

    # --- what others' actions do --------------------------------------------------------------------

    def _stand_ins(self) -> dict[str, Any]:
        return {
            "actions/checkout": self._checkout,
            "actions/setup-python": _python,
            "actions/upload-artifact": self._upload,
            "github/codeql-action/upload-sarif": self._sarif,
        }

    def _checkout(self, job: Job, given: Mapping[str, str]) -> dict[str, str]:
        place = job.workspace / given.get("path", ".")
        assert given["persist-credentials"] == "false"
        if given.get("repository", "o/r") == _TOOL:
            assert given["ref"] == job.workflow["workflow_sha"]
            shutil.copytree(self.tool, place)
            return {}
        ref = f"refs/heads/{given['ref']}" if "ref" in given else str(job.github["ref"])
        self.repository.checkout(place, ref, int(given.get("fetch-depth", "1")))
        return {}

    def _upload(self, job: Job, given: Mapping[str, str]) -> dict[str, str]:
        self.leave(Path(given["path"]).read_bytes(), given["name"], Path(given["path"]).name)
        return {}

    def _sarif(self, job: Job, given: Mapping[str, str]) -> dict[str, str]:
        assert Path(given["checkout_path"]).resolve() == job.workspace.resolve()
        document = json.loads(Path(given["sarif_file"]).read_text("utf-8"))
        self.uploaded.append({"category": given["category"], "document": document})
        return {}


def _python(job: Job, given: Mapping[str, str]) -> dict[str, str]:
    return {"python-path": sys.executable}


def pull_event(change: Change) -> dict[str, Value]:
    """The event of a pull request."""
    base: Value = {"sha": change.base, "ref": "main"}
    head: Value = {"sha": change.head, "ref": "topic", "repo": {"full_name": "o/r"}}
    return {"number": 7, "pull_request": {"number": 7, "base": base, "head": head}}


@contextmanager
def world(folder: Path, tool: Path, installed: Path | None, fork: bool = False) -> Iterator[World]:
    """A world of its own; at the end its host may have been asked nothing that the API does not know."""
    folder.mkdir(parents=True)
    with GitHubServer(_ACCOUNTS) as server:
        if fork:
            server.state.pulls[7].source = "stranger/r"
        yield World(folder, tool, Repository(folder, fork), server, installed)
    assert server.mistakes == [], server.mistakes
