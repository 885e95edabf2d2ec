"""Notebooks: what is found in their code, where it stands in the JSON, and how an edit is written back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from promptlint import suppress
from promptlint.errors import ProofError
from promptlint.extract import Options, extract
from promptlint.locate import location, replaced, source_edits, source_range
from promptlint.model import (
    Edit,
    Extraction,
    Finding,
    Location,
    Passed,
    Prompt,
    Role,
    SegmentKind,
    Severity,
    Source,
    SourceKind,
    Span,
)
from promptlint.proof import prove

CALL = 'client.chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": PROMPT}])\n'
RULES = 'PROMPT = """You sort the mail of a shop.\nBe brief.\n"""\n'


def code(text: str, **fields: Any) -> dict[str, Any]:
    """A code cell with its source as a list of lines."""
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []}
    return {**cell, "source": text.splitlines(keepends=True), **fields}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def notebook(*cells: dict[str, Any], indent: int | None = 1, **metadata: Any) -> str:
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"


def source(text: str, path: str = "mail.ipynb", named: bool = False) -> Source:
    return Source(path, text, SourceKind.NOTEBOOK, named)


def read(*cells: dict[str, Any], **metadata: Any) -> Extraction:
    return extract(source(notebook(*cells, **metadata)))


def only(text: str) -> Prompt:
    (prompt,) = extract(source(text)).prompts
    return prompt


def applied(prompt: Prompt, old: str, new: str) -> str:
    start = prompt.text.index(old)
    edits = source_edits(prompt, Edit(Span(start, start + len(old)), new))
    assert edits is not None
    return replaced(prompt.source.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])


# --- what is found --------------------------------------------------------------------------


def test_a_constant_of_one_cell_is_followed_to_the_call_in_another() -> None:
    prompt = only(notebook(code(RULES), markdown("# Now ask\n"), code(CALL)))
    assert prompt.id == "mail.ipynb::PROMPT"
    assert prompt.text == "You sort the mail of a shop.\nBe brief.\n"
    assert prompt.messages[0].role is Role.SYSTEM
    model = prompt.call.get("model")
    assert model is not None
    assert (model.value, prompt.source.text[model.span.start : model.span.end]) == ("gpt-4o", '\\"gpt-4o\\"')


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("listed", [True, False])
def test_every_piece_is_where_the_file_spells_it(indent: int | None, listed: bool) -> None:
    cell = code(
        'x = "é\\n"\nPROMPT = f"""You are a \\"{kind}\\" bot.\n\n\tUse \\N{BULLET} as a bullet.\n"""\n'
    )
    if not listed:
        cell["source"] = "".join(cell["source"])
    prompt = only(notebook(code("import a\n"), cell, indent=indent))
    assert prompt.text == 'You are a "{kind}" bot.\n\n\tUse • as a bullet.\n'
    text = prompt.source.text
    assert [text[s.span.start : s.span.end] for s in prompt.segments if s.kind is SegmentKind.SLOT] == [
        "{kind}"
    ]
    for segment in prompt.segments:
        for piece in segment.pieces:
            spelt = text[piece.source_start : piece.source_end]
            said = segment.text[piece.text_start : piece.text_end]
            assert spelt == said if piece.verbatim else spelt in ('\\\\\\"', "\\n", "\\t", "\\\\N{BULLET}")
    start = source_range(prompt)
    assert text[start.start : start.start + 9] == "You are a"


@pytest.mark.parametrize(
    "magic",
    [
        "%pip install x\n",
        "!ls *.txt\n",
        "files = !ls\n",
        "t = %timeit -o f()\n",
        "?print\n",
        "print??\n",
        "%%time\n",
        "%%capture out\n",
        "if new:\n    !pip install \\\n      x\n",
    ],
)
def test_magics_do_not_hide_the_code_around_them(magic: str) -> None:
    assert [prompt.id for prompt in read(code(magic + RULES)).prompts] == ["mail.ipynb::PROMPT"]


def test_what_looks_like_a_magic_inside_of_a_string_stays() -> None:
    text = 'PROMPT = """You sort the mail of a shop.\n!important: be brief\n%d is a number\nwhy?\n"""\n'
    assert only(notebook(code("%time\n" + text))).text.splitlines()[1:] == [
        "!important: be brief",
        "%d is a number",
        "why?",
    ]


def test_a_line_that_begins_with_an_operator_is_no_magic() -> None:
    text = 'PROMPT = ("You sort the mail of %s"\n          %name)\nprint(a\n      !=b)\n'
    assert only(notebook(code(text))).text.startswith("You sort the mail of")


@pytest.mark.parametrize(
    "other", ["%%bash\nPROMPT=(\n", "%%html\n<b>\n", "this is no code\n", "%%javascript\nlet x = `\n"]
)
def test_a_cell_that_is_no_python_is_left_out_alone(other: str) -> None:
    assert [prompt.id for prompt in read(code(other), code(RULES)).prompts] == ["mail.ipynb::PROMPT"]


def test_prompts_in_a_cell_that_does_not_parse_are_mentioned() -> None:
    text = notebook(code('PROMPT = "You are a judge of essays." +\n'), code(RULES))
    found = extract(source(text))
    start = text.index("[", text.index('"source"'))
    assert [prompt.id for prompt in found.prompts] == ["mail.ipynb::PROMPT"]
    assert found.passed == (Passed(Span(start, text.index("]", start) + 1), "the cell is not Python"),)


def test_a_markdown_cell_that_addresses_a_model_is_a_prompt() -> None:
    judge = 'You are a judge of "essays".\n\nIn order to be fair, rate the style of {{ essay }}.\n'
    text = notebook(markdown("# Judging\n"), markdown(judge), code(RULES), markdown(judge))
    found = extract(source(text))
    assert [prompt.id for prompt in found.prompts] == [
        "mail.ipynb::markdown",
        "mail.ipynb::PROMPT",
        "mail.ipynb::markdown~2",
    ]
    prompt = found.prompts[0]
    assert prompt.text == judge
    assert [segment.name for segment in prompt.segments if segment.name] == ["essay"]
    edits = source_edits(prompt, Edit(Span(judge.index("In order"), judge.index("be fair")), 'To "\n'))
    assert edits is not None
    new = replaced(text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    assert json.loads(new)["cells"][1]["source"] == [
        'You are a judge of "essays".\n',
        "\n",
        'To "\n',
        "be fair, rate the style of {{ essay }}.\n",
    ]
    wanted = {prompt.id: (Edit(Span(judge.index("In order"), judge.index("be fair")), 'To "\n'),)}
    prove(source(text), found.prompts, wanted, edits, source(new), Options())


@pytest.mark.parametrize(
    "text",
    [
        "# You are here\n",
        "In this notebook you are going to build a judge.\n",
        "Your task is to write a judge.\n",
    ],
)
def test_a_markdown_cell_is_shown_to_people(text: str) -> None:
    assert read(markdown(text)).prompts == ()


def test_a_markdown_cell_that_gives_orders_is_mentioned() -> None:
    found = read(markdown("Rate the following essay. Answer with a number only, please.\n" * 3))
    assert found.prompts == ()
    assert [item.reason for item in found.passed] == ["a Markdown cell that does not say whom it addresses"]


def test_a_notebook_about_prompts_has_other_texts_too() -> None:
    text = notebook(
        code(
            'ESSAY = """The sea was calm that day and the boats\nlay in the harbour all morning, waiting."""\n'
        )
    )
    assert extract(source(text, "prompts.ipynb")).prompts == ()


def test_code_of_another_language_is_not_read() -> None:
    found = read(code(RULES), kernelspec={"language": "R"})
    assert (found.prompts, found.reason) == ((), "the notebook is written in r")


def test_format_3_keeps_its_cells_in_worksheets() -> None:
    cell = {
        "cell_type": "code",
        "input": RULES.splitlines(keepends=True),
        "language": "python",
        "outputs": [],
    }
    document = {"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": [cell], "metadata": {}}]}
    assert only(json.dumps(document)).text == "You sort the mail of a shop.\nBe brief.\n"


def test_outputs_and_raw_cells_hold_no_prompts() -> None:
    said = "You are a judge of essays. Rate the following essay from 1 to 5."
    raw = {"cell_type": "raw", "metadata": {}, "source": [f'PROMPT = "{said}"']}
    output = {"output_type": "stream", "name": "stdout", "text": [said]}
    assert read(raw, code("print(PROMPT)", outputs=[output])).prompts == ()


# --- what is broken -------------------------------------------------------------------------


def test_a_broken_notebook_of_prompts_is_one_problem_at_its_place() -> None:
    text = notebook(code('PROMPT = "You are a judge of essays."\n')).replace(
        '"nbformat": 4,', '"nbformat": 4'
    )
    (problem,) = extract(source(text)).problems
    assert (problem.code, problem.message) == ("SRC002", "expected ',' or '}'")
    assert text[problem.span.start :].startswith('"nbformat_minor"')


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", '{"cells": 5}', '{"cells": [5, {}]}', '{"cells": [', "{}x", "{,}"]
)
def test_what_is_no_notebook_and_no_prompt_is_nothing(text: str) -> None:
    assert extract(source(text)).problems == ()


@pytest.mark.parametrize("text", ["", "{", '{"cells": [', "{}x", '{"a" 1}', '{"cells": ' + "[" * 100_000])
def test_a_named_file_that_is_no_notebook_is_one_problem(text: str) -> None:
    assert len(extract(source(text, named=True)).problems) == 1


def test_sources_that_were_generated_are_passed_over_unless_named() -> None:
    text = notebook(code(RULES), code("prompt = 1\n" * 60_000))
    assert extract(source(text)).reason == "cannot be read (more than 600,000 characters in cells)"
    assert [problem.code for problem in extract(source(text, named=True)).problems] == ["SRC003"]


def test_large_outputs_are_no_reason_to_pass_over_a_notebook() -> None:
    assert only(notebook(code(RULES, outputs=[{"data": {"image/png": "iVBO" * 1_200_000}}]))).id.endswith(
        "PROMPT"
    )


@pytest.mark.parametrize(
    "odd",
    [
        {"source": 5},
        {"source": ["x = 1\n", 5]},
        {"source": None},
        {"cell_type": 5},
        {"cell_type": "code"},
        {"source": "\ud800"},
    ],
)
def test_a_cell_that_is_not_as_the_format_has_it_is_left_out(odd: dict[str, Any]) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", **odd}, code(RULES)], "metadata": [], "nbformat": 4})
    assert only(text).id == "mail.ipynb::PROMPT"


def test_one_key_twice_is_not_edited() -> None:
    text = notebook(code(RULES)).replace('"source": [', '"source": [], "source": [', 1)
    assert extract(source(text)).prompts == ()


# --- edits ----------------------------------------------------------------------------------


def test_a_removed_line_goes_with_its_item() -> None:
    prompt = only(notebook(code(RULES), code(CALL)))
    assert applied(prompt, "Be brief.\n", "") == prompt.source.text.replace('    "Be brief.\\n",\n', "")


def test_new_lines_are_items_of_their_own() -> None:
    prompt = only(notebook(code(RULES), indent=4))
    new = applied(prompt, "Be brief.\n", 'Say "no".\nBe kind.\n')
    lines = ['"Say \\\\\\"no\\\\\\".\\n",', '"Be kind.\\n",']
    gap = "\n" + " " * 16
    assert new == prompt.source.text.replace('"Be brief.\\n",', gap.join(lines))
    assert json.loads(new)["cells"][0]["source"][1:3] == ['Say \\"no\\".\n', "Be kind.\n"]


def test_joined_lines_become_one_item() -> None:
    prompt = only(notebook(code(RULES)))
    new = json.loads(applied(prompt, "shop.\nBe", "shop; be"))
    assert new["cells"][0]["source"] == ['PROMPT = """You sort the mail of a shop; be brief.\n', '"""\n']


def test_a_line_of_a_dedented_text_gets_margin_and_item() -> None:
    text = 'PROMPT = textwrap.dedent("""\n    You sort the mail.\n    Be brief.\n    """)\n'
    new = json.loads(applied(only(notebook(code(text))), "Be brief.\n", "Be kind.\nBe quick.\n"))
    assert new["cells"][0]["source"][2:4] == ["    Be kind.\n", "    Be quick.\n"]


def test_the_last_line_can_be_added_to() -> None:
    prompt = only(notebook(code(RULES)))
    end = len(prompt.text)
    edits = source_edits(prompt, Edit(Span(end, end), "Be kind.\n"))
    assert edits is not None
    new = replaced(prompt.source.text, [(edit.span.start, edit.span.end, edit.new) for edit in edits])
    assert json.loads(new)["cells"][0]["source"][1:] == ["Be brief.\n", "Be kind.\n", '"""\n']


def proven(before: str, after: str) -> None:
    old = source(before)
    at = before.index("brief")
    prompts = extract(old).prompts
    start = prompts[0].text.index("brief")
    wanted = {prompts[0].id: (Edit(Span(start, start + 5), "quick"),)}
    prove(old, prompts, wanted, [Edit(Span(at, at + 5), "quick")], source(after), Options())


def test_an_edit_of_the_prompt_alone_is_proven() -> None:
    text = notebook(code(RULES), markdown("# Be\n"), code("x = 1\n", outputs=[{"text": ["Be"]}]))
    proven(text, text.replace("brief", "quick"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1", "x = 2"),
        ("# Be", "# No"),
        ('"text": [', '"text":  ['),
        ('"execution_count": 1', '"execution_count": 2'),
        ('"nbformat_minor": 5\n}\n', '"nbformat_minor": 5\n}'),
        ('"x = 1\\n"', '"x = 1\\n", ""'),
        ('"x = 1\\n"', '"x", " = 1\\n"'),
        ('["x = 1\\n"]', '"x = 1\\n"'),
        ("print(PROMPT)", "print( PROMPT, 1)"),
    ],
)
def test_an_edit_that_changes_something_else_is_refused(old: str, new: str) -> None:
    cells = [code(RULES + "print(PROMPT)\n"), markdown("# Be\n"), code("x = 1\n", outputs=[{"text": ["Be"]}])]
    text = notebook(*cells).replace('[\n    "x = 1\\n"\n   ]', '["x = 1\\n"]')
    assert old in text
    with pytest.raises(ProofError):
        proven(text, text.replace("brief", "quick").replace(old, new))


# --- comments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "# promptlint: ignore[TOK001]\n" + RULES,
        RULES.rstrip("\n") + "  # promptlint: ignore[TOK001]\n",
        '# promptlint: ignore[TOK001] as the "shop" said\nPROMPT = (\n' + RULES[9:].rstrip("\n") + "\n)\n",
        "%time\nPROMPT = (\n" + RULES[9:].rstrip("\n") + "\n)  # promptlint: ignore[TOK001]\n",
    ],
)
def test_a_comment_in_a_code_cell_speaks_for_its_prompt(cell: str) -> None:
    other = 'OTHER_PROMPT = "You sort the mail of a shop, too."\n'
    text = notebook(code(other), code(cell), code("print()\n" + other.replace("OTHER", "LAST")))
    found = extract(source(text))
    lines = {}
    for prompt in found.prompts:
        place = location(text, source_range(prompt))
        lines[prompt.id] = (place.line, place.end_line)
    (comment,) = suppress.suppressions(source(text), found.prompts)
    assert comment.codes == ("TOK001",)
    assert text[comment.span.start : comment.span.end].startswith("# promptlint: ignore[TOK001]")
    findings = [found_in(prompt.id, lines[prompt.id][0]) for prompt in found.prompts]
    applied = suppress.apply(findings, (comment,), lines, {"TOK001"}, {"TOK001"})
    assert {item.prompt for item in findings} - {item.prompt for item in applied.kept} == {
        "mail.ipynb::PROMPT"
    }


def found_in(prompt: str, line: int) -> Finding:
    place = Location(line, 1, line, 2)
    return Finding(
        "TOK001", "filler-phrase", Severity.WARNING, "", "mail.ipynb", Span(0, 1), place, "f", prompt=prompt
    )


def test_what_a_notebook_prints_is_no_comment() -> None:
    output = {"output_type": "stream", "text": ["# promptlint: ignore[TOK001]\n"]}
    text = notebook(code(RULES, outputs=[output]), markdown("# promptlint: ignore[TOK001]\n"))
    assert suppress.suppressions(source(text), extract(source(text)).prompts) == ()
