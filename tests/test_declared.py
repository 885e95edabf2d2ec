"""What is declared about an answer, and whether an example's answer keeps to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_outline import plain

from promptlint import lengths
from promptlint.breaches import (
    Breaks,
    breaches,
    concerns,
    cut_off,
    label_breaches,
    mentioned,
    more_than_label,
)
from promptlint.declared import Basis, Declared, Limit, Rule, Schema, Unit, declared
from promptlint.extract import extract
from promptlint.model import Field, Prompt, Source, SourceKind, Span
from promptlint.shots import shots
from promptlint.tongues import language
from promptlint.view import View


def of(text: str) -> Declared:
    return declared(View(plain(text), len))


def keys(schema: Schema) -> list[tuple[str, str, bool]]:
    return [(key.name, "|".join(sorted(key.shape.types)), key.required) for key in schema.shape.keys]


# --- schemas --------------------------------------------------------------------------------------


def test_a_layout_in_the_prompt() -> None:
    text = (
        "Sort tickets.\n\nRespond with JSON in this format:\n```json\n"
        '{"kind": "bug" | "ask", "score": <number>, "tags": ["string"], "why": "the reason, optional", '
        '"more": {"ok": true}}\n```\n'
    )
    (schema,) = of(text).schemas
    assert schema.basis is Basis.LAYOUT
    assert schema.shape.closed
    assert keys(schema) == [
        ("kind", "string", True),
        ("score", "number", True),
        ("tags", "array", True),
        ("why", "string", False),
        ("more", "object", True),
    ]
    assert schema.shape.keys[0].shape.values == ("bug", "ask")
    at = schema.shape.keys[0].at
    assert isinstance(at, Span)
    assert text[at.start : at.end] == '"kind"'


def test_a_json_schema_in_the_prompt() -> None:
    body = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 1, "maximum": 5},
            "k": {"enum": ["a", "b"]},
            "o": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "r": {"$ref": "#/$defs/R"},
        },
        "required": ["n"],
        "additionalProperties": False,
        "$defs": {"R": {"type": "array", "items": {"type": "string"}}},
    }
    (schema,) = of(f"Your output must follow this JSON schema:\n\n{json.dumps(body, indent=1)}\n").schemas
    assert schema.basis is Basis.JSON_SCHEMA
    assert schema.shape.closed
    assert keys(schema) == [
        ("n", "integer", True),
        ("k", "", False),
        ("o", "null|string", False),
        ("r", "array", False),
    ]
    assert (schema.shape.keys[0].shape.low, schema.shape.keys[0].shape.high) == (1, 5)
    assert schema.shape.keys[1].shape.values == ("a", "b")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Return a JSON object with the keys `answer` and `category`.", ["answer", "category"]),
        ('Answer as JSON with keys: "a" (string), "b" (integer, optional).', ["a", "b"]),
        (
            "Output a JSON object with these fields:\n- `name` (string): who\n- `age` (int): years\n\nBe brief.",
            ["name", "age"],
        ),
    ],
)
def test_keys_in_prose(text: str, names: list[str]) -> None:
    (schema,) = of(text).schemas
    assert schema.basis is Basis.PROSE
    assert [key.name for key in schema.shape.keys] == names


@pytest.mark.parametrize(
    "text",
    [
        'You will be given input as JSON:\n{"text": "string"}\n',
        'Call the search tool with:\n{"q": "string"}\n',
        '<example>\nRespond with:\n{"a": 1}\n</example>\n',
        'Never return this:\n{"a": "string"}\n',
        "Use the keys `ctrl` and `alt` to save.",
        'For example, return {"a": 1}.',
    ],
)
def test_no_schema(text: str) -> None:
    assert of(text).schemas == ()


# --- label sets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Classify it into one of: billing, shipping, other.", ["billing", "shipping", "other"]),
        (
            "Classify into one of these categories: Bug, Feature Request, or Question.",
            ["Bug", "Feature Request", "Question"],
        ),
        ('Respond with either "positive" or "negative".', ["positive", "negative"]),
        ("Answer yes or no.", ["yes", "no"]),
        ("Output 'a', 'b', or 'c'.", ["a", "b", "c"]),
        ("The label must be one of `x`, `y` or `z`.", ["x", "y", "z"]),
        ("Possible values: LOW | MEDIUM | HIGH", ["LOW", "MEDIUM", "HIGH"]),
        (
            "Categories:\n- billing: money\n- shipping - parcels\n- **other**\n\nGo.",
            ["billing", "shipping", "other"],
        ),
        (
            "Classify into one of the following intents:\n1. refund\n2. order status\n",
            ["refund", "order status"],
        ),
    ],
)
def test_label_sets(text: str, labels: list[str]) -> None:
    (found,) = of(text).labels
    assert [choice.text for choice in found.choices] == labels
    assert all(text[c.span.start : c.span.end].strip("*") == c.text for c in found.choices)


@pytest.mark.parametrize(
    "text",
    [
        "Do not output warnings or notes.",
        "Return a smaller or larger set of files.",
        "Display code using one of two methods: references or blocks.",
        "Answer with one of a, b, etc.",
        "Steps:\n- read\n- write\n",
        "Be kind or be brief.",
    ],
)
def test_no_label_set(text: str) -> None:
    assert of(text).labels == ()


def test_the_field_of_a_label_set() -> None:
    (found,) = of("- category: must be one of `a`, `b`\n").labels
    assert found.field == "category"


# --- limits, languages, formats, words ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "low", "high", "part"),
    [
        ("Answer in at most 50 words.", Unit.WORDS, None, 50, ""),
        ("Keep it under 280 characters.", Unit.CHARACTERS, None, 279, ""),
        ("Respond in one sentence.", Unit.SENTENCES, 1, 1, ""),
        ("Reply with max 3 bullets.", Unit.ITEMS, None, 3, ""),
        ("Write 2-3 sentences.", Unit.SENTENCES, 2, 3, ""),
        ("Your answer must be between 100 and 1,000 words.", Unit.WORDS, 100, 1000, ""),
        ("Your response should be 16 words or fewer.", Unit.WORDS, None, 16, ""),
        ("Write at least two paragraphs.", Unit.PARAGRAPHS, 2, None, ""),
        ("Write a title of at most 8 words.", Unit.WORDS, None, 8, "title"),
        ("If the user is angry, answer in one sentence.", Unit.SENTENCES, 1, 1, "?"),
        ("Each bullet has no more than 12 words.", Unit.WORDS, None, 12, "each"),
        ("Answer with not more than five words.", Unit.WORDS, None, 5, ""),
        ("Your answer must not have more than 50 words.", Unit.WORDS, None, 50, ""),
        ("Never write more than two sentences.", Unit.SENTENCES, None, 2, ""),
        ("Write more than two sentences.", Unit.SENTENCES, 3, None, ""),
        ("Respond with one word.", Unit.WORDS, 1, 1, ""),
        ("Mood is one word.", Unit.WORDS, 1, 1, "mood"),
        ("One word.", Unit.WORDS, 1, 1, ""),
        ("The body tells why. The title is at most 60 characters.", Unit.CHARACTERS, None, 60, "title"),
    ],
)
def test_limits(text: str, unit: Unit, low: int | None, high: int | None, part: str) -> None:
    (limit,) = of(text).limits
    assert (limit.unit, limit.low, limit.high, limit.of) == (unit, low, high, part)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Answer in German.", "de"),
        ("Always respond in Brazilian Portuguese.", "pt"),
        ("Translate the text into French.", "fr"),
        ("If the user writes German, answer in German.", None),
        ("Never answer in French.", None),
        ("Answer in the language of the user.", None),
        ("Answer in English or German.", None),
        ("Summarise the English text.", None),
    ],
)
def test_languages(text: str, code: str | None) -> None:
    assert [found.code for found in of(text).languages] == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Do not use Markdown.", Rule.NO_MARKDOWN),
        ("Respond in plain text.", Rule.NO_MARKDOWN),
        ("Return only valid JSON.", Rule.JSON),
        ("Output the list, nothing else.", Rule.BARE),
        ("Respond with only the label.", Rule.BARE),
        ("Do not wrap the answer in code fences.", Rule.NO_FENCE),
        ("No emojis.", Rule.NO_EMOJI),
        ("No links, ever.", Rule.NO_LINK),
        ("Do not use hashtags or emojis.", Rule.NO_HASHTAG),
        ("No question, no pun, no colon.", Rule.NO_COLON),
        ("Print the label in lower case.", Rule.LOWER),
        ("Write numbers as digits.", Rule.DIGITS),
        ("Answer with the name of the desk only.", Rule.BARE),
    ],
)
def test_formats(text: str, rule: Rule) -> None:
    assert rule in [found.rule for found in of(text).formats]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Never say "as an AI" or "I cannot".', ["as an AI", "I cannot"]),
        ("Do not use the word 'delve'.", ["delve"]),
        ('Avoid phrases like "in conclusion".', ["in conclusion"]),
        ("Do not use `eval`.", []),
        ('Say "hello".', []),
        ('The word "zombie" does not exist here.', ["zombie"]),
        ('No pressure ("act now", "immediately").', ["act now", "immediately"]),
        ("Never use SELECT *.", ["SELECT *"]),
        ("Forbidden words: synergy, leverage", ["synergy", "leverage"]),
    ],
)
def test_forbidden(text: str, words: list[str]) -> None:
    assert [phrase.text for found in of(text).forbidden for phrase in found.phrases] == words


# --- the call -------------------------------------------------------------------------------------

CODE = '''
import enum
from typing import Annotated, Literal, Optional, TypedDict
from pydantic import BaseModel, Field
from openai import OpenAI

class Kind(str, enum.Enum):
    BUG = "bug"
    ASK = "ask"

class Base(BaseModel):
    id: int

class Item(Base):
    model_config = {{}}
    name: str = Field(..., description="who")
    kind: Kind
    score: Annotated[float, Field(ge=0, le=1)]
    mood: Literal["good", "bad"] | None = None
    tags: list[str] = Field(default_factory=list)
    inner: list["Item"] = []
    renamed: Optional[str] = Field(None, alias="other")

class Row(TypedDict, total=False):
    a: str

TOOLS = [{{"type": "function", "function": {{"name": "search", "parameters": {{"type": "object",
    "properties": {{"q": {{"type": "string"}}}}, "required": ["q"]}}}}}}]

def weather(city: str, days: int = 3) -> str:
    """Look up the weather."""

def run(text):
    OpenAI().chat.completions.create(
        model="gpt-4o",
        messages=[{{"role": "system", "content": "You are a careful assistant. Sort the ticket."}},
                  {{"role": "user", "content": text}}],
        {argument},
    )
'''


def sent(argument: str) -> Declared:
    found = extract(Source("app.py", CODE.format(argument=argument), SourceKind.PYTHON))
    (prompt,) = [prompt for prompt in found.prompts if "careful" in prompt.text]
    return declared(View(prompt, len))


ITEM = [
    ("id", "integer", True),
    ("name", "string", True),
    ("kind", "", True),
    ("score", "number", True),
    ("mood", "", False),
    ("tags", "array", False),
    ("inner", "array", False),
    ("other", "null|string", False),
]


@pytest.mark.parametrize(
    "argument",
    [
        "response_format=Item",
        "response_model=Item",
        'response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": Item.model_json_schema()}}',
    ],
)
def test_a_model_of_the_same_file(argument: str) -> None:
    (schema,) = sent(argument).schemas
    assert schema.basis is Basis.CALL
    assert isinstance(schema.at, Field)
    assert keys(schema) == ITEM
    shapes = {key.name: key.shape for key in schema.shape.keys}
    assert shapes["kind"].values == ("bug", "ask")
    assert shapes["mood"].values == ("good", "bad", "null")
    assert (shapes["score"].low, shapes["score"].high) == (0, 1)
    assert schema.shape.closed


def test_lists_and_typed_dicts() -> None:
    (schema,) = sent("response_model=list[Row]").schemas
    assert schema.shape.item is not None
    assert [(key.name, key.required) for key in schema.shape.item.keys] == [("a", False)]


@pytest.mark.parametrize(
    "argument",
    ['response_format={"type": "json_object"}', "response_format=Elsewhere", "response_format=make()"],
)
def test_a_schema_that_is_not_known(argument: str) -> None:
    assert sent(argument).schemas == ()


def test_tools_of_the_call() -> None:
    (search,) = sent("tools=TOOLS").tools
    assert search.name == "search"
    assert [(key.name, key.required) for key in search.parameters.keys] == [("q", True)]
    (weather,) = sent("tools=[weather]").tools
    assert weather.name == "weather"
    assert [(key.name, key.required) for key in weather.parameters.keys] == [("city", True), ("days", False)]
    assert sent("tools=[weather, elsewhere]").tools == ()


# --- the joins ------------------------------------------------------------------------------------

LAYOUT = 'Respond with JSON in this format:\n{"kind": "bug" | "ask", "score": number}\n\n'


def broken(rules: str, answer: str) -> list[tuple[Breaks, str]]:
    text = f"{rules}\n\n<example>\nInput: a\nOutput: {answer}\n</example>\n"
    view = View(plain(text), len)
    wanted = declared(view)
    found = [breach for shot in shots(view) for breach in breaches(shot, wanted, text)]
    assert all(text[breach.at.start : breach.at.end].strip() for breach in found)
    return [(breach.kind, breach.found or breach.wanted) for breach in found]


@pytest.mark.parametrize(
    ("rules", "answer", "expected"),
    [
        (LAYOUT, '{"kind": "bug", "score": 1.5}', []),
        (LAYOUT, '{"kind": "bug"}', [(Breaks.MISSING_KEY, "score")]),
        (LAYOUT, '{"kind": "bug", "score": 1, "old": 2}', [(Breaks.EXTRA_KEY, "old")]),
        (LAYOUT, '{"kind": "bug", "score": "1"}', [(Breaks.TYPE, "string")]),
        (LAYOUT, '{"kind": "crash", "score": 1}', [(Breaks.VALUE, "crash")]),
        (LAYOUT, '{"kind": "bug", ...}', []),
        (LAYOUT, '{"kind": <kind>, "score": 1}', []),
        (LAYOUT, '{"else": 1}', []),
        (LAYOUT, '[{"kind": "bug"}]', []),
        ("Answer in at most 3 words.", "one two three four", [(Breaks.LONG, "4 words")]),
        ("Answer in at most 3 words.", "one two three", []),
        ("If asked, answer in at most 3 words.", "one two three four", []),
        ("Answer in one sentence.", "This is one. This is two.", [(Breaks.LONG, "2 sentences")]),
        ("Answer in one sentence.", "See Dr. Smith, e.g. at 3.5 p.m. today.", []),
        ("Write a title of at most 2 words.", "one two three four", []),
        (
            "Answer in German.",
            "This is the answer that you were looking for in the text.",
            [(Breaks.LANGUAGE, "en")],
        ),
        ("Answer in German.", "Das ist die Antwort, die Sie in dem Text gesucht haben.", []),
        ("Answer in German.", "OK 42", []),
        ("Do not use Markdown.", "This is **bold**.", [(Breaks.MARKDOWN, "**bold**")]),
        ("Return only valid JSON.", "The kind is bug.", [(Breaks.NOT_JSON, "The kind is bug.")]),
        ("Return only valid JSON.", '{"a": 1}', []),
        ('Never say "as an AI".', "Well, as an AI I cannot.", [(Breaks.FORBIDDEN, "as an AI")]),
        ('Never start with "Sure".', "I am sure.", []),
        ('Never start with "Sure".', "Sure, I can.", [(Breaks.FORBIDDEN, "Sure")]),
    ],
)
def test_breaches(rules: str, answer: str, expected: list[tuple[Breaks, str]]) -> None:
    assert broken(rules, answer) == expected


def test_a_bad_example_and_a_template_break_nothing() -> None:
    for answer in (
        "<bad_example>\nInput: a\nOutput: one two three\n</bad_example>",
        "<example>\nInput: a\nOutput: {{ x }} is it\n</example>",
    ):
        view = View(plain(f"Answer in one word.\n\n{answer}\n"), len)
        assert [breaches(shot, declared(view), view.text) for shot in shots(view)] == [()]


def test_labels_of_examples() -> None:
    text = (
        "Classify into one of: billing, shipping.\n\nText: a\nLabel: billing\n\nText: b\nLabel: Shipping.\n\n"
        "Text: c\nLabel: returns\n\nText: d\nLabel: billing because of money\n"
    )
    view = View(plain(text), len)
    found = shots(view)
    (labels,) = declared(view).labels
    assert concerns(labels, found, text)
    assert [b.found for shot in found[:3] for b in label_breaches(shot, labels, text)] == ["returns"]
    assert not mentioned("returns", text, found)
    assert mentioned("billing", text, found)
    more = more_than_label(found[3], labels, text)
    assert more is not None
    assert more.wanted == "billing"
    assert more_than_label(found[0], labels, text) is None


def test_a_set_that_is_about_something_else() -> None:
    text = (
        "Check first: is it spam? Answer yes or no.\n\nText: a\nLabel: billing\n\nText: b\nLabel: shipping\n"
    )
    view = View(plain(text), len)
    assert not concerns(declared(view).labels[0], shots(view), text)


def test_json_that_is_cut_off() -> None:
    view = View(plain('<example>\nInput: a\nOutput: {"a": "b", "c": "d\n</example>\n'), len)
    assert [cut_off(shot) is not None for shot in shots(view)] == [True]


# --- counting and languages -----------------------------------------------------------------------


def test_counts() -> None:
    assert lengths.words("It's a well-known fact - 3.5 % of 1,000.") == 7
    assert lengths.words("你好世界") == 4
    assert lengths.sentences("One. Two! Three?") == 3
    assert lengths.lines("a\n\nb\n") == 2
    assert lengths.paragraphs("a\nb\n\nc\n\n\nd") == 3
    assert lengths.items("- a\n- b\n1. c\ntext") == 3


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("The cat sat on the mat and it was happy with that.", {"en"}),
        ("Der Hund ist nicht in dem Haus und die Katze auch nicht.", {"de"}),
        ("Le chat est dans la maison et il ne veut pas sortir.", {"fr"}),
        ("El perro no está en la casa y el gato se fue con los niños.", {"es"}),
        ("これは日本語の文章です", {"ja"}),
        ("这是一个中文句子", {"zh", "ja"}),
        ("Это предложение на русском языке", {"ru", "uk", "bg"}),
        ("42", set()),
        ("foo bar baz qux quux corge grault", set()),
        ("print(x) for the win", set()),
    ],
)
def test_language(text: str, codes: set[str]) -> None:
    assert language(text) == codes


# --- laws -----------------------------------------------------------------------------------------

PIECES = (
    *(
        "Answer in ",
        "at most ",
        "5 words",
        "one of: ",
        "a, b or c",
        "Categories:",
        "\n- a",
        "\n- b: c",
        "German",
        ".",
    ),
    *(
        "Return JSON with the keys ",
        "`a`",
        " and ",
        '"b"',
        "\n",
        "\n\n",
        '{"a": ',
        '"string"',
        "}",
        "```json\n",
        "```",
    ),
    *(
        "only ",
        "no markdown",
        "Never say ",
        '"x"',
        "If ",
        "{{ s }}",
        "between 3 and ",
        "<example>\n",
        "</example>\n",
    ),
    *("Input: a\nOutput: b\n", "|", "[", "é", "properties", '"type": "object"'),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)


@given(TEXTS)
def test_all_places_lie_within_and_nothing_raises(text: str) -> None:
    view = View(plain(text), len)
    wanted = declared(view)
    for kind in (
        wanted.schemas,
        wanted.labels,
        wanted.limits,
        wanted.languages,
        wanted.formats,
        wanted.forbidden,
    ):
        for item in kind:
            assert isinstance(item.at, Span)
            assert item.at.end <= len(text)
    for shot in shots(view):
        for breach in breaches(shot, wanted, text):
            assert shot.span.contains(breach.at)


@given(st.integers(1, 999), st.sampled_from([unit for unit in Unit if unit is not Unit.ITEMS]))
def test_prose_around_changes_no_limit(count: int, unit: Unit) -> None:
    rule = f"Answer in at most {count} {unit.value}."
    alone, framed = of(rule).limits, of(f"You are kind.\n\n{rule}\n\nGo on now.").limits
    assert [(limit.unit, limit.low, limit.high, limit.of) for limit in framed] == [(unit, None, count, "")]
    assert alone == tuple(
        Limit(Span(x.at.start - 15, x.at.end - 15), x.unit, x.low, x.high, x.of) for x in framed
    )


HOSTILE = {
    "one line": "Answer in at most 5 words " * 40_000,
    "sentences": "Answer in at most 5 words. " * 20_000,
    "one of": "Classify into one of: " + "a, " * 200_000,
    "ones": "one of " * 100_000,
    "spaces": "Return JSON with keys:" + " " * 500_000 + "x",
    "colons": "a:\n" * 100_000,
    "leads": "Categories:\n- a\n" * 30_000,
    "quotes": 'Never say "' * 50_000,
    "braces": "Return JSON in this format:\n" + "{" * 300_000,
    "backticks": "Return JSON with the keys " + "`a`, " * 100_000,
    "numbers": "Answer in " + "9" * 500_000 + " words",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read(name: str) -> None:
    """No error, and no square law: the suite's own limit would stop it."""
    wanted = of(HOSTILE[name])
    assert name != "sentences" or len(wanted.limits) == 20_000


def test_a_schema_that_refers_to_itself_is_read_once() -> None:
    inner = ", ".join(f'"k{number}": {{"$ref": "#/$defs/R"}}' for number in range(20))
    text = (
        'Your output must follow this JSON schema:\n{"type": "object", "properties": {"r": {"$ref": "#/$defs/R"}}, '
        f'"$defs": {{"R": {{"type": "object", "properties": {{{inner}}}}}}}}}\n'
    )
    assert len(of(text).schemas) == 1


def test_a_prompt_without_a_call_declares_no_tools() -> None:
    prompt = Prompt("p.txt", Source("p.txt", "", SourceKind.TEXT), ())
    assert declared(View(prompt, len)) == Declared()
