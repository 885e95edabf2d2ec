"""JSON Lines: what many lines say is one prompt; what is data stays data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from promptlint.errors import ProofError
from promptlint.extract import Options, extract
from promptlint.locate import replaced, source_edits
from promptlint.model import Edit, Extraction, Role, Source, SourceKind, Span
from promptlint.proof import prove

RULES = "You sort the mail of a shop. Be brief."
TASK = "Summarize the following mail in one sentence. Answer with the sentence only.\n\nMail: "
MAIL = TASK + "Where is my parcel? It has been a week since I ordered the blue lamp."


def source(*records: object, named: bool = False, path: str = "mail.jsonl") -> Source:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    return Source(path, "\n".join(lines) + "\n", SourceKind.JSONL, named)


def read(*records: object, named: bool = False) -> Extraction:
    return extract(source(*records, named=named))


def turns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in pairs]


def batch(number: int, *pairs: tuple[str, str]) -> dict[str, Any]:
    body = {"model": "gpt-4o-mini", "max_tokens": 50, "messages": turns(*pairs)}
    return {"custom_id": f"{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


def tuning(number: int, system: str = RULES) -> dict[str, Any]:
    return {"messages": turns(("system", system), ("user", f"Mail {number}"), ("assistant", "Sales"))}


def test_a_system_text_of_many_lines_is_one_prompt_that_cannot_be_edited() -> None:
    found = read(*(tuning(number) for number in range(5)))
    (prompt,) = found.prompts
    assert (prompt.id, prompt.text) == ("mail.jsonl::/messages/0/content", RULES)
    assert [message.role for message in prompt.messages] == [Role.SYSTEM]
    assert prompt.segments[0].span.start == prompt.source.text.index(RULES)
    assert source_edits(prompt, Edit(Span(0, 3), "They")) is None
    assert found.reason == "what 5 chats tell a model, each text once"


def test_a_text_of_one_line_is_edited_in_its_place() -> None:
    text = 'Answer the "questions" of a shop, é😀.'
    file = source(tuning(1), tuning(2), tuning(3, text), tuning(4))
    prompt = extract(file).prompts[1]
    assert (prompt.id, prompt.text) == ("mail.jsonl::/messages/0/content~2", text)
    start = text.index('"questions"')
    edits = source_edits(prompt, Edit(Span(start, start + 11), 'the "mails"\n'))
    assert edits is not None
    new = replaced(file.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    lines = new.split("\n")
    assert json.loads(lines[2])["messages"][0]["content"] == 'Answer the the "mails"\n of a shop, é😀.'
    assert [lines[0], lines[1], *lines[3:]] == [
        line for number, line in enumerate(file.text.split("\n")) if number != 2
    ]


@pytest.mark.parametrize(
    ("record", "anchor"),
    [
        (batch(1, ("developer", RULES)), "/body/messages/0/content"),
        ({"body": {"model": "gpt-5", "instructions": RULES, "input": "Hi"}}, "/body/instructions"),
        (
            {"custom_id": "a", "params": {"system": RULES, "messages": turns(("user", "Hi"))}},
            "/params/system",
        ),
        (
            {"params": {"system": [{"type": "text", "text": RULES}], "messages": turns(("user", "Hi"))}},
            "/params/system/0/text",
        ),
        (
            {
                "request": {
                    "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
                    "systemInstruction": {"parts": [{"text": RULES}]},
                }
            },
            "/request/systemInstruction/parts/0/text",
        ),
        ({"system": RULES, "messages": turns(("user", "Hi"))}, "/system"),
        ({"input": turns(("system", RULES), ("user", "Hi")), "ideal": "x"}, "/input/0/content"),
        (
            {"conversations": [{"from": "system", "value": RULES}, {"from": "human", "value": "Hi"}]},
            "/conversations/0/value",
        ),
    ],
)
def test_the_shapes_of_batches_tuning_files_and_datasets(record: object, anchor: str) -> None:
    (prompt,) = read(record).prompts
    assert (prompt.id, prompt.text) == (f"mail.jsonl::{anchor}", RULES)


def test_the_call_of_a_batch_is_known() -> None:
    (prompt,) = read({}, batch(1, ("system", RULES), ("user", "Hi"))).prompts
    text = prompt.source.text
    fields = {
        field.name: (field.value, text[field.span.start : field.span.end]) for field in prompt.call.fields
    }
    assert fields == {"model": ("gpt-4o-mini", '"gpt-4o-mini"'), "max_tokens": (50, "50")}


def test_users_of_a_batch_say_an_instruction_once() -> None:
    found = read(*(batch(number, ("user", f"{MAIL} {number}")) for number in range(3)))
    assert [(prompt.text, prompt.messages[0].role) for prompt in found.prompts] == [(f"{MAIL} 0", Role.USER)]


@pytest.mark.parametrize(
    "record",
    [
        {"messages": turns(("user", MAIL), ("assistant", "x"))},
        {"messages": turns(("assistant", RULES))},
        batch(1, ("user", "Where is my parcel?")),
        tuning(1, "Be brief."),
        {"prompt": MAIL, "completion": RULES},
        {"system": RULES, "question": "?"},
        {"response": {"body": {"choices": [{"message": {"role": "assistant", "content": RULES}}]}}},
        {"instruction": RULES, "input": "Hi", "output": "x"},
        {"chat_history": [], "question": MAIL},
        {"messages": RULES},
        {"messages": []},
        {"messages": [5, RULES]},
        [RULES],
        RULES,
        5,
    ],
)
def test_data_is_no_prompt(record: object) -> None:
    found = read(record if not isinstance(record, str) else json.dumps(record))
    assert (found.prompts, found.problems) == ((), ())


def test_texts_that_a_template_was_filled_in_for_are_taken_once() -> None:
    start = "You are the assistant of a shop that sells lamps. Sort every mail into one of the folders below, for: "
    found = read(*(tuning(number, f"{start}{number}") for number in range(30)), tuning(0, RULES))
    assert [prompt.text for prompt in found.prompts] == [f"{start}0", RULES]
    assert found.reason == "what 31 chats tell a model, each text once; 29 more that differ were left out"


def test_no_file_gives_more_than_twenty_prompts() -> None:
    found = read(
        *(tuning(number, f"You are clerk {number} of a shop. Sort the mail.") for number in range(50))
    )
    assert len(found.prompts) == 20
    assert found.reason.endswith("; 30 more that differ were left out")


def test_a_line_that_is_no_json_among_chats_is_one_problem_at_its_place() -> None:
    file = source(tuning(1), '{"messages": [}', "{", tuning(2), tuning(3))
    found = extract(file)
    (problem,) = found.problems
    assert (problem.code, problem.message, len(found.prompts)) == ("SRC002", "expecting value", 1)
    assert file.text[problem.span.start :].startswith("}\n{\n")


def test_what_is_no_chat_is_not_complained_of_unless_named() -> None:
    records = ('{"a": 1', "b", '{"messages": 5}')
    assert read(*records).problems == ()
    assert len(read(*records, named=True).problems) == 1


@pytest.mark.parametrize(
    "line", ["[" * 200_000, '{"messages": ' + "[" * 200_000, "{}{}", '{"a": ' + "1" * 9000 + "}"]
)
def test_hostile_lines_are_passed_over(line: str) -> None:
    found = read(tuning(1), line, tuning(2))
    assert [prompt.text for prompt in found.prompts] == [RULES]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_blank_lines_and_a_byte_order_mark_are_no_lines(newline: str) -> None:
    lines = ["", json.dumps(tuning(1)), "  ", json.dumps(tuning(2, "Answer the mail of a small shop.")), ""]
    text = "\ufeff" + newline.join(lines)
    found = extract(Source("a.ndjson", text, SourceKind.JSONL))
    assert found.problems == ()
    for prompt in found.prompts:
        (segment,) = prompt.segments
        assert text[segment.span.start : segment.span.end] == prompt.text


def proven(before: Source, after: str, at: str, new: str) -> None:
    prompts = extract(before).prompts
    prompt = next(prompt for prompt in prompts if at in prompt.text)
    start = prompt.text.index(at)
    wanted = Edit(Span(start, start + len(at)), new)
    edits = source_edits(prompt, wanted)
    assert edits is not None
    prove(
        before,
        prompts,
        {prompt.id: (wanted,)},
        edits,
        Source("mail.jsonl", after, SourceKind.JSONL),
        Options(),
    )


def test_an_edit_that_changes_another_line_is_refused() -> None:
    file = source(tuning(1), {"other": 1.50}, tuning(2, "Answer the mail of a small shop."))
    good = file.text.replace("small", "big")
    proven(file, good, "small", "big")
    for bad in (
        good.replace("1.5", "1.50"),
        good.replace("Sales", "Sale"),
        good + "\n",
        good.replace("Mail 1", "1"),
    ):
        with pytest.raises(ProofError):
            proven(file, bad, "small", "big")
