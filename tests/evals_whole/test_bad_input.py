"""What is wrong with a suite is said with file and line, before any call is paid; no key is ever shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.evals_providers.server import Options, Server, marked
from tests.evals_whole.project import cases, project

KEY = "sk-very-secret-0123456789abcdef"
HEAD = """\
prompt: prompts/long.md
candidate: prompts/short.md
provider: {kind: openai, model: small, base_url: "URL"}
"""
CASE = "  - vars: {ticket: a, long: b, short: c}\n    assert: [{type: equals, value: b}]\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD + "margin: 0.05\ntests: []\n", 1, "no cases"),
        (HEAD + "margin: 0.05\nretires: 3\ntests:\n" + CASE, 5, "retires"),
        (HEAD + "margin: 1.5\ntests:\n" + CASE, 4, "between 0 and 1"),
        (HEAD + "margin: 0\ntests:\n" + CASE, 4, "between 0 and 1"),
        (HEAD + "margin: .nan\ntests:\n" + CASE, 4, "number"),
        (HEAD + "tests:\n" + CASE, 1, "margin"),
        (HEAD + "margin: 0.05\ntests:\n" + (CASE.replace("- vars", "- id: x\n    vars")) * 2, 9, "x"),
        (HEAD + "margin: 0.05\ntests:\n" + CASE.replace("ticket: a, ", ""), 6, "ticket"),
        (HEAD + "margin: 0.05\ntests:\n" + CASE.replace("ticket: a", "ticket: a, colour: red"), 6, "colour"),
        (HEAD.replace("short.md", "nothing.md") + "margin: 0.05\ntests:\n" + CASE, 2, "nothing.md"),
        (HEAD.replace("openai", "carrier-pigeon") + "margin: 0.05\ntests:\n" + CASE, 3, "carrier-pigeon"),
        (HEAD + "margin: 0.05\nmax_cost: -1\ntests:\n" + CASE, 5, "max_cost"),
        (HEAD + "margin: 0.05\ntests: [\n", 5, ""),
    ],
)
def test_a_wrong_suite_is_told_with_file_and_line_and_nothing_is_sent(
    promptlint: Runner, tmp_path: Path, server: Server, text: str, line: int, said: str
) -> None:
    project(tmp_path, server, cases(1))
    path = tmp_path / "evals" / "wrong.yaml"
    path.write_text(text.replace("URL", server.base_url))
    ran = promptlint("eval", "evals/wrong.yaml")
    assert (ran.code, server.log, ran.out) == (2, [], "")
    found = re.search(r"evals/wrong\.yaml:(\d+)", ran.err)
    assert found, ran.err
    assert abs(int(found[1]) - line) <= 1, ran.err
    assert said in ran.err


def test_a_suite_that_is_no_utf_8_or_not_there(promptlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"prompt: \xff\xfe\n")
    assert promptlint("eval", "bad.yaml").code == 2
    ran = promptlint("eval", "nowhere.yaml")
    assert (ran.code, "nowhere.yaml" in ran.err) == (2, True)


def test_a_limit_without_a_price_is_refused(promptlint: Runner, tmp_path: Path, server: Server) -> None:
    suite = project(
        tmp_path,
        None,
        cases(80),
        provider={"kind": "openai", "model": "unheard-of", "base_url": "http://192.0.2.1:9/v1"},
        max_cost=1.0,
    )
    ran = promptlint("eval", str(suite))
    assert (ran.code, "price" in ran.err) == (2, True)


def test_the_limit_holds_and_the_rest_is_missing(promptlint: Runner, tmp_path: Path, server: Server) -> None:
    price = {"input": 0, "output": 1000}
    provider = {
        "kind": "openai",
        "model": "small",
        "base_url": server.base_url,
        "price": price,
        "max_tokens": 10,
    }
    suite = project(tmp_path, server, cases(80), provider=provider)
    ran = promptlint("eval", str(suite), "--max-cost", "0.1", "--format", "json")
    assert ran.code == 4
    assert 0 < len(server.log) < 160
    assert "budget" in ran.out


def test_a_key_goes_to_nobody_that_the_user_has_not_paired(
    promptlint: Runner, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ran = promptlint("eval", str(project(tmp_path, server, cases(80))), "--format", "json")
    assert ran.code == 0
    assert not any(entry["keys"] for entry in server.log)


def test_a_paired_key_is_sent_and_never_shown(
    promptlint: Runner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    own = tmp_path_factory.mktemp("own")
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("PROMPTLINT_PROVIDERS", str(own / "providers.toml"))
    monkeypatch.setenv("PROMPTLINT_DATA_DIR", str(own / "data"))
    with Server(Options(plan="401")) as refusing, Server() as server:
        (own / "providers.toml").write_text(
            "".join(
                f'[[provider]]\nbase_url = "{each.base_url}"\nkey = "MY_KEY"\n' for each in (server, refusing)
            )
        )
        suite = str(project(tmp_path, server, cases(80)))
        good = promptlint(
            "eval", suite, "--record", "evals/rec.jsonl", "--write", "a.html", "--write", "a.xml"
        )
        bad = promptlint("eval", str(project(tmp_path, refusing, cases(80))), "--format", "json")
        sent = {value for entry in (*server.log, *refusing.log) for value in entry["keys"].values()}
    assert (good.code, bad.code) == (0, 4)
    assert sent == {marked(f"Bearer {KEY}")}
    shown = [good.out, good.err, bad.out, bad.err]
    files = [path for folder in (tmp_path, own) for path in folder.rglob("*") if path.is_file()]
    assert KEY not in "".join(shown)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
