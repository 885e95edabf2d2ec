"""Scenarios of the two reusable workflows: pull requests from forks, and artifacts that are no good."""

from __future__ import annotations

from pathlib import Path

from history import NAME, PROMPT, WORDY, Change
from jobs import Job
from places import Places, ends, expect
from world import World

from promptlint.bot.artifact import MAX_BYTES

MORE = WORDY + "\nAnswer in French.\n"


def _compared(here: World, text: str) -> tuple[Change, Job]:
    change = here.push({NAME: text})
    job = here.compare(change, {})
    ends(job, {"verdict": 1})
    expect(here.server.asked() == [], "the keyless workflow asks nothing", job)
    return change, job


def fork_pair(places: Places, folder: Path) -> str:
    """compare.yml uploads, post.yml posts, twice."""
    with places.world(folder, fork=True) as here:
        for text in (WORDY, MORE):
            here.server.log.clear()
            change, _ = _compared(here, text)
            job = here.post(change.head, {})
            assert job is not None
            ends(job, {})
            expect(len(here.comments) == 1 and change.head in here.comments[0], "one comment", job)
            expect(len(here.remarks) == 1, "one suggestion, made from git's objects", job)
            expect(not (job.workspace / "repository/x").exists(), "nothing of the fork on disk", job)
            text_there = (job.workspace / "repository" / NAME).read_text("utf-8")
            expect(text_there == PROMPT, "the poster has the default branch on disk", job)
        expect(here.post(change.head, {}, "cancelled") is None, "nothing to post of a cancelled run")
    return "a fork's pull request got one comment and one suggestion, updated by its second push"


def fork_artifacts(places: Places, folder: Path) -> str:
    """Artifacts that a stranger has made."""
    with places.world(folder, fork=True) as here:
        old, _ = _compared(here, WORDY)
        artifact = here.artifacts["promptlint-default"] / "promptlint.json"
        good = artifact.read_text("utf-8")
        new = here.push({NAME: MORE})
        here.server.log.clear()
        _refused(here, new, "is of another commit")
        artifact.write_text(good.replace('"prompts"', '"prompt"').replace(old.head, new.head), "utf-8")
        _refused(here, new, "prompt")
        artifact.write_text(" " * (MAX_BYTES + 1), "utf-8")
        _refused(here, new, f"larger than {MAX_BYTES:,} bytes")
        secret = folder / "secret.json"
        secret.write_text(good.replace(old.head, new.head), "utf-8")
        artifact.unlink()
        artifact.symlink_to(secret)
        _refused(here, new, "is no regular file")
        artifact.unlink()
        _refused(here, new, "is no regular file")
        expect(here.comments == here.remarks == [], "nothing is posted")
        expect(here.server.asked("POST") == [], "nothing is even tried")
    return "refused: of another commit, of another schema, too large, a symbolic link, none"


def _refused(here: World, change: Change, words: str) -> None:
    job = here.post(change.head, {})
    assert job is not None
    ends(job, {"comment": 2})
    expect(words in job.err, f"it should say: {words}", job)
