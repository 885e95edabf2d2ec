"""`promptlint eval import`: logged calls become cases, each once; what is left out is said."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.evals import importing, logged, matching, prompting, suite
from promptlint.evals.importing import Imported, Wanted
from promptlint.evals.logged import Logged
from promptlint.evals.masking import Masker
from tests.conftest import Runner
from tests.evals_prompts.support import case, own, said, template, written

ASK = {"role": "user", "content": "Hi"}
SYSTEM = {"role": "system", "content": "Be kind."}
ANSWER = {"role": "assistant", "content": "Hello"}
CALL = {"id": "c", "type": "function", "function": {"name": "find", "arguments": '{"id": 7}'}}
KEY = "sk-proj-Zq8R2mVx71LkTnW4yBdE9cUo"


def log(path: Path, *records: object) -> Path:
    lines = [item if isinstance(item, bytes) else json.dumps(item).encode() for item in records]
    path.write_bytes(b"\n".join(lines))
    return path


def loaded(root: Path, found: Imported) -> suite.Suite:
    path = root / "cases.jsonl"
    path.write_text(found.text, encoding="utf-8")
    return suite.load(path)


# --- shapes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"messages": [SYSTEM, ASK], "response": {"choices": [{"message": ANSWER}]}},
        {"messages": [SYSTEM, ASK, ANSWER]},
        {
            "request": {"model": "m", "messages": [SYSTEM, ASK]},
            "response": {"choices": [{"message": ANSWER}]},
        },
        {
            "request": {"body": {"messages": [SYSTEM, ASK]}},
            "response": {"body": {"choices": [{"message": ANSWER}]}},
        },
        {"kwargs": {"messages": [SYSTEM, ASK]}, "response": json.dumps({"choices": [{"message": ANSWER}]})},
        {"input": {"messages": [SYSTEM, ASK]}, "output": ANSWER},
        {"input": [SYSTEM, ASK], "output": "Hello"},
        {"input": json.dumps({"messages": [SYSTEM, ASK]}), "output": json.dumps(ANSWER)},
        {
            "request": {"system": [{"type": "text", "text": "Be kind."}], "messages": [ASK]},
            "response": {"role": "assistant", "content": [{"type": "text", "text": "Hel"}, {"text": "lo"}]},
        },
    ],
)
def test_one_call_in_many_shapes(tmp_path: Path, record: dict[str, object]) -> None:
    (found,) = logged.read(log(tmp_path / "a.jsonl", record))
    assert found == Logged(1, (SYSTEM, ASK), "Hello")


def test_a_plain_question_is_a_users(tmp_path: Path) -> None:
    path = log(
        tmp_path / "a.jsonl", {"input": "Hi", "output": "Hello"}, {"prompt": "Hi", "completion": "Hello"}
    )
    assert [item.answer for item in logged.read(path) if isinstance(item, Logged)] == ["Hello", "Hello"]


def test_calls_of_tools_are_an_answer(tmp_path: Path) -> None:
    record = {
        "messages": [ASK],
        "response": {"choices": [{"message": {"content": None, "tool_calls": [CALL]}}]},
    }
    found = importing.imported(log(tmp_path / "a.jsonl", record), Wanted(expect=True))
    assert found.cases[0]["assert"] == [
        {"type": "tool-call", "value": [{"name": "find", "arguments": {"id": 7}}]}
    ]
    assert not loaded(tmp_path, found).cases[0].unsupported


# --- damage -----------------------------------------------------------------------------------


def test_damaged_lines_are_counted_by_kind_and_end_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logged, "MOST_LINE", 300)
    path = log(
        tmp_path / "a.jsonl",
        b"\xef\xbb\xbf" + json.dumps({"messages": [ASK]}).encode(),
        b"",
        b"{broken",
        b"[1]",
        b"\xff\xfe{}",
        b"[" * 250,
        b"x" * 1000,
        {"messages": [{"role": "god", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [ANSWER]},
        {"messages": [SYSTEM]},
        {"event": "start"},
        {"messages": [ASK], "id": 2},
        {"messages": "text"},
    )
    found = importing.imported(path, Wanted())
    assert len(found.cases) == 1
    assert found.left == {
        "no JSON": (2, 3),
        "no JSON object": (1, 4),
        "not UTF-8": (1, 5),
        "longer than 300 bytes": (1, 7),
        "a message without a role that is known": (1, 8),
        "a message that is no text": (1, 9),
        "an empty message": (1, 10),
        "no question before the answer": (1, 11),
        "nobody asks anything": (1, 12),
        "no messages": (2, 13),
        "asked before": (1, 14),
    }
    assert found.calls == len(found.cases) + sum(count for count, _ in found.left.values()) == 14


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "role", "content", "response", "choices", "input"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON | st.binary(max_size=20), max_size=4))
def test_no_line_raises_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, lines: list[object]
) -> None:
    path = tmp_path_factory.mktemp("log") / "a.jsonl"
    spelt = [
        line.replace(b"\n", b"") if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    ]
    path.write_bytes(b"\n".join(spelt))
    found = importing.imported(path, Wanted(expect=True))
    assert found.calls == sum(bool(line.strip()) for line in spelt)
    assert found.calls == len(found.cases) + sum(count for count, _ in found.left.values())


NASTY = st.sampled_from(
    ["", " ", "\0", "\ud800", "{{ a }}", "{% x %}", "file://x", "x", "\u2028", "é" * 9, KEY]
)
ARGUMENTS = NASTY | st.sampled_from(['{"a": NaN}', '{"a": 1e999}', '{"a": "{{ b }}"}', "[1]", "9" * 5000])
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": NASTY | st.none()},
    optional={
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {"function": st.fixed_dictionaries({"name": NASTY, "arguments": ARGUMENTS})}
            ),
            max_size=2,
        ),
        "tool_call_id": NASTY,
    },
)


@given(st.lists(st.fixed_dictionaries({"messages": st.lists(MESSAGE, max_size=3)}), min_size=1, max_size=4))
def test_whatever_becomes_a_case_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, lines: list[object]
) -> None:
    """Law: one odd call does not spoil the file for all others."""
    root = tmp_path_factory.mktemp("log")
    found = importing.imported(log(root / "a.jsonl", *lines), Wanted(expect=True))
    if found.cases:
        assert len(loaded(root, found).cases) == len(found.cases)


# --- what was put in --------------------------------------------------------------------------


def prompt_of(tmp_path: Path) -> prompting.Template:
    text = "system:\nYou sort the mail of {{ shop }}.\nuser:\nMail: {{ mail }}\nReply in {{ tongue }}.\n"
    return template(written(tmp_path, p__j2=text), "p.j2")


def sent(found: prompting.Template, **values: str) -> list[dict[str, object]]:
    return [{"role": role, "content": str(text).strip()} for role, text in said(found, **values)]


def test_values_are_told_from_what_was_sent(tmp_path: Path) -> None:
    found = prompt_of(tmp_path)
    first = sent(found, shop="A & B", mail="Where is\nit?", tongue="French")
    later = [*first, ANSWER, {"role": "user", "content": "Thanks"}]
    other = [SYSTEM, ASK]
    path = log(tmp_path / "a.jsonl", {"messages": first}, {"messages": later}, {"messages": other})
    done = importing.imported(path, Wanted(found))
    values = {"shop": "A & B", "mail": "Where is\nit?", "tongue": "French"}
    assert [item["vars"] for item in done.cases] == [values, values]
    assert [item.get("messages") for item in done.cases] == [
        None,
        [ANSWER, {"role": "user", "content": "Thanks"}],
    ]
    assert done.left == {"not of the prompt": (1, 3)}


@given(st.fixed_dictionaries(dict.fromkeys(["shop", "mail", "tongue"], st.text("ab. \nMR:", min_size=1))))
def test_what_is_told_makes_the_same_request(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    """Law: whatever was put in, the values that are told make the same text."""
    found = prompt_of(tmp_path_factory.mktemp("p"))
    messages = sent(found, **values)
    told = matching.values(matching.patterns(found), messages)
    assert told is not None
    assert sent(found, **told[0]) == messages


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{% if a %}{{ a }}{% endif %}", "has statements or filters"),
        ("{{ a | upper }} x", "has statements or filters"),
        ("{{ a }}{{ b }} x", "nothing stands between `a` and `b`"),
    ],
)
def test_a_text_that_does_not_tell_its_values_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        matching.patterns(own(written(tmp_path), text))


def test_a_name_that_stands_twice_must_have_one_value(tmp_path: Path) -> None:
    (pattern,) = matching.patterns(own(written(tmp_path), "Of {{ a }} and {{ a }}."))
    assert pattern.values("Of x and x.") == {"a": "x"}
    assert pattern.values("Of x and y.") is None
    assert pattern.values("Of x") is None


# --- what a suite reads -------------------------------------------------------------------------


def test_texts_with_marks_of_templates_stay_what_they_are(tmp_path: Path) -> None:
    texts = ["{{ secret }} and {% x %}", "file:///etc/passwd", "plain", "file:///etc/{{ passwd }}"]
    path = log(tmp_path / "a.jsonl", *({"messages": [{"role": "user", "content": text}]} for text in texts))
    done = importing.imported(path, Wanted())
    assert done.left == {"a value that a suite would read as a file": (1, 4)}
    found = loaded(tmp_path, done)
    assert [item.messages[0].content for item in found.cases] == texts[:3]
    prompt = own(written(tmp_path), "Be kind.")
    conversations = prompting.conversations(prompt, list(found.cases))
    assert conversations[0][-1]["content"] == texts[0]


def test_without_a_prompt_the_system_message_is_left_to_the_suite(tmp_path: Path) -> None:
    found = importing.imported(log(tmp_path / "a.jsonl", {"messages": [SYSTEM, ASK]}), Wanted())
    assert found.cases[0]["messages"] == [ASK]


def test_an_answer_is_expected_on_demand_only(tmp_path: Path) -> None:
    path = log(tmp_path / "a.jsonl", {"messages": [ASK], "response": "Hello"})
    assert "expected" not in importing.imported(path, Wanted()).cases[0]
    found = importing.imported(path, Wanted(expect=True))
    assert found.cases[0]["expected"] == "Hello"
    (item,) = loaded(tmp_path, found).cases
    assert (item.assertions[0].name, item.assertions[0].value, item.unsupported) == ("equals", "Hello", ())


def test_every_case_names_its_line(tmp_path: Path) -> None:
    found = importing.imported(log(tmp_path / "a.jsonl", b"", {"messages": [ASK]}), Wanted())
    assert found.cases[0]["metadata"] == {"logged": "a.jsonl:2"}


# --- masks --------------------------------------------------------------------------------------


def test_addresses_and_secrets_are_masked_everywhere(tmp_path: Path) -> None:
    text = f"Write to Ann.Lee@shop.example or bob@shop.example, ann.lee@SHOP.example: {KEY}"
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": json.dumps({"to": text})}}
    messages = [
        ASK,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "user", "content": text},
    ]
    path = log(tmp_path / "a.jsonl", {"messages": messages, "response": text})
    found = importing.imported(path, Wanted(expect=True))
    masked = "Write to person1@example.com or person2@example.com, person1@example.com: [secret]"
    assert found.text.count(masked) == 3
    assert found.masked == 12
    for part in ("shop.example", "SHOP", KEY):
        assert part not in found.text
    kept = importing.imported(path, Wanted(expect=True, masked=False))
    assert KEY in kept.text
    assert kept.masked == 0


def test_a_private_key_goes_as_a_whole() -> None:
    body = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" * 2] * 5)
    text = f"Use -----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY----- now"
    assert Masker().text(text) == "Use [secret] now"


def test_masking_is_linear() -> None:
    """Half a million characters without a break, and an address at their end."""
    assert Masker().text("a" * 500_000 + " x@y.example") == "a" * 500_000 + " person1@example.com"
    assert Masker().text("a@" * 100_000).startswith("a@")


# --- the command --------------------------------------------------------------------------------


def records(count: int) -> Iterable[object]:
    return ({"messages": [{"role": "user", "content": f"Mail {number % 5}"}]} for number in range(count))


def test_the_command_says_what_it_took_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner
) -> None:
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    log(tmp_path / "log.jsonl", *records(8), b"{")
    done = promptlint("eval", "import", "log.jsonl", "-o", "evals/cases.jsonl", "--expect")
    assert done.code == 0
    assert done.out.startswith("wrote evals/cases.jsonl: 5 cases of 9 calls\n")
    assert "what a model once said" in done.out
    assert done.err.splitlines() == [
        "left out: 3 calls, asked before (first in line 6)",
        "left out: 1 call, no JSON (first in line 9)",
    ]
    path = tmp_path / "evals" / "cases.jsonl"
    assert len(suite.load(path).cases) == 5
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert promptlint("eval", "import", "log.jsonl", "-o", "evals/cases.jsonl").code == 2


def test_the_command_takes_a_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner
) -> None:
    written(tmp_path, t__md="Sort this mail: {{ mail }}\n")
    monkeypatch.chdir(tmp_path)
    log(tmp_path / "log.jsonl", {"messages": [{"role": "user", "content": "Sort this mail: Hello"}]})
    assert promptlint("eval", "import", "log.jsonl", "--prompt", "t.md", "-o", "c.jsonl").code == 0
    assert json.loads((tmp_path / "c.jsonl").read_text(encoding="utf-8"))["vars"] == {"mail": "Hello"}


@pytest.mark.parametrize("name", ["gone.jsonl", "evals", "empty.jsonl"])
def test_nothing_is_written_where_nothing_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promptlint: Runner, name: str
) -> None:
    written(tmp_path, empty__jsonl="")
    monkeypatch.chdir(tmp_path)
    assert promptlint("eval", "import", name, "-o", "c.jsonl").code == 2
    assert not (tmp_path / "c.jsonl").exists()


def test_cases_of_a_log_fill_the_prompt(tmp_path: Path) -> None:
    found = prompt_of(tmp_path)
    path = log(tmp_path / "a.jsonl", {"messages": sent(found, shop="S", mail="M", tongue="T")})
    done = loaded(tmp_path, importing.imported(path, Wanted(found)))
    ((*turns,),) = prompting.conversations(found, done.cases)
    ((*expected,),) = prompting.conversations(found, [case(1, shop="S", mail="M", tongue="T")])
    assert turns == expected
