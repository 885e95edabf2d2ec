"""`promptlint eval mutants` against a server on loopback, which answers with what it was told to do."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from promptlint.evals import noticing
from tests.conftest import Runner
from tests.evals_prompts.support import written
from tests.evals_providers.server import Options, Server

PROMPT = "Be kind.\nNever lie.\nAnswer in French.\n\nMail: {{ mail }}\n"
SUITE = """\
prompt: p.md
provider: {{kind: openai, base_url: "{url}", model: small, temperature: 0}}
tests:
  - id: kind
    vars: {{mail: A}}
    assert: [{{type: contains, value: Be kind}}]
  - id: both
    vars: {{mail: B}}
    assert: [{{type: contains-all, value: [Never lie, kind]}}]
"""


def project(root: Path, url: str) -> None:
    written(root, p__md=PROMPT, evals___s__yaml=SUITE.format(url=url))


def test_it_lists_what_no_case_misses(tmp_path: Path, promptlint: Runner) -> None:
    with Server() as server:
        project(tmp_path, server.base_url)
        done = promptlint("eval", "mutants", "evals/s.yaml", "--format", "json")
        again = promptlint("eval", "mutants", "evals/s.yaml")
        sent = len(server.log)
    assert done.code == again.code == 1, done.err
    found = json.loads(done.out)
    jsonschema.validate(found, noticing.schema())
    assert [(item["text"], item["outcome"], item["cases"], item["line"]) for item in found["deletions"]] == [
        ("Be kind.", "noticed", ["kind", "both"], 1),
        ("Never lie.", "noticed", ["both"], 2),
        ("Answer in French.", "survives", [], 3),
    ]
    assert (found["calls"], found["cases"], found["recorded"], sent) == (8, 2, False, 8)
    assert "  survives  line 3: Answer in French.\n" in again.out
    assert "noticed 2, survives 1, undecided 0" in again.out


def test_the_first_case_that_notices_is_enough(tmp_path: Path, promptlint: Runner) -> None:
    with Server() as server:
        project(tmp_path, server.base_url)
        suite = (tmp_path / "evals" / "s.yaml").read_text()
        about = suite.replace("  - id: both\n", "  - id: both\n    about: never lie\n")
        (tmp_path / "evals" / "s.yaml").write_text(about)
        done = promptlint("eval", "mutants", "evals/s.yaml", "--first", "--format", "json", "--no-cache")
        sent = len(server.log)
        text = promptlint("eval", "mutants", "evals/s.yaml", "--first", "--no-cache")
    found = json.loads(done.out)
    jsonschema.validate(found, noticing.schema())
    assert [(item["outcome"], item["cases"], item["linked_by"]) for item in found["deletions"]] == [
        ("noticed", ["kind", "both"], 0),
        ("noticed", ["both"], 1),
        ("survives", [], 0),
    ]
    assert (found["first"], found["linked"], found["calls"], sent) == (True, 1, 7, 7)
    assert "noticed 2 (1 by a case about it), survives 1, undecided 0" in text.out


@pytest.mark.parametrize("how", [(), ("--first",)])
def test_without_answers_nothing_is_said_to_survive(
    tmp_path: Path, promptlint: Runner, how: tuple[str, ...]
) -> None:
    with Server(Options(plan="401")) as server:
        project(tmp_path, server.base_url)
        done = promptlint("eval", "mutants", "evals/s.yaml", "--format", "json", *how)
    assert done.code == 4
    assert {item["outcome"] for item in json.loads(done.out)["deletions"]} == {"undecided"}


@pytest.mark.parametrize(
    ("suite", "why"),
    [
        ("tests: [{vars: {a: b}, assert: [{type: equals, value: x}]}]", "names no `prompt`"),
        (
            "prompt: gone.md\ntests: [{vars: {a: b}, assert: [{type: equals, value: x}]}]",
            "there is no such file",
        ),
        ("prompt: p.md\ntests: [{vars: {a: b}, assert: [{type: equals, value: x}]}]", "has no `provider`"),
    ],
)
def test_a_suite_that_cannot_run_is_an_error(
    tmp_path: Path, promptlint: Runner, suite: str, why: str
) -> None:
    written(tmp_path, p__md=PROMPT, evals___s__yaml=suite)
    done = promptlint("eval", "mutants", "evals/s.yaml")
    assert done.code == 2
    assert why in done.err
