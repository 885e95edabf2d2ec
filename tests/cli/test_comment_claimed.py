"""`promptlint comment` after another workflow's run: compared here, from git's objects, whatever that one says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bot.pull_repo import NAME, PROMPT, TWICE, WORDY, Repo, comment, repo

__all__ = ["comment", "repo"]  # fixtures


@pytest.fixture
def after(repo: Repo):
    """A push, of which the first workflow's run has ended; the work tree has the base again."""

    def call(files: dict[str, str]) -> str:
        head = repo.push(files)
        repo.server.state.pulls[7].base_sha = repo.base
        repo.git("checkout", "-q", "main")
        repo.run_event(head)
        return head

    return call


def test_it_is_compared_with_the_base_that_the_host_names(comment, repo: Repo, after) -> None:
    after({NAME: WORDY})
    ran = comment()
    assert ran.code == 0, ran.err
    (body,) = repo.comments
    assert NAME in body
    assert "own workflow" not in body
    assert [one.path for one in repo.server.state.remarks.values()] == [NAME]
    assert (repo.folder / NAME).read_text() == PROMPT


def test_a_base_that_is_not_the_default_branch(comment, repo: Repo, after) -> None:
    """What the other branch has already is not the request's."""
    other = repo.commit({"other.prompt.md": WORDY})
    repo.base = other
    after({NAME: WORDY})
    assert comment().code == 0
    assert "other.prompt.md" not in repo.comments[0]


def test_a_base_that_no_host_would_name(comment, repo: Repo, after) -> None:
    after({NAME: WORDY})
    repo.server.state.pulls[7].base_sha = "--output=x"
    ran = comment()
    assert (ran.code, repo.comments) == (2, [])
    assert not (repo.folder / "x").exists()


def test_without_a_token_nothing_is_known(comment, repo: Repo, after, monkeypatch) -> None:
    after({NAME: WORDY})
    monkeypatch.delenv("GITHUB_TOKEN")
    ran = comment("--dry-run")
    assert ran.code == 2
    assert "there is no token: set GITHUB_TOKEN or GH_TOKEN" in ran.err


def test_a_claim_is_told_and_a_bad_one_ends_with_2(comment, repo: Repo, after, tmp_path: Path) -> None:
    after({NAME: TWICE})
    path = tmp_path / "claim.json"
    path.write_text(json.dumps({"schema_version": 1}))
    ran = comment("--claimed", str(path))
    assert ran.code == 2
    assert "posted as it was found here, but " in ran.err
    assert "is no good" in repo.comments[0]
    assert comment("--claimed", str(tmp_path / "none.json"), "--behavior", "new").code == 0
    assert "has left no comparison" in repo.comments[1]


@pytest.mark.parametrize(("severity", "fails"), [("warning", True), ("error", False), ("never", False)])
def test_the_verdict_is_of_the_severity_that_is_given(comment, repo: Repo, after, severity, fails) -> None:
    after({NAME: TWICE})
    assert comment("--verdict-on", severity).code == 0
    assert ("**Fail.**" in repo.comments[0]) is fails


# --- what is compared, and what is suggested ----------------------------------------------------


def test_paths_narrow_the_comparison_and_its_suggestions(comment, repo: Repo) -> None:
    repo.event(repo.push({"one/a.prompt.md": WORDY, "two/b.prompt.md": WORDY}))
    ran = comment("--path", "one")
    assert ran.code == 0, ran.err
    assert "two/b.prompt.md" not in repo.comments[0]
    assert [one.path for one in repo.server.state.remarks.values()] == ["one/a.prompt.md"]


def test_a_config_holds_for_suggestions_as_for_the_comparison(comment, repo: Repo) -> None:
    repo.git("checkout", "-q", "main")
    repo.base = repo.commit({"ci/quiet.toml": 'ignore = ["TOK001", "RED001"]\n'})
    repo.git("checkout", "-q", "-B", "topic")
    head = repo.push({NAME: WORDY, "ci/quiet.toml": ""})
    repo.event(head)
    assert comment("--config", "ci/quiet.toml").code == 0
    assert repo.server.state.remarks == {}
    assert comment().code == 0
    assert len(repo.server.state.remarks) == 1
    ran = comment("--config", "ci/none.toml")
    assert ran.code == 2
    assert "ci/none.toml" in ran.err


def test_what_was_there_before_is_not_suggested(comment, repo: Repo) -> None:
    """Though the diff shows its line."""
    repo.git("checkout", "-q", "main")
    repo.base = repo.commit({NAME: WORDY})
    repo.git("checkout", "-q", "-B", "topic")
    repo.event(repo.push({NAME: WORDY.replace("Keep it short.", "In order to win, keep it short.")}))
    ran = comment()
    assert ran.code == 0, ran.err
    (remark,) = repo.server.state.remarks.values()
    assert "To win, keep it short." in remark.body


def test_a_comparison_of_another_run_says_which_findings_are_new(comment, promptlint, repo: Repo) -> None:
    repo.event(repo.push({"one/a.prompt.md": WORDY, "two/b.prompt.md": WORDY}))
    path = repo.folder.parent / "promptlint.json"
    words = ("--path", "two", "--json-file", str(path), repo.base, "HEAD")
    assert promptlint("diff", *words).code == 1
    assert comment("--from", str(path)).code == 0
    assert [one.path for one in repo.server.state.remarks.values()] == ["two/b.prompt.md"]
