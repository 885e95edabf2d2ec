from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import sidecar, suppress
from promptlint.errors import ConfigError, UsageError
from promptlint.locate import location
from promptlint.model import (
    Finding,
    Location,
    Message,
    Prompt,
    Segment,
    SegmentKind,
    Severity,
    Source,
    SourceKind,
    Span,
)

CODES = frozenset({"RED001", "RED002", "TOK001", "SUP001"})


def source(text: str, kind: SourceKind) -> Source:
    return Source("a", text, kind)


def prompt(origin: Source, name: str, text: str, kind: SegmentKind = SegmentKind.TEXT) -> Prompt:
    """A prompt whose one segment is the first place where `text` stands."""
    start = origin.text.index(text)
    shown = text if kind is SegmentKind.TEXT else ""
    return Prompt(name, origin, (Message(None, (Segment(kind, shown, Span(start, start + len(text))),)),))


def lines(*prompts: Prompt) -> dict[str, tuple[int, int]]:
    result = {}
    for item in prompts:
        place = location(item.source.text, item.segments[0].span)
        result[item.id] = (place.line, place.end_line)
    return result


def finding(code: str, line: int, owner: str | None = None, mark: str = "0" * 16) -> Finding:
    place = Location(line, 1, line, 2)
    return Finding(code, "name", Severity.WARNING, "message", "a.md", Span(0, 1), place, mark, owner)


def outcome(
    origin: Source, prompts: tuple[Prompt, ...], *findings: Finding
) -> tuple[list[tuple[str, int]], int, list[str]]:
    comments = suppress.suppressions(origin, prompts)
    applied = suppress.apply(findings, comments, lines(*prompts), CODES, CODES)
    kept = [(item.code, item.location.line) for item in applied.kept]
    return kept, applied.suppressed, [problem.message for problem in applied.problems]


# --- Python ---------------------------------------------------------------------------------

PLACES = {
    "the line before": '# promptlint: ignore[RED001]\nX = "TEXT"\n',
    "its only line": 'X = "TEXT"  # promptlint: ignore[RED001]\n',
    "behind another comment": 'X = "TEXT"  # noqa: E501  # promptlint: ignore[RED001] because\n',
    "above more comments": '# promptlint: ignore[RED001]\n# More.\nX = "TEXT"\n',
    "before the call": '# promptlint: ignore[RED001]\nask(\n    messages=[\n        "TEXT",\n    ],\n)\n',
    "before a dedent": '# promptlint: ignore[RED001]\nX = dedent("""\n  TEXT""")\n',
    "after the opening": 'X = (  # promptlint: ignore[RED001]\n    "TEXT"\n)\n',
    "after the closing": 'X = [(\n    "TEXT"\n),\n]  # promptlint: ignore[RED001]\n',
    "after the quotes": 'X = """TEXT\n"""  # promptlint: ignore[RED001]\n',
    "with a BOM": '\ufeff# promptlint: ignore[RED001]\nX = "TEXT"\n',
    "with CRLF": '# promptlint: ignore[RED001]\r\nX = (\r\n    "TEXT"\r\n)\r\n',
    "two codes": '# promptlint: ignore[TOK001 , RED001]\nX = "TEXT"\n',
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES.keys())
def test_a_python_comment_speaks_for_the_whole_prompt(text: str) -> None:
    origin = source(text, SourceKind.PYTHON)
    item = prompt(origin, "X", "TEXT\n" if "TEXT\n" in text and '"""TEXT' in text else "TEXT")
    at = lines(item)["X"][0]
    kept, suppressed, _ = outcome(
        origin,
        (item,),
        finding("RED001", at, "X"),
        finding("RED001", at + 90, "X"),
        finding("RED002", at, "X"),
    )
    assert (kept, suppressed) == ([("RED002", at)], 2)


def test_a_comment_inside_belongs_to_its_own_prompt_only() -> None:
    origin = source(
        'A = (\n  "one"\n  # promptlint: ignore[RED001]\n  "two"\n)\nB = "three"\n', SourceKind.PYTHON
    )
    first = Prompt("A", origin, (Message(None, (Segment(SegmentKind.TEXT, "", Span(9, 47)),)),))
    second = prompt(origin, "B", "three")
    assert lines(first)["A"] == (2, 4)
    kept, suppressed, problems = outcome(
        origin, (first, second), finding("RED001", 2, "A"), finding("RED001", 6, "B")
    )
    assert (kept, suppressed, problems) == ([("RED001", 6)], 1, [])


@pytest.mark.parametrize(
    "text",
    [
        'X = "TEXT # promptlint: ignore[RED001]"\n',
        'X = """TEXT\n# promptlint: ignore[RED001]\n"""\n',
        "# promptlint: ignore[RED001]\n\n\nX = 'TEXT'\n",
        "# promptlint: ignore[RED001]\nX = 'TEXT'\nif (\n",
        "# promptlint: ignore[RED001]\n  X = 'TEXT'\n x\n",
        "# see also promptlint: ignore[RED001]\nX = 'TEXT'\n",
    ],
)
def test_what_does_not_count_in_python(text: str) -> None:
    origin = source(text, SourceKind.PYTHON)
    item = prompt(origin, "X", "TEXT")
    at = lines(item)["X"][0]
    assert outcome(origin, (item,), finding("RED001", at, "X"))[:2] == ([("RED001", at)], 0)


# --- YAML -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "# promptlint: ignore[RED001]\nsystem: |\n  TEXT\n",
        "system: |-  # promptlint: ignore[RED001]\n  TEXT\n",
        "system: TEXT # promptlint: ignore[RED001]\n",
        'system: "TEXT"\t# promptlint: ignore[RED001]\n',
        "# promptlint: ignore[RED001]\nagents:\n  - system: >2\n      TEXT\n",
        "\ufeff# promptlint: ignore[RED001]\nsystem: TEXT\n",
    ],
)
def test_yaml_comments(text: str) -> None:
    origin = source(text, SourceKind.YAML)
    item = prompt(origin, "X", "TEXT")
    at = lines(item)["X"][0]
    assert outcome(origin, (item,), finding("RED001", at, "X")) == ([], 1, [])


def test_a_hash_in_a_block_scalar_is_text() -> None:
    origin = source("system: |\n  one\n  # promptlint: ignore[RED001]\n  two\n", SourceKind.YAML)
    item = prompt(origin, "X", "one\n  # promptlint: ignore[RED001]\n  two\n")
    assert outcome(origin, (item,), finding("RED001", 2, "X")) == ([("RED001", 2)], 0, [])


def test_a_hash_in_the_text_before_a_comment() -> None:
    origin = source('system: "a # b"  # promptlint: ignore[RED001]\n', SourceKind.YAML)
    item = prompt(origin, "X", "a # b")
    assert outcome(origin, (item,), finding("RED001", 1, "X")) == ([], 1, [])


# --- templates, Markdown, text --------------------------------------------------------------


@pytest.mark.parametrize(
    "comment", ["{# promptlint: ignore[RED001] why #}", "{#- promptlint: ignore[RED001] -#}"]
)
def test_a_jinja_comment_speaks_for_its_line_and_the_next(comment: str) -> None:
    origin = source(f"one\n{comment} two\nthree\nfour\n", SourceKind.JINJA)
    item = prompt(origin, "a", comment, SegmentKind.COMMENT)
    marks = [finding("RED001", line, "a") for line in (1, 2, 3, 4)]
    assert outcome(origin, (item,), *marks) == ([("RED001", 1), ("RED001", 4)], 2, [])
    (found,) = suppress.suppressions(origin, (item,))
    assert found.reason in ("why", "")
    assert origin.text[found.span.start : found.span.end] == comment


def test_a_jinja_comment_in_yaml_speaks_for_the_prompt() -> None:
    origin = source("system: |\n  {# promptlint: ignore[RED001] #}\n  two\n", SourceKind.YAML)
    item = prompt(origin, "X", "{# promptlint: ignore[RED001] #}", SegmentKind.COMMENT)
    comments = suppress.suppressions(origin, (item,))
    applied = suppress.apply([finding("RED001", 3, "X")], comments, {"X": (2, 3)}, CODES, CODES)
    assert (applied.kept, applied.suppressed) == ((), 1)


def test_an_html_comment_in_markdown() -> None:
    text = "one\n<!-- promptlint: ignore[RED001]\n  for a reason\n-->\nfive\nsix\n<!-- open promptlint: ignore[RED001]"
    marks = [finding("RED001", line, "a") for line in (1, 2, 4, 5, 6)]
    assert outcome(source(text, SourceKind.MARKDOWN), (), *marks)[:2] == ([("RED001", 1), ("RED001", 6)], 3)
    assert outcome(source(text, SourceKind.JINJA), (), *marks)[1] == 0


def test_json_has_no_comments() -> None:
    origin = source('{"a": "# promptlint: ignore[RED001]"}', SourceKind.JSON)
    assert suppress.suppressions(origin) == ()


@pytest.mark.parametrize("kind", [SourceKind.PYTHON, SourceKind.YAML, SourceKind.MARKDOWN])
def test_ignore_file_speaks_for_everything(kind: SourceKind) -> None:
    mark = (
        "<!-- promptlint: ignore-file[RED001,TOK001] -->"
        if kind is SourceKind.MARKDOWN
        else "# promptlint: ignore-file[RED001,TOK001]"
    )
    text = f"a: 1\n{mark}\n" if kind is SourceKind.YAML else f"{mark}\n"
    found = (finding("RED001", 90, "X"), finding("TOK001", 5), finding("RED002", 1, "X"))
    assert outcome(source(text, kind), (), *found) == ([("RED002", 1)], 2, [])


# --- complaints -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("promptlint: ignore", "`promptlint: ignore` names no rule: write `promptlint: ignore[CODE]`"),
        ("promptlint: ignore[]", "`promptlint: ignore` names no rule: write `promptlint: ignore[CODE]`"),
        ("promptlint: ignore[ , ]", "`promptlint: ignore` names no rule: write `promptlint: ignore[CODE]`"),
        ("promptlint: ignore RED001", "`promptlint: ignore` names no rule: write `promptlint: ignore[CODE]`"),
        (
            "promptlint: ignore-file",
            "`promptlint: ignore-file` names no rule: write `promptlint: ignore-file[CODE]`",
        ),
        (
            "promptlint: ignroe[RED001]",
            "`promptlint: ignroe` means nothing: write `promptlint: ignore[CODE]`",
        ),
        ("promptlint: disable", "`promptlint: disable` means nothing: write `promptlint: ignore[CODE]`"),
        ("promptlint: ignore[RED009]", "there is no rule RED009; did you mean RED002?"),
        ("promptlint: ignore[red001]", "there is no rule red001; did you mean RED001?"),
        ("promptlint: ignore[RED]", "there is no rule RED"),
        ("promptlint: ignore[RED001]", "unused: no RED001 is left to ignore here"),
    ],
)
def test_a_comment_that_helps_nobody_is_a_finding(comment: str, expected: str) -> None:
    origin = source(f"x = 1\n# {comment}\n", SourceKind.PYTHON)
    applied = suppress.apply([], suppress.suppressions(origin), {}, CODES, CODES)
    (problem,) = applied.problems
    assert problem.code == "SUP001"
    assert problem.message.startswith(expected) or expected.startswith(problem.message)
    assert origin.text[problem.span.start : problem.span.end] == f"# {comment}"


@pytest.mark.parametrize(
    "comment",
    ["promptlint: a linter for prompts", "promptlint: https://example.org", "about promptlint: ignore"],
)
def test_prose_is_left_alone(comment: str) -> None:
    assert suppress.suppressions(source(f"# {comment}\n", SourceKind.PYTHON)) == ()


def test_unused_is_judged_only_for_rules_that_ran() -> None:
    origin = source("# promptlint: ignore[RED001, TOK001]\n", SourceKind.PYTHON)
    comments = suppress.suppressions(origin)
    applied = suppress.apply([], comments, {}, CODES, {"TOK001"})
    assert [problem.message for problem in applied.problems] == ["unused: no TOK001 is left to ignore here"]


def test_complaints_can_be_answered_too() -> None:
    origin = source("# promptlint: ignore-file[SUP001]\n# promptlint: ignore[RED001]\n", SourceKind.PYTHON)
    assert outcome(origin, ()) == ([], 0, [])


def test_a_file_that_is_not_addressed_costs_nothing() -> None:
    class Explosive:
        def __iter__(self) -> None:
            raise AssertionError("looked at")

    assert suppress.suppressions(source("x = 1", SourceKind.PYTHON), Explosive()) == ()  # type: ignore[arg-type]


@given(
    st.lists(
        st.sampled_from(
            [
                "# ",
                "promptlint: ",
                "ignore",
                "[RED001]",
                "\n",
                '"""',
                "x = (",
                ")",
                "<!--",
                "-->",
                "'",
                "\r\n",
                "  ",
            ]
        )
    ),
    st.sampled_from(SourceKind),
)
def test_any_text_is_survived(parts: list[str], kind: SourceKind) -> None:
    origin = source("".join(parts), kind)
    comments = suppress.suppressions(origin)
    applied = suppress.apply([finding("RED001", 1)], comments, {"X": (1, 2)}, CODES, CODES)
    assert len(applied.kept) + applied.suppressed == 1
    for comment in comments:
        assert "promptlint:" in origin.text[comment.span.start : comment.span.end]


# --- promptlint.ignore ----------------------------------------------------------------------

ONE, TWO = "0123456789abcdef", "fedcba9876543210"


def test_the_sidecar_is_read(tmp_path: Path) -> None:
    assert sidecar.read_sidecar(tmp_path) == ()
    (tmp_path / "promptlint.ignore").write_bytes(
        f"\ufeff# About\r\n\r\n{ONE} RED001 docs/a b.md  # meant as it is\r\n{TWO} TOK001 app.py::X\n".encode()
    )
    first, second = sidecar.read_sidecar(tmp_path)
    assert (first.fingerprint, first.code, first.target) == (ONE, "RED001", "docs/a b.md")
    assert (first.reason, first.path) == ("meant as it is", "docs/a b.md")
    assert (second.target, second.path, second.reason) == ("app.py::X", "app.py", "")
    assert sidecar.read_ignored(tmp_path) == {ONE, TWO}


@pytest.mark.parametrize(
    "line", ["nonsense", f"{ONE} RED001", f"{ONE[:-1]} RED001 a.md", f"{ONE.upper()} RED001 a.md"]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "promptlint.ignore").write_text(f"# x\n{line}\n")
    with pytest.raises(ConfigError, match=r"promptlint\.ignore:2: expected"):
        sidecar.read_sidecar(tmp_path)


def test_a_sidecar_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "promptlint.ignore").mkdir()
    with pytest.raises(ConfigError, match="it is a folder"):
        sidecar.read_sidecar(tmp_path)
    (tmp_path / "promptlint.ignore").rmdir()
    (tmp_path / "promptlint.ignore").symlink_to("nowhere")
    with pytest.raises(ConfigError, match="cannot be read"):
        sidecar.read_sidecar(tmp_path)


def test_adding_is_sorted_and_idempotent(tmp_path: Path) -> None:
    file = tmp_path / "promptlint.ignore"
    found = (
        finding("TOK001", 1, "b.md::X", TWO),
        finding("RED001", 1, "a #1 é.md", ONE),
        finding("SRC001", 1, None, ONE),
    )
    assert sidecar.add_ignored(tmp_path, found, "meant\n so") == 3
    text = file.read_text(encoding="utf-8")
    assert text.splitlines()[1:] == [
        f"{ONE} RED001 a #1 é.md  # meant so",
        f"{ONE} SRC001 a.md  # meant so",
        f"{TWO} TOK001 b.md::X  # meant so",
    ]
    assert sidecar.add_ignored(tmp_path, found, "another reason") == 0
    assert file.read_text(encoding="utf-8") == text
    file.write_text("# Ours\n" + "\n".join(reversed(text.splitlines()[1:])))
    assert sidecar.add_ignored(tmp_path, [finding("RED002", 1, "c.md", ONE)]) == 1
    assert file.read_text(encoding="utf-8").splitlines() == [
        "# Ours",
        *text.splitlines()[1:],
        f"{ONE} RED002 c.md",
    ]


@pytest.mark.parametrize("name", ["a\nb.md", "a\u2028b.md", "a # b.md", " a.md"])
def test_a_name_that_no_line_can_hold(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot hold"):
        sidecar.add_ignored(tmp_path, [finding("RED001", 1, name, ONE)])
    assert not (tmp_path / "promptlint.ignore").exists()


def test_adding_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        sidecar.add_ignored(tmp_path / "absent", [finding("RED001", 1, "a.md", ONE)])
