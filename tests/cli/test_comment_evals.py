"""`promptlint comment --evals`: a verdict of recorded answers counts if the recording stands on the base."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bot.pull_repo import NAME, PROMPT, Repo, comment, repo
from evals_providers.server import Server
from evals_whole.project import cases, project
from report import evals_results as made

from promptlint import evaluated
from promptlint.bot import recordings
from promptlint.evaluation import EvalResult
from promptlint.report.evals.json import render
from promptlint.verdicts import Verdicts

__all__ = ["comment", "repo"]  # fixtures

ANSWERS = '{"key": "0", "text": "billing"}\n'
OTHERS = '{"key": "0", "text": "whatever is wanted"}\n'
PLACE = "evals/answers.jsonl"
KIND = PROMPT + "\nBe kind.\n"
VOID = "by a recording that is not known to stand on the base branch"


def document(repo: Repo, result: EvalResult, recording: str = PLACE) -> str:
    """The JSON of an eval that replayed the recording as it is on disk now."""
    digest = hashlib.sha256((repo.folder / recording).read_bytes()).hexdigest()
    source = replace(result.source, recorded=True, recording_path=recording, recording_sha256=digest)
    file = repo.folder.parent / "eval.json"
    file.write_text(render(replace(result, source=source)))
    return str(file)


def on_base(repo: Repo, files: dict[str, str]) -> None:
    """Put these files on the base branch, before the request's commits."""
    repo.git("checkout", "-q", "main")
    repo.base = repo.commit(files)
    repo.git("checkout", "-q", "-B", "topic")


def said(comment: Callable[..., Any], *arguments: str) -> str:
    """The comment as it would be posted."""
    ran = comment(*arguments, "--no-suggestions", "--dry-run")
    assert ran.code == 0, ran.err
    return str(ran.out)


def test_a_recording_of_the_base_counts(comment, repo: Repo) -> None:
    on_base(repo, {PLACE: ANSWERS})
    repo.event(repo.push({NAME: KIND}))
    assert comment("--evals", document(repo, made.rejected())).code == 0
    (body,) = repo.comments
    assert "**rejected**: worse than allowed" in body
    assert "replay of recorded answers" in body
    assert "**Fail.**" in body


@pytest.mark.parametrize(
    ("base", "pushed"),
    [
        ({}, {PLACE: ANSWERS}),  # the request brings it
        ({PLACE: ANSWERS}, {PLACE: OTHERS}),  # the request changes it
        ({"other.jsonl": ANSWERS}, {PLACE: ANSWERS}),  # the base has it under another name
    ],
)
def test_a_recording_of_the_request_does_not(
    comment, repo: Repo, base: dict[str, str], pushed: dict[str, str]
) -> None:
    on_base(repo, base)
    repo.event(repo.push({NAME: KIND, **pushed}))
    for result, verdict in ((made.accepted(), "accepted"), (made.rejected(), "rejected")):
        body = said(comment, "--evals", document(repo, result))
        assert f"**not counted**: {verdict} {VOID}" in body
        assert "quality: 1 not counted" in body
        assert "**Needs a look.**" in body


def test_answers_that_were_taken_from_the_request_and_claim_to_be_of_the_base_do_not(
    comment, repo: Repo
) -> None:
    on_base(repo, {PLACE: ANSWERS})
    repo.event(repo.push({NAME: KIND, "evals/mine.jsonl": OTHERS}))
    data = json.loads(Path(document(repo, made.accepted(), "evals/mine.jsonl")).read_text())
    data["source"]["recording_path"] = PLACE
    file = repo.folder.parent / "forged.json"
    file.write_text(json.dumps(data))
    assert f"**not counted**: accepted {VOID}" in said(comment, "--evals", str(file))


def test_live_answers_need_no_recording(comment, repo: Repo) -> None:
    repo.event(repo.push({NAME: KIND}))
    file = repo.folder.parent / "eval.json"
    file.write_text(render(made.small()))
    body = said(comment, "--evals", str(file))
    assert "**undecided**: margin 3 points" in body
    assert "live answers" in body


def test_where_the_base_is_not_known_no_recording_counts(comment, repo: Repo) -> None:
    on_base(repo, {PLACE: ANSWERS})
    head = repo.push({NAME: KIND})
    repo.event(head)
    from promptlint.compare import Asked, compared
    from promptlint.documents import to_json

    compared_ = repo.folder.parent / "promptlint.json"
    compared_.write_text(json.dumps(to_json(compared(Asked(repo.base, head)).comparison)))
    repo.run_event(head)  # of a workflow that follows another: it names no base
    arguments = ("--from", str(compared_), "--evals", document(repo, made.accepted()))
    assert "**not counted**" in said(comment, *arguments)
    assert "**accepted**" in said(comment, *arguments, "--base", "main")


def test_a_bad_document_is_refused_before_anything_is_posted(comment, repo: Repo) -> None:
    repo.event(repo.push({NAME: KIND}))
    file = repo.folder.parent / "eval.json"
    file.write_text(render(made.rejected()).replace('"confidence": 0.9', '"confidence": 9'))
    ran = comment("--evals", str(file))
    assert ran.code == 2
    assert "eval.json.confidence: expected a share between 0 and 1" in ran.err
    assert repo.comments == []


def test_from_the_run_of_a_suite_to_the_comment(comment, promptlint, repo: Repo) -> None:
    with Server() as server:
        suite = project(repo.folder, server, cases(120))
        ran = promptlint("eval", str(suite), "--record", str(suite.with_name("answers.jsonl")))
        assert ran.code == 0, ran.err
    project(repo.folder, None, cases(120), provider={"kind": "replay", "recording": "answers.jsonl"})
    on_base(repo, {})
    file = repo.folder.parent / "eval.json"

    def told(pushed: dict[str, str]) -> str:
        repo.event(repo.push(pushed))
        ran = promptlint("eval", str(suite), "--write", str(file))
        assert ran.code == 0, ran.err
        assert "ACCEPTED (replay)" in ran.out
        return said(comment, "--evals", str(file))

    assert "**accepted**: not worse than 5 points" in told({NAME: KIND})
    answers = suite.with_name("answers.jsonl")
    head, *rest = answers.read_text().splitlines(keepends=True)
    assert f"**not counted**: accepted {VOID}" in told({"evals/answers.jsonl": "".join([head, *rest[::-1]])})


# --- which recordings stand there -----------------------------------------------------------


def verdicts(path: str | None, digest: str | None) -> Verdicts:
    source = replace(made.accepted().source, recording_path=path, recording_sha256=digest)
    return evaluated.verdicts_of(replace(made.accepted(), source=source))


def test_the_name_and_the_bytes_must_be_the_same(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.folder)
    base = repo.commit({PLACE: ANSWERS, "deep/answers.jsonl": OTHERS})
    right = hashlib.sha256(ANSWERS.encode()).hexdigest()
    assert recordings.on_base(verdicts(PLACE, right), base)
    assert recordings.on_base(verdicts(PLACE, right.upper()), base)
    for path, digest in (
        (PLACE, None),
        (None, right),
        (PLACE, hashlib.sha256(OTHERS.encode()).hexdigest()),
        ("deep/answers.jsonl", right),
        (f"./{PLACE}", right),
        (f"evals/../{PLACE}", right),
        (str(repo.folder / PLACE), right),
        (f"{PLACE}\0", right),
        ("evals", right),
        ("", right),
        ("-", right),
    ):
        assert not recordings.on_base(verdicts(path, digest), base)
    for unknown in ("", "no-such-branch", "--all", "0" * 40):
        assert not recordings.on_base(verdicts(PLACE, right), unknown)
    (repo.folder / PLACE).write_text(OTHERS)  # the disk is not asked
    assert recordings.on_base(verdicts(PLACE, right), base)


def test_a_link_is_no_recording(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.folder)
    (repo.folder / "linked.jsonl").symlink_to("notes.md")
    base = repo.commit({})
    assert not recordings.on_base(verdicts("linked.jsonl", hashlib.sha256(b"notes.md").hexdigest()), base)


def test_outside_of_a_repository_none_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.jsonl").write_text(ANSWERS)
    digest = hashlib.sha256(ANSWERS.encode()).hexdigest()
    assert not recordings.on_base(verdicts("answers.jsonl", digest), "main")


def test_not_more_recordings_are_looked_at_than_a_document_may_ask_for(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.folder)
    base = repo.commit({PLACE: ANSWERS})
    digest = hashlib.sha256(ANSWERS.encode()).hexdigest()
    (one,) = verdicts(PLACE, digest).evals
    others = tuple(replace(one, recording=f"{index}.jsonl") for index in range(recordings.MOST))
    found = replace(verdicts(PLACE, digest), evals=(*others, one))
    assert not recordings.on_base(found, base)
    assert recordings.on_base(replace(found, evals=(*others[1:], one)), base) == {one}
