from __future__ import annotations

from pathlib import Path

from promptlint.extract import Options
from promptlint.links import Project, contexts
from promptlint.model import Reference, Span, Target
from promptlint.project import Tree


def tree(root: Path) -> Tree:
    return Tree(root, {}, {}, lambda path: Options())


def test_a_link_that_leads_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the password is xyzzy")
    root = tmp_path / "project"
    root.mkdir()
    (root / "in.txt").write_text("inside")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "fine.txt").symlink_to(root / "in.txt")
    (root / "up").symlink_to(tmp_path)
    found = tree(root)
    assert [found.exists(name) for name in ("in.txt", "fine.txt")] == [True, True]
    assert [found.exists(name) for name in ("link.txt", "up/secret.txt", "a\0b", "")] == [False] * 4
    assert found.text("link.txt") is None
    reference = Reference(Target.TEMPLATE, "link.txt", Span(0, 4), required=True)
    project = Project(frozenset(), lambda path: (reference,) if path == "a" else (), found.text, found.exists)
    context = contexts(["a"], project)["a"]
    assert context.includes == ()
    assert [item.message for item in context.problems] == ["the template 'link.txt' does not exist"]


def test_what_is_no_text_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "x.j2").write_bytes(b"\xff\0")
    assert tree(tmp_path).exists("x.j2")
    assert tree(tmp_path).text("x.j2") is None
