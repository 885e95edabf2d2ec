from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptlint.evals.opinions.trust import refusal

HOME, FORK = {"id": 1}, {"id": 2}


def request(head: object, base: object = HOME) -> dict[str, object]:
    return {"repository": HOME, "pull_request": {"head": {"repo": head}, "base": {"repo": base}}}


@pytest.mark.parametrize(
    ("event", "runs"),
    [
        (request(HOME), True),
        (request({**HOME, "fork": True}), True),
        (request(FORK), False),
        (request(None), False),
        (request({}), False),
        (request({}, {}), False),
        (request({"id": "1"}, {"id": "1"}), False),
        ({"pull_request": 7}, False),
        ({"repository": HOME, "workflow_run": {"head_repository": HOME}}, True),
        ({"repository": HOME, "workflow_run": {"head_repository": FORK}}, False),
        ({"workflow_run": {}}, False),
        ({"repository": HOME, "issue": {"pull_request": {}}, "comment": {}}, False),
        ({"repository": HOME, "ref": "refs/heads/main"}, False),
        ([], False),
        ("text", False),
    ],
)
def test_on_github_only_code_of_the_repository_is_run(tmp_path: Path, event: object, runs: bool) -> None:
    assert bool(refusal(github(tmp_path, event, "pull_request_target"))) is not runs


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("push", True),
        ("schedule", True),
        ("merge_group", True),
        ("check_run", False),
        ("issue_comment", False),
        ("", False),
    ],
)
def test_on_github_an_event_without_a_request_must_be_one_of_the_repository(
    tmp_path: Path, name: str, runs: bool
) -> None:
    assert bool(refusal(github(tmp_path, {"repository": HOME}, name))) is not runs
    assert refusal(github(tmp_path, request(FORK), name))


def github(tmp_path: Path, event: object, name: str) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    return {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": name}


def test_an_event_that_cannot_be_read_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}
    assert refusal(environ)
    assert refusal({**environ, "GITHUB_EVENT_PATH": str(path)})
    path.write_bytes(b'{"ref": "\xff"}')
    assert refusal({**environ, "GITHUB_EVENT_PATH": str(path)})


@pytest.mark.parametrize(
    ("environ", "runs"),
    [
        ({}, True),
        ({"CI_PIPELINE_SOURCE": "push"}, True),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1"}, True),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"}, False),
        ({"CI_MERGE_REQUEST_PROJECT_ID": "1"}, False),
        ({"CI_PIPELINE_SOURCE": "merge_request_event"}, False),
        ({"CI_PIPELINE_SOURCE": "external_pull_request_event"}, False),
    ],
)
def test_on_gitlab_only_code_of_the_project_is_run(environ: dict[str, str], runs: bool) -> None:
    assert bool(refusal({"GITLAB_CI": "true", "CI": "true", **environ})) is not runs


def test_a_desk_is_trusted_and_a_ci_that_is_not_known_is_not() -> None:
    assert refusal({}) == refusal({"CI": "false"}) == refusal({"CI": ""}) == ""
    assert "not known" in refusal({"CI": "true"})
    assert refusal({"CI": "1"})
