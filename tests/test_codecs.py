"""What is spelt for a container is read back by the container's own parser, and by nothing of ours."""

from __future__ import annotations

import ast
import json
import re
import string
import warnings
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import jinja2
import pytest
import tree_sitter
import tree_sitter_typescript
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from promptlint.codecs import encode
from promptlint.model import Codec, CodecKind, Escaping

JAVASCRIPT = tree_sitter.Language(tree_sitter_typescript.language_tsx())
NASTY = st.sampled_from(list("ab1 \n\t\\\"'`#%$&<>{}:|-\r\x00\x0c\x7f\x85\u2028\ufeff\ud800é😀"))
TEXTS = st.text(st.one_of(NASTY, st.characters()), max_size=12)


def python(spelt: str, codec: Codec) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.literal_eval(f"{'r' if codec.raw else ''}{codec.quote}{spelt}{codec.quote}")
    assert isinstance(value, str)
    return value


def json_string(spelt: str, codec: Codec) -> str:
    value = json.loads(f'"{spelt}"')
    assert isinstance(value, str)
    return value


def json_list(spelt: str, codec: Codec) -> str:
    return "".join(json.loads(f'["{spelt}"]'))


def yaml_with(before: str, after: str) -> Callable[[str, Codec], str]:
    def read(spelt: str, codec: Codec) -> str:
        value = yaml.safe_load(f"key:{before}{spelt}{after}\n")["key"]
        assert isinstance(value, str)
        return value

    return read


def script(spelt: str, codec: Codec) -> str:
    """What tree-sitter says is the one literal of the file, its escapes read by the rules of ECMAScript."""
    file = f"x = {codec.quote}{spelt}{codec.quote}"
    root = tree_sitter.Parser(JAVASCRIPT).parse(file.encode()).root_node
    assert not root.has_error
    literal = root.children[0].children[0].children[2]
    assert literal.type == ("template_string" if codec.quote == "`" else "string")
    assert literal.end_byte == len(file.encode())
    assert all(node.type in ("string_fragment", "escape_sequence") for node in literal.named_children)
    body = re.sub("\r\n?", "\n", spelt) if codec.quote == "`" else spelt
    return re.sub(r"(?s)\\(x..|u....|.)", lambda match: unescaped(match[1]), body)


def unescaped(escape: str) -> str:
    assert escape[0] in "xunrt\\'\"`${", escape
    return (
        chr(int(escape[1:], 16))
        if escape[0] in "xu"
        else {"n": "\n", "r": "\r", "t": "\t"}.get(escape, escape)
    )


def poml(spelt: str, codec: Codec) -> str:
    """The text of an XML element, and then the names that POML itself knows."""
    text = "".join(ET.fromstring(f"<p>{spelt}</p>").itertext())
    names = {"lt": "<", "gt": ">", "amp": "&", "hash": "#"}
    return re.sub("#(lt|gt|amp|hash);", lambda match: names[match[1]], text)


def baml(spelt: str, codec: Codec) -> str:
    """BAML has no parser for Python: its block strings are as they stand, its quoted ones have five escapes."""
    if codec.quote != '"':
        assert codec.quote not in spelt
        return spelt
    assert re.fullmatch(r'(?s)(?:[^\\"]|\\[nrt"\\])*', spelt)
    names = {"n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"(?s)\\(.)", lambda match: names.get(match[1], match[1]), spelt)


def verbatim(spelt: str, codec: Codec) -> str:
    return spelt


def filled(text: str, escaping: Escaping) -> str:
    """The text as its template language gives it, without inputs."""
    if escaping is Escaping.BRACES:
        return text.format()
    if escaping is Escaping.PERCENT:
        return text % ()
    if escaping is Escaping.DOLLAR:
        return string.Template(text).substitute()
    if escaping is Escaping.JINJA:
        environment = jinja2.Environment(keep_trailing_newline=True)
        return environment.from_string(text).render()
    return text


READERS: list[tuple[Codec, Callable[[str, Codec], str]]] = [
    (Codec(), verbatim),
    *((Codec(CodecKind.PYTHON, quote=quote), python) for quote in ("'", '"', "'''", '"""')),
    *((Codec(CodecKind.PYTHON, quote=quote, raw=True), python) for quote in ("'", '"', "'''", '"""')),
    (Codec(CodecKind.JSON), json_string),
    (Codec(CodecKind.JSON, indent='",\n "'), json_list),
    (Codec(CodecKind.JSON, indent='","'), json_list),
    (Codec(CodecKind.YAML_PLAIN), yaml_with(" ", "")),
    (Codec(CodecKind.YAML_SINGLE), yaml_with(" '", "'")),
    (Codec(CodecKind.YAML_DOUBLE), yaml_with(' "', '"')),
    (Codec(CodecKind.YAML_LITERAL, indent="  "), yaml_with(" |-\n  ", "")),
    (Codec(CodecKind.YAML_FOLDED, indent="  "), yaml_with(" >-\n  ", "")),
    *((Codec(CodecKind.JAVASCRIPT, quote=quote), script) for quote in ("'", '"', "`")),
    (Codec(CodecKind.XML), poml),
    *((Codec(CodecKind.BAML, quote=quote), baml) for quote in ('"', '"#', '"##')),
]
NESTED = [
    (replace(inner, outer=outer), read)
    for inner, read in READERS[:9]
    for outer in (Codec(CodecKind.JSON), Codec(CodecKind.JSON, indent='",\n    "'))
]


def name(value: object) -> str | None:
    if not isinstance(value, Codec):
        return None if isinstance(value, Escaping) else ""
    outer = f"-in-{name(value.outer)}" if value.outer else ""
    return f"{value.kind.value}{'-raw' if value.raw else ''}{value.quote}{'-lines' if value.indent else ''}{outer}"


@pytest.mark.parametrize("escaping", list(Escaping))
@pytest.mark.parametrize(("codec", "read"), READERS, ids=name)
@example("a", "{", "b")
@example("a", "\\", "b")
@example("a", "'", "b")
@example("a: b", "#", "- c")
@example("$", "{", "}")
@example("#", "lt", ";")
@example('"', "#", "a")
@example("a", "0", "7")
@given(TEXTS, TEXTS, TEXTS)
def test_new_text_is_read_as_itself_between_what_was_spelt_before(
    codec: Codec, read: Callable[[str, Codec], str], escaping: Escaping, before: str, new: str, after: str
) -> None:
    codec = replace(codec, escaping=escaping)
    spelt = [encode(part, codec) for part in ("Say ", before, new, after, " now.")]
    parts = [part for part in spelt if part is not None]
    if len(parts) == len(spelt) and can_stand(before, new, after, codec):
        assert filled(read("".join(parts), codec), escaping) == f"Say {before}{new}{after} now."


def can_stand(before: str, new: str, after: str, codec: Codec) -> bool:
    """False where two texts only together make a tag or end the literal: `edges` and the proof see that."""
    joined = before + new + after
    if codec.kind is CodecKind.BAML and codec.quote != '"' and codec.quote in joined:
        return False
    return codec.escaping is not Escaping.JINJA or encode(joined, Codec(escaping=codec.escaping)) is not None


@pytest.mark.parametrize(("codec", "read"), NESTED, ids=name)
@given(TEXTS)
def test_a_spelling_is_spelt_once_more(codec: Codec, read: Callable[[str, Codec], str], new: str) -> None:
    spelt = encode(new, codec)
    if spelt is not None:
        inner = json_list(spelt, Codec())
        assert inner == encode(new, replace(codec, outer=None))
        assert read(inner, codec) == new


@pytest.mark.parametrize("kind", list(CodecKind))
def test_what_is_not_editable_is_never_spelt(kind: CodecKind) -> None:
    assert encode("a", Codec(kind, quote='"', editable=False)) is None
    assert encode("a", Codec(kind, quote='"', outer=Codec(CodecKind.JSON, editable=False))) is None


def test_each_line_of_new_text_is_an_item_of_the_list() -> None:
    codec = Codec(CodecKind.PYTHON, quote='"""', outer=Codec(CodecKind.JSON, indent='",\n    "'))
    assert encode('a "b"\nc\\', codec) == 'a \\\\\\"b\\\\\\"\\n",\n    "c\\\\\\\\'
