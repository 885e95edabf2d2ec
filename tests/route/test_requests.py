"""The request classifier: logs are read strictly, what is learned is judged on unseen groups, and it travels."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import documents, jsondoc
from promptlint.errors import UsageError
from promptlint.route import requests
from promptlint.route.requests import learned, logs, model, scorer, training
from promptlint.route.requests.embedding import embedded
from tests.conftest import Runner

EASY = ("Where is order {}?", "When do you open on day {}?", "Please cancel item {}", "Reset my password {}")
HARD = (
    "I was charged twice for order {} and the refund does not match; explain why the totals differ",
    "Compare plan {} with the contract of last year and calculate what our team would pay in each case",
)
TIERS = (("simple", 0.3, "a/small"), ("medium", 0.7, "b/middle"), ("complex", None, "c/large"))


def rows(count: int, seed: int = 1, useful: bool = True) -> list[dict[str, object]]:
    """Requests of which the hard ones mostly fail, a few a conversation; if not `useful`, any may fail."""
    rng = random.Random(seed)
    found: list[dict[str, object]] = []
    for index in range(count):
        hard = rng.random() < 0.4
        failed = rng.random() < ((0.85 if hard else 0.05) if useful else 0.4)
        text = rng.choice(HARD if hard else EASY).format(rng.randint(1, 999))
        found.append({"text": text, "passed": not failed, "model": "small", "conversation": index // 3})
    return found


def log_of(tmp_path: Path, lines: list[dict[str, object]], name: str = "log.jsonl") -> Path:
    file = tmp_path / name
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> model.RequestClassifier:
    return training.trained(logs.read([log_of(tmp_path_factory.mktemp("log"), rows(240))]))


# --- reading ------------------------------------------------------------------------------------


def test_the_last_message_of_the_user_counts(tmp_path: Path) -> None:
    turns = [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "answer"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}],
        },
        {"role": "assistant", "content": "bye"},
    ]
    found = logs.read([log_of(tmp_path, [{"messages": turns, "score": 0.75, "user": "u", "more": [1]}])])
    assert [(row.text, row.hard, row.group) for row in found.rows] == [("a\nb", 0.25, "user:u")]


MISTAKES = {
    "not JSON": ("{", "no strict JSON"),
    "not an object": ("[1]", "expected an object, found list"),
    "a key twice": ('{"text": "a", "text": "b", "passed": true}', "a key is there twice"),
    "no outcome": ('{"text": "a"}', "expected one of `passed`, `score` and `tier`, found none"),
    "two outcomes": ('{"text": "a", "passed": true, "score": 1}', "found `passed` and `score`"),
    "kind": ('{"text": "a", "score": 0.5}', "`score`, but {file}:1 has `passed`"),
    "no truth value": ('{"text": "a", "passed": 1}', "`passed`: expected true or false, found int"),
    "no request": ('{"passed": true}', "expected one of `text` and `messages`"),
    "both": ('{"text": "a", "messages": [], "passed": true}', "expected one of `text` and `messages`"),
    "empty": ('{"text": "  ", "passed": true}', "the request is empty"),
    "text": ('{"text": 1, "passed": true}', "`text`: expected a text, found int"),
    "no user": ('{"messages": [{"role": "system", "content": "a"}], "passed": true}', "none is the user's"),
    "message": ('{"messages": ["a"], "passed": true}', "`messages[0]`: expected an object"),
    "part": (
        '{"messages": [{"role": "user", "content": [{"type": "text"}]}], "passed": true}',
        "a part of type text",
    ),
    "group": ('{"text": "a", "passed": true, "user": []}', "`user`: expected a text or a whole number"),
}


@pytest.mark.parametrize(("line", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"text": "a", "passed": true}\n\n' + line + "\n")
    with pytest.raises(UsageError) as caught:
        logs.read([file])
    assert str(caught.value).startswith(f"{file}:3: ")
    assert says.format(file=file) in str(caught.value)


def test_scores_are_shares_and_tiers_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        logs.read([log_of(tmp_path, [{"text": "a", "score": 1.5}])])
    file = log_of(tmp_path, [{"text": "a", "tier": tier} for tier in ("simple", "complex", "medium")])
    assert [row.hard for row in logs.read([file]).rows] == [0.0, 1.0, 0.5]
    with pytest.raises(UsageError, match="'smiple' is none of simple, medium, complex; did you mean simple"):
        logs.read([log_of(tmp_path, [{"text": "a", "tier": "smiple"}])])
    with pytest.raises(UsageError, match="two or more different names"):
        logs.read([file], tiers=("a", "a"))


def test_outcomes_of_two_models_need_a_word(tmp_path: Path) -> None:
    file = log_of(tmp_path, [{"text": "a", "passed": True, "model": name} for name in ("small", "large")])
    with pytest.raises(UsageError, match="say with --model"):
        logs.read([file])
    assert [row.model for row in logs.read([file], "large").rows] == ["large"]
    with pytest.raises(UsageError, match="no request of the model 'none'"):
        logs.read([file], "none")


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_REQUESTS", 3)
    with pytest.raises(UsageError, match=r"log\.jsonl:4: more than 3 requests"):
        logs.read([log_of(tmp_path, rows(5))])
    monkeypatch.setattr(logs, "MAX_LINE", 100)
    with pytest.raises(UsageError, match=r"log\.jsonl:1: longer than 100 bytes"):
        logs.read([log_of(tmp_path, [{"text": "a" * 100, "passed": True}])])


# --- learning -----------------------------------------------------------------------------------


def test_what_is_no_better_than_the_length_alone_is_said(classifier: model.RequestClassifier) -> None:
    judged = classifier.judged
    assert ("NO BETTER" in learned.text(classifier)) == (judged.brier >= judged.brier_length)
    worse = replace(classifier, judged=replace(judged, brier=judged.brier_length))
    assert "NO BETTER than the length alone" in learned.text(worse)


def test_what_is_learned_is_better_than_a_constant_and_calibrated(
    classifier: model.RequestClassifier,
) -> None:
    judged = classifier.judged
    assert training.is_better(classifier)
    assert judged.brier < judged.brier_constant - 0.05
    assert judged.accuracy > judged.accuracy_majority + 0.1
    assert judged.calibration_error < 0.1
    assert sum(row.requests for row in judged.bands) == sum(row.requests for row in judged.reliability) == 240
    scores = [requests.score(text.format(7), classifier) for text in (*EASY, *HARD)]
    assert max(scores[: len(EASY)]) < 0.3
    assert min(scores[len(EASY) :]) > 0.7


def test_noise_is_not_taken_for_knowledge(tmp_path: Path) -> None:
    found = training.trained(logs.read([log_of(tmp_path, rows(150, useful=False))]))
    assert not training.is_better(found)


def test_conversations_are_not_split_between_learning_and_judging(tmp_path: Path) -> None:
    """Each conversation has one outcome and one word of its own: seen elsewhere, it would tell the answer."""
    rng = random.Random(5)
    lines: list[dict[str, object]] = []
    for talk in range(30):
        word, passed = "".join(rng.choices("abcdefgh", k=9)), rng.random() < 0.5
        lines += [{"text": f"hello {word}", "passed": passed, "conversation": talk} for _ in range(5)]
    assert not training.is_better(training.trained(logs.read([log_of(tmp_path, lines)])))


def test_a_rare_word_does_not_leave_the_log(tmp_path: Path) -> None:
    lines = rows(200)
    for line in lines[:19]:
        line["text"] = f"{line['text']} Zaphod"
    for line in lines:
        line["conversation"] = None
    found = training.trained(logs.read([log_of(tmp_path, lines)]))
    assert not found.grouped
    assert "zaphod" not in {row.name for row in found.words}
    assert "order" in {row.name for row in found.words}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (rows(99), "99 requests: at least 100 are needed"),
        ([{**row, "passed": True} for row in rows(120)], "nearly all alike: 0 of 120 requests are hard"),
        (
            [{**row, "conversation": index % 9} for index, row in enumerate(rows(120))],
            "9 conversations or users",
        ),
    ],
)
def test_too_little_is_told_and_nothing_is_written(
    tmp_path: Path, promptlint: Runner, lines: list[dict[str, object]], says: str
) -> None:
    done = promptlint("route", "train", str(log_of(tmp_path, lines)), "-o", str(tmp_path / "out.json"))
    assert done.code == 4
    assert says in done.err
    assert not (tmp_path / "out.json").exists()


def test_the_command_reports_and_writes(tmp_path: Path, promptlint: Runner) -> None:
    out = tmp_path / "out.json"
    done = promptlint("route", "train", str(log_of(tmp_path, rows(240))), "-o", str(out))
    assert done.code == 0, done.err
    assert "240 requests, 80 conversations or users; outcome: passed of small" in done.out
    assert "the same for all" in done.out
    assert "calibration error" in done.out
    jsonschema.validate(json.loads(out.read_text()), model.schema())
    assert requests.read(out).requests == 240


def test_a_constant_that_cannot_be_beaten_is_not_written(tmp_path: Path, promptlint: Runner) -> None:
    out = tmp_path / "out.json"
    done = promptlint("route", "train", str(log_of(tmp_path, rows(150, useful=False))), "-o", str(out))
    assert done.code == 4
    assert "not shown to be better" in done.err
    assert not out.exists()


# --- the document ---------------------------------------------------------------------------------


def test_a_classifier_is_read_back_strictly(tmp_path: Path, classifier: model.RequestClassifier) -> None:
    data = documents.to_json(classifier)
    assert isinstance(data, dict)
    file = tmp_path / "a.json"
    file.write_text(jsondoc.dumps(data))
    again = requests.read(file)
    assert requests.score("Where is order 7?", again) == pytest.approx(
        requests.score("Where is order 7?", classifier), abs=1e-6
    )
    for change, says in (
        ({"schema_version": 2}, "version 2"),
        ({"shapes": data["shapes"][1:]}, "of another promptlint"),
        ({"words": [data["words"][0]] * 2}, "a word is there twice"),
        ({"intercept": "0"}, "expected number"),
    ):
        file.write_text(jsondoc.dumps({**data, **change}))
        with pytest.raises(UsageError, match=says):
            requests.read(file)


@given(st.text(max_size=300), st.floats(-50, 50), st.floats(-5, 5))
def test_a_score_is_a_share_for_any_text(text: str, intercept: float, weight: float) -> None:
    found = scorer.RequestModel(intercept, (weight,) * len(scorer.SHAPES), {"order": weight})
    assert 0 <= scorer.score(text, found) <= 1


def test_a_huge_request_is_scored_by_its_start() -> None:
    found = scorer.RequestModel(0.0, (0.0,) * len(scorer.SHAPES), {"late": 9.0})
    assert scorer.score("a " * scorer.READ + "late", found) == 0.5
    assert scorer.shapes_of("x" * 50_000)[0] > scorer.shapes_of("x" * 49_000)[0]


def test_the_module_for_callers_says_the_same(tmp_path: Path, classifier: model.RequestClassifier) -> None:
    part = embedded(classifier, TIERS)
    text = "from __future__ import annotations\n" + "\n".join(part.imports) + "\n" + part.body
    (tmp_path / "router.py").write_text(text)
    asked = [item.format(5) for item in (*EASY, *HARD)] + ["", "ﬂ ☃ https://x.example\n- 1\n?", "a" * 30_000]
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    program = (
        "import json, router, sys\n"
        "done = [router.route_request(text) for text in json.load(open('asked.json'))]\n"
        "print(json.dumps([[item.tier, item.model, item.score] for item in done]))\n"
        "assert not [name for name in sys.modules if name.startswith('promptlint')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.')\n" + program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    for item, (tier, name, score) in zip(asked, json.loads(done.stdout), strict=True):
        own = requests.score(item, classifier)
        assert score == pytest.approx(own, abs=1e-9)
        assert (tier, name) == next((row[0], row[2]) for row in TIERS if row[1] is None or own < row[1])


# --- in a policy --------------------------------------------------------------------------------------

POLICY = """\
tiers:
  - {name: simple, below: 0.3, model: openai/gpt-4o-mini}
  - {name: medium, below: 0.7, model: anthropic/claude-haiku-4-5}
  - {name: complex, model: openai/gpt-4o}
requests: {model: requests.json}
"""


def project(folder: Path, classifier: model.RequestClassifier, name: str) -> None:
    """A prompt, a policy, and a classifier of the outcomes of a model."""
    (folder / "a.prompt.md").write_text("Answer the customer's question in two sentences.\n\n{question}\n")
    (folder / "routing.yaml").write_text(POLICY)
    found = documents.to_json(replace(classifier, model=name))
    (folder / "requests.json").write_text(jsondoc.dumps(found))


def test_the_client_of_a_policy_routes_requests(
    promptlint: Runner, tmp_path: Path, classifier: model.RequestClassifier
) -> None:
    project(tmp_path, classifier, "openai/gpt-4o-mini")
    arguments = ("route", "compile", "a.prompt.md", "--policy", "routing.yaml")
    done = promptlint(*arguments, "--target", "client", "-o", "client.py")
    assert done.code == 0, done.err
    assert "RTE020" not in done.err
    assert "RTE115" not in done.err
    asked = f"import client\nprint(client.route_request({HARD[0]!r}).tier, client.route_request({EASY[0]!r}).tier)"
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["complex", "simple"]
    typed = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=/dev/null", "client.py"]
    checked = subprocess.run(typed, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    done = promptlint(*arguments, "--target", "client")
    weights = json.loads(done.out)["requests"]
    assert weights["words"] == {row.name: pytest.approx(row.weight) for row in classifier.words}
    assert [tier["below"] for tier in weights["tiers"]] == [0.3, 0.7, None]


def test_what_cannot_ask_it_says_so_and_a_change_makes_files_stale(
    promptlint: Runner, tmp_path: Path, classifier: model.RequestClassifier
) -> None:
    project(tmp_path, classifier, "openai/gpt-4.1")
    arguments = ("a.prompt.md", "--policy", "routing.yaml", "--target", "litellm", "-o", "config.yaml")
    done = promptlint("route", "compile", *arguments)
    assert "RTE115" in done.err
    assert "routing.yaml:2: warning RTE020 trained on outcomes of openai/gpt-4.1" in done.err
    check = ("route", "check", "config.yaml", "--policy", "routing.yaml", "--in", "a.prompt.md")
    assert "RTE221" not in promptlint(*check).out
    project(tmp_path, replace(classifier, hard=0.123), "openai/gpt-4.1")
    assert "RTE221" in promptlint(*check).out
    (tmp_path / "requests.json").unlink()
    done = promptlint("route", "compile", *arguments)
    assert done.code == 2
    assert "requests.json: cannot be read" in done.err
