"""`promptlint comment` from end to end: real git history, and a GitHub on this machine over real HTTP."""

from __future__ import annotations

import threading

import cmarkgfm
import pytest
from bot.github_data import Account
from bot.github_fixtures import ALICE, BOT, TOKEN
from bot.pull_repo import NAME, PROMPT, TWICE, WORDY, Repo, comment, repo

from promptlint.bot import marker, upsert
from promptlint.bot.github import GitHub

__all__ = ["comment", "repo"]  # fixtures

# --- what it does ---------------------------------------------------------------------------


def test_a_pull_request_gets_its_comment_and_its_suggestion(comment, repo: Repo) -> None:
    head = repo.push({NAME: WORDY})
    repo.event(head)
    ran = comment()
    assert ran.code == 0, ran.err
    assert ran.err.startswith("promptlint: o/r#7: posted the comment (")
    assert ran.err.endswith("; 1 suggestion added\n")
    (body,) = repo.comments
    mark = marker.parsed(body)
    assert mark is not None
    assert (mark.suite, mark.sha) == ("default", head)
    assert NAME in body
    assert "own workflow" not in body
    (remark,) = repo.server.state.remarks.values()
    assert (remark.path, remark.line) == (NAME, 3)
    assert "```suggestion\nTo help, be quick.\n```" in remark.body


def test_the_same_run_again_changes_nothing(comment, repo: Repo) -> None:
    repo.event(repo.push({NAME: WORDY}))
    comment()
    before = dict(repo.server.state.comments), dict(repo.server.state.remarks)
    ran = comment()
    assert ran.code == 0
    assert "skipped: the comment says the same already" in ran.err
    assert "1 suggestion kept" in ran.err
    assert (repo.server.state.comments, repo.server.state.remarks) == before


def test_ten_pushes_leave_one_comment(comment, repo: Repo) -> None:
    for push in range(10):
        head = repo.push({NAME: WORDY + f"\nName at most {push} letters.\n"})
        repo.event(head)
        assert comment().code == 0
    (body,) = repo.comments
    mark = marker.parsed(body)
    assert mark is not None
    assert mark.sha == head
    assert len(repo.server.state.remarks) == 1


def test_suggestions_are_made_where_the_host_would_put_exactly_these_lines(comment, repo: Repo) -> None:
    plain = "You sort the mail of a shop.\n\nIn order to help, be quick.\n"
    files = {
        "blank.prompt.md": "You sort the mail of a shop.\n\n" + "  \t  \t\n" * 5 + "Be kind.\n",
        "crlf.prompt.md": plain.replace("\n", "\r\n"),
        "end.prompt.md": plain.rstrip("\n"),
        "fence.prompt.md": plain.replace("be quick", "write ```json first"),
    }
    repo.event(repo.push(files))
    for _ in range(2):
        assert comment().code == 0
    made = {one.path: one for one in repo.server.state.remarks.values()}
    assert sorted(made) == ["blank.prompt.md", "fence.prompt.md"]
    assert len(repo.server.state.remarks) == 2
    several, fenced = (made[name] for name in sorted(made))
    assert several.line - several.start_line == 4
    assert "```suggestion\n```\n" in several.body
    assert "````suggestion\nTo help, write ```json first.\n````\n" in fenced.body
    assert "- 2 safe fixes in the changed files outside of what can be suggested" in repo.comments[0]


def test_an_accepted_suggestion_is_taken_away_and_an_answered_one_stays(comment, repo: Repo) -> None:
    files = {NAME: WORDY, "other.prompt.md": WORDY}
    repo.event(repo.push(files))
    comment("--no-suggestions")
    assert repo.server.state.remarks == {}
    comment()
    answered = next(one for one in repo.server.state.remarks.values() if one.path == NAME)
    repo.server.state.reply(answered.id, ALICE, "No, thanks.")
    repo.event(repo.push({name: text.replace("In order to", "To") for name, text in files.items()}))
    ran = comment()
    assert "1 suggestion removed" in ran.err
    assert {one.path for one in repo.server.state.remarks.values()} == {NAME}


@pytest.mark.parametrize("flags", [(), ("--skip-no-change",)], ids=["plain", "quiet"])
@pytest.mark.parametrize("behavior", ["update", "new", "hide-and-new", "delete-and-new"])
def test_a_change_that_is_taken_back_leaves_no_stale_verdict(
    comment, repo: Repo, behavior: str, flags: tuple[str, ...]
) -> None:
    options = ("--behavior", behavior, *flags)
    repo.event(repo.push({NAME: TWICE}))
    comment(*options)
    assert "new finding" in repo.comments[0]
    repo.event(repo.push({NAME: PROMPT}))
    assert comment(*options).code == 0
    said = repo.comments[-1:] if behavior == "new" else repo.comments
    if flags and behavior in ("hide-and-new", "delete-and-new"):
        assert said == []
    else:
        assert len(said) == 1
        assert "No prompt changed" in said[0]
    assert repo.server.state.remarks == {}


def test_suites_behaviours_and_quiet_runs(comment, repo: Repo) -> None:
    repo.event(repo.push({"notes.md": "Something.\n"}))
    ran = comment("--skip-no-change")
    assert (ran.code, repo.comments) == (0, [])
    assert "skipped: no prompt changed" in ran.err
    comment("--suite", "one")
    comment("--suite", "two", "--behavior", "new")
    comment("--suite", "two", "--behavior", "new")
    assert [marker.parsed(body).suite for body in repo.comments] == ["one", "two", "two"]  # type: ignore[union-attr]
    comment("--suite", "two", "--behavior", "hide-and-new")
    assert len(repo.comments) == 2
    assert len(repo.server.state.comments) == 4


def test_a_dry_run_prints_and_posts_nothing(comment, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.event(repo.push({NAME: WORDY}))
    ran = comment("--dry-run")
    assert ran.code == 0
    assert NAME in ran.out
    assert "would have posted the comment; 1 suggestion added" in ran.err
    monkeypatch.delenv("GITHUB_TOKEN")
    assert comment("--dry-run").out == ran.out
    assert repo.comments == []
    assert repo.server.state.remarks == {}


def test_flags_alone_are_enough(comment, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    monkeypatch.delenv("GITHUB_REPOSITORY")
    repo.push({NAME: WORDY})
    ran = comment("--repo", "o/r", "--pr", "7", "--base", "main")
    assert (ran.code, len(repo.comments)) == (0, 1), ran.err


def test_a_configuration_in_a_folder_names_files_from_the_top(comment, repo: Repo, monkeypatch) -> None:
    repo.git("checkout", "-q", "main")
    repo.base = repo.commit({"app/promptlint.toml": "", f"app/{NAME}": PROMPT})
    repo.git("checkout", "-q", "-B", "topic")
    repo.event(repo.push({f"app/{NAME}": WORDY}))
    monkeypatch.chdir(repo.folder / "app")
    ran = comment()
    assert ran.code == 0, ran.err
    assert [one.path for one in repo.server.state.remarks.values()] == [f"app/{NAME}"]


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("error", 0), ("warning", 1)])
def test_the_verdict_is_the_exit_code(comment, repo: Repo, fail_on: str, code: int) -> None:
    repo.event(repo.push({NAME: TWICE}))
    assert comment("--fail-on", fail_on).code == code
    (body,) = repo.comments
    assert "> **Fail.**" in body  # the verdict is that of `promptlint diff`


def test_hostile_names_act_nowhere(comment, repo: Repo) -> None:
    """Not even where HTML is let through."""
    name = "@team `x` [a](b) <b>.prompt.md"
    repo.event(repo.push({name: WORDY}))
    ran = comment()
    assert ran.code == 0, ran.err
    assert ran.err.count("\n") == 1
    (body,) = repo.comments
    option = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    html = cmarkgfm.github_flavored_markdown_to_html(body, options=option)
    assert "@team `x` [a](b) &lt;b&gt;.prompt.md" in html
    assert "<b>" not in html
    assert "<a " not in html


# --- two at once ----------------------------------------------------------------------------


@pytest.mark.parametrize("round_", range(5))
def test_two_posters_at_once_leave_one_comment(repo: Repo, round_: int) -> None:
    """Over real connections, in whatever order the threads come."""
    state, head = repo.server.state, "a" * 40
    other = state.write(
        Account("mallory"), marker.stamped(marker.Marker("default", head, "2026-11-23T11:00:00Z"), "x")
    )
    wanted = [
        upsert.Wanted(marker.Marker("default", head, f"2026-11-23T10:00:0{at}Z"), f"run {at}\n")
        for at in (1, 2)
    ]
    start = threading.Barrier(2)
    failures = []

    def work(one: upsert.Wanted) -> None:
        try:
            with GitHub("o/r", 7, TOKEN, repo.server.api) as host:
                start.wait(timeout=30)
                upsert.upsert(host, one, upsert.Asked())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    ours = [one.body for one in state.comments.values() if one.author == BOT]
    assert ours == [wanted[1].text]
    assert state.comments[other.id].body == other.body
