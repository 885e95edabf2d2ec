"""`promptlint diff` in real repositories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Runner
from repositories import A, B, commit, diff, statuses, write
from test_store import git

APP = """from openai import OpenAI

from shop.texts import RULES

client = OpenAI()


def sort(mail):
    return client.chat.completions.create(
        model="{model}",
        messages=[{{"role": "system", "content": RULES}}, {{"role": "user", "content": mail}}],
    )
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": A, "b.prompt.md": B})
    return tmp_path


def test_the_files_on_disk(repo: Path, promptlint: Runner) -> None:
    write(
        repo,
        **{"a.prompt.md": A.replace("Always", "Now always"), "b.prompt.md": None, "c.prompt.md": "Hi you.\n"},
    )
    assert statuses(diff(promptlint, "HEAD")) == {
        "a.prompt.md": "changed",
        "b.prompt.md": "removed",
        "c.prompt.md": "added",
    }


def test_objects_only(repo: Path, promptlint: Runner) -> None:
    head = commit(repo, **{"b.prompt.md": None, "z.prompt.md": B})
    for path in repo.iterdir():
        if path.name != ".git":
            path.unlink()
    data = diff(promptlint, "HEAD~", "HEAD")
    assert statuses(data) == {"z.prompt.md": "moved"}
    assert data["prompts"][0]["previous_id"] == "b.prompt.md"
    assert data["prompts"][0]["edited"] is False
    assert data["head"] == {"name": "HEAD", "sha": head}


def test_losses_and_findings(repo: Path, promptlint: Runner) -> None:
    twice = "Name the number of the order in the first sentence.\n" * 2
    commit(repo, **{"a.prompt.md": f"{A}{twice}"})
    write(repo, **{"a.prompt.md": "You sort mail.\n\nIn order to help, be quick.\n"})
    data = diff(promptlint, "HEAD")
    (item,) = data["prompts"]
    losses = [(each["what"], each["line"]) for each in item["contract_losses"]]
    assert ("requirement", 3) in losses
    assert ("slot", None) in losses
    assert [(each["code"], each["line"]) for each in item["findings"]["new"]] == [("TOK001", 3)]
    assert "RED001" in [each["code"] for each in item["findings"]["fixed"]]
    assert data["verdict"] == "fail"
    commit(repo)
    write(repo, **{"a.prompt.md": A})
    data = diff(promptlint, "HEAD")
    assert [each["code"] for each in data["prompts"][0]["findings"]["fixed"]] == ["TOK001"]


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_exit_codes(repo: Path, promptlint: Runner, fail_on: str, code: int) -> None:
    write(repo, **{"a.prompt.md": A + "In order to help, be quick.\n"})
    assert promptlint("diff", "HEAD", "--fail-on", fail_on).code == code


def test_a_moved_line_is_no_change(tmp_path: Path, promptlint: Runner) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    text = 'SYSTEM_PROMPT = "You sort mail. In order to help, be quick and kind."\n'
    commit(tmp_path, **{"p.py": text})
    write(tmp_path, **{"p.py": "import os\n\n\n" + text})
    assert diff(promptlint, "HEAD")["verdict"] == "unchanged"


def test_config_from_base_or_head(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"promptlint.toml": 'exclude = ["a.prompt.md"]\n', "a.prompt.md": A + "Be kind.\n"})
    commit(repo)
    assert "a.prompt.md" in statuses(diff(promptlint, "HEAD~", "HEAD"))
    assert statuses(diff(promptlint, "HEAD~", "HEAD", "--config-from", "head")) == {}


@pytest.mark.parametrize("kept", [False, True])
def test_the_cached_prefix(repo: Path, promptlint: Runner, kept: bool) -> None:
    rules = "".join(f"Rule {i}: put mail number {i} into folder {i + 1}.\n" for i in range(150))
    call = APP.replace("from shop.texts import RULES\n", "").format(model="gpt-4o")

    def app(first: str, last: str) -> str:
        return call.replace("client =", f'RULES = """{first}\n{rules}{last}"""\nclient =')

    commit(repo, **{"app.py": app("You sort mail.", "Go.")})
    write(repo, **{"app.py": app("You sort mail.", "Go.\nNow.") if kept else app("We sort mail.", "Go.")})
    (item,) = diff(promptlint, "HEAD")["prompts"]
    if kept:
        assert item["cache"] is None
    else:
        assert item["cache"]["kept"] == 0
        assert item["cache"]["once_usd"][0] > 0


def test_a_model_in_another_file(repo: Path, promptlint: Runner) -> None:
    rules = 'RULES = "You sort the mail of a shop into folders."\n'
    commit(
        repo, **{"shop/__init__.py": "", "shop/texts.py": rules, "shop/app.py": APP.format(model="gpt-4o")}
    )
    write(repo, **{"shop/app.py": APP.format(model="gpt-4o-mini")})
    (item,) = diff(promptlint, "HEAD")["prompts"]
    assert (item["id"], item["edited"]) == ("shop/texts.py::RULES", False)
    assert (item["before"]["model"], item["after"]["model"]) == ("gpt-4o", "gpt-4o-mini")


def test_an_included_template(repo: Path, promptlint: Runner) -> None:
    main = "You are a clerk.\n{% include 'part.j2' %}\nBe kind.\n"
    commit(repo, **{"prompts/main.j2": main, "prompts/part.j2": "Never lie.\n"})
    write(repo, **{"prompts/part.j2": "Never lie to any customer of this shop.\n"})
    assert set(statuses(diff(promptlint, "HEAD"))) == {"prompts/main.j2", "prompts/part.j2"}
    write(repo, **{"prompts/part.j2": None})
    data = diff(promptlint, "HEAD")
    new = [each for item in data["prompts"] for each in item["findings"]["new"]] + data["findings"]["new"]
    assert [(each["code"], each["path"]) for each in new if each["code"] == "SRC004"] == [
        ("SRC004", "prompts/main.j2")
    ]


def test_links_and_binary_files_do_no_harm(repo: Path, promptlint: Runner) -> None:
    (repo / "link.prompt.md").symlink_to("a.prompt.md")
    (repo / "x.bin").write_bytes(b"\0\xff")
    commit(repo)
    data = diff(promptlint, "HEAD~", "HEAD")
    assert statuses(data) == {}
    assert data["errors"] == []


def test_what_cannot_be_compared_is_two(repo: Path, promptlint: Runner, tmp_path: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    commit(repo, **{"a.prompt.md": A + "Be kind.\n"})
    ran = promptlint("diff", "nope")
    assert (ran.code, ran.out) == (2, "")
    assert "'nope': no such revision" in ran.err
    ran = promptlint("diff", "HEAD", "--path", "..")
    assert (ran.code, ran.out) == (2, "")
    assert "is outside" in ran.err
    git(repo, "clone", "-q", "--depth", "1", f"file://{repo}", "shallow")
    shutil.rmtree(repo / ".git")
    ran = promptlint("diff", "HEAD")
    assert (ran.code, ran.out) == (2, "")
    assert "not in a git repository" in ran.err
    (repo / "shallow" / ".git").rename(repo / ".git")
    ran = promptlint("diff", first)
    assert (ran.code, ran.out) == (2, "")
    assert "this is a shallow clone" in ran.err
