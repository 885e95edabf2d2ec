"""The few-shot examples as data: which part is given, which is answered, and laws that hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_outline import chat, plain

from promptlint.model import Prompt, Role
from promptlint.shots import Form, Shot, Worth, shots
from promptlint.syntax import loose
from promptlint.syntax.loosenodes import Fault, Sort
from promptlint.view import View


def view(prompt: Prompt | str) -> View:
    return View(plain(prompt) if isinstance(prompt, str) else prompt, len)


def pairs(prompt: Prompt | str) -> list[tuple[str | None, str | None]]:
    seen = view(prompt)
    found = []
    for shot in shots(seen):
        given_ = seen.text[shot.input.start : shot.input.end] if shot.input else None
        answer = seen.text[shot.output.start : shot.output.end] if shot.output else None
        found.append((given_, answer))
    return found


def only(prompt: Prompt | str) -> Shot:
    (shot,) = shots(view(prompt))
    return shot


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Input: a\nOutput: b\n\nInput: c\nOutput: d\n", [("a", "b"), ("c", "d")]),
        ("Go.\n\nQ: why?\nA: so.\n\nQ: how?\nA: thus.\n", [("why?", "so."), ("how?", "thus.")]),
        ("Q: why?\nA: so.\n\nQ: {{ question }}\nA:", [("why?", "so.")]),
        (
            "Review: good film\nStars: 5\n\nReview: bad film\nStars: 1\n\nReview: {{ r }}\nStars:",
            [("good film", "5"), ("bad film", "1")],
        ),
        (
            "Text:\nlong text\nLabel:\nPOS\n\nText:\nother\nLabel:\nNEG\n",
            [("long text", "POS"), ("other", "NEG")],
        ),
        ("<example>\nInput: a\nOutput: b\n</example>\n", [("a", "b")]),
        (
            "<examples>\n<example>\n<input>a</input>\n<output>b</output>\n</example>\n</examples>\n",
            [("a", "b")],
        ),
        ("<example>\n<user>\n4 + 4\n</user>\n<assistant>\n8\n</assistant>\n</example>\n", [("4 + 4", "8")]),
        (
            '## Examples\n- "I love it" -> positive\n- "I hate it" -> negative\n',
            [("I love it", "positive"), ("I hate it", "negative")],
        ),
        ('Examples:\n\nred => {"c": 1}\nblue => {"c": 2}\n', [("red", '{"c": 1}'), ("blue", '{"c": 2}')]),
        ("Example input:\nhello\n\nExample output:\nbonjour\n", [("hello", "bonjour")]),
        (
            "### Example 1\nInput: x\nOutput: y\n### Example 2\nInput: z\nOutput: w\n",
            [("x", "y"), ("z", "w")],
        ),
        ("Example 1:\n**Input:** x\n**Output:** y\n", [("x", "y")]),
        ("<example>\n**Input**\nx\n**Output**\ny\n</example>\n", [("x", "y")]),
        ('Example JSON:\n{\n  "a": 1\n}\n', [(None, '{\n  "a": 1\n}')]),
        ('<example>\n{"input": "a", "output": "b"}\n</example>\n', [("a", "b")]),
        (
            '## Examples\n\n```json\n[{"question": "a", "answer": "b"}, {"question": "c", "answer": "d"}]\n```\n',
            [("a", "b"), ("c", "d")],
        ),
        (
            "## Examples\n\n| Input | Output |\n|---|---|\n| a | b |\n| c | d |\n\n## Rules\n- Be kind.\n",
            [("a", "b"), ("c", "d")],
        ),
        (
            "question: q\nanswer: good\nstars: 5\n\nquestion: r\nanswer: bad\nstars: 1\n",
            [("q\nanswer: good", "5"), ("r\nanswer: bad", "1")],
        ),
        (
            'narrative_input: x\njson: {"a": 1}\n\nnarrative_input: z\njson: {"a": 2}\n',
            [("x", '{"a": 1}'), ("z", '{"a": 2}')],
        ),
        (
            "EXAMPLE\nHuman: hi\nAI: hello\nHuman: the bar?\nOutput: way to the bar\nEND OF EXAMPLE\n",
            [("hi\nAI: hello\nHuman: the bar?", "way to the bar")],
        ),
        (
            "Examples\n\nQ: top stores\nSELECT a\nFROM b\n\nQ: new stores\nSELECT c\n",
            [("top stores", "SELECT a\nFROM b"), ("new stores", "SELECT c")],
        ),
        (
            'Example\n\nTranscript: (mixes up sin and cos)\n\n{"facts": ["year 9"]}\n',
            [("(mixes up sin and cos)", '{"facts": ["year 9"]}')],
        ),
        (
            "Examples\n\nTitle: a\nBody: b\n→ bug\n\nTitle: c\nBody: d\n→ docs\n",
            [("a\nBody: b", "bug"), ("c\nBody: d", "docs")],
        ),
        ("EXAMPLE\nI go to the store.\n\nOutput: NONE\nEND OF EXAMPLE\n", [("I go to the store.", "NONE")]),
        (
            "Example:\nInput: a\nReasoning: because\nOutput: b\n\nExample:\nInput: c\nReasoning: so\nOutput: d\n",
            [("a", "b"), ("c", "d")],
        ),
    ],
)
def test_parts(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rules:\n1. Be kind.\n2. Be brief.\n3. Ask.\n",
        "Categories:\n- billing: money\n- shipping: parcels\n",
        "If the user is angry -> apologise.\nIf the user is calm -> go on.\n",
        "| Input | Output |\n|---|---|\n| csv | json |\n| xml | yaml |\n",
        "Extract these fields:\nName: the name\nAge: the age\nCity: where\n",
        'Return JSON:\n{"answer": "string"}\n',
        "Name: search\nDescription: finds\n\nName: add\nDescription: sums\n",
    ],
)
def test_rules_and_records_are_no_examples(text: str) -> None:
    assert pairs(text) == []


def test_turns_of_a_chat() -> None:
    system, user, assistant = Role.SYSTEM, Role.USER, Role.ASSISTANT
    prompt = chat((system, "Translate."), (user, "hi"), (assistant, "salut"), (user, "{{ x }}"))
    assert pairs(prompt) == [("hi", "salut")]
    assert only(prompt).form is Form.TURNS
    assert pairs(chat((system, "Translate."), (user, "hi"), (assistant, "{"))) == []


def test_a_later_turn_of_a_transcript_follows_the_one_before() -> None:
    found = shots(view("<example>\nUser: hi\nAssistant: hello\nUser: bye\nAssistant: so long\n</example>\n"))
    assert [shot.follows for shot in found] == [False, True]
    assert len({shot.group for shot in found}) == 1


def test_good_and_bad_are_kept_apart() -> None:
    good, bad = shots(view("Tone.\n\nGood: I can help with that.\nBad: No.\n\nAnswer."))
    assert (good.worth, bad.worth) == (Worth.GOOD, Worth.BAD)
    assert only("<bad_example>\nInput: a\nOutput: b\n</bad_example>\n").worth is Worth.BAD
    assert only("Example of a wrong answer:\nNo.\n\nRules follow.").worth is Worth.BAD


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("<example>\nInput: {{ x }}\nOutput: b\n</example>\n", True),
        ("<example>\nInput: a\nOutput: <your answer>\n</example>\n", True),
        ("<example>\nInput: a\nOutput: [the final answer]\n</example>\n", True),
        ('<example>\nInput: a\nOutput: {"reason": "your reason"}\n</example>\n', True),
        ("<example>\nInput: a\nOutput: <b>bold</b>\n</example>\n", False),
        ('<example>\nInput: a\nOutput: ["x", "y"]\n</example>\n', False),
    ],
)
def test_templates(text: str, template: bool) -> None:
    assert only(text).template is template


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Positive.", "positive"),
        ('"very  good"', "very good"),
        ("**NEG**", "neg"),
        ("It was a long and happy day for all of us.", ""),
        ('{"a": 1}', ""),
    ],
)
def test_labels(answer: str, label: str) -> None:
    assert only(f"<example>\nInput: a\nOutput: {answer}\n</example>\n").label == label


def test_the_output_as_json_has_exact_spans() -> None:
    text = '<example>\nInput: a\nOutput:\n```json\n{"kind": "x", "n": [1, 2]}\n```\n</example>\n'
    literal = only(text).literal
    assert literal is not None
    assert not literal.faults
    (kind, number) = literal.root.entries
    assert text[kind.span.start : kind.span.end] == '"kind"'
    assert text[kind.value.span.start : kind.value.span.end] == '"x"'
    assert [item.text for item in number.value.items] == ["1", "2"]


def test_what_follows_the_json_of_an_answer_is_no_part_of_it() -> None:
    text = 'Example JSON:\n{"a": 1}\n** The reason must be short.\n'
    shot = only(text)
    assert shot.output is not None
    assert text[shot.output.start : shot.output.end] == '{"a": 1}'


# --- the reader of literals -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('{"a": 1, "b": [true, null, "x"]}', []),
        ('{"a": 1,}', [Fault.COMMA]),
        ('{"a": 1 "b": 2}', [Fault.NO_COMMA]),
        ('{"a": "x"\n "b": 2}', [Fault.NO_COMMA]),
        ("{'a': 'b'}", [Fault.QUOTES, Fault.QUOTES]),
        ('{"a": 1, // why\n "b": 2}', [Fault.COMMENT]),
        ('{"a": string}', [Fault.WORD]),
        ('{"a": "x" | "y"}', [Fault.WORD]),
        ('{"a": 1, ...}', [Fault.DOTS]),
        ('{{"a": 1}}', [Fault.BRACES]),
        ('{"a": # the answer\n}', [Fault.WORD]),
        ("{a: True}", [Fault.KEY, Fault.WORD]),
    ],
)
def test_faults(text: str, faults: list[Fault]) -> None:
    literal = loose.whole(text, 0, len(text))
    assert literal is not None
    assert [fault for fault, _ in literal.faults] == faults


def test_a_literal_that_is_cut() -> None:
    for text in ('{"a": "cut of', '{"a": 1, "b', '[{"a": 1}', '{"a":'):
        literal = loose.read(text, 0, len(text))
        assert literal is not None, text
        assert literal.cut, text


@pytest.mark.parametrize("text", ["", "x", "{foo}", '{"a" 1}', "{}{}", "[" * 200 + "]" * 200])
def test_no_literal(text: str) -> None:
    assert loose.whole(text, 0, len(text)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=5), JSON, min_size=1, max_size=4))
def test_strict_json_is_read_without_a_fault(value: dict[str, object]) -> None:
    import json

    text = json.dumps(value)
    literal = loose.whole(text, 0, len(text))
    assert literal is not None
    assert not literal.faults
    assert [entry.key for entry in literal.root.entries] == list(value)
    assert literal.root.sort is Sort.OBJECT


# --- laws -----------------------------------------------------------------------------------------

PIECES = (
    *(
        "Input:",
        "Output:",
        "Q:",
        "A:",
        "User:",
        "Assistant:",
        "Example 1:",
        "## Examples",
        "<example>",
        "</example>",
    ),
    *(
        "<input>",
        "</input>",
        "<output>",
        "</output>",
        "->",
        "=>",
        "|",
        "|---|",
        "{",
        "}",
        '"a": 1',
        "[",
        "]",
        ",",
    ),
    *(
        "```",
        "---",
        "Good:",
        "Bad:",
        "- ",
        "\n",
        "\n\n",
        " ",
        "word",
        "{{ x }}",
        "Thought:",
        "END",
        "'",
        '"',
        "é",
        "…",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


@given(TEXTS)
def test_spans_are_ordered_and_within(text: str) -> None:
    seen = view(text)
    end = 0
    for shot in shots(seen):
        assert shot.span.start >= end
        end = shot.span.end
        assert end <= len(text)
        assert shot.group.contains(shot.span)
        for inner in (shot.input, shot.output, *(part.span for part in shot.parts)):
            assert inner is None or shot.span.contains(inner)
        if shot.input is not None and shot.output is not None:
            assert not shot.input.overlaps(shot.output)
        if shot.literal is not None and shot.output is not None:
            assert shot.output.contains(shot.literal.root.span)


@given(TEXTS)
def test_a_literal_lies_within_its_range(text: str) -> None:
    for found in (loose.whole(text, 0, len(text)), loose.within(text, 0, len(text))):
        if found is not None:
            assert 0 <= found.root.span.start < found.root.span.end <= len(text)


@given(st.lists(st.sampled_from(["a", "b c", "42", "yes"]), min_size=2, max_size=5))
def test_prose_around_changes_nothing(values: list[str]) -> None:
    body = "\n\n".join(f"Input: {value}\nOutput: {value} out" for value in values)
    framed = f"You are a helper. Be brief.\n\n{body}\n\n## Rules\n\nAnswer in one sentence.\n"
    assert pairs(framed) == pairs(body) == [(value, f"{value} out") for value in values]


HOSTILE = {
    "labels": "Input: a\nOutput: b\n\n" * 20_000,
    "arrows": "## Examples\n" + "a -> b\n" * 20_000,
    "tags": "<example>\n<input>a</input>\n<output>b</output>\n</example>\n" * 5_000,
    "deep": "<example>\n" * 20_000,
    "nested": "<example>\nOutput: " + "[" * 300_000 + "\n</example>",
    "braces": "<example>\nOutput: " + '{"a":' * 100_000 + "\n</example>",
    "line": "Input: " + "x " * 250_000 + "\nOutput: y\n\nInput: a\nOutput: " + "->" * 250_000,
    "spaces": "Example 1:\n" + " " * 500_000 + "\nOutput: a" + " " * 500_000 + "b",
    "quotes": "Example JSON:\n{" + '"' * 300_000,
    "slashes": "Example JSON:\n{" + "/*" * 200_000,
    "table": "## Examples\n\n| Input | Output |\n|---|---|\n" + "| a | b |\n" * 20_000,
    "messages": "",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read(name: str) -> None:
    """No error, and no square law: the suite's own limit would stop it."""
    if name == "messages":
        turns = [(Role.USER, "hi"), (Role.ASSISTANT, "ho")] * 3_000
        assert len(shots(view(chat(*turns, (Role.USER, "go"))))) == 3_000
        return
    found = shots(view(HOSTILE[name]))
    if name in ("labels", "arrows", "table"):
        assert len(found) == 20_000
