"""The template for GitLab, run line by line as its runner would, against a GitLab on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from history import ISOLATED, NAME, PROMPT, WORDY, Change, Repository, git

from promptlint import __version__

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from bot.gitlab_server import GitLabServer  # type: ignore[import-not-found]  # noqa: E402  # tests: no types
from bot.gitlab_state import Account, File  # type: ignore[import-not-found]  # noqa: E402

if TYPE_CHECKING:
    from places import Places

TOKEN = "glpat-writer0123456789"
SECONDS = 600


@dataclass(frozen=True)
class Ended:
    """A job that has run: its exit code, all that it printed, and its folder."""

    code: int
    out: str
    folder: Path


@dataclass(frozen=True)
class Pipelines:
    """A project with a merge request; `tool` is a repository of promptlint with the tag of this version."""

    folder: Path
    tool: Path
    repository: Repository
    server: Any  # the server of the tests, which have no types
    installed: Path | None

    def push(self, files: Mapping[str, str | None], before: str = PROMPT) -> Change:
        """A push to the merge request, which its host notices."""
        change = self.repository.push(files)
        state = self.server.state
        state.head, state.base = change.head, change.base
        state.files = {name: File(before, text) for name, text in files.items() if text is not None}
        return change

    def run(self, name: str, sha: str, variables: Mapping[str, str]) -> Ended:
        """One job at a commit: before_script and script in one shell, as GitLab does."""
        place = self.folder / name
        self.repository.checkout(place, "refs/pull/7/merge", 0)
        git(place, "checkout", "-q", "--detach", sha)
        template = (self.tool / "promptlint/_data/ci/gitlab.yml").read_text("utf-8")
        job = yaml.safe_load(template.replace("{version}", __version__))["promptlint"]
        lines = [*(self._installs(job["before_script"])), *job["script"]]
        env = {
            **{key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}},
            **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
            **ISOLATED,
            **job["variables"],
            "PROMPTLINT_URL": self.tool.as_uri(),
            "PROMPTLINT_CACHE_DIR": str(self.folder / "cache"),
            "TMPDIR": str(self.folder / "temp"),
            "NO_PROXY": "127.0.0.1",
            "CI": "true",
            "CI_API_V4_URL": self.server.api,
            "CI_COMMIT_SHA": sha,
            "CI_PROJECT_ID": "5",
            "CI_PROJECT_PATH": "group/sub/project",
            **variables,
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", "\n".join(lines)],
            cwd=place,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert TOKEN not in done.stdout
        return Ended(done.returncode, done.stdout, place)

    def _installs(self, lines: list[str]) -> list[str]:
        if self.installed is None:
            return lines
        return [lines[0], f'mkdir "$tools/venv" && ln -s "{self.installed}" "$tools/venv/bin"']


@contextmanager
def pipelines(places: Places, folder: Path, fresh: bool = False) -> Iterator[Pipelines]:
    """A project of its own; `fresh`: its jobs install promptlint. Nothing unknown may have been asked."""
    (folder / "temp").mkdir(parents=True)
    tool = folder / "tool"
    git(folder, "clone", "-q", "--no-local", _tagged(places.tool), str(tool))
    with GitLabServer({TOKEN: Account(11, "project_5_bot_0a1b2c")}) as server:
        yield Pipelines(folder, tool, Repository(folder), server, None if fresh else places.installed)
    assert server.mistakes == [], server.mistakes


def _tagged(tool: Path) -> str:
    """The tool as a repository with a tag."""
    if not (tool / ".git").exists():
        git(tool, "init", "-q")
        git(tool, "add", "-A")
        git(tool, "commit", "-q", "-m", "release")
        git(tool, "tag", f"v{__version__}")
    return str(tool)


def _request(change: Change, **more: str) -> dict[str, str]:
    return {
        "CI_COMMIT_SHA": change.head,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": change.base,
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        **more,
    }


# --- scenarios ------------------------------------------------------------------------------------


def gitlab_plain(places: Places, folder: Path) -> str:
    """A merge request pipeline that installs: a note, a suggestion, a report; without a token no note."""
    with pipelines(places, folder, fresh=True) as here:
        change = here.push({NAME: WORDY, "promptlint.json": "{}", "promptlint.toml": 'ignore = ["TOK001"]\n'})
        done = here.run("first", change.head, _request(change, GITLAB_TOKEN=TOKEN))
        assert done.code == 1, done.out
        assert [change.head in body for body in here.server.state.bodies()] == [True], done.out
        assert any("To help, be quick." in note["body"] for note in here.server.state.notes()), done.out
        report = json.loads((done.folder / "gl-code-quality-report.json").read_text("utf-8"))
        assert [each["check_name"] for each in report] == ["TOK001"], report
        count = len(here.server.asked())
        (made,) = (here.folder / "temp").glob("tmp.*/venv/bin")
        places.installed = places.installed or made
        done = replace(here, installed=made).run("second", change.head, _request(change))
        assert (done.code, len(here.server.asked())) == (1, count), done.out
        assert "there is no GITLAB_TOKEN here" in done.out
    return "installed by pip; one note, one suggestion, a report by the base's config; no token, no note"


def gitlab_merged(places: Places, folder: Path) -> str:
    """Merged results: the commit of the pipeline is a merge, the head is another."""
    with pipelines(places, folder) as here:
        for name, text in (("first", WORDY), ("second", WORDY + "\nAnswer in French.\n")):
            change = here.push({NAME: text})
            source = {"CI_COMMIT_SHA": change.merge, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": change.head}
            done = here.run(name, change.merge, _request(change, GITLAB_TOKEN=TOKEN, **source))
            assert done.code == 1, done.out
            found = [f"sha={change.head} " in body for body in here.server.state.bodies()]
            assert found == [True], done.out
        wrong = _request(change, CI_MERGE_REQUEST_DIFF_BASE_SHA="0" * 40, GITLAB_TOKEN=TOKEN)
        done = here.run("third", change.head, wrong)
        assert done.code == 2, done.out
        assert "no such revision" in done.out
    return "the note is of the branch's head, not of the merge; a base that is not there ends with 2"


def gitlab_default(places: Places, folder: Path) -> str:
    """The default branch: only the report that merge requests are held against."""
    with pipelines(places, folder) as here:
        change = here.push({NAME: WORDY})
        done = here.run("main", change.base, {"GITLAB_TOKEN": TOKEN})
        assert done.code == 0, done.out
        assert json.loads((done.folder / "gl-code-quality-report.json").read_text("utf-8")) == []
        assert here.server.asked() == []
    return "a report, no note"
