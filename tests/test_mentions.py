"""What agent documents speak of, and what several of them say: looked up in whole projects on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Runner
from hypothesis import given
from hypothesis import strategies as st

from promptlint.extract import extract
from promptlint.mentions import Listing
from promptlint.model import Source, SourceKind, Target


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(promptlint: Runner, code: str) -> list[tuple[str, int, str]]:
    ran = promptlint("check", ".", "--select", code, "--format", "json", "--isolated")
    assert ran.code in (0, 1), ran.err
    return [(item["path"], item["line"], item["message"]) for item in json.loads(ran.out)["findings"]]


# --- AGD001 -------------------------------------------------------------------------------------


def test_what_is_gone_is_found_and_what_is_there_is_not(promptlint: Runner, tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "CLAUDE.md": "@docs/style.md\n@docs/gone.md\n\nSee `docs/more.md` and [it](docs/style.md).\n"
            "Run `python tools/a.py -x`, then `make test` or `make deploy`, `npm run lint`, `npm run dev`.\n"
            "```\npytest tests/test_a.py::test_one\nmake build\n```\n",
            "docs/style.md": "Be kind to all who read this.\n",
            "Makefile": "test: a\n\tpytest\n",
            "package.json": '{"scripts": {"lint": "eslint"}}',
        },
    )
    said = [message.partition("'")[2].partition("'")[0] for _, _, message in found(promptlint, "AGD001")]
    assert said == [
        "docs/gone.md",
        "docs/more.md",
        "tools/a.py",
        "make deploy",
        "npm run dev",
        "tests/test_a.py",
        "make build",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Write the plan to `docs/plan.md`.",
        "For example `src/app.py`.",
        "Names like `src/app.py`.",
        "Prompts are in `agents/<name>/prompt.md` and `agents/*/x.md`.",
        "The log is `/var/log/app.txt`, yours `~/notes/a.md`.",
        "Above all of it is `../../outside/x.md`.",
        "Never `npm install` and `make -C web all`.",
        "Packages: `node_modules/a/index.js`, `dist/main.js`, `path/to/file.py`.",
        "Use `openai/gpt-4.1` or `text/html` at `https://a.org/b.md`.",
        "`app.py` starts it, `src/web/app.py` too, and so does `web/app.py`.",
    ],
)
def test_what_is_not_looked_up(promptlint: Runner, tmp_path: Path, line: str) -> None:
    put(tmp_path, {"AGENTS.md": f"# Guide\n\n{line}\n", "src/web/app.py": "x = 1\n"})
    assert found(promptlint, "AGD001") == []


def test_a_document_about_another_project_is_left_alone(promptlint: Runner, tmp_path: Path) -> None:
    paths = "".join(f"- `src/part{number}/main.go`\n" for number in range(6))
    put(tmp_path, {"AGENTS.md": f"# Guide\n\n{paths}"})
    assert found(promptlint, "AGD001") == []


def test_nothing_outside_of_the_project_is_opened(promptlint: Runner, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.md"
    outside.write_text("secret text\n", encoding="utf-8")
    put(tmp_path, {"web/CLAUDE.md": "@../../outside.md\n\nSee `../../outside.md`.\n"})
    assert found(promptlint, "AGD001") == []
    assert found(promptlint, "AGD002") == []


@pytest.mark.parametrize("makefile", ["include other.mk\n", "%.o: x\n", "$(ALL): x\n"])
def test_a_makefile_that_may_hold_more(makefile: str) -> None:
    listing = Listing(frozenset({"Makefile"}), lambda _: makefile + "test:\n")
    assert not listing.missing("make deploy", "AGENTS.md")


@pytest.mark.parametrize("package", ["{", "[]", '{"scripts": 3}', '{"scripts": [[]]}'])
def test_a_package_that_cannot_be_read(package: str) -> None:
    listing = Listing(frozenset({"package.json"}), lambda _: package)
    assert not listing.missing("npm run dev", "AGENTS.md")


PARTS = st.lists(st.sampled_from(["a", "b", "web", "x.md", "y.py"]), min_size=1, max_size=4).map("/".join)


@given(st.frozensets(PARTS, max_size=8), PARTS)
def test_a_file_that_is_there_is_never_missing(files: frozenset[str], home: str) -> None:
    listing = Listing(files, lambda _: None)
    assert not any(listing.missing(name, home) for name in files)


@pytest.mark.parametrize(
    "unit", ["`a/b.py` ", "```\n", "@a.md ", "](a/b.md)", "`python a.py` ", "make x\n", "`", "a/" * 9]
)
def test_much_of_it_ends_and_is_bounded(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    said = extract(Source("AGENTS.md", text, SourceKind.MARKDOWN)).references
    assert sum(item.kind is Target.MENTION for item in said) <= 200


# --- AGD002 -------------------------------------------------------------------------------------

ROOT = "# Guide\n\n- Record locators in fixtures begin with the letters ZZ.\n- Never commit data over one megabyte to the repository of the desk.\n"


def test_levels_and_imports(promptlint: Runner, tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "AGENTS.md": ROOT,
            "web/AGENTS.md": "# Web\n\n- Colours come from the theme.\n- Never commit data over one megabyte to the repository of the desk.\n",
            "CLAUDE.md": "@docs/style.md\n\n- Comments are written in plain English only, as whole sentences, and give reasons.\n",
            "docs/style.md": "- Comments are written in plain English only, as whole sentences, and give reasons.\n",
            "other/GEMINI.md": ROOT,
        },
    )
    assert [(path, line, message.split()[0]) for path, line, message in found(promptlint, "AGD002")] == [
        ("CLAUDE.md", 3, "docs/style.md:1"),
        ("web/AGENTS.md", 4, "AGENTS.md:4"),
    ]


def test_the_reference_of_a_skill_repeats_the_skill(promptlint: Runner, tmp_path: Path) -> None:
    rule = (
        "Ten comments a chapter at the most, each tied to a paragraph, and none that only says that a sentence is"
        " good or bad without a proposal for another wording.\n"
    )
    put(
        tmp_path,
        {
            "skills/x/SKILL.md": f"---\nname: x\ndescription: Comments on a chapter\n---\nRead `references/c.md`.\n\n{rule}",
            "skills/x/references/c.md": f"# Criteria\n\n{rule}",
        },
    )
    assert [(path, line) for path, line, _ in found(promptlint, "AGD002")] == [
        ("skills/x/references/c.md", 3)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Always commit data over one megabyte to the repository of the desk.",
        "Never commit data over two megabytes to the repository of the desk.",
        "Never commit data to the repository of the desk where all of us can see it.",
        "Record locators in tests begin with a digit, and the ones in fixtures with a letter.",
    ],
)
def test_another_rule(promptlint: Runner, tmp_path: Path, line: str) -> None:
    put(tmp_path, {"AGENTS.md": ROOT, "web/AGENTS.md": f"# Web\n\n- {line}\n"})
    assert found(promptlint, "AGD002") == []
