"""Scenarios of the two reusable workflows: pull requests from forks, and artifacts that are no good."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from history import NAME, PROMPT, WORDY, Change
from jobs import Job
from places import Places, ends, expect
from world import RUN, World

from promptlint.bot.artifact import MAX_BYTES

MORE = WORDY + "\nAnswer in French.\n"
ANEW = "What stands here was made anew"


def _compared(here: World, text: str) -> tuple[Change, Job]:
    change = here.push({NAME: text})
    job = here.compare(change, {})
    ends(job, {"verdict": 1})
    expect(here.server.asked() == [], "the keyless workflow asks nothing", job)
    return change, job


def _posted(here: World, change: Change, codes: Mapping[str, int]) -> Job:
    """The poster's job: whatever was claimed, one comment with the numbers of git's objects."""
    job = here.post(change.head, {})
    assert job is not None
    ends(job, codes)
    expect(len(here.comments) == 1, "one comment", job)
    body = here.comments[0]
    expect(change.head in body and "> **Fail.**" in body, f"the verdict as it is:\n{body}", job)
    return job


def _left(here: World) -> bytes:
    """The file in the artifact."""
    (artifact,) = here.server.state.artifacts.values()
    with zipfile.ZipFile(BytesIO(artifact.data)) as file:
        return file.read("promptlint.json")


def fork_pair(places: Places, folder: Path) -> str:
    """compare.yml uploads, post.yml posts, twice."""
    with places.world(folder, fork=True) as here:
        mark = folder / "ran"
        evil = f"open({str(mark)!r}, 'w')\n"
        here.push(dict.fromkeys(("sitecustomize.py", "promptlint/__init__.py", "click.py"), evil))
        for text in (WORDY, MORE):
            here.server.log.clear()
            change, _ = _compared(here, text)
            job = _posted(here, change, {})
            expect(ANEW not in here.comments[0], "both say the same", job)
            expect(len(here.remarks) == 1, "one suggestion, made from git's objects", job)
            there = job.workspace / "repository"
            expect(not list(there.rglob("sitecustomize.py")), "nothing of the fork on disk", job)
            expect(not (there / "click.py").exists(), "nothing of the fork on disk", job)
            expect(not mark.exists(), "nothing of the fork is run", job)
            text_there = (job.workspace / "repository" / NAME).read_text("utf-8")
            expect(text_there == PROMPT, "the poster has the default branch on disk", job)
        expect(here.post(change.head, {}, "cancelled") is None, "nothing to post of a cancelled run")
    return "a fork's pull request got one comment and one suggestion, updated by its second push"


def fork_lies(places: Places, folder: Path) -> str:
    """An artifact of the right form that says what is not so."""
    with places.world(folder, fork=True) as here:
        change, _ = _compared(here, WORDY)
        told = json.loads(_left(here))
        told["verdict"], told["fail_on"], told["guards"], told["prompts"] = "pass", "never", [], []
        told["total"]["new_findings"] = 0
        told["total"]["after"]["tokens"] = 1
        here.leave(json.dumps(told).encode())
        job = _posted(here, change, {})
        says = here.comments[0].split(ANEW)[0]
        for words in ("verdict pass (here fail)", "new findings 0 (here 1)", "tokens after 1 (here "):
            expect(words in says, f"it should say: {words}\n{says}", job)
        expect(len(here.remarks) == 1, "a suggestion all the same", job)
        told["head"]["sha"] = "f" * 40
        here.leave(json.dumps(told).encode())
        expect("is of another commit" in _posted(here, change, {"comment": 2}).err, "of another commit")
    return "the comment has the numbers of git's objects, and says what the pull request's workflow claimed"


def fork_inputs(places: Places, folder: Path) -> str:
    """The poster's own paths, config, verdict and base: nothing of these is taken from the artifact."""
    with places.world(folder, fork=True) as here:
        here.repository.on_base(
            {"ci/calm.toml": 'severity = { TOK001 = "info" }\n', "two/b.prompt.md": PROMPT}
        )
        change = here.push({NAME: WORDY, "two/b.prompt.md": WORDY, "ci/calm.toml": 'ignore = ["TOK001"]\n'})
        given = {"paths": "two", "config": "ci/calm.toml", "fail-on": "warning"}
        ends(here.compare(change, given), {})
        job = here.post(change.head, {**given, "skip-no-change": False})
        assert job is not None
        ends(job, {})
        (body,) = here.comments
        expect("two/b.prompt.md" in body and f"`{NAME}`" not in body, f"the paths:\n{body}", job)
        expect("**Fail.**" not in body and ANEW not in body, f"the config of the base:\n{body}", job)
        expect([remark.path for remark in here.server.state.remarks.values()] == ["two/b.prompt.md"], "paths")
        job = here.post(change.head, {"fail-on": "never", "comment": "new"})
        assert job is not None
        ends(job, {})
        expect("**Fail.**" not in here.comments[1], "fail-on", job)
        expect(len(here.remarks) == 2, "suggestions for what is new", job)
        here.server.state.pulls[7].base_sha = "c" * 40
        gone = here.post(change.head, {})
        assert gone is not None
        ends(gone, {"comment": 2})
        expect("no such revision" in gone.err, "the base comes from the host", gone)
    return "paths, config and fail-on of the poster count, and the base that the host names"


def fork_artifacts(places: Places, folder: Path) -> str:
    """Artifacts that a stranger has made: none keeps the comment away."""
    with places.world(folder, fork=True) as here:
        change, _ = _compared(here, WORDY)
        good = _left(here)
        here.leave(good.replace(b'"prompts"', b'"prompt"'))
        expect("prompt" in _posted(here, change, {"comment": 2}).err, "of another schema")
        expect("is no good" in here.comments[0], "the comment tells of it")
        packed = here.leave(b" " * (3 * MAX_BYTES))
        expect(len(packed) < MAX_BYTES // 100, "it is small until it is unpacked")
        job = _posted(here, change, {"comment": 2})
        expect(f"larger than {MAX_BYTES:,} bytes" in job.err, "too large", job)
        (unpacked,) = job.temp.glob("claim-*/promptlint.json")
        expect(unpacked.stat().st_size == MAX_BYTES + 1, "no more is written than shows it", job)
        here.leave(good, name="other.json")
        expect("cannot be unpacked" in _posted(here, change, {"comment": 2}).err, "another file")
        here.server.state.artifacts.clear()
        here.server.state.leave(RUN, "promptlint-default", b"no archive")
        expect("cannot be unpacked" in _posted(here, change, {"comment": 2}).err, "no archive")
        _links(here, change, folder)
        _too_large(here, change)
        here.server.state.artifacts.clear()
        _posted(here, change, {})
        expect("has left no comparison" in here.comments[0], "none")
    return "of another schema, too large, of another name, no archive, a link, none: posted all the same"


def _links(here: World, change: Change, folder: Path) -> None:
    """A symbolic link in the archive leads nowhere: what it holds is the name of a file."""
    secret = folder / "secret.json"
    secret.write_text("a secret", encoding="utf-8")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        link = zipfile.ZipInfo("promptlint.json")
        link.external_attr = 0o120777 << 16
        file.writestr(link, str(secret))
    here.server.state.artifacts.clear()
    here.server.state.leave(RUN, "promptlint-default", packed.getvalue())
    job = _posted(here, change, {"comment": 2})
    expect("no strict JSON" in job.err and "a secret" not in job.err + job.out, "a link", job)


def _too_large(here: World, change: Change) -> None:
    """An artifact that is too large as it is packed is not even asked for."""
    here.server.state.artifacts.clear()
    here.server.state.leave(RUN, "promptlint-default", b" " * (MAX_BYTES + 1))
    here.server.log.clear()
    here.server.state.comments.clear()
    job = _posted(here, change, {"claim": 2})
    expect(
        "it is not downloaded" in job.err and not here.server.asked("GET", "/zip$|^/storage/"), "size", job
    )
