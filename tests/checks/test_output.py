"""Rules about the answer: its form, its length, what is asked for before it, and what reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import calling
from promptlint.extract import extract
from promptlint.model import Call, Safety, Source, SourceKind, Span
from promptlint.sketch import sketch
from promptlint.view import View

from .conftest import RULES, Fixed, Run, check, count, view_of

SIZE = 12_000
CODE = """
def ask(text):
    reply = client.chat.completions.create(
        model="gpt-4.1-mini",{given}
        messages=[{{"role": "user", "content": f"{prompt} {{text}}"}}],
    )
    out = reply.choices[0].message.content
{after}
"""
FIRST = "Classify the text as a or b. First explain in two sentences why, then give the label."


def code(prompt: str, after: str = "    return out", given: str = "") -> str:
    return CODE.format(prompt=prompt, after=after, given=given)


def marked(run: Run, rule: str, text: str, path: str = "prompts/x.txt") -> list[str]:
    found = run(rule, text, path)
    return [prompt.text[hit.at.start : hit.at.end] for prompt, hit in found]  # type: ignore[union-attr]


# --- JSON in prose, and what enforces it ------------------------------------------------------------


@pytest.mark.parametrize("given", ['response_format={"type": "json_object"},', "response_format=Answer,"])
def test_json_in_prose_is_silent_where_a_parameter_sets_the_form(run: Run, given: str) -> None:
    text = code("Extract the names. Return only valid JSON.", given=given)
    assert marked(run, "OUT001", text, "x.py") == []
    assert marked(run, "OUT001", code("Extract the names. Return only valid JSON."), "x.py") != []


@pytest.mark.parametrize(
    ("given", "prompt", "found"),
    [
        ("response_format=Answer,", "Name them. Return only valid JSON.", ["Return only valid JSON"]),
        ('response_format={"type": "json_object"},', "Name them. Return only valid JSON.", []),
        ("response_format=Answer,", "Return the names as a list.", []),
        ('stop=["END"],', "Stop as soon as you have written END.", ["Stop as soon as you have written END"]),
        ('stop=["###"],', "Stop as soon as you have written END.", []),
        ('tool_choice="required",', "Always call the tool.", ["Always call the tool"]),
        ('tool_choice="auto",', "Always call the tool.", []),
        ('tool_choice="required",', "Always call the tool when the user asks.", []),
        ("parallel_tool_calls=False,", "Use one tool at a time.", ["one tool at a time"]),
        ("parallel_tool_calls=True,", "Use one tool at a time.", []),
    ],
)
def test_what_the_call_enforces(run: Run, given: str, prompt: str, found: list[str]) -> None:
    assert marked(run, "RED006", code(prompt, given=given), "x.py") == found


def test_the_sentence_goes_whole_and_only_as_unsafe(run: Run, fixed: Fixed) -> None:
    text = "model: gpt-4.1\nresponse_format: {type: json_schema}\nsystem: |\n  You name the towns of a letter.\n  Return only valid JSON.\n  Keep the spelling of the letter.\n"
    found = run("RED006", text, "prompts/x.prompt.yaml")
    assert [(hit.safety, bool(hit.drops)) for _, hit in found] == [(Safety.UNSAFE, True)]
    assert "JSON." not in fixed(found)
    assert "Keep the spelling" in fixed(found)


def test_a_long_sentence_is_reported_but_not_deleted(run: Run) -> None:
    long = "Return only valid JSON, in which each town stands once and villages go with the town that they are nearest to."
    ((_, hit),) = run("RED006", code(long, given="response_format=Answer,"), "x.py")
    assert hit.edits == ()


# --- explanations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("    return out", 0),
        ("    return out.splitlines()[-1]", 1),
        ('    return out.strip() == "a"', 1),
        ('    return json.loads(out)["label"]', 1),
        ('    data = json.loads(out)\n    return data["label"], data["reason"]', 0),
        ('    return json.loads(out[out.index("{"):])', 1),
        ("    return json.loads(out)", 0),
        ('    return re.search("label: ([ab])", out).group(1)', 1),
        ('    return re.search("(?s)(.*)", out).group(1)', 0),
    ],
)
def test_what_the_code_reads_decides(run: Run, after: str, found: int) -> None:
    assert len(run("OUT003", code(FIRST, after), "x.py")) == found


@pytest.mark.parametrize(
    "text",
    [
        FIRST,
        "Only the label is stored. Classify the text as a or b.",
        "Explain the steps of the recipe in order. Nobody reads long texts.",
    ],
)
def test_explanations_that_somebody_may_read(run: Run, text: str) -> None:
    assert marked(run, "OUT003", text) == []


def test_a_schema_with_a_field_for_reasons_wants_them(run: Run) -> None:
    head = "class Answer(BaseModel):\n    {field}: str\n    label: str\n"
    body = code(FIRST, given="response_format=Answer,")
    assert len(run("OUT003", head.format(field="town") + body, "x.py")) == 1
    assert run("OUT003", head.format(field="reason") + body, "x.py") == []


# --- prose and structure, Markdown ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Answer in full sentences. Keep to the facts.",
        'Return JSON only, with "letter", a friendly message, and nothing else.',
        "Do not write an introduction or any prose. Return only valid JSON.",
        "Write a letter.\n\n# Second step\n\nReturn only valid JSON.",
    ],
)
def test_no_two_answers(run: Run, text: str) -> None:
    assert marked(run, "OUT002", text) == []


@pytest.mark.parametrize(("after", "found"), [("    return json.loads(out)", 1), ("    return out", 0)])
def test_prose_beside_json_that_is_parsed(run: Run, after: str, found: int) -> None:
    text = code("Start with a short paragraph of introduction. Then return valid JSON.", after)
    assert len(run("OUT002", text, "x.py")) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What you write is read aloud. Use Markdown headings.", 1),
        ("What you write is read aloud. Never use Markdown.", 0),
        ("Use Markdown headings. The reader likes them.", 0),
        ("Write the SMS to the guest. Put the name in bold.", 1),
        ("What you write is read aloud. Run each step in its own code block.", 0),
    ],
)
def test_markdown_that_nobody_renders(run: Run, text: str, found: int) -> None:
    assert len(marked(run, "OUT006", text)) == found


# --- length -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "given", "found"),
    [
        ("Write a reply to the letter.", "", 1),
        ("Write a reply to the letter.", "max_tokens=300,", 0),
        ("Write a reply to the letter.", "response_format=Answer,", 0),
        ("Write a reply to the letter.", "tools=TOOLS,", 0),
        ("Write a reply to the letter in at most 90 words.", "", 0),
        ("Write a one-sentence summary of the letter.", "", 0),
        ("Write a tweet about the letter: a short text.", "", 0),
        ("Write a Python script that reads the report.", "", 0),
        ("Label the letter as praise or blame.", "", 0),
    ],
)
def test_what_bounds_a_text(run: Run, prompt: str, given: str, found: int) -> None:
    assert len(run("OUT004", code(prompt, given=given), "x.py")) == found


@given(st.integers(1, 9_999), st.sampled_from(["words", "sentences", "lines", "characters", "bullet points"]))
def test_any_number_bounds(number: int, unit: str) -> None:
    text = code(f"Write a reply to the letter. Use {number} {unit}.")
    (prompt,) = extract(Source("x.py", text, SourceKind.PYTHON, named=True)).prompts
    assert check("OUT004", View(prompt, count)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write a detailed account of the day. Keep it brief.", 1),
        ("Write a detailed account of the day.\n\nBe brief in what you say to guests.", 0),
        ("The detailed manual is below. Keep it brief.", 0),
        ("Write a detailed but concise account. Keep it brief.", 0),
        ("Do not write detailed answers. Keep it brief.", 0),
        ("Write a detailed account of the day. Do not keep it brief.", 0),
        ("Give a comprehensive answer. Use at most 20 words.", 1),
    ],
)
def test_long_beside_short(run: Run, text: str, found: int) -> None:
    assert len(marked(run, "OUT005", text)) == found


# --- hostile ----------------------------------------------------------------------------------------

RULES_HERE = [code for code in RULES if code.startswith(("OUT", "CAL")) or code == "RED006"]
LONG = {
    "reasons": "explain why, first and " * SIZE,
    "json": "return only valid json as " * SIZE,
    "markdown": "use in with markdown read aloud " * SIZE,
    "verbose": "write detailed, comprehensive, " * SIZE,
    "short": "Keep it brief. Write a detailed text.\n" * 1_000,
    "tools": "always must only call use " * SIZE,
    "stops": "stop end finish after when once END " * SIZE,
    "one line": "a" * 1_000_000,
    "braces": "return {" * SIZE,
    "questions": "is the " * SIZE,
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_with_a_known_call(name: str) -> None:
    text = (
        "model: o1-pro\nresponse_format: {type: json_schema}\ntool_choice: required\n"
        "parallel_tool_calls: false\ntemperature: 1\nmessages:\n- role: user\n  content: |\n"
        + "".join(f"    {line}\n" for line in LONG[name].split("\n"))
    )
    view = view_of(text, "prompts/x.prompt.yaml")
    assert calling.model_of(view.prompt.call) == "o1-pro"
    for rule in RULES_HERE:
        check(rule, view)
    object.__setattr__(view.prompt, "call", Call(view.prompt.call.fields[:1]))
    for rule in RULES_HERE:
        check(rule, view)


@pytest.mark.parametrize(
    ("asked", "model"),
    [
        ('Return JSON: {"why": "<reason>", "score": 3, "tags": []}', "why: str; score: int; tags: list"),
        (
            'Return JSON: {"sure": "a number from 0 to 1", "names": "list of companies", "ok": "true or false"}',
            "sure: float; names: list; ok: bool",
        ),
        ("Return valid JSON with the keys `label` and `reason`.", "label: Any; reason: Any"),
        (
            "Answer in JSON with these fields:\n- name: who it is\n- age (integer): in years\n",
            "name: Any; age: int",
        ),
        (
            'Reply with an object of the following shape:\n{"type": "object", "properties": {"ok": {"type": "boolean"}}}',
            "ok: bool",
        ),
    ],
)
def test_the_model_of_an_answer_is_proposed(run: Run, asked: str, model: str) -> None:
    ((_, hit),) = run("OUT001", f"Judge the text below. {asked}\n\n{{{{ text }}}}")
    assert hit.message.endswith(f"class Answer(BaseModel): {model}")


def test_json_whose_fields_and_call_are_unknown_is_left_alone(run: Run) -> None:
    assert not run("OUT001", "Judge the text below. Return valid JSON.\n\n{{ text }}")


@given(st.text(alphabet="{}[]\"'abc: ,\n-", max_size=200))
def test_a_sketch_of_any_text_is_one_line(text: str) -> None:
    found = sketch(f"Return JSON {text}", Span(0, 11))
    assert "\n" not in found
