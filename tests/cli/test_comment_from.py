"""`promptlint comment --from`: the second of two workflows, which takes the first one's word for little."""

from __future__ import annotations

import json
from pathlib import Path

from bot.github_data import Pull
from bot.pull_repo import NAME, WORDY, Repo, comment, repo

from promptlint.bot import marker

__all__ = ["comment", "repo"]  # fixtures


def document(promptlint, repo: Repo, head: str, **changes: object) -> str:
    from promptlint.compare import Asked, compared
    from promptlint.documents import to_json

    data = to_json(compared(Asked(repo.base, head)).comparison)
    assert isinstance(data, dict)
    path = repo.folder.parent / "promptlint.json"
    path.write_text(json.dumps({**data, **changes}))
    return str(path)


def test_an_artifact_is_posted_to_the_request_of_the_events_commit(comment, promptlint, repo: Repo) -> None:
    head = repo.push({NAME: WORDY})
    path = document(promptlint, repo, head)
    repo.git("checkout", "-q", "main")
    repo.run_event(head)
    ran = comment("--from", path)
    assert ran.code == 0, ran.err
    (body,) = repo.comments
    assert NAME in body
    assert "those of the pull request's own workflow" in body
    (remark,) = repo.server.state.remarks.values()  # made anew, from git's objects
    assert "```suggestion\nTo help, be quick.\n```" in remark.body


def test_without_the_commit_there_are_no_suggestions_and_that_is_said(
    comment, promptlint, repo: Repo
) -> None:
    head = repo.push({NAME: WORDY})
    path = document(promptlint, repo, head)
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-D", "topic")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    repo.run_event(head)
    ran = comment("--from", path)
    assert ran.code == 0
    assert "no suggestions: " in ran.err
    assert (len(repo.comments), repo.server.state.remarks) == (1, {})


def test_an_artifact_of_another_commit_is_refused(comment, promptlint, repo: Repo) -> None:
    first = repo.push({NAME: WORDY})
    path = document(promptlint, repo, first)
    repo.run_event(repo.push({NAME: WORDY + "\nMore.\n"}))
    ran = comment("--from", path)
    assert (ran.code, repo.comments) == (2, [])
    assert "is of another commit" in ran.err


def test_a_bad_artifact_is_refused(comment, promptlint, repo: Repo) -> None:
    head = repo.push({NAME: WORDY})
    repo.run_event(head)
    path = Path(document(promptlint, repo, head, schema_version=2))
    assert "version 2 of the document" in comment("--from", str(path)).err
    path.write_text("[" * 100_000)
    ran = comment("--from", str(path))
    assert (ran.code, repo.comments) == (2, [])
    assert comment("--from", str(path.parent)).code == 2


def test_an_artifact_from_the_future_blocks_nothing(comment, promptlint, repo: Repo) -> None:
    head = repo.push({NAME: WORDY})
    repo.event(head)
    comment("--from", document(promptlint, repo, head, generated_at="9999-12-31T23:59:59Z"))
    (body,) = repo.comments
    mark = marker.parsed(body)
    assert mark is not None
    assert not mark.at.startswith("9999")


def test_a_comparison_is_no_later_than_the_run_that_made_it(comment, promptlint, repo: Repo) -> None:
    """Another one of the same commit replaces it: here, of a run that ended later."""
    head = repo.push({NAME: WORDY})
    future = document(promptlint, repo, head, generated_at="9999-12-31T23:59:59Z", price_date="a")
    repo.run_event(head, "2026-01-01T10:00:00Z")
    assert comment("--from", future).code == 0
    assert "at=2026-01-01T10:00:00Z" in repo.comments[0]
    later = document(promptlint, repo, head, generated_at="2026-01-01T11:00:00Z", price_date="b")
    repo.run_event(head, "2026-01-01T11:00:09Z")
    assert "updated the comment" in comment("--from", later).err
    assert "at=2026-01-01T11:00:00Z" in repo.comments[0]
    assert len(repo.comments) == 1


def test_an_older_artifact_overwrites_nothing(comment, promptlint, repo: Repo) -> None:
    old = repo.push({NAME: WORDY})
    older = Path(document(promptlint, repo, old)).read_text()
    new = repo.push({NAME: WORDY + "\nAnswer in French.\n"})
    repo.event(new)
    comment()
    before = repo.comments
    (repo.folder.parent / "old.json").write_text(older)
    repo.event(old)
    ran = comment("--from", str(repo.folder.parent / "old.json"))
    assert ran.code == 0
    assert "skipped: the comment tells of the request's head" in ran.err
    assert "no suggestions: the request has another head by now" in ran.err
    assert repo.comments == before


def test_a_request_that_is_gone_is_said(comment, promptlint, repo: Repo) -> None:
    head = repo.push({NAME: WORDY})
    repo.run_event(head)
    path = document(promptlint, repo, head)
    repo.server.state.pulls[7].state = "closed"
    ran = comment("--from", path)
    assert ran.code == 2
    assert "no open pull request of o/r is at" in ran.err
    repo.server.state.pulls[7].state = "open"
    repo.server.state.pulls[8] = Pull(8, head)
    ran = comment("--from", path)
    assert (ran.code, repo.comments) == (2, [])
    assert "#7, #8" in ran.err
