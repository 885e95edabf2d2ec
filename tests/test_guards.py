from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint import cards, git, globs
from promptlint.changes import Guard
from promptlint.config import Config, budget_for, file_ignores
from promptlint.guards import guards, patterns, rules
from promptlint.guards import settings as comparing
from promptlint.model import Severity
from promptlint.store import DISK, Revision, Store

ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
Files = Mapping[str, "str | bytes | None"]
PROMPT = "You are a helpful assistant. Answer the question.\n"


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENV, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


class Repo:
    """A real repository: `commit` writes files (None removes one), `guards` compares two states."""

    def __init__(self, top: Path) -> None:
        self.top = top
        top.mkdir()
        run(top, "init", "-q", "-b", "main")

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content, encoding="utf-8", newline="")

    def commit(self, files: Files) -> str:
        self.write(files)
        run(self.top, "add", "-A")
        run(self.top, "commit", "-qm", "x", "--allow-empty")
        return run(self.top, "rev-parse", "HEAD")

    def guards(self, base: str, head: str | None = None, root: Path | None = None) -> tuple[Guard, ...]:
        place = root or self.top
        after: Store = DISK if head is None else Revision(self.top, head)
        names = git.differing(place, base, head)
        return guards(place, Revision(self.top, base), after, names)

    def change(self, before: Files, after: Files) -> list[tuple[str, str, int | None, str]]:
        """The guards of a change, which must be the same for a commit and for the files on disk."""
        base = self.commit({"readme.txt": "x\n", **before})
        self.write(after)
        on_disk = self.guards(base)
        head = self.commit({})
        committed = self.guards(base, head)
        assert on_disk == committed
        return [(each.kind, each.path, each.line, each.detail) for each in committed]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path.resolve() / "repo")


def config(repo: Repo, before: str, after: str) -> list[tuple[str, int | None, str]]:
    """What a change of promptlint.toml gives; all of it must be told of that file."""
    found = repo.change({"promptlint.toml": before}, {"promptlint.toml": after})
    assert all(path == "promptlint.toml" for _, path, _, _ in found)
    return [(kind, line, detail) for kind, _, line, detail in found]


# --- configuration: loosened, and not -----------------------------------------------------------

LOOSENED = [
    ('exclude = ["a/"]', 'exclude = ["a/", "b/"]', "exclude", 1, "`exclude` has a new `b/`"),
    ('exclude = ["a/old/"]', 'exclude = ["a/"]', "exclude", 1, "`exclude` has a new `a/`"),
    ('exclude = ["!build/"]', "exclude = []", "exclude", 1, "`exclude` no longer has `!build/`"),
    (
        'exclude = ["gen/", "!gen/keep/"]',
        'exclude = ["!gen/keep/", "gen/"]',
        "exclude",
        1,
        "`exclude` has in another order `gen/`",
    ),
    ('include = ["x.cfg", "y.cfg"]', 'include = ["x.cfg"]', "exclude", 1, "`include` no longer has `y.cfg`"),
    ('include = ["*.cfg"]', 'include = ["*.cfg", "!a.cfg"]', "exclude", 1, "`include` has a new `!a.cfg`"),
    ("", 'ignore = ["RED001"]', "ignore", 1, "`ignore`: not checked any more: RED001"),
    ("", '\nselect = ["RED"]', "ignore", 2, None),
    (
        'select = ["RED001"]\nextend-select = ["RED002"]',
        'select = ["RED001"]\nextend-select = []',
        "ignore",
        2,
        "`extend-select`: not checked any more: RED002",
    ),
    (
        "",
        '[per-file-ignores]\n"old/*" = ["RED001"]',
        "ignore",
        2,
        "`per-file-ignores` for `old/*`: not checked any more: RED001",
    ),
    (
        'severity.RED001 = "error"',
        'severity.RED001 = "info"',
        "severity",
        1,
        "`severity.RED001` lowered from error to info",
    ),
    ('[severity]\nRED001 = "error"', "[severity]", "severity", 1, None),
    ("budget = 100", "budget = 200", "budget", 1, "`budget` for `*`: raised from 100 tokens to 200 tokens"),
    ("budget = 100", "", "budget", None, "`budget` for `*`: removed, was 100 tokens"),
    (
        '[budget]\n"*" = 100',
        '[budget]\n"*" = 100\n"big/*" = 5_000',
        "budget",
        3,
        "`budget` for `big/*`: 5,000 tokens, where `*` allowed 100 tokens",
    ),
    (
        '[budget]\n"big/*" = 500\n"*" = 100',
        '[budget]\n"*" = 100\n"big/*" = 500',
        "budget",
        3,
        "`budget` for `big/*`: now comes after `*`, and allows 500 tokens where that allowed 100 tokens",
    ),
    (
        '[budget]\n"*" = 500\n"small/*" = 100',
        '[budget]\n"*" = 500',
        "budget",
        1,
        "`budget` for `small/*`: removed, was 100 tokens; `*` allows 500 tokens",
    ),
    ('model = "gpt-4o"', 'model = "gpt-4o-mini"', "assumption", 1, None),
    ("", 'tokenizer = "o200k_base"', "assumption", 1, '`tokenizer` set to "o200k_base"'),
    (
        "[prices.m]\ninput = 2.0\noutput = 3.0",
        "[prices.m]\ninput = 1.0\noutput = 3.0",
        "assumption",
        2,
        "`prices.m.input` from 2.0 to 1.0",
    ),
    (
        '[[prompts]]\nmatch = "a/*"\ncalls_per_month = 1000',
        '[[prompts]]\nmatch = "a/*"\ncalls_per_month = 10',
        "assumption",
        2,
        "`prompts` for `a/*`: `calls_per_month` from 1000 to 10",
    ),
    (
        '[[prompts]]\nmatch = "a/*"\nload = "every call"',
        '[[prompts]]\nmatch = "a/*"\nload = "on demand"',
        "assumption",
        2,
        '`prompts` for `a/*`: `load` from "every call" to "on demand"',
    ),
    (
        '[[prompts]]\nmatch = "*"\nmodel = "m"\n[[prompts]]\nmatch = "a/*"\nmodel = "n"',
        '[[prompts]]\nmatch = "a/*"\nmodel = "n"\n[[prompts]]\nmatch = "*"\nmodel = "m"',
        "assumption",
        5,
        "`prompts` for `*`: in another order",
    ),
    ("", "jinja.trim_blocks = true", "config", 1, "`jinja.trim_blocks` from false to true"),
]


@pytest.mark.parametrize(("before", "after", "kind", "line", "detail"), LOOSENED)
def test_a_loosened_setting_is_told_once(
    repo: Repo, before: str, after: str, kind: str, line: int | None, detail: str | None
) -> None:
    found = config(repo, before, after)
    assert [(each[0], each[1]) for each in found] == [(kind, line)]
    assert detail is None or found[0][2] == detail


SILENT = [
    ('exclude = ["a/", "b/"]', 'exclude = ["b/", "a/"]'),
    ('exclude = ["a/", "b/"]', 'exclude = ["a/"]'),
    ('exclude = ["a/"]', 'exclude = ["a/old/"]'),
    ('exclude = ["a/"]', 'exclude = ["a/", "!a/keep.md"]'),
    ("", 'include = ["x.cfg"]'),
    ('ignore = ["RED001", "RED002"]', 'ignore = ["RED002", "RED001"]'),
    ('ignore = ["RED001"]', ""),
    ('ignore = ["RED"]', 'ignore = ["RED001"]'),
    ('select = ["RED001"]', 'select = ["RED001", "RED002"]'),
    ('select = ["RED001"]\nextend-select = ["RED002"]', 'select = ["RED001", "RED002"]'),
    ('[per-file-ignores]\n"*.md" = ["RED001"]', '[per-file-ignores]\n"a*.md" = ["RED001"]'),
    (
        '[per-file-ignores]\n"a.md" = ["RED001"]\n"b.md" = ["RED002"]',
        '[per-file-ignores]\n"b.md" = ["RED002"]\n"a.md" = ["RED001"]',
    ),
    ('severity.RED001 = "info"', 'severity.RED001 = "error"'),
    ('severity.RED001 = "info"', ""),
    ("budget = 200", "budget = 100"),
    ("", "budget = 100"),
    ('[budget]\n"*" = 100', '[budget]\n"*" = 100\n"small/*" = 50'),
    ('[budget]\n"*" = 100\n"big/*" = 500', '[budget]\n"*" = 100'),
    ('[budget]\n"a/*" = 100', '[budget]\n"a/*" = 100\n"b/*" = 500'),
    ('[budget]\n"*.md" = 100', '[budget]\n"*.md" = 100\n"*.txt" = 500'),
    ('[budget]\n"a/*" = 100\n"b/*" = 500', '[budget]\n"b/*" = 500\n"a/*" = 100'),
    ('[budget]\n"a*" = 100\n"*b" = 500', '[budget]\n"*b" = 500\n"a*" = 100'),
    (
        '[[prompts]]\nmatch = "a/*"\nmodel = "m"\n[[prompts]]\nmatch = "b/*"\nmodel = "n"',
        '[[prompts]]\nmatch = "b/*"\nmodel = "n"\n[[prompts]]\nmatch = "a/*"\nmodel = "m"',
    ),
    ("# old\nbudget = 100", "# new\nbudget = 100\n"),
    ("[prices.m]\ninput = 1\noutput = 2", "[prices.m]\noutput = 2\ninput = 1"),
    ("baseline = 'x.json'", ""),
]


@pytest.mark.parametrize(("before", "after"), SILENT)
def test_what_tightens_or_means_the_same_is_silent(repo: Repo, before: str, after: str) -> None:
    assert config(repo, before, after) == []


def test_a_parameter_of_a_rule_and_extends_are_configuration(repo: Repo) -> None:
    found = config(repo, "rules.RED001.ratio = 0.5", "rules.RED001.ratio = 0.9")
    assert ("config", 1, "`rules.RED001.ratio` from 0.5 to 0.9") in found


def test_a_pyproject_counts_only_for_its_own_table(repo: Repo) -> None:
    before = '[tool.other]\nexclude = []\n[tool.promptlint]\nexclude = ["a/"]\n'
    after = '[tool.other]\nexclude = ["z"]\n[tool.promptlint]\nexclude = ["a/", "b/"]\n'
    assert repo.change({"pyproject.toml": before}, {"pyproject.toml": before.replace("[]", '["z"]')}) == []
    found = repo.change({"pyproject.toml": before}, {"pyproject.toml": after})
    assert found == [("exclude", "pyproject.toml", 4, "`exclude` has a new `b/`")]


def test_many_of_one_kind_are_one_guard(repo: Repo) -> None:
    after = "exclude = [" + ", ".join(f'"d{number}/"' for number in range(40)) + "]"
    (found,) = config(repo, "", after)
    assert found[:2] == ("exclude", None)
    assert found[2].startswith("40 settings of `exclude` changed: d0/, d1/")
    assert found[2].endswith("and 32 more")


# --- which configuration ------------------------------------------------------------------------


def test_a_config_in_a_folder_shadows_the_one_above(repo: Repo) -> None:
    found = repo.change(
        {"promptlint.toml": "budget = 100\n", "sub/a.md": PROMPT}, {"sub/promptlint.toml": "model = 'm'\n"}
    )
    assert found == [
        ("config", "sub/promptlint.toml", None, "new: it takes the place of `promptlint.toml` in its folder"),
        ("budget", "sub/promptlint.toml", None, "`budget` for `*`: removed, was 100 tokens"),
        ("assumption", "sub/promptlint.toml", 1, '`model` set to "m"'),
    ]


def test_a_config_that_is_removed(repo: Repo) -> None:
    found = repo.change({"promptlint.toml": "budget = 100\n"}, {"promptlint.toml": None})
    assert [each[:3] for each in found] == [
        ("config", "promptlint.toml", None),
        ("budget", "promptlint.toml", None),
    ]
    assert found[0][3] == "holds no more: now the defaults hold in its folder"


def test_a_file_that_several_extend_is_told_once(repo: Repo) -> None:
    own = {f"{name}/promptlint.toml": 'extends = "../shared/base.toml"\n' for name in ("a", "b", "c")}
    found = repo.change(
        {"shared/base.toml": "budget = 100\n", **own, "d/promptlint.toml": "budget = 1\n"},
        {"shared/base.toml": "\nbudget = 900\n"},
    )
    detail = "`budget` for `*`: raised from 100 tokens to 900 tokens"
    assert found == [("budget", "shared/base.toml", 2, detail)]


def test_what_is_extended_above_the_root_counts(repo: Repo) -> None:
    base = repo.commit({"base.toml": "budget = 1\n", "sub/promptlint.toml": 'extends = "../base.toml"\n'})
    head = repo.commit({"base.toml": "budget = 2\n"})
    (found,) = repo.guards(base, head, repo.top / "sub")
    assert (found.kind, found.path) == ("budget", "../base.toml")


def test_another_file_is_extended(repo: Repo) -> None:
    files = {"one.toml": "model = 'm'\n", "two.toml": "model = 'm'\n"}
    found = repo.change(
        {**files, "promptlint.toml": 'extends = "one.toml"\n'}, {"promptlint.toml": 'extends = "two.toml"\n'}
    )
    detail = "`extends` led to one.toml, and leads to two.toml"
    assert found == [("config", "promptlint.toml", 1, detail)]


def test_a_user_card_that_changes(repo: Repo) -> None:
    card = Path(__file__).parent.parent / "rules" / "RED001-duplicate-text.yaml"
    name = next(each for each in card.parent.glob("TOK001*.yaml"))
    text = name.read_text("utf-8").replace("TOK001", "OWN001")
    path = f"lint/OWN001-{name.name.removeprefix('TOK001-')}"
    before = {"promptlint.toml": 'cards = ["lint"]\n', path: text}
    found = repo.change(before, {path: f"{text}# more\n"})
    assert found == [("config", path, None, "rule card changed")]
    found = repo.change(before, {path: "a: [\n"})
    assert [each[:3] for each in found] == [("config", path, None)]
    assert found[0][3].startswith("rule card cannot be read: ")


# --- hostile configuration ----------------------------------------------------------------------

BROKEN: list[tuple[str | bytes, str]] = [
    ("budget = [", "not TOML"),
    ("nonsense = 1", "unknown key `nonsense`"),
    ("a = " + "[" * 20_000, "nested too deeply"),
    (b"\xff\xfe\x00", "not TOML"),
    (b"x = 1\n" * 400_000, "larger than 1,000,000 bytes"),
    ('extends = "promptlint.toml"', "round in a circle"),
    ('extends = "../../../etc/passwd"', "there is no file"),
    ('ignore = ["NO999"]', "no rule is meant by 'NO999'"),
    ("rules.RED001.nonsense = 1", "unknown parameter"),
    ('cards = ["missing"]', "there is no such card file or folder"),
    (f'cards = ["{"a" * 5_000}"]', "cannot be used: "),
    (f'cards = ["../{"a" * 5_000}"]', "cannot be used: "),
]


@pytest.mark.parametrize(("content", "reason"), BROKEN)
def test_a_config_that_is_wrong_on_the_head_is_said(repo: Repo, content: str | bytes, reason: str) -> None:
    found = repo.change({"promptlint.toml": "budget = 1\n"}, {"promptlint.toml": content})
    kinds = [each for each in found if each[0] == "config"]
    assert any(reason in each[3] for each in kinds)
    assert all(str(repo.top) not in each[3] for each in found)


def test_a_config_that_was_wrong_before(repo: Repo) -> None:
    (found,) = repo.change({"promptlint.toml": "budget = ["}, {"promptlint.toml": "budget = 1\n"})
    assert found[:3] == ("config", "promptlint.toml", None)
    assert found[3].startswith("could not be read before this change: not TOML")


def test_what_is_wrong_on_both_sides_and_the_same_is_silent(repo: Repo) -> None:
    before = {"promptlint.toml": "budget = [", "sub/promptlint.toml": 'extends = "../../../x"\n'}
    assert repo.change(before, {"a.md": PROMPT, "sub/b.md": PROMPT}) == []


def test_numbers_that_python_does_not_spell(repo: Repo) -> None:
    huge = "0x" + "f" * 5_000
    found = config(repo, "budget = 1\nrules.RED001.x = 1", f"budget = {huge}\nrules.RED001.x = {huge}")
    assert ("budget", 1, "`budget` for `*`: raised from 1 token to a huge number of tokens") in found
    assert any("a huge number" in detail for kind, _, detail in found if kind == "config")


def test_a_link_in_the_place_of_a_config(repo: Repo) -> None:
    base = repo.commit({"promptlint.toml": "budget = 1\n"})
    (repo.top / "promptlint.toml").unlink()
    (repo.top / "promptlint.toml").symlink_to("elsewhere.toml")
    found = repo.guards(base, repo.commit({"elsewhere.toml": ""}))
    details = [(each.kind, each.detail) for each in found]
    assert ("config", "is no regular file: what it says is not looked at") in details
    assert ("budget", "`budget` for `*`: removed, was 1 token") in details


# --- suppressions -------------------------------------------------------------------------------

COMMENT = "# promptlint: ignore[RED001] it is meant\n"
CODE = 'SYSTEM = "You are a helpful assistant."\n'


def test_a_new_comment(repo: Repo) -> None:
    found = repo.change({"a.py": CODE}, {"a.py": f"\n{COMMENT}{CODE}"})
    assert found == [("suppression", "a.py", 2, "RED001 ignored in a comment: it is meant")]


def test_a_comment_that_names_more_rules_or_the_whole_file(repo: Repo) -> None:
    wider = COMMENT.replace("RED001", "RED001, RED002")
    found = repo.change({"a.py": COMMENT + CODE}, {"a.py": wider + CODE})
    assert found == [("suppression", "a.py", 1, "RED002 ignored in a comment: it is meant")]
    wider = COMMENT.replace("ignore[", "ignore-file[")
    found = repo.change({"a.py": COMMENT + CODE}, {"a.py": wider + CODE})
    assert found == [("suppression", "a.py", 1, "RED001 ignored in the whole file: it is meant")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a.py": COMMENT + CODE}, {"a.py": f"\n\n{COMMENT}{CODE}"}),
        ({"a.py": COMMENT + CODE}, {"a.py": None, "sub/b.py": COMMENT + CODE}),
        ({"a.py": COMMENT + CODE}, {"a.py": COMMENT.replace("meant", "wanted") + CODE}),
        ({"a.py": COMMENT.replace("ignore[", "ignore-file[") + CODE}, {"a.py": COMMENT + CODE}),
        (
            {"a.py": COMMENT.replace("1", "1, RED002") + CODE},
            {"a.py": COMMENT.replace("RED", "RED002, RED") + CODE},
        ),
        ({"a.py": CODE}, {"a.py": f"TEXT = '''\n{COMMENT}'''\n{CODE}"}),
        ({"a.py": CODE}, {"a.py": f"# promptlint: ignore it\n{CODE}"}),
        ({"promptlint.toml": 'exclude = ["x/"]\n'}, {"x/a.py": COMMENT + CODE}),
    ],
)
def test_a_comment_that_moved_or_means_nothing_is_none(repo: Repo, before: Files, after: Files) -> None:
    assert repo.change(before, after) == []


def test_of_two_comments_the_new_one_is_named(repo: Repo) -> None:
    before = f"{COMMENT}A = 'You are a helpful assistant.'\nB = 'You are a helpful poet.'\n"
    after = before.replace("B =", f"{COMMENT}B =")
    assert [each[:3] for each in repo.change({"a.py": before}, {"a.py": after})] == [
        ("suppression", "a.py", 3)
    ]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.md", f"{PROMPT}<!-- promptlint: ignore[RED001] -->\nMore.\n", 2),
        ("a.j2", f"{PROMPT}{{# promptlint: ignore[RED001] #}}\nMore.\n", 2),
        ("odd.j2", "{# promptlint: ignore[RED001] #}\nnothing that looks like a prompt\n", 1),
        ("a.yaml", f"# promptlint: ignore[RED001]\nsystem: {PROMPT}", 1),
        ("a.ts", f"// promptlint: ignore[RED001]\nconst SYSTEM = `{PROMPT}`;\n", 1),
    ],
)
def test_comments_of_other_formats(repo: Repo, name: str, text: str, line: int) -> None:
    found = repo.change({}, {name: text})
    assert found == [("suppression", name, line, "RED001 ignored in a comment, with no reason")]


def test_many_comments_in_one_file_are_one_guard(repo: Repo) -> None:
    (found,) = repo.change({}, {"a.py": (COMMENT + CODE) * 9})
    assert found == ("suppression", "a.py", None, "9 comments that suppress findings: RED001 ×9")


def test_files_that_cannot_be_read_hide_nothing(repo: Repo) -> None:
    odd: dict[str, str | bytes] = {
        "a.py": b"\xff # promptlint: ignore[RED001]\n",
        "b.py": "(" * 50_000 + "\n# promptlint: ignore[RED001]\n",
        "c.yaml": "{" * 50_000 + "\n# promptlint: ignore[RED001]\n",
        "d.py": COMMENT + CODE,
        "e.py": b"\0# promptlint: ignore[RED001]\n",
    }
    assert ("suppression", "d.py", 1) in [each[:3] for each in repo.change({}, odd)]


# --- promptlint.ignore and baselines --------------------------------------------------------------


def test_a_line_of_a_megabyte_is_read_in_one_go(repo: Repo) -> None:
    gap = " " * 1_000_000
    files = {
        "a.py": f"# promptlint: ignore[RED001] a{gap}b\n",
        "promptlint.ignore": f"{entry(1)[:-1]}{gap}c\n",
    }
    details = [detail for *_, detail in repo.change({}, files)]
    assert [detail[:30] for detail in details] == [
        "RED001 ignored in a comment: a",
        "RED001 in `a.md` is ignored by",
    ]
    assert all(len(detail) < 200 for detail in details)


def entry(number: int, code: str = "RED001", target: str = "a.md::a") -> str:
    return f"{number:016x} {code} {target}  # because\n"


def test_lines_of_promptlint_ignore(repo: Repo) -> None:
    before = {"promptlint.ignore": entry(1), "a.md": PROMPT}
    assert repo.change(before, {"promptlint.ignore": entry(2) + entry(1)}) == [
        ("suppression", "promptlint.ignore", 1, "RED001 in `a.md` is ignored by name: because")
    ]
    assert repo.change(before, {"promptlint.ignore": ""}) == []
    many = "".join(entry(number) for number in range(1, 9))
    assert repo.change(before, {"promptlint.ignore": many}) == [
        ("suppression", "promptlint.ignore", None, "7 findings ignored by name: RED001 ×7")
    ]
    found = repo.change(before, {"promptlint.ignore": "nonsense\n"})
    assert [each[:2] for each in found] == [("config", "promptlint.ignore")]


def test_an_ignored_finding_of_a_file_that_moved(repo: Repo) -> None:
    before = {"promptlint.ignore": entry(1), "a.md": PROMPT}
    after = {"promptlint.ignore": entry(2, target="b.md::b"), "a.md": None, "b.md": PROMPT}
    assert repo.change(before, after) == []


def baseline(*numbers: int, count: int = 1) -> str:
    found = {f"{number:016x}": {"code": "RED001", "prompt": "a.md::a", "count": count} for number in numbers}
    return json.dumps({"schema_version": 1, "findings": found})


def test_a_baseline_that_grows(repo: Repo) -> None:
    before = {"promptlint.toml": 'baseline = "b.json"\n', "b.json": baseline(1), "a.md": PROMPT}
    assert repo.change(before, {"b.json": baseline(1, 2, 3)}) == [
        ("baseline", "b.json", None, "2 findings more: RED001 ×2")
    ]
    assert repo.change(before, {"b.json": baseline(1, count=3)}) == [
        ("baseline", "b.json", None, "2 findings more: RED001 ×2")
    ]
    assert repo.change({**before, "b.json": baseline(1, 2)}, {"b.json": baseline(2)}) == []
    (found,) = repo.change(before, {"b.json": "[" * 100_000})
    assert found[:2] == ("config", "b.json")


def test_a_baseline_that_is_set_or_moved(repo: Repo) -> None:
    found = repo.change({"a.md": PROMPT}, {"promptlint.toml": 'baseline = "b.json"\n', "b.json": baseline(1)})
    assert found[1:] == [
        ("baseline", "b.json", None, "1 finding more: RED001"),
        ("baseline", "promptlint.toml", 1, "`baseline` set to `b.json`"),
    ]
    found = repo.change(
        {}, {"promptlint.toml": 'baseline = "c.json"\n', "c.json": baseline(1), "b.json": None}
    )
    assert found == [("baseline", "promptlint.toml", 1, "`baseline` from `b.json` to `c.json`")]


# --- workflows ------------------------------------------------------------------------------------

WORKFLOW = "on: push\njobs:\n  lint:\n    steps:\n      - run: promptlint check\n"


def test_workflows(repo: Repo) -> None:
    name = ".github/workflows/lint.yml"
    assert repo.change({name: WORKFLOW}, {name: None}) == [
        ("workflow", name, None, "removed: it named promptlint in 1 line")
    ]
    assert repo.change({name: WORKFLOW}, {name: WORKFLOW.replace("promptlint", "true #")}) == [
        ("workflow", name, None, "does not name promptlint any more")
    ]
    assert repo.change({name: WORKFLOW}, {name: WORKFLOW + "# more\n"}) == [
        ("workflow", name, None, "changed; the lines that name promptlint are the same")
    ]
    assert repo.change({name: WORKFLOW}, {name: WORKFLOW.replace("check", "check --fail-on never")}) == [
        ("workflow", name, 5, "of the lines that name promptlint, 1 gone and 1 new")
    ]
    assert repo.change({}, {"other/.pre-commit-config.yaml": WORKFLOW})[0][0] == "workflow"
    assert repo.change({}, {".github/workflows/test.yml": "on: push\n", "docs/lint.yml": WORKFLOW}) == []


def test_templates_that_gitlab_includes(repo: Repo) -> None:
    included = "include:\n  - local: /ci/all.yml\n  - 'jobs/*.yml'\n"
    before = {".gitlab-ci.yml": included, "ci/all.yml": "include: ci/deep.yml\n", "ci/deep.yml": WORKFLOW}
    found = repo.change({**before, "jobs/x.yml": WORKFLOW}, {"ci/deep.yml": "a: 1\n", "jobs/x.yml": None})
    assert [each[:2] for each in found] == [("workflow", "ci/deep.yml"), ("workflow", "jobs/x.yml")]


def test_workflows_above_the_root(repo: Repo) -> None:
    base = repo.commit({".github/workflows/x.yml": WORKFLOW, "sub/promptlint.toml": ""})
    repo.write({".github/workflows/x.yml": None})
    for head in (None, repo.commit({})):
        (found,) = repo.guards(base, head, repo.top / "sub")
        assert (found.kind, found.path) == ("workflow", "../.github/workflows/x.yml")


# --- laws -----------------------------------------------------------------------------------------


def test_nothing_differs_from_itself(repo: Repo) -> None:
    files: dict[str, str | bytes | None] = {
        "promptlint.toml": "budget = [",
        "sub/promptlint.toml": 'rules.RED001.x = [nan]\nbaseline = "b.json"\ncards = ["lint"]\n',
        "promptlint.ignore": "nonsense\n",
        "a.py": COMMENT + CODE,
        ".github/workflows/x.yml": WORKFLOW,
    }
    sha = repo.commit(files)
    store = Revision(repo.top, sha)
    names = frozenset(files)
    assert guards(repo.top, store, store, names) == ()
    assert guards(repo.top, store, DISK, names) == ()
    assert guards(repo.top, DISK, DISK, names) == ()


NAMES = st.sampled_from(["a", "b", "ab", "x", "a.md", "ab.md", "c.txt"])
GLOB_NAMES = st.sampled_from(["a", "b", "*", "a*", "*b", "?", "[ab]", "**", "*.md", "a.md", "?.txt", "x"])
ENDS = st.sampled_from(["", "", "/"])
GLOBS = st.builds(
    lambda names, end: "/".join(names) + end, st.lists(GLOB_NAMES, min_size=1, max_size=3), ENDS
)
FOLDERS = st.lists(st.sampled_from(["a", "b", "ab", "x"]), max_size=3)
PATHS = st.builds(lambda folders, name: "/".join([*folders, name]), FOLDERS, NAMES)
VALUED = st.lists(st.tuples(GLOBS, st.integers(0, 3).map(float)), max_size=4, unique_by=lambda pair: pair[0])


@given(GLOBS, GLOBS, PATHS)
def test_what_covers_and_what_meets_is_so_for_paths(one: str, other: str, path: str) -> None:
    fits = globs.matches(one, path), globs.matches(other, path)
    if patterns.covers(one, other):
        assert fits[0] or not fits[1]
    if all(fits):
        assert patterns.meets(one, other)
        assert patterns.meets(other, one)


def decided(valued: list[tuple[str, float]], path: str, nothing: float) -> float:
    return next((value for glob, value in reversed(valued) if globs.matches(glob, path)), nothing)


@given(VALUED, VALUED, PATHS, st.sampled_from([0.0, 1.0, 9.0]))
@settings(max_examples=100)
def test_no_path_is_let_through_in_silence(
    before: list[tuple[str, float]], after: list[tuple[str, float]], path: str, nothing: float
) -> None:
    if decided(after, path, nothing) > decided(before, path, nothing):
        assert list(patterns.raised(before, after, nothing))
    assert not list(patterns.raised(before, list(before), nothing))


@given(st.permutations(["a/*", "b/*", "x/**/c.txt", "ab/c/d", "q/*.md"]))
def test_an_order_that_decides_nothing_is_silent(order: list[str]) -> None:
    before = [(glob, float(len(glob))) for glob in sorted(order)]
    assert not list(patterns.raised(before, [(glob, float(len(glob))) for glob in order], 0.0))


KNOWN = cards.load_cards()
SELECTORS = st.lists(st.sampled_from(["ALL", "RED", "RED001", "TOK", "TOK001", "TOK00"]), max_size=2).map(
    tuple
)
SEVERITIES = st.dictionaries(
    st.sampled_from(["RED001", "TOK001"]), st.sampled_from(list(Severity)), max_size=2
)
CONFIGS = st.builds(
    Config,
    root=st.just(Path("/nowhere")),
    exclude=st.lists(st.builds(str.__add__, st.sampled_from(["", "!"]), GLOBS), max_size=3).map(tuple),
    include=st.lists(GLOBS, max_size=2).map(tuple),
    select=SELECTORS,
    ignore=SELECTORS,
    extend_select=SELECTORS,
    per_file_ignores=st.dictionaries(GLOBS, SELECTORS, max_size=2),
    severity=SEVERITIES,
    budget=st.dictionaries(GLOBS, st.integers(1, 4), max_size=3),
)


def seen(config: Config, path: str) -> dict[str, set[str] | int]:
    """What is seen of a file, by the kind of guard that watches it: greater is more."""
    ignored = (*config.ignore, *file_ignores(config, path))
    budget = budget_for(config, path)
    ranks = {card.code: config.severity.get(card.code, card.severity) for card in KNOWN}
    return {
        "exclude": int(not globs.matched(config.exclude, path)),
        "ignore": set(cards.selected(KNOWN, config.select, ignored, config.extend_select)),
        "severity": {f"{code}{rank}" for code, found in ranks.items() for rank in range(found + 1)},
        "budget": -9 if budget is None else -budget,
    }


@pytest.mark.slow
@given(CONFIGS, CONFIGS, PATHS)
@settings(max_examples=100)
def test_nothing_is_loosened_in_silence(before: Config, after: Config, path: str) -> None:
    told = [*comparing.compared(before, after), *rules.compared(before, after, KNOWN)]
    kinds = {change.kind for change in told}
    was, now = seen(before, path), seen(after, path)
    for kind in was:
        kept = was[kind] <= now[kind]  # type: ignore[operator]  # both are sets, or both are numbers
        assert kept or kind in kinds
    assert not [*comparing.compared(before, before), *rules.compared(before, before, KNOWN)]


SEEDS: dict[str, str] = {
    "promptlint.toml": 'extends = "b.toml"\nbaseline = "b.json"\ncards = ["c"]\n[budget]\n"*" = 1\n',
    "b.toml": 'exclude = ["a/"]\nignore = ["RED"]\n[[prompts]]\nmatch = "a"\nmodel = "m"\n',
    "pyproject.toml": '[tool.promptlint]\nseverity.RED001 = "info"\n',
    "b.json": baseline(1, 2),
    "promptlint.ignore": entry(1) + entry(2),
    "c/OWN001-x.yaml": "code: OWN001\nname: x\n",
    "a.py": COMMENT + CODE,
    "a.j2": f"{{# promptlint: ignore[RED001] #}}\n{PROMPT}",
    ".gitlab-ci.yml": "include: /x.yml\npromptlint: x\n",
}
SPLICES = st.sampled_from(
    ["", "\n", '"', "[", "]", "{", "=", "#", "\\", "é", "\u2028", "1", "promptlint: ignore[X]"]
)
EDITS = st.lists(
    st.tuples(st.sampled_from(sorted(SEEDS)), st.integers(0, 200), st.integers(0, 9), SPLICES), max_size=6
)


@pytest.mark.slow
@given(EDITS, EDITS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_raises(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[str, int, int, str]],
    second: list[tuple[str, int, int, str]],
) -> None:
    repo = Repo(tmp_path_factory.mktemp("law").resolve() / "repo")
    files = dict(SEEDS)
    shas = []
    for edits in (first, second):
        for name, at, length, new in edits:
            files[name] = files[name][:at] + new + files[name][at + length :]
        shas.append(repo.commit(files))
    found = repo.guards(*shas)
    assert found == repo.guards(shas[0])
    assert repo.guards(shas[0], shas[0]) == ()
    assert len(found) == len(set(found))
