"""Recordings: what is written is read back, in the same bytes each time; anything else is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.errors import SuiteError, UsageError
from promptlint.evals import providers, recording
from promptlint.evals.exchange import Reply, Request, Usage
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider, ToolCall
from promptlint.evals.providers.keys import Keys
from promptlint.evals.recording import Header, Recording, ReplayClient

from .faults import asked

HEADER = Header(
    "openai", "small", "http://127.0.0.1:8080/v1", {"temperature": 0}, "2026-01-01", "made by a test"
)
FIRST = {"recording": 1, "kind": "openai", "model": "small"}
ANSWER = {"key": "0" * 64, "repeat": 0, "text": "yes"}

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
COUNT = st.integers(0, 2**40)
REPLY = st.builds(
    Reply,
    text=TEXT,
    calls=st.lists(st.builds(ToolCall, TEXT, JSON), max_size=2).map(tuple),
    usage=st.none() | st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT),
    latency=st.none() | st.integers(0, 10**7).map(lambda tenths: tenths / 10),
    model=TEXT,
    fingerprint=TEXT,
    finish=TEXT,
)


def written(folder: Path, items: list[tuple[Request, Reply]], header: Header = HEADER) -> Path:
    path = folder / "answers.jsonl"
    recording.write(path, header, items)
    return path


@settings(max_examples=30)  # each writes two files, to the disk itself
@given(st.dictionaries(st.tuples(TEXT, st.integers(0, 3)), REPLY, max_size=5), st.randoms())
def test_what_is_written_is_read_back_in_whatever_order_it_came(
    tmp_path_factory: pytest.TempPathFactory, replies: dict[tuple[str, int], Reply], order: object
) -> None:
    folder = tmp_path_factory.mktemp("recording")
    items = [
        (Request("small", ({"content": text},), repeat=n), reply) for (text, n), reply in replies.items()
    ]
    path = written(folder, items)
    data = path.read_bytes()
    found = recording.read(path, "answers.jsonl")
    assert found.header == HEADER
    assert found.replies == {(request.key, request.repeat): reply for request, reply in items}
    order.shuffle(items)  # type: ignore[attr-defined]
    assert written(folder, items).read_bytes() == data


def test_an_answer_that_changes_changes_one_line(tmp_path: Path) -> None:
    items = [(asked(str(index)), Reply(str(index))) for index in range(50)]
    before = written(tmp_path, items).read_text().splitlines()
    items[20] = (items[20][0], Reply("new"))
    after = written(tmp_path, items).read_text().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_two_answers_to_one_request_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two answers"):
        written(tmp_path, [(asked("a"), Reply("1")), (asked("a"), Reply("2"))])
    assert list(tmp_path.iterdir()) == []


def test_no_secret_of_an_address_is_written(tmp_path: Path) -> None:
    header = Header("openai", "m", "https://user:secret@a.example/v1?key=secret#secret")
    path = written(tmp_path, [], header)
    assert "secret" not in path.read_text()
    assert recording.read(path, "x").header.base_url == "https://a.example/v1"


def raw(name: str, value: str) -> str:
    """A line of an answer with JSON that Python would not write."""
    return json.dumps({**ANSWER, name: "@"}).replace('"@"', value)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "x:1: no strict JSON"),
        (["yes"], "x:1: no strict JSON"),
        ([[1]], "x:1: expected a JSON object"),
        ([{"kind": "openai"}], "x:1: no recording"),
        ([{**FIRST, "recording": True}], "x:1: no recording"),
        ([{**FIRST, "recording": 2}], "x:1: version 2"),
        ([{**FIRST, "model": ""}], "x:1: the key `model` is missing"),
        ([{**FIRST, "model": 7}], "x:1: `model` is no text"),
        ([{**FIRST, "note": "n" * 3000}], "x:1: `note` is no text of at most"),
        ([{**FIRST, "parameters": []}], "x:1: `parameters` is no object"),
        ([FIRST, "{"], "x:2: no strict JSON"),
        ([FIRST, ""], "x:2: no strict JSON"),
        ([FIRST, '{"key": 1, "key": 2}'], "x:2: no strict JSON: a key is there twice"),
        ([FIRST, '{"latency": NaN}'], "x:2: no strict JSON: NaN"),
        ([FIRST, "[" * 100_000], "x:2: no strict JSON"),
        ([FIRST, ANSWER, 7], "x:3: expected a JSON object"),
        ([FIRST, ANSWER, ANSWER], "x:3: a second answer to one request, repeat 0"),
        ([FIRST, {**ANSWER, "key": "0"}], "x:2: `key` is no sha256"),
        ([FIRST, {**ANSWER, "key": "G" * 64}], "x:2: `key` is no sha256"),
        ([FIRST, {**ANSWER, "key": None}], "x:2: `key` is no sha256"),
        ([FIRST, {**ANSWER, "repeat": -1}], "x:2: `repeat`"),
        ([FIRST, {**ANSWER, "repeat": True}], "x:2: `repeat`"),
        ([FIRST, {**ANSWER, "repeat": 1.0}], "x:2: `repeat`"),
        ([FIRST, {**ANSWER, "text": None}], "x:2: `text` is no text"),
        ([FIRST, {"key": "0" * 64}], "x:2: `text` is no text"),
        ([FIRST, {**ANSWER, "calls": {}}], "x:2: `calls`"),
        ([FIRST, {**ANSWER, "calls": ["a"]}], "x:2: a call"),
        ([FIRST, {**ANSWER, "usage": []}], "x:2: `usage`"),
        ([FIRST, {**ANSWER, "usage": {"input": -1}}], r"x:2: `usage.input`"),
        ([FIRST, {**ANSWER, "usage": {"input": 1e300}}], r"x:2: `usage.input`"),
        ([FIRST, {**ANSWER, "latency": -1}], "x:2: `latency`"),
        ([FIRST, {**ANSWER, "latency": "1"}], "x:2: `latency`"),
        ([FIRST, {**ANSWER, "latency": 10**400}], "x:2: "),
        ([FIRST, raw("latency", "1e999")], "x:2: holds what cannot be written again"),
        ([FIRST, raw("calls", '[{"name": "a", "arguments": -1e999}]')], "x:2: holds what cannot"),
        ([FIRST, raw("text", '"\\ud800"')], "x:2: holds what cannot be written again"),
        ([FIRST, raw("latency", "1" * 5000)], "x:2: no strict JSON"),
    ],
)
def test_what_is_no_recording(tmp_path: Path, lines: list[object], message: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
    with pytest.raises(SuiteError, match=f"^{message}"):
        recording.read(path, "x")


def test_a_file_that_is_not_utf8_or_none_at_all(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(json.dumps(FIRST).encode() + b'\n{"text": "\xe9"}\n')
    with pytest.raises(SuiteError, match=r"^x:2: no strict JSON"):
        recording.read(path, "x")
    with pytest.raises(SuiteError, match=r"^x: cannot be read"):
        recording.read(tmp_path / "missing.jsonl", "x")
    with pytest.raises(SuiteError, match=r"^x: cannot be read"):
        recording.read(tmp_path, "x")


@given(st.lists(st.binary(max_size=60) | st.just(json.dumps(ANSWER).encode()), max_size=4))
def test_whatever_is_in_a_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("recording") / "answers.jsonl"
    path.write_bytes(b"\n".join([json.dumps(FIRST).encode(), *lines]))
    try:
        assert isinstance(recording.read(path, "x"), Recording)
    except SuiteError as error:
        assert str(error).startswith("x:")  # noqa: PT017  # either is right


def test_replaying() -> None:
    replies = {(asked("a").key, 0): Reply("yes")}
    client = ReplayClient(Recording(HEADER, replies, "answers.jsonl"))
    found, missing = client.ask(asked("a")), client.ask(asked("b"))
    assert client.recorded
    assert client.name == "replay openai small"
    assert (found.reply, found.failure, found.tries) == (Reply("yes"), None, 0)
    assert missing.failure is not None
    assert (missing.reply, missing.failure.kind, missing.tries) == (None, "unrecorded", 0)
    assert "answers.jsonl" in missing.failure.message
    client.close()


def test_a_suite_that_replays(tmp_path: Path) -> None:
    folder = Folder(tmp_path, tmp_path)
    written(tmp_path, [(asked("a", temperature=0), Reply("yes"))])
    provider = Provider("replay", recording="answers.jsonl", line=3)
    client = providers.client(provider, folder, Keys())
    assert client.recorded
    assert client.ask(asked("a", temperature=0)).reply == Reply("yes")
    client.close()
    for name in ("../answers.jsonl", "missing.jsonl", "/etc/passwd", ""):
        with pytest.raises(SuiteError, match="line 3"):
            providers.client(Provider("replay", recording=name, line=3), folder, Keys())
