"""Which request is meant: flags over the environment over the event, whose every value may be hostile."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hostile import SMALL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint.bot.target import MAX_EVENT, Flags, Target, github, gitlab, token
from promptlint.errors import UsageError

BASE, HEAD = "b" * 40, "a" * 40
API = "https://api.github.com"
PULL = {
    "number": 7,
    "repository": {"full_name": "o/r"},
    "pull_request": {"number": 7, "base": {"sha": BASE}, "head": {"sha": HEAD}},
}
RUN = {
    "repository": {"full_name": "o/r"},
    "workflow_run": {
        "event": "pull_request",
        "head_sha": HEAD,
        "head_branch": "topic",
        "head_repository": {"full_name": "fork/r"},
        "pull_requests": [{"number": 99}],
    },
}
TALK = {"repository": {"full_name": "o/r"}, "issue": {"number": 7, "pull_request": {"url": "x"}}}


def event(folder: Path, data: object) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return {"GITHUB_EVENT_PATH": str(path)}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PULL, Target("github", API, "o/r", 7, BASE, HEAD)),
        (RUN, Target("github", API, "o/r", 0, "", HEAD, "fork/r", "topic")),
        (TALK, Target("github", API, "o/r", 7)),
    ],
    ids=["pull_request", "workflow_run", "issue_comment"],
)
def test_events_of_github(tmp_path: Path, data: object, expected: Target) -> None:
    found = github(Flags(), event(tmp_path, data))
    assert found == expected
    assert found.shown == ("o/r#7" if found.number else "o/r@aaaaaaaaa")


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00", None),
        ("yesterday", None),
        (7, None),
    ],
)
def test_when_the_first_workflow_ended(tmp_path: Path, said: object, ended: datetime | None) -> None:
    run = RUN["workflow_run"] | {"updated_at": said}  # type: ignore[operator]
    assert github(Flags(), event(tmp_path, RUN | {"workflow_run": run})).ended == ended


def test_flags_are_over_the_environment_over_the_event(tmp_path: Path) -> None:
    env = event(tmp_path, PULL) | {
        "GITHUB_REPOSITORY": "o/other",
        "GITHUB_API_URL": "https://ghe.example/api/v3/",
    }
    assert github(Flags("o/r", 7), env) == Target(
        "github", "https://ghe.example/api/v3", "o/r", 7, BASE, HEAD
    )
    assert github(Flags(), env).repo == "o/other"
    assert github(Flags("o/r", 9), env) == Target("github", "https://ghe.example/api/v3", "o/r", 9)
    assert github(Flags("x/r", 7), env).head == ""
    assert github(Flags("o/r", 7), {}) == Target("github", API, "o/r", 7)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"repository": {"full_name": "o/r"}}, "there is no pull request in this event"),
        (
            {"repository": {"full_name": "o/r"}, "issue": {"number": 7}},
            "there is no pull request in this event",
        ),
        (RUN | {"workflow_run": RUN["workflow_run"] | {"event": "push"}}, "the workflow ran on push"),  # type: ignore[operator]
        (RUN | {"workflow_run": RUN["workflow_run"] | {"head_sha": ""}}, "no workflow_run.head_sha"),  # type: ignore[operator]
        (RUN | {"workflow_run": RUN["workflow_run"] | {"head_sha": "--upload-pack=x"}}, "expected a commit"),  # type: ignore[operator]
        (PULL | {"pull_request": {"number": 0}}, "expected the number"),
        (PULL | {"pull_request": {"number": "7"}}, "expected the number"),
        (PULL | {"pull_request": {"number": True}}, "expected the number"),
        (PULL | {"pull_request": {"number": -7}}, "expected the number"),
        (PULL | {"pull_request": {"number": 7, "head": {"sha": "a" * 39}}}, "expected a commit"),
        (PULL | {"pull_request": {"number": 7, "head": {"sha": HEAD + "\n"}}}, "expected a commit"),
        (PULL | {"repository": {"full_name": "../x"}}, "expected OWNER/REPO"),
        (PULL | {"repository": {"full_name": "o/.."}}, "expected OWNER/REPO"),
        (PULL | {"repository": {"full_name": "o/r/issues"}}, "expected OWNER/REPO"),
        (PULL | {"repository": {"full_name": "o/r?x=1"}}, "expected OWNER/REPO"),
        (PULL | {"repository": []}, "expected OWNER/REPO; none is given"),
        ([], "not an object"),
        ("{", "no strict JSON"),
        ("[" * 100_000, "no strict JSON"),
        ('{"a": ' + "9" * 5000 + "}", "no strict JSON"),
        ('"' + "x" * MAX_EVENT + '"', "larger than 2,000,000 bytes"),
    ],
)
def test_events_that_are_wrong_are_said(tmp_path: Path, data: object, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("(", "\\(")) as raised:
        github(Flags(), event(tmp_path, data))
    assert len(str(raised.value)) < 500


def test_no_event_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Give --pr"):
        github(Flags("o/r"), {})
    for name, words in (("none", "No such file"), (".", "Is a directory")):
        with pytest.raises(UsageError, match=f"^GITHUB_EVENT_PATH: .*: cannot be read: {words}"):
            github(Flags("o/r"), {"GITHUB_EVENT_PATH": str(tmp_path / name)})


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes and devices among its files")
def test_an_event_that_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(
            UsageError, match=f"^GITHUB_EVENT_PATH: {path}: cannot be read: not a regular file"
        ):
            github(Flags("o/r"), {"GITHUB_EVENT_PATH": str(path)})


@pytest.mark.parametrize(("name", "text"), SMALL, ids=[name for name, _ in SMALL])
def test_hostile_values_name_nothing(tmp_path: Path, name: str, text: str) -> None:
    run = RUN["workflow_run"] | {"head_branch": text, "head_repository": {"full_name": text}}  # type: ignore[operator]
    found = github(Flags(), event(tmp_path, RUN | {"workflow_run": run}))
    assert found.source == ""
    assert found.branch in ("", text)
    for values in (
        PULL | {"repository": {"full_name": text}},
        PULL | {"pull_request": {"number": 7, "head": {"sha": text + "x"}}},
        RUN | {"workflow_run": RUN["workflow_run"] | {"event": text}},  # type: ignore[operator]
    ):
        with pytest.raises(UsageError) as raised:
            github(Flags(), event(tmp_path, values))
        said = str(raised.value)
        assert len(said) < 1000
        assert "\n" not in said
        assert "\x1b" not in said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.just(HEAD),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["pull_request", "workflow_run", "head_sha", "event", "issue", "number", "head", "sha"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON)
def test_any_json_is_a_request_or_said(tmp_path: Path, data: object) -> None:
    try:
        found = github(Flags("o/r"), event(tmp_path, data))
    except UsageError:
        return
    assert found.number > 0 or found.head == HEAD


# --- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://api.github.com",
        "https://ghe.example:8443/api/v3",
        "http://127.0.0.1:8080",
        "http://localhost:1/api/v4",
        "http://[::1]:9",
    ],
)
def test_addresses_that_are_asked(url: str) -> None:
    assert github(Flags("o/r", 7), {"GITHUB_API_URL": url}).api == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "https://user:secret@ghe.example",
        "https://ghe.example/?x=1",
        "https://ghe.example/#x",
        "https://ghe.example/ x",
        "https://ghe.example/\n",
        "https://",
        "https://[x",
        "https://ghe.example:99999",
        "ftp://ghe.example",
        "file:///etc/passwd",
        "https://ghe..example",
        f"https://{'a' * 64}.example",
        "https://-ghe.example",
        "ghe.example",
    ],
)
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(UsageError, match="GITHUB_API_URL: expected an https URL") as raised:
        github(Flags("o/r", 7), {"GITHUB_API_URL": url})
    assert "secret" not in str(raised.value)


# --- GitLab ---------------------------------------------------------------------------------

CI = {
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_PATH": "group/sub/project",
    "CI_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE,
    "CI_COMMIT_SHA": "c" * 40,
}


def test_variables_of_gitlab() -> None:
    found = gitlab(Flags(), CI)
    assert found == Target("gitlab", "https://gitlab.example/api/v4", "group/sub/project", 7, BASE, "c" * 40)
    merged = gitlab(Flags(), CI | {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD})
    assert merged.head == HEAD
    assert gitlab(Flags("42"), CI).head == "c" * 40
    assert gitlab(Flags("42", 9), CI) == Target("gitlab", "https://gitlab.example/api/v4", "42", 9)
    assert gitlab(Flags("g/p", 9), {}).api == "https://gitlab.com/api/v4"
    assert gitlab(Flags("g/p", 9), {}).shown == "g/p!9"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"CI_PROJECT_PATH": "../x"}, "expected GROUP/PROJECT"),
        ({"CI_PROJECT_PATH": "g/.."}, "expected GROUP/PROJECT"),
        ({"CI_PROJECT_PATH": "g"}, "expected GROUP/PROJECT"),
        ({"CI_MERGE_REQUEST_IID": ""}, "CI_MERGE_REQUEST_IID: expected the number"),
        ({"CI_MERGE_REQUEST_IID": "7x"}, "CI_MERGE_REQUEST_IID: expected the number"),
        ({"CI_COMMIT_SHA": "main"}, "expected a commit"),
        ({"CI_API_V4_URL": "http://gitlab.example"}, "CI_API_V4_URL"),
    ],
)
def test_variables_that_are_wrong_are_said(env: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        gitlab(Flags(), CI | env)


def test_tokens_come_from_the_environment_in_order() -> None:
    assert token("github", {"GH_TOKEN": "b", "GITHUB_TOKEN": "a"}) == "a"
    assert token("github", {"GH_TOKEN": "b", "GITHUB_TOKEN": ""}) == "b"
    assert token("gitlab", {"CI_JOB_TOKEN": "c"}) == "c"
    assert token("gitlab", {"GITHUB_TOKEN": "a"}) == ""
