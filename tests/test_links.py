from __future__ import annotations

import posixpath
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import links
from promptlint.links import MAX_INCLUDES, Project, contexts
from promptlint.model import Call, Context, Field, Include, Reference, Role, Span, Target, Use

AT = Span(3, 9)
SHOP = Use("SYSTEM", Role.SYSTEM, Call((Field("model", "gpt-4o", Span(1, 2)),)))
TOLD = Call((replace(SHOP.call.fields[0], line=1),))


def file(target: str, required: bool = True) -> Reference:
    return Reference(Target.FILE, target, AT, Use(syntax="jinja"), required=required)


def module(target: str, name: str = "SYSTEM") -> Reference:
    return Reference(Target.MODULE, target, AT, Use(name, Role.SYSTEM, SHOP.call))


def passes(target: str, name: str, alias: str) -> Reference:
    return Reference(Target.MODULE, target, AT, Use(name), alias=alias)


def template(target: str) -> Reference:
    return Reference(Target.TEMPLATE, target, AT, required=True)


def project(texts: dict[str, str], said: dict[str, list[Reference]]) -> Project:
    return Project(
        frozenset(texts), lambda path: tuple(said.get(path, ())), texts.get, lambda path: path in texts
    )


def found(said: dict[str, list[Reference]], *others: str) -> dict[str, Context]:
    texts = {name: f"text of {name}" for name in (*said, *others)}
    return contexts(said, project(texts, said))


def problems(said: dict[str, list[Reference]], *others: str) -> list[str]:
    every = found(said, *others).values()
    return [problem.message for context in every for problem in context.problems]


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("a.txt", "evals/a.txt"),
        ("./a.txt", "evals/a.txt"),
        ("../prompts/a.txt", "prompts/a.txt"),
        ("prompts/a.txt", "prompts/a.txt"),
        ("..\\prompts\\a.txt", "prompts/a.txt"),
        ("make.py:build", "evals/make.py"),
    ],
)
def test_a_file_is_looked_for_beside_and_above(target: str, place: str) -> None:
    result = found({"evals/config.yaml": [file(target)]}, "evals/a.txt", "prompts/a.txt", "evals/make.py")
    assert result == {place: Context(uses=(Use(syntax="jinja", path="evals/config.yaml"),))}


def test_what_begins_with_a_dot_is_not_looked_for_above() -> None:
    assert problems({"a/b/c.yaml": [file("./x.txt")]}, "x.txt", "a/x.txt") == [
        "the file './x.txt' does not exist"
    ]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("gone.txt", "does not exist"),
        ("/etc/passwd", "is absolute: only files of the project are read"),
        ("~/secrets.txt", "is absolute: only files of the project are read"),
        ("C:\\x.txt", "is absolute: only files of the project are read"),
        ("../../x.txt", "is outside the project: it is not read"),
        ("*.md", "matches no file"),
    ],
)
def test_what_leads_nowhere_is_said_and_never_followed(target: str, why: str) -> None:
    result = found({"a/c.yaml": [file(target)]}, "x.txt")
    assert list(result) == ["a/c.yaml"]
    (problem,) = result["a/c.yaml"].problems
    assert problem == links.Problem("SRC004", f"the file '{target}' {why}", AT)


def test_a_reference_that_may_be_missing_is_silent() -> None:
    assert found({"c.yaml": [file("gone.txt", required=False)]}) == {}


def test_an_address_is_no_file() -> None:
    assert problems({"c.yaml": [file("https://example.com/x.txt", required=False)]}) == []


def test_a_glob_names_every_file_that_it_matches() -> None:
    result = found({"e/c.yaml": [file("../p/*.txt")]}, "p/a.txt", "p/b.txt", "p/c.md", "p/q/d.txt")
    assert list(result) == ["p/a.txt", "p/b.txt"]


@pytest.mark.parametrize(
    ("spelt", "place"),
    [
        ("./prompts", "src/prompts.ts"),
        ("./prompts.js", "src/prompts.ts"),
        ("./shared", "src/shared/index.ts"),
        ("../lib/x", "lib/x.mjs"),
    ],
)
def test_a_script_imports_without_suffix(spelt: str, place: str) -> None:
    others = ("src/prompts.ts", "src/shared/index.ts", "lib/x.mjs")
    assert list(found({"src/app.ts": [file(spelt)]}, *others)) == [place]


def test_a_name_is_followed_through_the_scripts_that_hand_it_on() -> None:
    said = {
        "web/app.ts": [Reference(Target.FILE, "./prompts", AT, replace(SHOP, name="RULES"))],
        "web/prompts/index.ts": [
            Reference(Target.FILE, "./rules", AT, Use("SYSTEM"), alias="RULES"),
            Reference(Target.FILE, "./all", AT, Use(), alias="*"),
        ],
        "web/prompts/rules.ts": [Reference(Target.FILE, "./index", AT, Use("RULES"), alias="SYSTEM")],
    }
    uses = {path: [use.name for use in context.uses] for path, context in found(said).items()}
    assert uses == {}  # a circle says nothing
    said["web/prompts/rules.ts"] = []
    uses = {path: [use.name for use in context.uses] for path, context in found(said).items()}
    assert uses == {"web/prompts/rules.ts": ["SYSTEM"]}
    said["web/app.ts"] = [Reference(Target.FILE, "./prompts", AT, replace(SHOP, name="TONE"))]
    every = found(said, "web/prompts/all.ts")
    assert every["web/prompts/all.ts"].uses == (replace(SHOP, name="TONE", call=TOLD, path="web/app.ts"),)


def test_only_scripts_import_without_suffix() -> None:
    assert problems({"src/c.yaml": [file("./prompts")]}, "src/prompts.ts")


# --- modules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (".prompts", "shop/bot/prompts.py"),
        ("..prompts", "shop/prompts.py"),
        (".", "shop/bot/__init__.py"),
        ("shop.prompts", "shop/prompts.py"),
        ("shop", "shop/__init__.py"),
        ("prompts", "shop/bot/prompts.py"),
        ("lib.texts", "src/lib/texts.py"),
    ],
)
def test_a_module_is_a_file(target: str, place: str) -> None:
    others = ("shop/bot/prompts.py", "shop/prompts.py", "shop/bot/__init__.py", "shop/__init__.py")
    result = found({"shop/bot/app.py": [module(target)]}, *others, "src/lib/texts.py")
    use = Use("SYSTEM", Role.SYSTEM, TOLD, path="shop/bot/app.py")
    assert result == {place: Context(uses=(use,))}


@pytest.mark.parametrize("target", ["openai", "....prompts", "", "os.path"])
def test_a_module_of_another_project_is_nothing(target: str) -> None:
    assert found({"a/b.py": [module(target)]}, "prompts.py") == {}


def test_a_name_is_followed_to_where_it_is_at_home() -> None:
    said = {
        "app.py": [module("shop", "S")],
        "shop/__init__.py": [passes(".prompts", "SYSTEM", "S")],
        "shop/prompts.py": [passes("shop.texts", "SYSTEM", "SYSTEM")],
    }
    assert list(found(said, "shop/texts.py")) == ["shop/texts.py"]


def test_a_star_passes_every_name_on() -> None:
    said = {"app.py": [module("shop")], "shop/__init__.py": [passes(".a", "", "*"), passes(".b", "", "*")]}
    assert list(found(said, "shop/a.py", "shop/b.py")) == ["shop/__init__.py", "shop/a.py", "shop/b.py"]


def test_names_that_are_passed_in_a_circle_end() -> None:
    said = {
        "app.py": [module("a")],
        "a.py": [passes("b", "SYSTEM", "SYSTEM")],
        "b.py": [passes("a", "SYSTEM", "SYSTEM")],
    }
    assert found(said) == {}


# --- templates ----------------------------------------------------------------------------------


def test_a_template_gets_the_texts_that_it_includes_and_those_are_used() -> None:
    said = {"p/a.j2": [template("b.j2")], "p/b.j2": [template("c.j2")]}
    result = found(said, "p/c.j2")
    assert result["p/a.j2"].includes == (
        Include("b.j2", "p/b.j2", "text of p/b.j2"),
        Include("c.j2", "p/c.j2", "text of p/c.j2"),
    )
    assert [use.path for use in result["p/c.j2"].uses] == ["p/b.j2"]


def test_a_circle_of_includes_is_said_once_in_each_file() -> None:
    said = {"a.j2": [template("b.j2")], "b.j2": [template("a.j2")]}
    assert problems(said) == [
        "templates include each other: a.j2 -> b.j2 -> a.j2",
        "templates include each other: b.j2 -> a.j2 -> b.j2",
    ]


def test_a_template_that_includes_itself_is_a_circle() -> None:
    assert problems({"a.j2": [template("a.j2")]}) == ["templates include each other: a.j2 -> a.j2"]


def test_includes_are_bounded() -> None:
    said = {f"t{number}.j2": [template(f"t{number + 1}.j2")] for number in range(400)}
    result = found(said, "t400.j2")
    assert 0 < len(result["t0.j2"].includes) <= MAX_INCLUDES


def test_a_net_of_includes_ends() -> None:
    names = [f"{number}.j2" for number in range(12)]
    said = {name: [template(other) for other in names if other > name] for name in names}
    assert len(found(said)["0.j2"].includes) == 11


# --- the law ------------------------------------------------------------------------------------

SPELT = st.lists(st.sampled_from(["..", ".", "a", "b.txt", "", "*", "/", "~", "\\", "\0", "é"]), max_size=6)


@given(SPELT.map("/".join), st.sampled_from(["x.yaml", "a/x.yaml", "a/b/x.yaml"]))
def test_nothing_outside_the_root_is_ever_asked_for(spelt: str, home: str) -> None:
    asked: list[str] = []

    def exists(path: str) -> bool:
        asked.append(path)
        return False

    said = {home: (file(spelt), template(spelt), module(spelt.replace("/", ".")))}
    contexts([home], Project(frozenset(), lambda path: said.get(path, ()), lambda path: None, exists))
    for path in asked:
        assert not path.startswith("/"), path
        assert posixpath.normpath(path) == path or path == ""
        assert ".." not in path.split("/")


def test_all_that_a_template_includes_is_said_to_be_a_part() -> None:
    def part(target: str) -> Reference:
        return replace(template(target), use=Use(part=True))

    said = {"a.j2": [part("b.j2")], "b.j2": [part("c.j2"), template("d.mustache")]}
    texts = {name: name for name in ("a.j2", "b.j2", "c.j2", "d.mustache")}
    result = contexts(["a.j2"], project(texts, said))
    assert {path: context.uses for path, context in result.items()} == {
        "a.j2": (),
        "b.j2": (Use(path="a.j2", part=True),),
        "c.j2": (Use(path="b.j2", part=True),),
    }
