"""The round trip of scripts/trial/roundtrip.py: that it passes what is right, and fails on every planted fault."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from promptlint.extract import extract, kind_of
from promptlint.model import Codec, Extraction, Passed, Piece, Prompt, SegmentKind, Source, SourceKind, Span

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "trial"))

import literals  # noqa: E402
from probe import probe  # noqa: E402
from readback import read_back  # noqa: E402
from recall import candidates, drawn  # noqa: E402
from roundtrip import Trial, examine  # noqa: E402
from shape import shape  # noqa: E402
from trees import Job  # noqa: E402

PYTHON = 'SYSTEM_PROMPT = "You sort the mail of a shop.\\nBe quick, and never open a parcel."\n'
YAML = """messages:
  - role: system
    content: >
      You sort the mail of a shop.
      Be quick, and never open a parcel.
"""
TEXTS = {
    "a.py": PYTHON,
    "bom.py": "\ufeff# – é\n" + PYTHON.replace("\n", "\r\n"),
    "f.py": 'def f(x):\n    prompt = f"""You sort {x} of {{a}} shop – the mäil.\n    Be quick."""\n    return prompt\n',
    "x.prompt.yaml": YAML,
    "x.prompt.json": json.dumps(
        {"messages": [{"role": "system", "content": 'Sort the "mäil" of 🐙.\nQuick!'}]}
    ),
    "system_prompt.md": "---\ndescription: 'It''s for mail'\n---\nYou sort {{ mail }}.\r\nBe quick.\r\n",
    "x.prompt.j2": "You sort {{ mail }} {%- if x %} fast {% endif %}{# no #}\r\nBe quick.\r\n",
}


def source(name: str, text: str) -> Source:
    kind = kind_of(name)
    assert kind is not None
    return Source(name, text, kind)


def prompts(name: str) -> tuple[Source, tuple[Prompt, ...]]:
    made = source(name, TEXTS[name])
    found = extract(made).prompts
    assert found
    return made, found


def first_text(prompt: Prompt) -> int:
    return next(i for i, each in enumerate(prompt.messages[0].segments) if each.kind is SegmentKind.TEXT)


def changed(prompt: Prompt, **values: object) -> Prompt:
    """The prompt with its first TEXT segment replaced."""
    message = prompt.messages[0]
    index = first_text(prompt)
    segments = list(message.segments)
    segments[index] = replace(segments[index], **values)  # type: ignore[arg-type]  # any field
    return replace(prompt, messages=(replace(message, segments=tuple(segments)), *prompt.messages[1:]))


def moved(piece: Piece, by: int) -> Piece:
    return replace(piece, source_start=piece.source_start + by, source_end=piece.source_end + by)


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_right_reads_back(name: str) -> None:
    made, found = prompts(name)
    reading = read_back(made, found)
    assert (reading.wrong, reading.unread) == ([], 0)
    assert reading.runs == sum(each.kind is SegmentKind.TEXT for item in found for each in item.segments)


@pytest.mark.parametrize("name", TEXTS)
def test_a_span_that_is_one_off_is_seen(name: str) -> None:
    made, (first, *rest) = prompts(name)
    segment = first.messages[0].segments[first_text(first)]
    span = Span(segment.span.start + 1, segment.span.end + 1)
    wrong = changed(first, span=span, pieces=tuple(moved(piece, 1) for piece in segment.pieces))
    assert read_back(made, [wrong, *rest]).wrong


@pytest.mark.parametrize("name", TEXTS)
def test_a_wrong_decoding_is_seen(name: str) -> None:
    """The pieces claim to be atomic, so that only the container's parser can tell."""
    made, (first, *rest) = prompts(name)
    segment = first.messages[0].segments[first_text(first)]
    pieces = tuple(replace(piece, verbatim=False) for piece in segment.pieces)
    wrong = changed(first, text=segment.text.swapcase(), pieces=pieces)
    assert read_back(made, [wrong, *rest]).wrong


def test_an_escape_that_was_not_decoded_is_seen() -> None:
    made = source("a.py", 'SYSTEM_PROMPT = "You sort\\nthe mail of a shop."\n')
    (prompt,) = extract(made).prompts
    raw = "You sort\\nthe mail of a shop."
    wrong = changed(prompt, text=raw, pieces=(Piece(0, len(raw), 17, 17 + len(raw)),))
    assert read_back(made, [prompt]).wrong == []
    assert "does not say" in read_back(made, [wrong]).wrong[0]


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ((Piece(0, 5, 1, 6), Piece(6, 9, 7, 10)), "do not tile"),
        ((Piece(0, 5, 1, 6),), "do not tile"),
        ((Piece(0, 5, 1, 6), Piece(5, 9, 0, 4)), "out of order"),
        ((Piece(0, 9, 2, 11),), "verbatim piece"),
        ((Piece(0, 5, 1, 6), Piece(5, 9, 7, 11)), "text between two pieces"),
    ],
)
def test_pieces_that_do_not_fit_are_seen(pieces: tuple[Piece, ...], told: str) -> None:
    made = Source("a.py", "'Sort mail' # no more", SourceKind.PYTHON)
    segment = extract(source("b.py", PYTHON)).prompts[0].segments[0]
    segment = replace(segment, text="Sort mail", span=Span(1, 10), pieces=pieces)
    base = extract(source("b.py", PYTHON)).prompts[0]
    prompt = replace(base, id="a.py", source=made, messages=(replace(base.messages[0], segments=(segment,)),))
    assert told in " ".join(read_back(made, [prompt]).wrong)


def test_two_prompts_of_one_place_or_name_are_seen() -> None:
    made, (prompt,) = prompts("a.py")
    wrong = read_back(made, [prompt, prompt]).wrong
    assert "ids are not unique" in wrong[0]
    assert any("overlap" in fault for fault in wrong)


def test_segments_out_of_order_are_seen() -> None:
    made, (prompt,) = prompts("f.py")
    message = prompt.messages[0]
    turned = replace(prompt, messages=(replace(message, segments=message.segments[::-1]),))
    assert "not in order" in " ".join(read_back(made, [turned]).wrong)


# --- the whole of one file ------------------------------------------------------------------


FULL = Trial()


def trial(tmp_path: Path, name: str, data: bytes, trial: Trial = FULL) -> list[str]:
    (tmp_path / name).write_bytes(data)
    outcome = examine(Job(tmp_path, name), trial)
    return [*outcome.faults, *outcome.mismatches]


@pytest.mark.parametrize("name", TEXTS)
def test_all_laws_hold(tmp_path: Path, name: str) -> None:
    assert trial(tmp_path, name, TEXTS[name].encode()) == []


def test_a_fix_is_counted(tmp_path: Path) -> None:
    (tmp_path / "system_prompt.md").write_text(
        "You sort mail. In order to help, be quick. In order to win, run.\n"
    )
    outcome = examine(Job(tmp_path, "system_prompt.md"))
    assert (outcome.applied, outcome.refused, outcome.probed, outcome.faults) == (2, [], 1, [])


def test_a_file_that_cannot_be_read_is_told_and_no_fault(tmp_path: Path) -> None:
    (tmp_path / "system_prompt.md").write_bytes(b"\xff\xfeYou")
    outcome = examine(Job(tmp_path, "system_prompt.md"))
    assert (outcome.problems, outcome.faults) == (["SRC001"], [])


def crash(source: Source) -> Extraction:
    raise KeyError(source.path)


def hang(source: Source) -> Extraction:
    while True:
        pass


def beyond(source: Source) -> Extraction:
    return Extraction(passed=(Passed(Span(0, 10**6), "too far"),))


@pytest.mark.parametrize(
    ("extractor", "told"),
    [(crash, "crash: KeyError"), (hang, "hang: more than"), (beyond, "outside of the file")],
)
def test_a_crash_a_hang_and_a_place_that_is_not_there_are_faults(
    tmp_path: Path, extractor: object, told: str
) -> None:
    planted = Trial(seconds=0.05, extract=extractor)  # type: ignore[arg-type]  # a table of functions
    assert told in trial(tmp_path, "a.py", PYTHON.encode(), planted)[0]


def test_the_command_says_all_and_exits_by_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PYTHON)
    (tmp_path / "b.py").write_text("x = 1\n")
    (tmp_path / "c.bin").write_bytes(b"\0")
    command = [sys.executable, str(ROOT / "scripts" / "trial" / "roundtrip.py"), str(tmp_path), "--json"]
    done = subprocess.run([*command, str(tmp_path / "out")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| total | 2 | 1 | 1 | 1 | 0 | 0 |" in done.stdout
    (rows,) = json.loads((tmp_path / "out").read_text()).values()
    assert [(row["path"], row["kind"], row["prompts"]) for row in rows] == [
        ("a.py", "python", 1),
        ("b.py", "python", 0),
    ]


def test_a_probe_edits_words_and_reads_them_back() -> None:
    made, found = prompts("x.prompt.json")
    probed = probe(made, found)
    assert (probed.tried, probed.unspelt, probed.refused, probed.wrong) == (1, 0, [], [])


def test_a_probe_that_the_container_cannot_spell_is_counted() -> None:
    made, (prompt,) = prompts("a.py")
    assert probe(made, [changed(prompt, codec=Codec(editable=False))]).unspelt == 1


# --- shapes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "before", "after", "same"),
    [
        ("a.py", "x = f('a', 1)", "x = f('b' 'c', 1)", True),
        ("a.py", "x = f('a', 1)", "x = f('b', 2)", False),
        ("a.py", "x = f'{a} b'", "x = f'c {a}'", True),
        ("a.py", "x = f'{a} b'", "x = f'{c} b'", False),
        ("a.yaml", "a: [b, 1]", "a: ['c', 2]", False),
        ("a.yaml", "a: [b, 1]", "a: [c, 1]", True),
        ("a.yaml", "a: b", "c: b", False),
        ("a.json", '{"a": "b", "c": 1}', '{"a": "d", "c": 1}', True),
        ("a.json", '{"a": "b", "c": 1}', '{"a": "b", "c": 1.0}', False),
        ("a.jsonl", '{"a": "b"}\n{}', '{"a": "c"}\n{}\n', True),
        ("a.jsonl", '{"a": "b"}\n{}', '{"a": "b"}', False),
    ],
)
def test_a_shape_is_all_but_strings(name: str, before: str, after: str, same: bool) -> None:
    assert (shape(source(name, before)) == shape(source(name, after))) is same


def cell(code: str, **more: object) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": code.splitlines(True), **more}]})


def test_the_shape_of_a_notebook_is_its_code_and_all_else_exactly() -> None:
    before = source("a.ipynb", cell("%pip x\nf('a')\n", outputs=["x"]))
    assert shape(before) == shape(source("a.ipynb", cell("%pip x\nf('''b\nc''')\n", outputs=["x"])))
    assert shape(before) != shape(source("a.ipynb", cell("%pip x\nf('a')\n", outputs=["y"])))
    assert shape(before) != shape(source("a.ipynb", cell("%pip x\ng('a')\n", outputs=["x"])))


# --- literals -------------------------------------------------------------------------------


def said(found: list[literals.Literal], text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[each.start : each.end], each.texts) for each in sorted(found, key=lambda each: each.start)]


def test_python_literals() -> None:
    text = "\ufeffé = 'ä\\n' \"b\"\r\nc = f'{é} {{x}}'\r\n'-'.join(['p', q])\r\n"
    assert said(literals.python(text), text) == [
        ("'ä\\n' \"b\"", ("ä\nb",)),
        ("f'{é} {{x}}'", (" {x}",)),
        ("'-'", ("-",)),
        ("'p'", ("p",)),
        (", ", ("-",)),
    ]


def test_notebook_literals_span_the_strings_of_a_cell() -> None:
    text = cell("!ls '\nx = '''a\n\"é\"'''\n")
    assert said(literals.notebook(text), text) == [("'''a\\n\", \"\\\"\\u00e9\\\"'''", ('a\n"é"',))]


def test_script_literals() -> None:
    text = "// é\nconst a = `x\\n${f(`in`)} \\u{1F419}`, b = 'it\\'s';"
    assert said(literals.script(text), text) == [
        ("`x\\n${f(`in`)} \\u{1F419}`", ("x\n", " 🐙")),
        ("`in`", ("in",)),
        ("'it\\'s'", ("it's",)),
    ]


def test_poml_literals() -> None:
    text = "<role>Sort &amp; é</role><!-- no --> <p>x</p>"
    assert [texts for _, texts in said(literals.poml(text), text)] == [("Sort & é",), (" ",), ("x",)]
    assert said(literals.poml(text), text)[0][0] == "Sort &amp; é"
    with pytest.raises(literals.UNREADABLE):
        literals.poml("<!DOCTYPE r [<!ENTITY a 'b'>]><p>&a;</p>")


def test_front_matter_and_json_literals() -> None:
    front = "---\na: 'it''s'\n---\nbody"
    assert said(literals.yaml_front(front), front)[1] == ("'it''s'", ("it's",))
    assert literals.json_strings('{"a": "\\u00e9"}')[1] == literals.Literal(6, 14, ("é",))
    assert said(literals.json_lines('"a\n{"b": "c"}\n'), '"a\n{"b": "c"}\n')[1] == ('"c"', ("c",))


def test_documents_in_strings_of_yaml() -> None:
    text = "a: '[{\"b\": \"it''s\"}]'\nc: |\n  - role: user\n"
    found = literals.nested(text, literals.yaml_scalars)
    assert said(found, text)[1] == ("'[{\"b\": \"it''s\"}]'", ("b", "it's"))
    assert said(found, text)[3][1] == ("role", "user")


# --- recall ---------------------------------------------------------------------------------

LONG = "You sort the mail of a shop. " * 10


def counted(code: str, spans: tuple[Span, ...] = ()) -> list[tuple[str, str, bool]]:
    made = Source("a.py", code, SourceKind.PYTHON)
    return [(each.kind, each.form, each.taken) for each in candidates(made, spans, "why")]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (f"f(system={LONG!r})", "system="),
        (f"x = [{{'role': 'user', 'content': {LONG!r}}}]", "role dictionary"),
        (f"x = [('system', {LONG!r})]", "role tuple"),
        (f"x = PromptTemplate({LONG!r})", "PromptTemplate()"),
        (f"SORT_PROMPT = dedent(f'''{{a}} {LONG}''')", "constant"),
        (f"self.template: str = {LONG!r} + a + {LONG!r}", "constant"),
        (f"x.system = {LONG!r} % a", "constant"),
    ],
)
def test_a_long_text_where_prompts_stand_is_counted(code: str, kind: str) -> None:
    assert counted(code) == [(kind, "", False)]


@pytest.mark.parametrize(
    "code",
    [
        f"text = {LONG!r}",
        "PROMPT = 'Sort the mail.'",
        f"def prompt():\n    {LONG!r}",
        f"x = {{'content': {LONG!r}}}",
        f"PROMPT = load({LONG!r})",
        "PROMPT = (",
    ],
)
def test_other_texts_are_not_counted(code: str) -> None:
    assert counted(code) == []


def test_what_covers_half_of_a_text_has_taken_it() -> None:
    code = f"PROMPT = {LONG!r}"
    assert counted(code, (Span(10, 10 + len(LONG)),)) == [("constant", "", True)]
    assert counted(code, (Span(10, 60),)) == [("constant", "", False)]


def test_the_form_tells_what_is_no_prompt() -> None:
    assert counted(f"TEMPLATE = '''<html>{LONG}'''")[0][1] == "HTML or XML"


def test_a_sample_is_drawn_evenly_and_again_the_same() -> None:
    taken = {
        "big": [(f"b{i}", "python" if i % 2 else "yaml", "x") for i in range(100)],
        "small": [("s", "python", "x")],
    }
    found = drawn(taken, 5, seed=3)
    assert found == drawn(taken, 5, seed=3)
    assert sorted(name for name, *_ in found) == ["big", "big", "big", "big", "small"]
    assert {kind for name, _, kind, _ in found if name == "big"} == {"python", "yaml"}
    assert len(drawn(taken, 1000, seed=1)) == 101
