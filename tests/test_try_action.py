"""The action, the reusable workflows and the template for GitLab, run as a runner would; and that a fault shows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "ci"))

from expressions import ExpressionError, Scope, evaluate, filled, holds  # noqa: E402
from history import snapshot  # noqa: E402
from places import Places  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402

ACTION, POST, GITLAB = "action.yml", ".github/workflows/post.yml", "promptlint/_data/ci/gitlab.yml"
FAULTS = {
    "two summaries": (ACTION, "unset GITHUB_STEP_SUMMARY", "true", "fork_token"),
    "no verdict": (ACTION, 'exit "$CODE"', "exit 0", "merge_queue"),
    "no base of a merge group": (ACTION, " || github.event.merge_group.base_sha", "", "merge_queue"),
    "SARIF only after a comment": (ACTION, "!cancelled() && inputs.sarif", "inputs.sarif", "sarif"),
    "a verdict only after a comment": (ACTION, "!cancelled() && steps.compare", "steps.compare", "sarif"),
    "SARIF by the head's config": (ACTION, 'args=("--config-at=$BASE")', "args=()", "sarif"),
    "no paths": (ACTION, 'args+=("--path=$path")', "true", "inputs"),
    "an input in a script": (ACTION, "code=0\n", 'code=0; eval "echo $FAIL_ON"\n', "inputs"),
    "the claim not told": (ACTION, 'args+=("--claimed=$CLAIMED")', "true", "fork_lies"),
    "another verdict in the poster": (ACTION, 'args+=("--verdict-on=$FAIL_ON")', "true", "fork_inputs"),
    "a claim that silences": (
        POST,
        "!cancelled() && steps.head.outcome == 'success'",
        "success()",
        "fork_artifacts",
    ),
    "an artifact of any size": (POST, '"$size" -gt "$MOST"', '"$size" -gt "${MOST}0"', "fork_artifacts"),
    "unpacked to its end": (POST, 'head -c "$(( MOST + 1 ))"', "cat", "fork_artifacts"),
    "the token sent on": (POST, "--location ", "--location-trusted ", "fork_pair"),
    "a cancelled run posted": (POST, "conclusion != 'cancelled'", "conclusion != ''", "fork_pair"),
    "the head not fetched": (POST, "git fetch --quiet", "false", "fork_pair"),
    "the merge taken for the head": (
        GITLAB,
        "${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-$CI_COMMIT_SHA}",
        "$CI_COMMIT_SHA",
        "gitlab_merged",
    ),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """This tree as it would be downloaded, installed by the first scenario."""
    folder = tmp_path_factory.mktemp("action")
    snapshot(ROOT, folder / "tool")
    made = Places(folder, folder / "tool")
    SCENARIOS["install"](made, folder / "install")
    yield made
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "install"])
def test_scenario(places: Places, name: str) -> None:
    assert SCENARIOS[name](places, places.folder / name)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_shows(places: Places, fault: str, tmp_path: Path) -> None:
    file, old, new, scenario = FAULTS[fault]
    tool = tmp_path / "tool"
    shutil.copytree(places.tool, tool, ignore=shutil.ignore_patterns(".git"))
    text = (tool / file).read_text("utf-8")
    assert old in text
    (tool / file).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(AssertionError):
        SCENARIOS[scenario](replace(places, tool=tool), tmp_path / "world")


@pytest.mark.slow
def test_the_script_says_what_holds(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "scripts" / "try_action.py"), "--only", "merge_queue"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("ok   merge_queue")
    assert done.stdout.endswith("all hold\n")


# --- expressions ----------------------------------------------------------------------------------


def scope(failed: bool = False) -> Scope:
    event = {"pull_request": {"base": {"sha": "b1"}}, "number": 7}
    contexts = {"github": {"event": event, "event_name": "push"}, "inputs": {"a-b": "", "on": "true"}}
    functions = {"success": lambda: not failed, "failure": lambda: failed}
    return Scope(contexts, {**functions, "always": lambda: True, "cancelled": lambda: False})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inputs.a-b || github.event.pull_request.base.sha", "b1"),
        ("inputs.a-b || github.event.merge_group.base_sha", None),
        ("inputs.on && 'x' || 'y'", "x"),
        ("inputs.a-b && 'x' || 'y'", "y"),
        ("'A' == 'a'", True),
        ("null == ''", True),
        ("'' == 0", True),
        ("'x' == 0", False),
        ("inputs.on == 'true' && !(github.event_name != 'push')", True),
        ("github.event.number == '7'", True),
        ("'it''s'", "it's"),
        ("false || true && false", False),
    ],
)
def test_expressions_are_worth_what_a_runner_says(text: str, value: object) -> None:
    assert evaluate(text, scope()) == value


@pytest.mark.parametrize(
    "text", ["", "inputs.", "a.b", "hashFiles('x')", "unknown()", "'a' 'b'", "(true", "x[0]", "1 +", "!"]
)
def test_what_is_not_known_is_no_guess(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, scope())


def test_texts_are_filled() -> None:
    assert filled("a ${{ inputs.on }}/${{ github.event.number }}/${{ inputs.none }}", scope()) == "a true/7/"
    with pytest.raises(ExpressionError):
        filled("${{ github.event }}", scope())


@pytest.mark.parametrize(
    ("condition", "runs", "after_a_failure"),
    [
        (None, True, False),
        ("inputs.on == 'true'", True, False),
        ("${{ !cancelled() && inputs.on == 'true' }}", True, True),
        ("always()", True, True),
        ("failure()", False, True),
        ("inputs.a-b", False, False),
    ],
)
def test_a_step_runs_by_its_condition(condition: str | None, runs: bool, after_a_failure: bool) -> None:
    assert (holds(condition, scope()), holds(condition, scope(failed=True))) == (runs, after_a_failure)
