"""An edit of a prompt, written into its file, reads back as the edited prompt, or is refused: every container."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from promptlint.extract import extract, kind_of
from promptlint.locate import edited, replaced, source_edits
from promptlint.model import Edit, Prompt, Source, Span

OPENING = "You must answer the question now. "  # makes any text a prompt
CHARACTERS = [*"ab1é😀 \n\t\\\"'#:-%<&|>\u2028\x07", "\n", "\n  ", "\n\n", "word "]
TEXTS = st.lists(st.sampled_from(CHARACTERS), max_size=12).map("".join)
NEWS = st.one_of(st.just(""), st.sampled_from(["\n", "x", "a b", "a\n", "\nb", "a\n\nb", " "]), TEXTS)


def chat_json(text: str) -> str:
    return json.dumps({"messages": [{"role": "system", "content": text}], "n": [1, "kept"]}, indent=1)


def chat_lines(text: str) -> str:
    chat = {"custom_id": "a", "body": {"messages": [{"role": "system", "content": text}]}}
    return f'{{"custom_id": "kept"}}\n{json.dumps(chat)}\n'


def block(head: str, indent: str, tail: str) -> Callable[[str], str]:
    """A YAML block that any text without odd white space can be written in."""

    def spell(text: str) -> str:
        lines = text.replace("\t", "").replace("\x07", "").replace("\u2028", "").split("\n")
        body = "\n".join(
            f"{indent}{line}".rstrip(" ") if not line.strip() else f"{indent}{line}" for line in lines
        )
        return f"messages:\n- role: system\n  content: {head}\n{body}\n{tail}"

    return spell


def yaml_style(style: str | None) -> Callable[[str], str]:
    def spell(text: str) -> str:
        messages = [{"role": "system", "content": text}]
        return yaml.dump(
            {"messages": messages, "model": "kept"}, default_style=style, width=30, allow_unicode=True
        )

    return spell


def plain_file(text: str) -> str:
    return OPENING + text


def notebook(listed: bool, literal: Callable[[str], str], indent: int | None = 1) -> Callable[[str], str]:
    def spell(text: str) -> str:
        code = f"import textwrap\n\nPROMPT = {literal(text)}\nprint('é')\n%time"
        lines = [f"{line}\n" for line in code.split("\n")]
        source = [*lines[:-1], lines[-1].rstrip("\n")] if listed else code
        cells = [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Kept\n"]},
            {"cell_type": "code", "metadata": {}, "outputs": [{"text": "kept"}], "source": source},
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": "kept = 1"},
        ]
        document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(document, indent=indent, ensure_ascii=indent is None) + "\n"

    return spell


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\x07", "\\a")


def triple(text: str) -> str:
    return f'"""{escaped(text)}"""'


def dedented(text: str) -> str:
    lines = [f"    {line}" if line else "" for line in escaped(text).split("\n")]
    return 'textwrap.dedent("""\\\n' + "\n".join(lines) + '""")'


def opened(text: str) -> str:
    lines = [f"    {line}" if line else "" for line in escaped(text).split("\n")]
    return 'textwrap.dedent("""\n' + "\n".join(lines) + '\n    """)'


def parts(text: str) -> str:
    middle = len(OPENING) + len(text[len(OPENING) :]) // 2
    return f"(\n    {text[:middle]!r}\n    {text[middle:]!r}\n)"


def python(literal: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: f"import textwrap\n\nPROMPT = {literal(text)}\nother = 'kept'\n"


def ticked(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def script(literal: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: f"// é\nexport const PROMPT = {literal(text)};\nconst other = 'kept';\n"


def single(text: str) -> str:
    return "'" + json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def outdented(text: str) -> str:
    lines = text.replace("\\", "").replace("`", "").split("\n")
    return "dedent`\n" + "\n".join(f"    {line}" if line else "" for line in lines) + "\n  `"


def poml(head: str, tail: str) -> Callable[[str], str]:
    def spell(text: str) -> str:
        said = text.replace("\x07", "").replace("&", "#amp;").replace("<", "#lt;").replace(">", "#gt;")
        return f'<poml>\n  <runtime model="kept"/>\n  {head}{said}{tail}\n</poml>\n'

    return spell


def baml(opening: str, closing: str, margin: str = "") -> Callable[[str], str]:
    def spell(text: str) -> str:
        said = json.dumps(text, ensure_ascii=False)[1:-1].replace("\\u0007", "") if closing == '"' else text
        said = said.replace("\n", f"\n{margin}")
        return f"// é\nfunction Ask(kept: string) -> string {{\n  client Kept\n  prompt {opening}{said}{closing}\n}}\n"

    return spell


def slotted(spell: Callable[[str], str], slot: str) -> Callable[[str], str]:
    """With a slot amid what follows the opening."""

    def spell_it(text: str) -> str:
        middle = len(OPENING) + len(text[len(OPENING) :]) // 2
        return spell(f"{text[:middle]}{slot}{text[middle:]}")

    return spell_it


CONTAINERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "json": ("a.json", chat_json),
    "jsonl": ("a.jsonl", chat_lines),
    "yaml plain": ("a.yaml", yaml_style(None)),
    "yaml single": ("a.yaml", yaml_style("'")),
    "yaml double": ("a.yaml", yaml_style('"')),
    "yaml dumped literal": ("a.yaml", yaml_style("|")),
    "yaml dumped folded": ("a.yaml", yaml_style(">")),
    "yaml literal": ("a.yaml", block("|", "    ", "model: kept\n")),
    "yaml literal, stripped, at the end": ("a.yaml", block("|-", "      ", "")),
    "yaml literal, all kept": ("a.yaml", block("|+", "    ", "\n\nmodel: kept\n")),
    "yaml literal, indented": ("a.yaml", block("|2", "    ", "model: kept\n")),
    "yaml folded": ("a.yaml", block(">", "    ", "model: kept\n")),
    "yaml folded, stripped": ("a.yaml", block(">-", "    ", "model: kept\n")),
    "jinja": ("a.prompt.j2", plain_file),
    "text": ("prompt.txt", plain_file),
    "python": ("a.py", python(triple)),
    "python, dedented": ("a.py", python(dedented)),
    "python, dedented from the next line": ("a.py", python(opened)),
    "python, adjacent": ("a.py", python(parts)),
    "script, double": ("a.ts", script(json.dumps)),
    "script, single": ("a.js", script(single)),
    "script, template": ("a.ts", script(lambda text: f"`{ticked(text)}`")),
    "script, dedented": ("a.ts", script(outdented)),
    "poml": ("a.poml", poml("<task>", "</task>")),
    "poml, in lines": ("a.poml", poml("<task>\n    ", "\n  </task>")),
    "poml, white space kept": ("a.poml", poml('<p whiteSpace="pre">', "</p>")),
    "baml, block": ("a.baml", baml('#"\n    ', '\n  "#', "    ")),
    "baml, block in a line": ("a.baml", baml('##"', '"##')),
    "baml, quoted": ("a.baml", baml('"', '"')),
    **{
        f"{name}, slot": (path, slotted(spell, slot))
        for name, path, slot, spell in (
            ("yaml folded", "a.yaml", "{{ kept }}", block(">", "    ", "model: kept\n")),
            ("yaml folded, stripped", "a.yaml", "{{ kept }}", block(">-", "      ", "")),
            ("yaml plain", "a.yaml", "{{ kept }}", yaml_style(None)),
            ("yaml dumped folded", "a.yaml", "{{ kept }}", yaml_style(">")),
            ("python, dedented", "a.py", "{{ kept }}", python(dedented)),
            (
                "script, template",
                "a.ts",
                "${kept}",
                script(lambda text: f"`{text.replace(chr(92), '')}`".replace("\x07", "")),
            ),
            ("script, dedented", "a.ts", "${kept}", script(outdented)),
            ("poml", "a.poml", "{{ kept }}", poml("<task>", "</task>")),
            ("baml, block", "a.baml", "{{ kept }}", baml('#"\n    ', '\n  "#', "    ")),
        )
    },
    **{
        f"notebook, {shape}, {literal.__name__}{indent}": ("a.ipynb", notebook(listed, literal, indent))
        for shape, listed in (("lines", True), ("string", False))
        for literal in (repr, triple, dedented, opened, parts)
        for indent in (1, None)
    },
}


def prompt_of(path: str, text: str) -> Prompt | None:
    kind = kind_of(path)
    assert kind is not None
    prompts = extract(Source(path, text, kind)).prompts
    return prompts[0] if len(prompts) == 1 else None


@pytest.mark.parametrize("container", list(CONTAINERS))
@given(st.data(), TEXTS)
def test_an_edit_reads_back_or_is_refused(container: str, data: st.DataObject, text: str) -> None:
    path, spell = CONTAINERS[container]
    source = spell(OPENING + text)
    prompt = prompt_of(path, source)
    assume(prompt is not None)
    assert prompt is not None
    least = len(OPENING) * data.draw(st.booleans(), "after the opening")
    start = data.draw(st.integers(min(least, len(prompt.text)), len(prompt.text)), "start")
    end = data.draw(st.integers(start, min(len(prompt.text), start + 9)), "end")
    edit = Edit(Span(start, end), data.draw(NEWS, "new"))
    spelt = source_edits(prompt, edit)
    if spelt is None:
        return
    changes = sorted((item.span.start, item.span.end, item.new) for item in spelt)
    after = prompt_of(path, replaced(source, changes))
    assume(after is not None or least)  # without its opening it may be no prompt
    assert after is not None, replaced(source, changes)
    assert after.text == edited(prompt, (edit,)).text, replaced(source, changes)
