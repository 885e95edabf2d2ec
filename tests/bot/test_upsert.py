"""One comment a suite, whoever comes first; an older run never replaces a newer one; others' comments stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from promptlint.bot.host import Posted
from promptlint.bot.marker import Marker
from promptlint.bot.upsert import Asked, Outcome, Wanted, upsert
from promptlint.errors import HostError, RefusedError

from .memory import MemoryHost

NEW, OLD, OLDER = "a" * 40, "b" * 40, "c" * 40


def wanted(at: int, sha: str = NEW, body: str = "", suite: str = "default", changes: bool = True) -> Wanted:
    mark = Marker(suite, sha, f"2026-11-23T10:{at // 60:02}:{at % 60:02}Z")
    return Wanted(mark, body or f"result of {sha[:4]} at {at}\n", changes)


def bodies(host: MemoryHost) -> list[str]:
    return [each.body for each in host.visible]


# --- update ---------------------------------------------------------------------------------


def test_ten_pushes_leave_one_comment() -> None:
    host = MemoryHost()
    for push in range(10):
        host.sha = f"{push:040x}"
        outcome = upsert(host, wanted(push, host.sha), Asked())
        assert outcome == Outcome("updated" if push else "posted", "", "https://host/1")
    assert bodies(host) == [wanted(9, host.sha).text]
    assert host.log.count("create") == 1


def test_the_same_again_is_left_alone() -> None:
    host = MemoryHost()
    upsert(host, wanted(1, body="same\n"), Asked())
    host.posted["1"] = replace(host.posted["1"], body=host.posted["1"].body.replace("\n", "\r\n").rstrip())
    before = bodies(host)
    outcome = upsert(host, wanted(2, body="same\n"), Asked())
    assert outcome == Outcome("skipped", "the comment says the same already", "https://host/1")
    assert bodies(host) == before


def test_the_same_of_another_commit_is_updated() -> None:
    host = MemoryHost(sha=OLD)
    upsert(host, wanted(1, OLD, "same\n"), Asked())
    host.sha = NEW
    assert upsert(host, wanted(2, NEW, "same\n"), Asked()).action == "updated"
    assert bodies(host) == [wanted(2, NEW, "same\n").text]


@pytest.mark.parametrize("behavior", ["update", "new", "hide-and-new", "delete-and-new"])
@pytest.mark.parametrize(
    ("there", "ours", "reason"),
    [
        (wanted(5), wanted(4), "newer"),
        (wanted(1, NEW), wanted(9, OLD), "the request's head"),
        (wanted(5, OLD), wanted(4, OLDER), "newer"),
    ],
    ids=["time", "head", "neither-head"],
)
def test_an_older_run_changes_nothing(behavior: str, there: Wanted, ours: Wanted, reason: str) -> None:
    host = MemoryHost()
    host.create(there.text)
    outcome = upsert(host, ours, Asked(behavior))  # type: ignore[arg-type]
    assert (outcome.action, reason in outcome.reason, outcome.url) == ("skipped", True, "https://host/1")
    assert bodies(host) == [there.text]


def test_the_present_head_replaces_what_was_made_later_for_another_commit() -> None:
    host = MemoryHost()
    host.create(wanted(9, OLD).text)
    assert upsert(host, wanted(1, NEW), Asked()).action == "updated"
    assert bodies(host) == [wanted(1, NEW).text]


def test_two_runs_of_one_second_do_not_replace_each_other() -> None:
    host = MemoryHost()
    one, other = wanted(1, body="one\n"), wanted(1, body="other\n")
    assert [upsert(host, each, Asked()).action for each in (one, other, one, other)] == [
        "posted",
        *["skipped"] * 3,
    ]
    assert bodies(host) == [one.text]


def test_a_run_that_ended_half_way_is_tidied_up() -> None:
    host = MemoryHost()
    for at in (1, 3, 2):
        host.create(wanted(at).text)
    upsert(host, wanted(4), Asked())
    assert [(each.id, each.body) for each in host.visible] == [("1", wanted(4).text)]


@pytest.mark.parametrize("sha", [NEW, OLD])
@pytest.mark.parametrize("order", [(5, 3), (3, 5), (5, 5), (3, 5, 4)])
def test_an_older_run_tidies_up_what_two_posters_left(order: tuple[int, ...], sha: str) -> None:
    host = MemoryHost()
    for at in order:
        host.create(wanted(at).text)
    outcome = upsert(host, wanted(1, sha), Asked())
    assert (outcome.action, outcome.url) == ("skipped", "https://host/1")
    assert [(each.id, each.body) for each in host.visible] == [("1", wanted(5).text)]


def test_an_identical_run_tidies_up_too() -> None:
    host = MemoryHost()
    for _ in range(2):
        host.create(wanted(1, body="same\n").text)
    upsert(host, wanted(2, body="same\n"), Asked())
    assert [each.id for each in host.visible] == ["1"]


@pytest.mark.parametrize("behavior", ["hide-and-new", "delete-and-new"])
def test_an_older_run_leaves_one_of_those_that_were_posted_anew(behavior: str) -> None:
    host = MemoryHost()
    for at in (2, 5, 3):
        host.create(wanted(at).text)
    assert upsert(host, wanted(1), Asked(behavior)).action == "skipped"  # type: ignore[arg-type]
    assert bodies(host) == [wanted(5).text]


@pytest.mark.parametrize("behavior", ["update", "new", "hide-and-new", "delete-and-new"])
def test_an_older_run_that_is_dry_only_looks(behavior: str) -> None:
    host = MemoryHost()
    for at in (2, 5):
        host.create(wanted(at).text)
    before = dict(host.posted)
    assert upsert(host, wanted(1), Asked(behavior, dry=True)).action == "skipped"  # type: ignore[arg-type]
    assert (host.posted, host.hidden) == (before, set())


def test_suites_have_a_comment_each_and_other_text_is_nobodys() -> None:
    host = MemoryHost()
    kept = [
        "Hello",
        f"Look:\n{wanted(1).text}",
        wanted(99).text.replace("v1", "v9"),
        wanted(99, suite="evals").text,
    ]
    for text in kept:
        host.create(text)
    upsert(host, wanted(1), Asked())
    upsert(host, wanted(2), Asked())
    assert bodies(host) == [*kept, wanted(2).text]


# --- other behaviours -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behavior", "visible", "all_"),
    [("new", 3, 3), ("hide-and-new", 1, 3), ("delete-and-new", 1, 1)],
)
def test_behaviours_that_post_anew(behavior: str, visible: int, all_: int) -> None:
    host = MemoryHost()
    host.create("Hello")
    for at in (1, 2, 2):
        assert upsert(host, wanted(at), Asked(behavior)).action == "posted"  # type: ignore[arg-type]
    assert (len(host.visible), len(host.posted)) == (visible + 1, all_ + 1)
    assert bodies(host)[-1] == wanted(2).text


@pytest.mark.parametrize("behavior", ["update", "new", "hide-and-new", "delete-and-new"])
def test_without_a_change_nothing_is_posted_first(behavior: str) -> None:
    host = MemoryHost()
    asked = Asked(behavior, quiet=True)  # type: ignore[arg-type]
    assert upsert(host, wanted(1, changes=False), asked) == Outcome("skipped", "no prompt changed")
    assert bodies(host) == []


@pytest.mark.parametrize(
    ("behavior", "left"),
    [("update", [2]), ("new", [1, 2]), ("hide-and-new", []), ("delete-and-new", [])],
)
def test_without_a_change_an_earlier_comment_is_not_left_as_it_is(behavior: str, left: list[int]) -> None:
    host = MemoryHost()
    host.create(wanted(1).text)
    upsert(host, wanted(2, changes=False), Asked(behavior, quiet=True))  # type: ignore[arg-type]
    assert bodies(host) == [wanted(at).text for at in left]


def test_that_nothing_changes_is_posted_anew_once() -> None:
    host = MemoryHost(sha=OLD)
    host.create(wanted(1, OLD).text)
    for at, sha in enumerate((OLD, NEW, OLDER), start=2):
        host.sha = sha
        outcome = upsert(
            host, wanted(at, sha, f"nothing at `{sha[:9]}`\n", changes=False), Asked("new", quiet=True)
        )
        assert outcome.action == ("posted" if at == 2 else "skipped")
    assert len(bodies(host)) == 2


@pytest.mark.parametrize("behavior", ["update", "new", "hide-and-new", "delete-and-new"])
@pytest.mark.parametrize("there", [False, True])
def test_a_dry_run_only_looks(behavior: str, there: bool) -> None:
    host = MemoryHost()
    if there:
        host.create(wanted(1).text)
    before = dict(host.posted)
    host.log.clear()
    outcome = upsert(host, wanted(2), Asked(behavior, dry=True))  # type: ignore[arg-type]
    assert outcome.action == ("updated" if there and behavior == "update" else "posted")
    assert set(host.log) == {"head", "comments"}
    assert host.posted == before


# --- failures -------------------------------------------------------------------------------


class Vanishing(MemoryHost):
    """Somebody removes our comment between our look and our update."""

    def update(self, comment: Posted, body: str) -> None:
        self.posted.pop("1", None)
        super().update(comment, body)


def test_a_comment_that_vanishes_meanwhile_is_posted_again() -> None:
    host = Vanishing()
    host.create(wanted(1).text)
    upsert(host, wanted(2), Asked())
    assert [(each.id, each.body) for each in host.visible] == [("2", wanted(2).text)]


class Overtaken(MemoryHost):
    """Another run posts right after us, and ends before it can tidy up."""

    then: Wanted = wanted(9)

    def create(self, body: str) -> Posted:
        made = super().create(body)
        if len(self.posted) == 1:
            super().create(self.then.text)
        return made


@pytest.mark.parametrize(
    ("behavior", "id_"), [("update", "1"), ("hide-and-new", "2"), ("delete-and-new", "2")]
)
def test_a_newer_run_that_comes_between_is_not_lost(behavior: str, id_: str) -> None:
    host = Overtaken()
    outcome = upsert(host, wanted(1), Asked(behavior))  # type: ignore[arg-type]
    assert [(each.id, each.body) for each in host.visible] == [(id_, wanted(9).text)]
    assert outcome.action == "skipped"


@pytest.mark.parametrize("error", [HostError("422"), RefusedError("403")])
def test_other_failures_are_not_swallowed(error: HostError, monkeypatch: pytest.MonkeyPatch) -> None:
    host = MemoryHost()
    host.create(wanted(1).text)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(host, "update", fail)
    with pytest.raises(type(error)):
        upsert(host, wanted(2), Asked())
