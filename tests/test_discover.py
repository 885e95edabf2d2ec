from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from promptlint import discover, walk
from promptlint.config import Configs
from promptlint.discover import Discovery, Scope
from promptlint.errors import SourceError, UsageError
from promptlint.model import SourceKind

ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env=ENV, capture_output=True, check=True)


def fill(folder: Path, *names: str, text: str = "x\n") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def wants(name: str) -> bool:
    return name.endswith((".md", ".py"))


def scope(root: Path, force_exclude: bool = False) -> Scope:
    return Scope(root, wants, Configs(root), force_exclude)


def nothing(name: str) -> bool:
    return False


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def search(root: Path, *paths: Path, force_exclude: bool = False) -> Discovery:
    return discover.discover(paths or (root,), scope(root, force_exclude))


def shown(found: Discovery) -> list[str]:
    return [file.display for file in found.files]


def reasons(found: Discovery) -> dict[str, str]:
    return {skip.path: skip.reason for skip in found.skipped}


@pytest.fixture(params=["git", "walk"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project folder: a git work tree, or not."""
    folder = tmp_path / "project"
    folder.mkdir()
    if request.param == "git":
        run(folder, "init", "-q")
    return folder


# --- searching ------------------------------------------------------------------------------


def test_a_folder_is_searched_for_what_is_wanted(root: Path) -> None:
    fill(root, "z.md", "a.py", "sub/b.md", "sub/c.txt", "sub/deep/d.md", "sub.md")
    assert shown(search(root)) == ["a.py", "sub.md", "sub/b.md", "sub/deep/d.md", "z.md"]
    assert shown(search(root, root / "sub")) == ["sub/b.md", "sub/deep/d.md"]
    assert shown(search(root, root / "sub", root / "sub" / "b.md", root)) == shown(search(root))
    assert not any(file.named for file in search(root).files)


def test_nested_gitignore_files_count(root: Path) -> None:
    fill(root, ".gitignore", text="*.tmp.md\n/top.md\nout/\n!kept.tmp.md\n")
    fill(root, "sub/.gitignore", text="!b.tmp.md\nprivate*\n")
    fill(
        root, "a.tmp.md", "top.md", "kept.tmp.md", "out/x.md", "sub/out/x.md", "sub/b.tmp.md", "sub/c.tmp.md"
    )
    fill(root, "sub/top.md", "sub/private.md", "private.md", "sub/deep/private.md")
    assert shown(search(root)) == ["kept.tmp.md", "private.md", "sub/b.tmp.md", "sub/top.md"]
    assert shown(search(root, root / "sub")) == ["sub/b.tmp.md", "sub/top.md"]


def test_an_ignored_folder_that_is_named_is_searched(root: Path) -> None:
    fill(root, ".gitignore", text="out/\n*.tmp.md\n")
    fill(root, "out/deep/x.md", "out/.gitignore", text="y.md\n")
    fill(root, "out/y.md")
    assert shown(search(root)) == []
    assert shown(search(root, root / "out")) == ["out/deep/x.md"]
    assert shown(search(root, root / "out" / "deep")) == ["out/deep/x.md"]


def test_a_folder_of_ignored_files_stays_empty(root: Path) -> None:
    fill(root, ".gitignore", text="*.local.md\n")
    fill(root, "sub/a.local.md")
    assert shown(search(root, root / "sub")) == []


def test_usual_folders_are_left_out_below_the_named_one(root: Path) -> None:
    fill(root, "node_modules/a.md", "x/.venv/b.py", "build/c.md", "x/dist/d.md", "e.md", "site-packages/f.py")
    fill(root, ".git/g.md")
    assert shown(search(root)) == ["e.md"]
    assert shown(search(root, root / "build")) == ["build/c.md"]


def test_exclude_and_include(root: Path) -> None:
    fill(
        root,
        "promptlint.toml",
        text="exclude = ['vendor/', '!build/']\ninclude = ['notes/*.txt', 'vendor/*.txt']\n",
    )
    fill(
        root,
        "vendor/a.md",
        "vendor/a.txt",
        "build/b.md",
        "notes/c.txt",
        "c.txt",
        "notes/deep/d.txt",
        "notes/e.md",
    )
    found = search(root)
    assert shown(found) == ["build/b.md", "notes/c.txt", "notes/e.md"]
    assert {file.display for file in found.files if file.named} == {"notes/c.txt"}


def test_the_nearest_config_excludes(root: Path) -> None:
    fill(root, "promptlint.toml", text="exclude = ['gen/']\n")
    fill(root, "pkg/promptlint.toml", text="exclude = ['/own/']\n")
    fill(root, "gen/a.md", "pkg/gen/b.md", "pkg/own/c.md", "own/d.md")
    assert shown(search(root)) == ["own/d.md", "pkg/gen/b.md"]


def test_a_project_that_is_excluded_is_left_out_whatever_its_own_config_says(root: Path) -> None:
    fill(root, "promptlint.toml", text="exclude = ['vendor/']\n")
    fill(root, "vendor/lib/promptlint.toml", text="exclude = ['/own/']\n")
    fill(root, "vendor/lib/a.md", "vendor/b.md", "lib/c.md")
    assert shown(search(root)) == ["lib/c.md"]
    assert shown(search(root, root / "vendor" / "lib")) == ["vendor/lib/a.md"]


def test_named_files_are_always_taken(root: Path) -> None:
    fill(root, "promptlint.toml", text="exclude = ['vendor/']\n")
    fill(root, ".gitignore", text="*.md\n")
    fill(root, "vendor/a.md", "node_modules/b.md", "c.unknown")
    named = [root / "vendor" / "a.md", root / "node_modules" / "b.md", root / "c.unknown"]
    found = search(root, *named)
    assert shown(found) == ["c.unknown", "node_modules/b.md", "vendor/a.md"]
    assert all(file.named for file in found.files)


def test_force_exclude_treats_a_named_file_like_one_that_is_found(root: Path) -> None:
    fill(root, "promptlint.toml", text="exclude = ['vendor/']\ninclude = ['notes/']\n")
    fill(root, "vendor/a.md", "node_modules/b.md", "c.unknown", "notes/d.txt", "e.md")
    named = [root / name for name in ("vendor/a.md", "node_modules/b.md", "c.unknown", "notes/d.txt", "e.md")]
    found = search(root, *named, force_exclude=True)
    assert [(file.display, file.named) for file in found.files] == [("e.md", False), ("notes/d.txt", True)]
    assert set(reasons(found)) == {"c.unknown", "node_modules/b.md", "vendor/a.md"}


def test_named_and_found_is_named(root: Path) -> None:
    fill(root, "a.md")
    assert [file.named for file in search(root, root, root / "a.md").files] == [True]
    assert [file.named for file in search(root, root / "a.md", root).files] == [True]


@pytest.mark.parametrize("name", ["absent.md", "a.md/b", "nul\0byte"])
def test_a_missing_path_is_a_usage_error(root: Path, name: str) -> None:
    fill(root, "a.md")
    with pytest.raises(UsageError):
        search(root, root / "a.md", root / name)


def test_paths_outside_the_root(root: Path, tmp_path: Path) -> None:
    fill(tmp_path, "other/a.md", "b.md")
    assert shown(search(root, tmp_path / "other", tmp_path / "b.md")) == ["../b.md", "../other/a.md"]


def test_a_root_behind_a_link(root: Path, tmp_path: Path) -> None:
    fill(root, "sub/a.md")
    (tmp_path / "alias").symlink_to(root)
    assert shown(search(root, tmp_path / "alias" / "sub" / "a.md")) == ["sub/a.md"]
    assert shown(search(root, tmp_path / "alias" / "sub")) == ["sub/a.md"]


def test_relative_paths(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(root, "sub/a.md", "b.md")
    monkeypatch.chdir(root / "sub")
    assert shown(search(root, Path("a.md"), Path("./../sub/a.md"), Path("../b.md"))) == ["b.md", "sub/a.md"]
    assert shown(search(root, Path())) == ["sub/a.md"]


# --- links and things that are no files ---------------------------------------------------------


def test_links(root: Path, tmp_path: Path) -> None:
    fill(tmp_path, "outside.md")
    fill(root, "AGENTS.md", "notes.txt", "real/x.md")
    (root / "CLAUDE.md").symlink_to("AGENTS.md")
    (root / "b.md").symlink_to("notes.txt")
    (root / "c.md").symlink_to("notes.txt")
    (root / "evil.md").symlink_to(tmp_path / "outside.md")
    (root / "broken.md").symlink_to("nowhere.md")
    (root / "self.md").symlink_to("self.md")
    (root / "folder.md").symlink_to("real")
    (root / "linked").symlink_to("real")
    (root / "real" / "loop").symlink_to("..")
    found = search(root)
    assert shown(found) == ["AGENTS.md", "b.md", "real/x.md"]
    assert reasons(found) == {
        "CLAUDE.md": "the same file as AGENTS.md",
        "broken.md": "a symbolic link that leads nowhere",
        "c.md": "the same file as b.md",
        "evil.md": "a symbolic link that leads outside the project",
        "folder.md": "a symbolic link to a folder",
        "self.md": "a symbolic link that leads nowhere",
    }


def test_a_link_that_is_named_is_taken(root: Path, tmp_path: Path) -> None:
    fill(tmp_path, "outside.md")
    (root / "evil.md").symlink_to(tmp_path / "outside.md")
    assert shown(search(root, root / "evil.md")) == ["evil.md"]
    fill(root, "real/x.md")
    (root / "linked").symlink_to("real")
    assert shown(search(root, root / "linked" / "x.md")) == ["linked/x.md"]
    assert shown(search(root, root / "linked" / "x.md", root / "real")) == ["real/x.md"]


def test_a_tracked_file_behind_a_folder_that_became_a_link(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    fill(root, "sub/a.md", "b.md")
    run(root, "init", "-q")
    run(root, "add", ".")
    (root / "sub").rename(tmp_path / "moved")
    (root / "sub").symlink_to(tmp_path / "moved")
    assert shown(search(root)) == ["b.md"]


def test_pipes_and_sockets_are_passed_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(root, "a.md")
    os.mkfifo(root / "pipe.md")
    monkeypatch.chdir(root)  # the path of a socket has to be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock.md")
        found = search(root)
    assert shown(found) == ["a.md"]
    assert set(reasons(found)) <= {"pipe.md", "sock.md"}  # git itself lists neither


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such a name")
def test_a_name_that_is_not_utf8_is_reported(root: Path) -> None:
    fill(root, "a.md")
    Path(os.fsdecode(bytes(root) + b"/bad\xff.md")).write_text("x")
    found = search(root)
    assert shown(found) == ["a.md"]
    assert reasons(found) == {"bad\\xff.md": "its name is not UTF-8"}
    named = search(root, Path(os.fsdecode(bytes(root) + b"/bad\xff.md")))
    assert (shown(named), reasons(named)) == ([], reasons(found))


def test_deleted_but_tracked_files_are_gone(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.md")
    run(tmp_path, "init", "-q")
    run(tmp_path, "add", ".")
    (tmp_path / "a.md").unlink()
    found = search(tmp_path)
    assert (shown(found), found.skipped) == (["b.md"], ())


def test_repositories_inside_the_repository_are_searched(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    fill(root, "a.md", "inner/b.md", "inner/c.md", "inner/.gitignore", text="c.md\n")
    run(root, "init", "-q")
    run(root / "inner", "init", "-q")
    assert shown(search(root)) == ["a.md", "inner/b.md"]


def test_a_repository_that_git_refuses_is_walked(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.md", ".gitignore", text="b.md\n")
    fill(tmp_path, ".git/HEAD", ".git/config", text="[broken\n")
    assert shown(search(tmp_path)) == ["a.md"]


def test_a_worktree_setting_does_not_lead_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    fill(root, "a.md")
    fill(tmp_path, "elsewhere/secret.md")
    run(root, "init", "-q")
    run(root, "config", "core.worktree", str(tmp_path / "elsewhere"))
    assert shown(search(root)) == ["a.md"]


def test_bad_gitignore_lines_and_files(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.md", "sub/c.md")
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfb.md\r\n!\n\xff\xfe[\n***\\\n/\n")
    (tmp_path / "sub" / ".gitignore").mkdir()
    assert list(walk.walk(tmp_path, tmp_path, nothing)) == [".gitignore", "a.md", "sub/c.md"]
    os.mkfifo(tmp_path / "sub" / "x")
    (tmp_path / "sub" / ".gitignore").rmdir()
    os.mkfifo(tmp_path / "sub" / ".gitignore")
    assert "sub/c.md" in set(walk.walk(tmp_path, tmp_path, nothing))


# --- reading --------------------------------------------------------------------------------


def read(path: Path) -> str:
    return discover.read(path, "shown.md", SourceKind.MARKDOWN).text


def problem(path: Path) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        read(path)
    return caught.value.problem.code, caught.value.problem.message


def test_a_file_is_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n\xf0\x9f\x98\x80\xe2\x80\xa8")
    source = discover.read(file, "x/a.md", SourceKind.MARKDOWN, named=True)
    assert source.text == "\ufeffone\r\ntwo\rthree\n\U0001f600\u2028"
    assert (source.path, source.kind, source.named) == ("x/a.md", SourceKind.MARKDOWN, True)
    file.write_bytes(b"")
    assert read(file) == ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"one\ntw\xc3\xa9 \xff", "not UTF-8: byte 0xFF at line 2, column 5"),
        (b"\xef\xbb\xbf\xff", "not UTF-8: byte 0xFF at line 1, column 1"),
        (b"\xed\xa0\x80", "not UTF-8: byte 0xED at line 1, column 1"),
        (b"a\n\xe2\x82", "not UTF-8: byte 0xE2 at line 2, column 1"),
        ("hi".encode("utf-16"), "not UTF-8: line 1, column 1 has the byte order mark of UTF-16"),
        ("hi".encode("utf-16-be"), "binary: NUL byte at line 1, column 1"),
        (b"\xfe\xff\0h", "not UTF-8: line 1, column 1 has the byte order mark of UTF-16"),
        ("hi".encode("utf-32"), "not UTF-8: line 1, column 1 has the byte order mark of UTF-32"),
        (b"text\nx\0", "binary: NUL byte at line 2, column 2"),
    ],
)
def test_what_is_not_text(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(data)
    assert problem(file) == ("SRC001", message)
    with pytest.raises(SourceError, match="line"):
        discover.decode(data, "stdin.md", SourceKind.MARKDOWN)


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    monkeypatch.chdir(tmp_path)
    assert problem(tmp_path / "gone.md") == ("SRC001", "cannot be read: No such file or directory")
    assert problem(tmp_path) == ("SRC001", "cannot be read: it is a folder")
    assert problem(tmp_path / "pipe.md") == ("SRC001", "cannot be read: it is a named pipe")
    assert problem(Path(os.devnull)) == ("SRC001", "cannot be read: it is a device")
    (tmp_path / "self.md").symlink_to("self.md")
    assert problem(tmp_path / "self.md")[0] == "SRC001"
    assert problem(tmp_path / "nul\0")[0] == "SRC001"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock.md")
        assert problem(tmp_path / "sock.md") == ("SRC001", "cannot be read: it is a socket")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("x")
    file.chmod(0)
    assert problem(file) == ("SRC001", "cannot be read: Permission denied")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    with file.open("wb") as stream:
        stream.truncate(discover.MAX_BYTES + 1)
    assert problem(file) == ("SRC003", "too large: 5,000,001 bytes; the limit is 5,000,000")
    file.write_bytes(b"x" * discover.MAX_BYTES)
    assert len(read(file)) == discover.MAX_BYTES


# --- writing --------------------------------------------------------------------------------


def test_write_keeps_mode_owner_and_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("old")
    file.chmod(0o751)
    if os.geteuid() == 0:
        os.chown(file, 12345, 54321)
    before = file.stat()
    discover.write(file, "\ufeffnew\r\n\U0001f600", before)
    after = file.stat()
    assert file.read_bytes() == b"\xef\xbb\xbfnew\r\n\xf0\x9f\x98\x80"
    assert stat.S_IMODE(after.st_mode) == 0o751
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert names(tmp_path) == ["a.md"]


def test_write_goes_through_a_link(tmp_path: Path) -> None:
    fill(tmp_path, "real/a.md")
    link = tmp_path / "link.md"
    link.symlink_to("real/a.md")
    discover.write(link, "new", link.stat())
    assert link.is_symlink()
    assert (tmp_path / "real" / "a.md").read_text() == "new"


def test_write_follows_no_link_to_a_file_that_was_not_read(tmp_path: Path) -> None:
    fill(tmp_path, "precious")
    for name, target in (("b.json", "precious"), ("c.json", "nowhere")):
        (tmp_path / name).symlink_to(target)
        with pytest.raises(SourceError, match="it is a symbolic link"):
            discover.write(tmp_path / name, "new", None)
    assert (tmp_path / "precious").read_text() == "x\n"
    assert names(tmp_path) == ["b.json", "c.json", "precious"]


def test_write_makes_a_new_file(tmp_path: Path) -> None:
    discover.write(tmp_path / "new.md", "text", None)
    assert (tmp_path / "new.md").read_text() == "text"
    assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) & 0o600 == 0o600


def test_write_refuses_what_has_changed_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("old")
    original = file.stat()
    file.write_text("edited by somebody else")
    with pytest.raises(SourceError, match="changed since it was read"):
        discover.write(file, "new", original)
    assert file.read_text() == "edited by somebody else"
    file.unlink()
    with pytest.raises(SourceError, match="cannot be written"):
        discover.write(file, "new", original)
    assert names(tmp_path) == []


def test_write_refuses_what_is_no_file_or_no_text(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    for path, text in (
        (tmp_path / "pipe.md", "x"),
        (tmp_path, "x"),
        (tmp_path / "no" / "a.md", "x"),
        (tmp_path / "a.md", "\ud800"),
    ):
        with pytest.raises(SourceError):
            discover.write(path, text, None)
    assert names(tmp_path) == ["pipe.md"]


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.md"
    file.write_text("old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceError, match="No space left"):
        discover.write(file, "new", file.stat())
    assert (file.read_text(), names(tmp_path)) == ("old", ["a.md"])


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_a_kill_half_way_leaves_the_old_file(tmp_path: Path, call: str) -> None:
    file = tmp_path / "a.md"
    file.write_text("old")
    owner, name = call.rsplit(".", 1)
    code = (
        "import os, pathlib, signal; from promptlint import discover\n"
        f"{owner}.{name} = lambda *given: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"path = pathlib.Path({str(file)!r}); discover.write(path, 'new' * 100_000, path.stat())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.read_text() == "old"
    left = set(names(tmp_path)) - {"a.md"}
    assert all(name.startswith(".promptlint-") and name.endswith(".tmp") for name in left)
    assert left
    assert shown(search(tmp_path)) == ["a.md"]
