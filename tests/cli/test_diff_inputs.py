"""`promptlint diff` on what git can hold besides a plain history of plain files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran, Runner
from repositories import A, B, commit, diff, git, statuses, write

LACKING = "this clone is partial or damaged"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": A, "b.prompt.md": B})
    return tmp_path


def both(promptlint: Runner, top: Path) -> dict[str, Any]:
    """What the change in the work tree gives, from the disk, which a commit of it must give as well."""
    on_disk = diff(promptlint, "HEAD")
    commit(top)
    committed = diff(promptlint, "HEAD~", "HEAD")
    left_out = ("generated_at", "head", "base")
    assert {key: value for key, value in on_disk.items() if key not in left_out} == {
        key: value for key, value in committed.items() if key not in left_out
    }
    return committed


def refused(ran: Ran, words: str) -> None:
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert "Traceback" not in ran.err


# --- kinds of entries -------------------------------------------------------------------------


def other_repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, **{"inside.prompt.md": A})
    return folder


@pytest.mark.parametrize("name", ["mod", "mod.prompt.md"])
def test_a_submodule_that_comes_moves_and_goes(
    repo: Path, promptlint: Runner, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    other = other_repository(tmp_path_factory.mktemp("other") / "repo")
    write(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "submodule", "--quiet", "add", str(other), name)
    skipped = [{"path": name, "reason": "a submodule: what it holds is not compared"}]
    data = both(promptlint, repo)
    assert statuses(data) == {"a.prompt.md": "changed"}
    assert data["skipped"] == skipped
    assert data["verdict"] == "warn"
    commit(other, **{"inside.prompt.md": B})
    git(repo / name, "pull", "-q")
    data = both(promptlint, repo)
    assert (statuses(data), data["skipped"], data["verdict"]) == ({}, skipped, "warn")
    assert "1 file skipped" in promptlint("diff", "HEAD~", "HEAD").out
    assert "1 changed file not checked" in promptlint("diff", "HEAD~", "HEAD", "--format", "markdown").out
    git(repo, "rm", "-qf", name)
    data = both(promptlint, repo)
    assert (statuses(data), data["skipped"]) == ({}, skipped)
    write(repo, **{"a.prompt.md": A})
    assert diff(promptlint, "HEAD")["skipped"] == []


def test_a_binary_file_that_is_named_like_a_prompt(repo: Path, promptlint: Runner) -> None:
    (repo / "x.prompt.md").write_bytes(b"\0\x01\xff" * 100)
    commit(repo)
    (repo / "x.prompt.md").write_bytes(b"\0\x02\xfe" * 100)
    (repo / "a.prompt.md").write_bytes(b"\x89PNG\r\n\0\0" + b"\xff" * 50)
    data = both(promptlint, repo)
    assert statuses(data) == {}
    assert [(each["path"], each["reason"]) for each in data["skipped"]] == [
        ("a.prompt.md", "cannot be read any more; 1 prompt that it held before is not compared")
    ]
    assert data["total"]["before"]["tokens"] == 0
    assert [(each["path"], each["code"]) for each in data["findings"]["new"]] == [("a.prompt.md", "SRC001")]
    assert data["verdict"] == "fail"


def test_a_link_that_leads_elsewhere(repo: Path, promptlint: Runner) -> None:
    link = repo / "link.prompt.md"
    link.symlink_to("a.prompt.md")
    commit(repo)
    link.unlink()
    link.symlink_to("/etc/passwd")
    data = diff(promptlint, "HEAD")
    assert statuses(data) == {}
    assert [(each["path"], each["reason"]) for each in data["skipped"]] == [
        ("link.prompt.md", "a symbolic link that leads outside the project"),
        ("link.prompt.md", "a symbolic link, or a submodule"),
    ]
    commit(repo)
    data = diff(promptlint, "HEAD~", "HEAD")
    assert statuses(data) == {}
    assert [each["reason"] for each in data["skipped"]] == ["a symbolic link, or a submodule"]


@pytest.mark.parametrize("target", ["b.prompt.md", "/etc/passwd", "nowhere", ".", "loop.prompt.md"])
def test_a_file_that_becomes_a_link_and_is_one_no_more(repo: Path, promptlint: Runner, target: str) -> None:
    path = repo / "a.prompt.md"
    path.unlink()
    path.symlink_to(target if target != "loop.prompt.md" else path.name)
    on_disk = diff(promptlint, "HEAD")
    if target == "b.prompt.md":  # on disk a link is the file that it leads to
        assert statuses(on_disk) == {"a.prompt.md": "changed"}
    else:
        assert statuses(on_disk) == {}
        assert [each["path"] for each in on_disk["skipped"]] == ["a.prompt.md"]
    commit(repo)
    data = diff(promptlint, "HEAD~", "HEAD")
    assert statuses(data) == {}
    assert [each["path"] for each in data["skipped"]] == ["a.prompt.md"]
    assert data["skipped"][0]["reason"].endswith("; 1 prompt that it held before is not compared")
    assert data["verdict"] == "warn"
    path.unlink()
    write(repo, **{"a.prompt.md": A})
    assert statuses(diff(promptlint, "HEAD")) == {"a.prompt.md": "added"}


def test_a_file_that_becomes_a_folder_and_a_folder_that_becomes_a_file(
    repo: Path, promptlint: Runner
) -> None:
    write(repo, **{"a.prompt.md": None})
    write(repo, **{"a.prompt.md/c.prompt.md": A})
    assert statuses(both(promptlint, repo)) == {"a.prompt.md/c.prompt.md": "moved"}
    shutil.rmtree(repo / "a.prompt.md")
    write(repo, **{"a.prompt.md": A})
    assert statuses(both(promptlint, repo)) == {"a.prompt.md": "moved"}


def test_a_folder_that_becomes_a_link_to_another(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"one/x.prompt.md": "You are a clerk of a shop.\n", "two/x.prompt.md": "Hi, be kind.\n"})
    shutil.rmtree(repo / "one")
    (repo / "one").symlink_to("two")
    assert statuses(diff(promptlint, "HEAD")) == {"one/x.prompt.md": "removed"}
    commit(repo)
    assert statuses(diff(promptlint, "HEAD~", "HEAD")) == {"one/x.prompt.md": "removed"}


def test_a_named_pipe_does_not_block(repo: Path, promptlint: Runner) -> None:
    (repo / "a.prompt.md").unlink()
    os.mkfifo(repo / "a.prompt.md")
    data = diff(promptlint, "HEAD")
    assert statuses(data) == {}
    assert [(each["path"], each["reason"]) for each in data["skipped"]] == [
        ("a.prompt.md", "no regular file; 1 prompt that it held before is not compared")
    ]


def test_a_file_that_cannot_be_read(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": A + "Be kind.\n"})
    (repo / "a.prompt.md").chmod(0)
    if os.access(repo / "a.prompt.md", os.R_OK):
        pytest.skip("root reads everything")
    data = diff(promptlint, "HEAD")
    assert [each["code"] for each in data["findings"]["new"]] == ["SRC001"]


def test_a_mode_alone_is_no_change(repo: Path, promptlint: Runner) -> None:
    (repo / "a.prompt.md").chmod(0o755)
    assert both(promptlint, repo)["verdict"] == "unchanged"


# --- names ------------------------------------------------------------------------------------


def test_renamed_with_an_edit_and_deleted(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": None, "b.prompt.md": None, "sub/c.prompt.md": A + "Be kind.\n"})
    data = both(promptlint, repo)
    assert statuses(data) == {"b.prompt.md": "removed", "sub/c.prompt.md": "moved"}
    (moved,) = [each for each in data["prompts"] if each["status"] == "moved"]
    assert (moved["previous_id"], moved["edited"]) == ("a.prompt.md", True)
    assert [each["text"] for each in moved["contract_gains"]] == ["Be kind."]


def test_renamed_in_case_alone(repo: Path, promptlint: Runner) -> None:
    git(repo, "mv", "a.prompt.md", "A.prompt.md")
    data = both(promptlint, repo)
    assert statuses(data) == {"A.prompt.md": "moved"}
    assert data["prompts"][0]["previous_id"] == "a.prompt.md"


@pytest.mark.parametrize(
    "name",
    [
        *("new\nline.prompt.md", 'quo"te\'s.prompt.md', "--output=x.prompt.md", ":(glob)x.prompt.md"),
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in (
                *("-rf.prompt.md", " lead.prompt.md", "tab\there.prompt.md", "back\\slash.prompt.md"),
                *("é ü \U0001f600.prompt.md", "\x1b[31m.prompt.md", "a:b.prompt.md", "*?[x].prompt.md"),
                "$(id).prompt.md",
            )
        ),
    ],
)  # fmt: skip
def test_odd_names(repo: Path, promptlint: Runner, name: str) -> None:
    write(repo, **{name: "You are a clerk of a shop.\n"})
    assert statuses(both(promptlint, repo)) == {name: "added"}
    write(repo, **{name: "You are a clerk of a shop.\nBe kind.\n"})
    assert statuses(both(promptlint, repo)) == {name: "changed"}
    assert statuses(diff(promptlint, "HEAD~", "HEAD", "--path", name)) == {name: "changed"}
    for form in ("text", "markdown"):
        ran = promptlint("diff", "HEAD~", "HEAD", "--format", form)
        assert ran.code == 0
        assert "\x1b" not in ran.out
        assert "new\nline" not in ran.out


def test_names_that_are_no_utf8(repo: Path, promptlint: Runner) -> None:
    name = os.fsdecode(b"caf\xe9.prompt.md")
    write(repo, **{name: A, "z.prompt.md": "Hi, be kind.\n"})
    data = both(promptlint, repo)
    assert statuses(data) == {"z.prompt.md": "added"}
    assert [(each["path"], each["reason"]) for each in data["skipped"]] == [
        ("caf\\xe9.prompt.md", "its name is not UTF-8")
    ]
    assert data["verdict"] == "warn"


# --- histories --------------------------------------------------------------------------------


def test_a_base_that_went_on(repo: Path, promptlint: Runner) -> None:
    start = git(repo, "rev-parse", "HEAD")
    git(repo, "checkout", "-qb", "work")
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "checkout", "-q", "main")
    commit(repo, **{"b.prompt.md": B + "Rhyme.\n"})
    data = diff(promptlint, "main", "work")
    assert statuses(data) == {"a.prompt.md": "changed"}
    assert data["base"] == {"name": "main", "sha": start}
    git(repo, "checkout", "-q", "work")
    assert statuses(diff(promptlint, "main")) == {"a.prompt.md": "changed"}
    git(repo, "merge", "-q", "--no-edit", "main")
    assert statuses(diff(promptlint, "main", "work")) == {"a.prompt.md": "changed"}
    assert statuses(diff(promptlint, "work~", "work")) == {"b.prompt.md": "changed"}


def test_a_criss_cross_of_merges(repo: Path, promptlint: Runner) -> None:
    git(repo, "checkout", "-qb", "other")
    theirs = commit(repo, **{"b.prompt.md": B + "Rhyme.\n"})
    git(repo, "checkout", "-q", "main")
    ours = commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "merge", "-q", "--no-edit", theirs)
    git(repo, "checkout", "-q", "other")
    git(repo, "merge", "-q", "--no-edit", ours)
    commit(repo, **{"c.prompt.md": "You are a clerk of a shop.\n"})
    assert len(git(repo, "merge-base", "--all", "main", "other").splitlines()) == 2
    data = diff(promptlint, "main", "other")
    assert statuses(data)["c.prompt.md"] == "added"
    assert data["base"]["sha"] in (ours, theirs)
    assert data == {**diff(promptlint, "main", "other"), "generated_at": data["generated_at"]}


def test_histories_with_nothing_in_common(repo: Path, promptlint: Runner) -> None:
    git(repo, "checkout", "-q", "--orphan", "other")
    commit(repo, **{"c.prompt.md": "Hi, be kind.\n"})
    refused(promptlint("diff", "main", "other"), "have no commit in common")
    refused(promptlint("diff", "main"), "have no commit in common")


def test_no_commit_yet(tmp_path: Path, promptlint: Runner) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    refused(promptlint("diff", "HEAD"), "'HEAD': no such revision")
    write(tmp_path, **{"a.prompt.md": A})
    git(tmp_path, "add", ".")
    refused(promptlint("diff", "main"), "'main': no such revision")


def test_an_unborn_head_beside_a_branch(repo: Path, promptlint: Runner) -> None:
    git(repo, "symbolic-ref", "HEAD", "refs/heads/new")
    refused(promptlint("diff", "main"), "'HEAD': no such revision")
    assert diff(promptlint, "main", "main")["verdict"] == "unchanged"


def test_a_tag_and_what_is_no_commit(repo: Path, promptlint: Runner) -> None:
    git(repo, "tag", "-am", "x", "v1")
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    assert statuses(diff(promptlint, "v1")) == {"a.prompt.md": "changed"}
    refused(promptlint("diff", "HEAD:a.prompt.md"), "no such revision")
    refused(promptlint("diff", "HEAD", "HEAD^{tree}"), "no such revision")
    refused(promptlint("diff", "--", "--output=x"), "no such revision")


def test_staged_and_not_staged(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "add", "-A")
    assert statuses(diff(promptlint, "HEAD")) == {"a.prompt.md": "changed"}
    write(repo, **{"a.prompt.md": A})
    assert diff(promptlint, "HEAD")["verdict"] == "unchanged"
    git(repo, "add", "-A")
    git(repo, "rm", "-q", "--cached", "b.prompt.md")
    assert diff(promptlint, "HEAD")["verdict"] == "unchanged"


def test_a_merge_that_has_not_been_settled(repo: Path, promptlint: Runner) -> None:
    git(repo, "checkout", "-qb", "other")
    commit(repo, **{"a.prompt.md": A + "Be kind.\n", "b.prompt.md": None})
    git(repo, "checkout", "-q", "main")
    commit(repo, **{"a.prompt.md": A + "Be quick.\n", "b.prompt.md": B + "Rhyme.\n"})
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, "merge", "other")
    data = diff(promptlint, "HEAD")
    assert statuses(data) == {"a.prompt.md": "changed"}
    assert "<<<<<<< HEAD" in (repo / "a.prompt.md").read_text()
    assert statuses(diff(promptlint, "main", "other")) == {"a.prompt.md": "changed", "b.prompt.md": "removed"}


def test_an_explicit_head_does_not_see_the_disk(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    write(repo, **{"a.prompt.md": "Broken {{\n", "b.prompt.md": None, "promptlint.toml": "not toml"})
    data = diff(promptlint, "HEAD~", "HEAD")
    assert statuses(data) == {"a.prompt.md": "changed"}
    assert [each["text"] for each in data["prompts"][0]["contract_gains"]] == ["Be kind."]
    assert data["guards"] == []


# --- clones -----------------------------------------------------------------------------------


def test_a_shallow_clone_without_the_base(repo: Path, promptlint: Runner) -> None:
    start = git(repo, "rev-parse", "HEAD")
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "clone", "-q", "--depth", "1", f"file://{repo}", "clone")
    (repo / ".git").rename(repo / "moved.git")
    (repo / "clone" / ".git").rename(repo / ".git")
    refused(promptlint("diff", start), "this is a shallow clone; fetch the history first")
    git(repo, "fetch", "-q", "--depth", "1", f"file://{repo}/moved.git", start)
    refused(promptlint("diff", start), "have no commit in common: this is a shallow clone")
    git(repo, "fetch", "-q", "--unshallow", f"file://{repo}/moved.git")
    assert statuses(diff(promptlint, start, "HEAD")) == {"a.prompt.md": "changed"}


@pytest.mark.parametrize("reachable", [True, False])
@pytest.mark.parametrize(
    ("lacking", "words"), [("blob:none", "read 2 of 2 files"), ("tree:0", "list the files of")]
)
def test_a_clone_without_the_contents(
    repo: Path, promptlint: Runner, reachable: bool, lacking: str, words: str
) -> None:
    """Nothing is fetched: what is not there is said."""
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    commit(repo, **{"b.prompt.md": B + "Rhyme.\n"})
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(repo, "clone", "-q", f"--filter={lacking}", f"file://{repo}", "clone")
    (repo / ".git").rename(repo / "moved.git")
    (repo / "clone" / ".git").rename(repo / ".git")
    if reachable:
        git(repo, "config", "remote.origin.url", f"file://{repo}/moved.git")
    refused(promptlint("diff", "HEAD~2", "HEAD"), f"git cannot {words}")
    refused(promptlint("diff", "HEAD~2"), f"git cannot {words}")
    assert diff(promptlint, "HEAD", "HEAD")["verdict"] == "unchanged"


def test_a_bare_repository(repo: Path, promptlint: Runner) -> None:
    git(repo, "clone", "-q", "--bare", ".", "bare.git")
    for path in repo.iterdir():
        if path.name not in (".git", "bare.git"):
            path.unlink()
    shutil.rmtree(repo / ".git")
    for path in (repo / "bare.git").iterdir():
        path.rename(repo / path.name)
    refused(promptlint("diff", "HEAD", "HEAD"), "is not in a git repository")


def test_another_work_tree(repo: Path, promptlint: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "worktree", "add", "-q", "-b", "work", "tree")
    commit(repo / "tree", **{"a.prompt.md": A + "Be kind.\n"})
    write(repo / "tree", **{"b.prompt.md": B + "Rhyme.\n"})
    monkeypatch.chdir(repo / "tree")
    assert statuses(diff(promptlint, "main")) == {"a.prompt.md": "changed", "b.prompt.md": "changed"}
    assert statuses(diff(promptlint, "main", "HEAD")) == {"a.prompt.md": "changed"}


def test_a_folder_of_the_repository(repo: Path, promptlint: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, **{"sub/c.prompt.md": "You are a clerk of a shop.\n", "sub/promptlint.toml": ""})
    write(repo, **{"sub/c.prompt.md": "You are a clerk.\n", "a.prompt.md": A + "Be kind.\n"})
    monkeypatch.chdir(repo / "sub")
    assert statuses(diff(promptlint, "HEAD")) == {"c.prompt.md": "changed"}
    commit(repo)
    assert statuses(diff(promptlint, "HEAD~", "HEAD")) == {"c.prompt.md": "changed"}


# --- hostile repositories ---------------------------------------------------------------------


def test_nothing_that_a_repository_names_is_run(repo: Path, promptlint: Runner) -> None:
    """Filters, hooks, a monitor, differs, aliases and remotes each leave a mark; the control shows that."""
    mark, evil = repo / "executed", repo / "evil.sh"
    evil.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat\n')
    evil.chmod(0o755)
    commit(repo, **{".gitattributes": "*.md filter=evil diff=evil merge=evil\n", "c.prompt.md": "Hi you.\n"})
    commit(repo, **{"c.prompt.md": "Hi, be kind.\n"})
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "post-checkout", "pre-auto-gc", "reference-transaction"):
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(evil)
    for key, value in {
        "core.fsmonitor": str(evil),
        "core.hooksPath": str(hooks),
        "core.pager": str(evil),
        "core.sshCommand": str(evil),
        "core.attributesFile": str(repo / ".gitattributes"),
        "pager.diff": str(evil),
        "diff.external": str(evil),
        "diff.evil.textconv": str(evil),
        "diff.evil.command": str(evil),
        "diff.trustExitCode": "true",
        "filter.evil.clean": str(evil),
        "filter.evil.smudge": str(evil),
        "filter.evil.process": str(evil),
        "filter.evil.required": "true",
        "merge.evil.driver": str(evil),
        "alias.diff-tree": f"!{evil}",
        "alias.ls-tree": f"!{evil}",
        "uploadpack.packObjectsHook": str(evil),
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{evil} fetch",
        "protocol.ext.allow": "always",
        "credential.helper": f"!{evil}",
        "gpg.program": str(evil),
        "log.showSignature": "true",
    }.items():
        git(repo, "config", key, value)
    write(repo, **{"a.prompt.md": A + "Be kind.\n"})
    os.utime(repo / "b.prompt.md", (0, 0))
    assert statuses(diff(promptlint, "HEAD")) == {"a.prompt.md": "changed"}
    assert statuses(diff(promptlint, "HEAD~", "HEAD")) == {"c.prompt.md": "changed"}
    refused(promptlint("diff", "1234567890123456789012345678901234567890"), "no such revision")
    assert promptlint("check").code in (0, 1)
    assert promptlint("budget").code == 0
    assert not mark.exists()
    subprocess.run(["git", "status"], cwd=repo, capture_output=True, check=False)
    assert mark.exists()


def test_replaced_objects_are_not_looked_at(repo: Path, promptlint: Runner) -> None:
    old, new = git(repo, "rev-parse", "HEAD:a.prompt.md"), git(repo, "rev-parse", "HEAD:b.prompt.md")
    first = git(repo, "rev-parse", "HEAD")
    second = commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "replace", old, new)
    git(repo, "replace", second, first)
    data = diff(promptlint, first, second)
    assert statuses(data) == {"a.prompt.md": "changed"}
    assert data["prompts"][0]["contract_losses"] == []


def test_grafts_are_not_looked_at(repo: Path, promptlint: Runner) -> None:
    first = git(repo, "rev-parse", "HEAD")
    git(repo, "checkout", "-q", "--orphan", "other")
    alone = commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "grafts").write_text(f"{alone} {first}\n")
    refused(promptlint("diff", first, alone), "have no commit in common")


def test_a_repository_that_is_damaged(repo: Path, promptlint: Runner) -> None:
    gone = git(repo, "rev-parse", "HEAD:a.prompt.md")
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    (repo / ".git" / "objects" / gone[:2] / gone[2:]).unlink()
    refused(promptlint("diff", "HEAD~", "HEAD"), f"git cannot read 1 of 1 files of a commit: {LACKING}")
    tree = git(repo, "rev-parse", "HEAD~^{tree}")
    (repo / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    refused(promptlint("diff", "HEAD~", "HEAD"), "git cannot")


def test_an_index_that_is_damaged(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    (repo / ".git" / "index").write_bytes(b"DIRC garbage")
    refused(promptlint("diff", "HEAD"), "git cannot compare")
    refused(promptlint("diff", "HEAD~", "HEAD"), "git cannot compare")


def test_a_git_file_that_leads_nowhere(repo: Path, promptlint: Runner) -> None:
    shutil.rmtree(repo / ".git")
    (repo / ".git").write_text("gitdir: /nowhere\n")
    refused(promptlint("diff", "HEAD"), "is not in a git repository, git is not installed")


def test_a_work_tree_that_the_config_sets_elsewhere(repo: Path, promptlint: Runner) -> None:
    (repo / "else").mkdir()
    git(repo, "config", "core.worktree", str(repo / "else"))
    refused(promptlint("diff", "HEAD"), "is not in a git repository, git is not installed")


def test_a_sparse_checkout(repo: Path, promptlint: Runner) -> None:
    """What is not checked out has not gone; what a commit changes there is seen."""
    commit(repo, **{"sub/c.prompt.md": "You are a clerk of a shop.\n"})
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    git(repo, "sparse-checkout", "set", "--no-cone", "/sub/")
    assert not (repo / "a.prompt.md").exists()
    assert diff(promptlint, "HEAD")["verdict"] == "unchanged"
    write(repo, **{"sub/c.prompt.md": "You are a clerk.\n"})
    assert statuses(diff(promptlint, "HEAD")) == {"sub/c.prompt.md": "changed"}
    assert statuses(diff(promptlint, "HEAD~", "HEAD")) == {"a.prompt.md": "changed"}
    data = diff(promptlint, "HEAD~")
    assert statuses(data) == {"sub/c.prompt.md": "changed"}
    assert [each["path"] for each in data["skipped"]] == ["a.prompt.md"]
    assert "not checked out here" in data["skipped"][0]["reason"]
