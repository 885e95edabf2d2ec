"""What is tried: each scenario runs the action or the workflows, and says in a line what it has seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from forks import MORE, fork_artifacts, fork_inputs, fork_lies, fork_pair
from history import NAME, PROMPT, WORDY
from jsonschema import Draft7Validator
from pipelines import gitlab_default, gitlab_merged, gitlab_plain
from places import Places, ends, expect, once
from world import CHECKER, READER, ROOT, STRANGER

FIXED = WORDY.replace("In order to", "To")
_PARTS = {"one/a.prompt.md": PROMPT, "two/b.prompt.md": PROMPT, "three/c.prompt.md": PROMPT}


def install(places: Places, folder: Path) -> str:
    """The only scenario that installs: all steps as they are."""
    with places.world(folder) as here:
        job = here.pull_request(here.push({NAME: WORDY}), {})
        ends(job, {"verdict": 1}, "fail")
        expect(len(here.comments) == 1, "one comment", job)
        how = [each.how for each in job.ran]
        expect(how == ["stand-in", "bash", "bash", "bash", "bash"], f"all steps run: {how}", job)
    return "installed by pip, compared, posted one comment, failed by the verdict"


def same_repository(places: Places, folder: Path) -> str:
    """Two pushes: one comment, its suggestion gone when the line is repaired."""
    with places.world(folder) as here:
        first = here.pull_request(change := here.push({NAME: WORDY}), {})
        ends(first, {"verdict": 1}, "fail")
        once(first)
        expect(change.head in here.comments[0], "the comment names the head")
        expect(["To help, be quick." in each for each in here.remarks] == [True], "a suggestion", first)
        again = here.pull_request(change, {})
        expect("skipped: the comment says the same already" in again.err, "nothing new to say", again)
        expect(len(here.remarks) == 1, "no suggestion twice", again)
        second = here.pull_request(change := here.push({NAME: FIXED}), {})
        ends(second, {}, "warn")
        expect(len(here.comments) == 1 and change.head in here.comments[0], "one comment, of today", second)
        expect(here.remarks == [], "no suggestion for a line that is repaired", second)
    return "one comment after three runs, updated; the suggestion came and went"


def fork_token(places: Places, folder: Path) -> str:
    """A token that may not write."""
    with places.world(folder) as here:
        job = here.pull_request(here.push({NAME: WORDY}), {}, READER)
        ends(job, {"verdict": 1}, "fail")
        once(job)
        expect("::warning " in job.out, "an annotation", job)
        job = here.pull_request(here.push({NAME: MORE}), {}, CHECKER)
        ends(job, {"verdict": 1}, "fail")
        once(job)
        expect(len(here.server.state.checks) == 1 and "::warning " not in job.out, "a check", job)
        expect(here.comments == [], "no comment", job)
    return "annotations (or a check, if it may write that) and one summary, failed by the verdict"


def merge_queue(places: Places, folder: Path) -> str:
    """merge_group: no pull request to comment on."""
    with places.world(folder) as here:
        job = here.merge_group(here.push({NAME: WORDY}), {})
        ends(job, {"verdict": 1}, "fail")
        once(job)
        expect(here.server.asked() == [], "nothing is asked of the host", job)
    return "compared with the base of the queue, nothing posted"


def inputs(places: Places, folder: Path) -> str:
    """paths, fail-on, comment, suggestions."""
    with places.world(folder) as here:
        here.repository.on_base(_PARTS)
        change = here.push(dict.fromkeys(_PARTS, WORDY))
        job = here.pull_request(change, {"paths": "one\n\nthree/c.prompt.md\n", "comment": "off"})
        ends(job, {"verdict": 1}, "fail")
        document = json.loads(Path(job.outputs["json"]).read_text("utf-8"))
        found = sorted(each["path"] for each in document["prompts"])
        expect(found == ["one/a.prompt.md", "three/c.prompt.md"], f"the paths: {found}", job)
        expect(here.server.asked() == [], "comment: off asks nothing", job)
        ends(here.pull_request(change, {"fail-on": "never", "comment": "new"}), {}, "warn")
        ends(here.pull_request(change, {"fail-on": "error", "comment": "new"}), {}, "warn")
        expect(len(here.comments) == 2, "comment: new posts each time")
        count = len(here.remarks)
        ends(here.pull_request(change, {"fail-on": "never", "suggestions": "false"}), {}, "warn")
        expect(len(here.remarks) == count, "suggestions: false leaves them alone")
        bad = here.pull_request(change, {"fail-on": "$(touch pwned)", "paths": "; touch pwned"})
        ends(bad, {"compare": 2}, "")
        expect(not list(bad.workspace.rglob("pwned")), "no input is run", bad)
    return "paths, fail-on, comment and suggestions do what they say; none reaches the shell as code"


def no_change(places: Places, folder: Path) -> str:
    """No prompt changes: no comment, but one that is there tells of it."""
    with places.world(folder) as here:
        job = here.pull_request(here.push({"notes.md": "More.\n"}), {})
        ends(job, {}, "unchanged")
        expect("skipped: no prompt changed" in job.err and not here.comments, "no comment", job)
        once(here.pull_request(here.push({NAME: WORDY}), {}))
        change = here.push({NAME: PROMPT})
        ends(here.pull_request(change, {}), {}, "unchanged")
        expect([change.head in each for each in here.comments] == [True], "it is brought up to date")
        loud = here.pull_request(change, {"skip-no-change": "false", "suite": "x"})
        expect(len(here.comments) == 2, "skip-no-change: false posts", loud)
    return "no comment where no prompt changes; one that is there is updated"


def config_of_base(places: Places, folder: Path) -> str:
    """Neither the nearest config nor the one of the input is taken from the change."""
    with places.world(folder) as here:
        here.repository.on_base({"ci/strict.toml": 'severity = { TOK001 = "error" }\n'})
        quiet = 'ignore = ["TOK001"]\n'
        change = here.push({NAME: WORDY, "promptlint.toml": quiet, "ci/strict.toml": quiet})
        job = here.pull_request(change, {})
        ends(job, {"verdict": 1}, "fail")
        expect("promptlint.toml" in here.comments[0].split("|")[0], "the comment opens with it", job)
        job = here.pull_request(change, {"config": "ci/strict.toml", "fail-on": "error"})
        ends(job, {"verdict": 1}, "fail")
        missing = here.pull_request(change, {"config": "ci/none.toml"})
        ends(missing, {"compare": 2}, "")
        expect("ci/none.toml: not in commit" in missing.err, "the file is named", missing)
    return "a change that switches a rule off fails all the same, and heads the comment"


def suites(places: Places, folder: Path) -> str:
    """A comment each."""
    with places.world(folder) as here:
        change = here.push({NAME: WORDY})
        for _ in range(2):
            for name in ("shop", "mail"):
                ends(here.pull_request(change, {"suite": name, "fail-on": "never"}), {}, "warn")
        expect(len(here.comments) == 2, f"two comments, not {len(here.comments)}")
    return "two suites, two comments"


def bases(places: Places, folder: Path) -> str:
    """Another base than that of the event, one that is gone, and a clone without it."""
    with places.world(folder) as here:
        change = here.push({NAME: WORDY})
        later = here.push({NAME: MORE})
        job = here.pull_request(later, {"base": change.head, "comment": "off"})
        ends(job, {}, "warn")
        gone = here.pull_request(later, {"base": "origin/gone"})
        ends(gone, {"compare": 2}, "")
        expect("'origin/gone': no such revision" in gone.err, "the base is named", gone)
        shallow = here.pull_request(later, {}, depth=1)
        ends(shallow, {"compare": 2}, "")
        expect("fetch-depth: 0" in shallow.err, "the way out is named", shallow)
        expect(here.comments == [], "nothing is posted")
    return "another base counts; a base that is gone and a shallow clone end with 2 and say why"


def sarif(places: Places, folder: Path) -> str:
    """The report follows paths and the base's config, and comes even if the comment fails."""
    with places.world(folder) as here:
        here.repository.on_base(_PARTS)
        files: dict[str, str | None] = dict.fromkeys(_PARTS, WORDY)
        change = here.push({**files, "promptlint.toml": 'ignore = ["TOK001"]\n'})
        given = {"sarif": "true", "paths": "one", "suite": "x"}
        job = here.pull_request(change, given, STRANGER)
        ends(job, {"comment": 2, "verdict": 1}, "fail")
        expect(len(here.uploaded) == 1, "one upload", job)
        sent = here.uploaded[0]
        schema = json.loads((ROOT / "tests/data/sarif-2.1.0.schema.json").read_text("utf-8"))
        wrong = [error.message for error in Draft7Validator(schema).iter_errors(sent["document"])]
        expect(not wrong, f"SARIF of its schema: {wrong[:1]}", job)
        expect(_uris(sent["document"]) == {"one/a.prompt.md"}, "the paths", job)
        expect(sent["category"] == "promptlint/x", "a category for each suite", job)
        job = here.pull_request(here.push({"one/a.prompt.md": None}), {**given, "paths": "one/a.prompt.md"})
        expect(len(here.uploaded) == 1 and "no SARIF" in job.out, "nothing is left to report on", job)
        here.repository.on_base({NAME: WORDY})
        job = here.on_main({"sarif": "true"})
        ends(job, {}, "unchanged")
        expect(NAME in _uris(here.uploaded[1]["document"]), "all findings of the default branch", job)
    return "valid, of the paths, by the base's config, and uploaded though the comment failed"


def _uris(document: Mapping[str, Any]) -> set[str]:
    results = [result for run in document["runs"] for result in run["results"]]
    return {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results}


def failures(places: Places, folder: Path) -> str:
    """A host that does not answer, and a promptlint that fails on a file."""
    with places.world(folder) as here:
        change = here.push({NAME: WORDY})
        here.server.faults.append(_busy())
        job = here.pull_request(change, {"fail-on": "never"})
        ends(job, {"comment": 4}, "warn")
        once(job)
        here.server.faults.clear()
        broken = folder / "broken"
        broken.mkdir()
        (broken / "sitecustomize.py").write_text(_BROKEN, encoding="utf-8")
        here.extra["PYTHONPATH"] = str(broken)
        job = here.pull_request(change, {})
        ends(job, {"comment": 3, "verdict": 3}, "error")
        expect(len(here.comments) == 1, "the comment tells of it", job)
        expect(NAME in job.summary, "so does the summary", job)
    return "4 if the host does not answer, 3 if promptlint failed on a file: both fail the job, both are told"


def _busy() -> object:
    from bot.github_server import Fault  # type: ignore[import-not-found]  # tests have no types

    return Fault(path="/issues/", times=99, status=503, headers={"Retry-After": "0"})


_BROKEN = """\
import sys
if sys.argv[0].endswith("promptlint"):
    from promptlint import lint
    def check_source(*given, **named):
        raise ZeroDivisionError("a bug")
    lint.check_source = check_source
"""


SCENARIOS: Mapping[str, Callable[[Places, Path], str]] = {
    each.__name__: each
    for each in (
        install,
        same_repository,
        fork_token,
        merge_queue,
        inputs,
        no_change,
        config_of_base,
        suites,
        bases,
        sarif,
        failures,
        fork_pair,
        fork_lies,
        fork_inputs,
        fork_artifacts,
        gitlab_plain,
        gitlab_merged,
        gitlab_default,
    )
}
