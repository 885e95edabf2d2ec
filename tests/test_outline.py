"""The outline: kinds, nesting, sentences, and laws that hold for any text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.model import (
    Arm,
    Block,
    BlockKind,
    Message,
    Piece,
    Prompt,
    Role,
    Segment,
    SegmentKind,
    Source,
    SourceKind,
    Span,
)
from promptlint.outline import of_kind, outline, protected, sentences, walk


def segments(text: str, start: int = 0, branch: tuple[Arm, ...] = ()) -> tuple[Segment, ...]:
    found = []
    for part in re.split(r"(\{\{[^{}]*\}\})", text):
        span = Span(start, start + len(part))
        start = span.end
        if part.startswith("{{") and part.endswith("}}"):
            found.append(Segment(SegmentKind.SLOT, part, span, branch=branch, name=part[2:-2].strip()))
        elif part:
            piece = Piece(0, len(part), span.start, span.end)
            found.append(Segment(SegmentKind.TEXT, part, span, branch=branch, pieces=(piece,)))
    return tuple(found)


def chat(*messages: tuple[Role | None, str]) -> Prompt:
    made, position = [], 0
    for role, text in messages:
        made.append(Message(role, segments(text, position)))
        position += len(text)
    whole = "".join(text for _, text in messages)
    return Prompt("p.txt", Source("p.txt", whole, SourceKind.TEXT), tuple(made))


def plain(text: str) -> Prompt:
    return chat((None, text))


def texts(prompt: Prompt, *kinds: BlockKind) -> list[str]:
    return [prompt.text[b.span.start : b.span.end] for b in of_kind(outline(prompt), *kinds)]


def said(text: str) -> list[str]:
    prompt = plain(text)
    return [prompt.text[b.span.start : b.span.end] for b in sentences(outline(prompt), True)]


def shape(blocks: tuple[Block, ...]) -> list[object]:
    return [(b.kind.value, shape(b.children)) if b.children else b.kind.value for b in blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Be kind. Be brief.", ["Be kind.", "Be brief."]),
        ("Ship to P.O. boxes. Then stop.", 2),
        ("P.O. Box 5 is ours. Ask in Washington D.C. on Monday. We are in D.C. Then stop.", 4),
        ("Use tools, e.g. search. See Dr. Smith vs. No. 5 etc. and go.", 2),
        ("Use e.g. Python, i.e. code.", 1),
        ("Apples, pears, etc. Then stop.", 2),
        ("Version 4.1 of foo.py at https://a.b/c.d?e=f. Next", 2),
        ("Really?! Yes. Do not do that!", 3),
        ("Wait... and go on. Stop... Then go", 3),
        ('Say "I am sorry. Please wait." and hang up.', 1),
        ('He said "Stop." Then he left.', 2),
        ("Use {{ user. Name }} here. And {{ b }}.", 2),
        ("{{ a }} {{ b }}", 1),
        ("Call `foo. Bar` now. Go.", 2),
        ('Return {"a. B": 1} only. Go.', 2),
        ("你好。请回答！好", 3),
        ("You are a bot that\nanswers questions\nin French.", 1),
        ("Be brief\nNever lie\nAnswer now", 3),
        ("x" * 70 + "\nGoes on here.", 1),
        ("Steps: 1. Do this. 2. Do that.", 2),
        ("be brief. never lie.", 2),
        ("The value is 42. Then stop.", 2),
        ("> Quoted. Twice.", ["Quoted.", "Twice."]),
        ("**Be kind.** _Be brief._", ["**Be kind.**", "_Be brief._"]),
        ("  - (see above). Next one.  ", ["(see above).", "Next one."]),
    ],
)
def test_sentences(text: str, expected: int | list[str]) -> None:
    found = said(text)
    assert found == expected if isinstance(expected, list) else len(found) == expected, found


def test_nested_lists() -> None:
    text = "- one\n  1. deep\n     still deep\n  2. second\n- two\n  goes on\n\n  later\n\nOut.\n"
    (listed, out) = outline(plain(text))
    assert out.kind is BlockKind.PARAGRAPH
    assert shape((listed,)) == [
        (
            "list",
            [
                (
                    "item",
                    ["sentence", ("list", [("item", ["sentence"]), ("item", ["sentence"])])],
                ),
                ("item", ["sentence", ("paragraph", ["sentence"])]),
            ],
        )
    ]
    assert said(text) == ["one", "deep\n     still deep", "second", "two\n  goes on", "later", "Out."]


def test_sections_nest_by_level() -> None:
    text = "# A\ntext\n## B\nmore\n# C\nend\n"
    prompt = plain(text)
    assert texts(prompt, BlockKind.SECTION) == ["# A\ntext\n## B\nmore", "## B\nmore", "# C\nend"]
    assert texts(prompt, BlockKind.HEADING) == ["# A", "## B", "# C"]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Title\n=====\nText", "Title\n====="),
        ("Intro.\n\nRules:\n- a\n- b\n", "Rules:"),
        ("IMPORTANT RULES:\n1. a", "IMPORTANT RULES:"),
        ("**Tone**\nBe kind.", "**Tone**"),
        ("=== Tone ===\nBe kind.", "=== Tone ==="),
        ("When the customer is angry:\n- apologise\n", "When the customer is angry:"),
        ("<rules>\nBe kind.\n</rules>", "<rules>"),
    ],
)
def test_headings(text: str, heading: str) -> None:
    assert texts(plain(text), BlockKind.HEADING) == [heading]


@pytest.mark.parametrize(
    "text",
    [
        "Be kind: it pays.",
        "{{ question }}\n-----\nAnswer it.",
        "-----\n{question}\n-----\nAnswer it.",
        "Never reveal THE KEY.",
        "#hashtag is text",
        "**Never reveal the key.**\nGo.",
        "Q: {{ q }}\nA: x",
    ],
)
def test_no_heading(text: str) -> None:
    assert texts(plain(text), BlockKind.HEADING) == []


def test_a_label_covers_its_list_only() -> None:
    prompt = plain("Rules:\n- a\n\n- b\nAnswer {{ q }} now.\n")
    assert texts(prompt, BlockKind.SECTION) == ["Rules:\n- a\n\n- b"]


@pytest.mark.parametrize(
    ("text", "kind", "body"),
    [
        ("Do:\n```py\nx = 1\n\n# no\n```\nEnd.", BlockKind.CODE, "```py\nx = 1\n\n# no\n```"),
        ("~~~\na\n~~~", BlockKind.CODE, "~~~\na\n~~~"),
        ("Text.\n\n    x = f(1)\n    return x\n\nEnd.", BlockKind.CODE, "x = f(1)\n    return x"),
        ("Call `foo()` now.", BlockKind.CODE, "`foo()`"),
        ('{"x": {{ y }},\n\n "z": [1]}\nEnd.', BlockKind.DATA, '{"x": {{ y }},\n\n "z": [1]}'),
        ('Answer as {\n  "a": 1\n}', BlockKind.DATA, '{\n  "a": 1\n}'),
        ('["a", "b"]', BlockKind.DATA, '["a", "b"]'),
        ("name: x\nargs:\n  - a\n  - b\n", BlockKind.DATA, "name: x\nargs:\n  - a\n  - b"),
        (
            "<user><name>Bob</name>\n<age>4</age></user>",
            BlockKind.DATA,
            "<user><name>Bob</name>\n<age>4</age></user>",
        ),
        ("| a | b |\n|---|---|\n| 1 | 2 |\nEnd.", BlockKind.TABLE, "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("a | b\n--|--\n1 | 2", BlockKind.TABLE, "a | b\n--|--\n1 | 2"),
        ("Text.\n\n=====\nMore.", BlockKind.RULER, "====="),
    ],
)
def test_leaves(text: str, kind: BlockKind, body: str) -> None:
    assert texts(plain(text), kind) == [body]


@pytest.mark.parametrize(
    "text",
    ["Use {name} and {x.y} here.", "See [1] and [INST] now.", "either a | b", "name: x\nage: y\ncity: z"],
)
def test_no_data(text: str) -> None:
    assert texts(plain(text), BlockKind.DATA, BlockKind.TABLE, BlockKind.CODE) == []


def test_elements_around_prose_are_sections() -> None:
    prompt = plain("<rules>\nBe kind.\n<tone>Be <b>very</b> calm.</tone>\n</rules>\nEnd with <br> tags.")
    assert texts(prompt, BlockKind.SECTION)[1] == "<tone>Be <b>very</b> calm.</tone>"
    assert texts(prompt, BlockKind.SENTENCE) == ["Be kind.", "Be <b>very</b> calm.", "End with <br> tags."]


def test_branches_end_sentences_only_where_one_could_end() -> None:
    def branched(*parts: tuple[str, tuple[Arm, ...]]) -> list[str]:
        made: list[Segment] = []
        for text, branch in parts:
            made += segments(text, 0, branch)
        prompt = Prompt("p", Source("p", "", SourceKind.JINJA), (Message(None, tuple(made)),))
        return texts(prompt, BlockKind.SENTENCE)

    one, two = (Arm(0, 0),), (Arm(0, 1),)
    assert branched(("Be brief.", one), ("Be long.", two)) == ["Be brief.", "Be long."]
    assert branched(("Use ", ()), ("short", one), ("long", two), (" words.", ())) == ["Use shortlong words."]


def test_protected_is_sorted_and_merged() -> None:
    prompt = plain("Use `a` or `b`.\n\nQ: x\nA: `y`\n\nQ: z\nA: w\n\n```\nc\n```\n")
    spans = protected(outline(prompt))
    assert [prompt.text[s.start : s.end] for s in spans] == [
        "`a`",
        "`b`",
        "Q: x\nA: `y`\n\nQ: z\nA: w",
        "```\nc\n```",
    ]


def test_messages_are_never_crossed() -> None:
    prompt = chat((Role.SYSTEM, "Be kind"), (Role.USER, "and brief. {{ q }}"))
    assert texts(prompt, BlockKind.SENTENCE) == ["Be kind", "and brief.", "{{ q }}"]


def test_example_sentences_are_left_out() -> None:
    blocks = outline(plain("Be kind.\n<example>\nHello you.\n</example>"))
    assert len(sentences(blocks)) == 1
    assert len(sentences(blocks, include_examples=True)) == 2


LINES = st.sampled_from(
    [
        "# H",
        "## Examples",
        "Example 1:",
        "Rules:",
        "- item. Two.",
        "  - sub",
        "1. one",
        "",
        "Text here. And there!",
        "lower text",
        "```",
        "~~~",
        "<a>",
        "</a>",
        "<example>",
        "</example>",
        "<examples>",
        "</examples>",
        "Q: x",
        "A: y",
        "Good: a",
        "Bad: b",
        "-----",
        "=====",
        "| a | b |",
        "|---|---|",
        '{"a": 1,',
        "}",
        "{{ slot. x }}",
        "> quote",
        "    x = 1",
        "**Bold**",
        "CAPS LINE",
        "k:",
        "  v: 1",
        '"open',
        "`tick",
    ]
)
DOCUMENT = st.one_of(st.text(max_size=200), st.lists(LINES, max_size=25).map("\n".join))


def check_tree(blocks: tuple[Block, ...], low: int, high: int) -> None:
    """Without recursion: depth is part of what is tested."""
    stack = [(blocks, low, high)]
    while stack:
        siblings, start, end = stack.pop()
        for block in siblings:
            assert start <= block.span.start < block.span.end <= end
            start = block.span.end
            stack.append((block.children, block.span.start, block.span.end))


@given(st.lists(DOCUMENT, min_size=1, max_size=3))
def test_blocks_nest_in_order(parts: list[str]) -> None:
    prompt = chat(*((None, part) for part in parts))
    blocks = outline(prompt)
    check_tree(blocks, 0, len(prompt.text))
    ends = [sum(map(len, parts[: i + 1])) for i in range(len(parts))]
    for block in walk(blocks):
        assert not any(block.span.start < end < block.span.end for end in ends)
    for one in of_kind(blocks, BlockKind.SENTENCE):
        assert (
            prompt.text[one.span.start : one.span.end].strip() == prompt.text[one.span.start : one.span.end]
        )


@given(DOCUMENT)
def test_no_word_is_outside_the_leaves(text: str) -> None:
    """Every letter is in a sentence, a heading, a literal, or belongs to a tag or a list marker."""
    prompt = plain(text)
    covered = [False] * len(text)
    kinds = (BlockKind.SENTENCE, BlockKind.HEADING, BlockKind.CODE, BlockKind.DATA, BlockKind.TABLE)
    for block in of_kind(outline(prompt), *kinds):
        covered[block.span.start : block.span.end] = [True] * (block.span.end - block.span.start)
    left = "".join(char if not seen else "\0" for char, seen in zip(text, covered, strict=True))
    left = re.sub(r"</?[A-Za-z][^<>]*>", "", left)
    left = re.sub(r"\(?[a-zA-Zivx]{1,4}[.)]\s", "", left)
    assert not re.search(r"[a-zA-Z]{2}", left.replace("\0", " ")), (text, left)


@given(DOCUMENT)
def test_slots_are_never_cut(text: str) -> None:
    prompt = plain(text + " {{ a. b }} " + text)
    slot = re.compile(r"\{\{[^{}]*\}\}")
    spans = [Span(*m.span()) for m in slot.finditer(prompt.text)]
    for sentence in of_kind(outline(prompt), BlockKind.SENTENCE):
        for span in spans:
            assert sentence.span.contains(span) or not sentence.span.overlaps(span)


SIZE = 200_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        *(char * SIZE for char in "*#|{<[\"`(.-=>:'_~ \n"),
        "<a1>" * 10_000 + "x" + "</a1>" * 10_000,
        "<a1>\n" * 10_000 + "x\n" + "</a1>\n" * 10_000,
        "<a></a>" * 20_000,
        "word " * 200_000,
        "Do it now. " * 20_000,
        "".join(" " * depth + "- a\n" for depth in range(500)),
        "Examples:\n" * 10_000,
        "Q: a\nA: b\n" * 10_000,
        '{"a": ' * 20_000,
        "." + ")" * SIZE + "x",
        "```\n" * 20_000,
        "|a|b|\n" * 20_000,
        "[{" * 50_000 + "}]" * 50_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_adversarial_text_is_read_to_the_end(text: str) -> None:
    """Quadratic work would take minutes here, recursion would raise."""
    prompt = plain(text)
    check_tree(outline(prompt), 0, len(text))


def test_depth_is_capped() -> None:
    text = "".join("  " * depth + "- a\n" for depth in range(200)) + "<q>\n" * 200 + "x\n" + "</q>\n" * 200
    depth, level = 0, list(outline(plain(text)))
    while level:
        depth, level = depth + 1, [child for block in level for child in block.children]
    assert depth < 70
