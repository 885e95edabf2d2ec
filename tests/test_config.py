from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Runner
from hypothesis import given
from hypothesis import strategies as st

from promptlint import config, globs
from promptlint.config import Config, Configs
from promptlint.errors import ConfigError
from promptlint.model import Load, Severity

EVERYTHING = """
include = ["notes/*.txt"]
exclude = ["vendor/", "!build/"]
select = ["RED", "TOK001"]
ignore = ["TOK002"]
extend-select = ["SEC"]
cards = ["lint"]
model = "gpt-4o"
tokenizer = "o200k_base"
budget = 2000
baseline = "promptlint-baseline.json"

[per-file-ignores]
"tests/" = ["RED"]

[severity]
RED001 = "error"

[rules.TOK001]
swap = {"in order to" = "to"}
limit = 3

[prices."my-model"]
input = 1
output = 2.5

[jinja]
line_statement_prefix = "%"
trim_blocks = true

[[prompts]]
match = "app/*.py"
model = "gpt-4o-mini"
calls_per_month = 1000

[[prompts]]
match = "*::Bot.*"
output_tokens = 300
task = "extraction"
difficulty = 0.3
latency = "interactive"
batchable = true
owner = "team-a"
load = "on demand"
calls_per_month = 5
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def made(tmp_path: Path, text: str) -> Config:
    return config.load(write(tmp_path / "promptlint.toml", text))


# --- reading --------------------------------------------------------------------------------


def test_every_key(tmp_path: Path) -> None:
    result = made(tmp_path, EVERYTHING)
    assert result.root == tmp_path
    assert result.file == tmp_path / "promptlint.toml"
    assert result.include == ("notes/*.txt",)
    assert result.exclude == ("vendor/", "!build/")
    assert (result.select, result.ignore, result.extend_select) == (("RED", "TOK001"), ("TOK002",), ("SEC",))
    assert result.per_file_ignores == {"tests/": ("RED",)}
    assert result.severity == {"RED001": Severity.ERROR}
    assert result.rules == {"TOK001": {"swap": {"in order to": "to"}, "limit": 3}}
    assert result.cards == (tmp_path / "lint",)
    assert (result.model, result.tokenizer, result.budget) == ("gpt-4o", "o200k_base", {"*": 2000})
    assert result.prices == {"my-model": {"input": 1.0, "output": 2.5}}
    assert result.baseline == tmp_path / "promptlint-baseline.json"
    assert result.jinja is not None
    assert (result.jinja.line_statement_prefix, result.jinja.trim_blocks) == ("%", True)
    assert pickle.loads(pickle.dumps(result)) == result


def test_prompt_settings_join_in_order(tmp_path: Path) -> None:
    result = made(tmp_path, EVERYTHING)
    both = config.prompt_settings(result, "app/bot.py::Bot.SYSTEM")
    assert (both.model, both.calls_per_month, both.output_tokens) == ("gpt-4o-mini", 5, 300)
    assert (both.task, both.difficulty, both.latency, both.batchable) == (
        "extraction",
        0.3,
        "interactive",
        True,
    )
    assert (both.owner, both.load) == ("team-a", Load.ON_DEMAND)
    assert config.prompt_settings(result, "app/x.py::S").calls_per_month == 1000
    assert config.prompt_settings(result, "other.md") == config.PromptSettings()


def test_budget(tmp_path: Path) -> None:
    result = made(tmp_path, '[budget]\n"*" = 100\n"long/*" = 900\n"*::BIG" = 5\n')
    assert config.budget_for(result, "a.md") == 100
    assert config.budget_for(result, "long/a.md") == 900
    assert config.budget_for(result, "long/a.py::BIG") == 5
    assert config.budget_for(made(tmp_path, ""), "a.md") is None


def test_a_bom_and_crlf_are_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / "promptlint.toml"
    file.write_bytes(b'\xef\xbb\xbfmodel = "m"\r\n')
    assert config.load(file).model == "m"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exlude = []", "unknown key `exlude`; did you mean `exclude`?"),
        ("extend_select = []", "unknown key `extend_select`; did you mean `extend-select`?"),
        ("zzz = 1", "unknown key `zzz`"),
        ("[tool.promptlint]\nselect = []", "unknown key `tool`; the keys of promptlint.toml stand without"),
        ("select = 'RED'", "`select`: expected a list of strings, found a string"),
        ("select = [1]", "`select.0`: expected a string, found a whole number"),
        ("exclude = ['']", "`exclude.0`: expected a string with something in it"),
        ("model = true", "`model`: expected a string, found true or false"),
        ("model = 2020-01-01", "`model`: expected a string, found a date or time"),
        ("rules = 3", "`rules`: expected a table, found a whole number"),
        ("rules.RED001 = 3", "`rules.RED001`: expected a table"),
        ("severity.RED001 = 'fatal'", '`severity.RED001`: expected "info" or "warning" or "error"'),
        ("budget = -1", "`budget`: expected a number that is not negative"),
        ("budget = true", "`budget`: expected a whole number, found true or false"),
        ("prices.m.input = nan", "`prices.m.input`: expected a finite number"),
        ("prices.m.input = inf", "`prices.m.input`: expected a finite number"),
        ("prices.m = 3", "`prices.m`: expected a table"),
        ("jinja.trim_block = true", "unknown key `trim_block` in `jinja`; did you mean `trim_blocks`?"),
        ("jinja.trim_blocks = 1", "`jinja.trim_blocks`: expected true or false, found a whole number"),
        ("jinja.block_start = ''", "`jinja.block_start`: a delimiter cannot be empty"),
        ("prompts = 1", "`prompts`: expected [[prompts]] tables"),
        ("[prompts]\nmatch = 'x'", "`prompts`: expected [[prompts]] tables, found a table"),
        ("[[prompts]]\nmodel = 'x'", "`prompts.0`: the key `match` is missing"),
        (
            "[[prompts]]\nmatch = 'x'\nmodle = 'y'",
            "unknown key `modle` in `prompts.0`; did you mean `model`?",
        ),
        ("[[prompts]]\nmatch = 'x'\ndifficulty = 2", "`prompts.0.difficulty`: expected a number from 0 to 1"),
        (
            "[[prompts]]\nmatch = 'x'\nload = 'never'",
            '`prompts.0.load`: expected "every call" or "on demand"',
        ),
        ("per-file-ignores.x = 'RED'", "`per-file-ignores.x`: expected a list of strings"),
        ("a = [", "not TOML"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("a = " + "9" * 5000, "not TOML"),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(tmp_path, text)
    assert expected in str(caught.value)
    assert re.search(r"promptlint\.toml(:\d+)?: ", str(caught.value))


def test_bad_bytes_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "promptlint.toml").write_bytes(b"model = '\xff'")
    with pytest.raises(ConfigError, match="not TOML"):
        config.load(tmp_path / "promptlint.toml")
    with pytest.raises(ConfigError, match="no such file"):
        config.load(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="larger than"):
        made(tmp_path, "#" * 1_000_001)
    with pytest.raises(ConfigError, match=r"no \[tool.promptlint\]"):
        config.load(write(tmp_path / "pyproject.toml", "[tool.ruff]\n"))


# --- finding --------------------------------------------------------------------------------


def test_find_takes_the_nearest_and_promptlint_toml_first(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").touch()
    top = write(tmp_path / "pyproject.toml", "[tool.promptlint]\nmodel = 'p'\n")
    write(tmp_path / "a" / "pyproject.toml", "[project]\nname = 'promptlint-user'\n")
    file = write(tmp_path / "a" / "b" / "x.md", "")
    assert config.find(file) == top
    nearer = write(tmp_path / "a" / "promptlint.toml", "")
    assert config.find(file) == nearer
    assert config.find(tmp_path / "a" / "b") == nearer
    own = write(tmp_path / "promptlint.toml", "")
    assert config.find(tmp_path / "y.md") == own
    assert config.find(file, stop=tmp_path / "a" / "b") is None


def test_find_stops_at_the_top_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path / "promptlint.toml", "")
    write(tmp_path / "repo" / ".git" / "HEAD", "")
    assert config.find(tmp_path / "repo" / "x.md") is None
    assert config.root_of(tmp_path / "repo" / "x.md") == tmp_path / "repo"
    assert config.root_of(tmp_path / "y.md") == tmp_path


def test_a_broken_pyproject_is_an_error_only_if_it_is_ours(tmp_path: Path) -> None:
    file = write(tmp_path / "sub" / "x.md", "")
    write(tmp_path / "sub" / "pyproject.toml", "[tool.other\n")
    top = write(tmp_path / "promptlint.toml", "")
    assert config.find(file) == top
    write(tmp_path / "sub" / "pyproject.toml", "[tool.promptlint\n")
    with pytest.raises(ConfigError, match="not TOML"):
        config.find(file)


def test_a_folder_of_that_name_is_no_config(tmp_path: Path) -> None:
    top = write(tmp_path / "promptlint.toml", "")
    (tmp_path / "sub" / "promptlint.toml").mkdir(parents=True)
    assert config.find(tmp_path / "sub" / "x.md") == top


def test_configs_of_a_tree(tmp_path: Path) -> None:
    write(tmp_path / "promptlint.toml", "model = 'top'\n[per-file-ignores]\n'a/*.md' = ['RED']\n")
    write(tmp_path / "pkg" / "promptlint.toml", "[per-file-ignores]\n'a/*.md' = ['TOK', 'SEC']\n")
    configs = Configs(tmp_path)
    top, nested = (
        configs.for_file(tmp_path / "x" / "y" / "z.md"),
        configs.for_file(tmp_path / "pkg" / "a" / "z.md"),
    )
    assert (top.model, top.prefix, nested.model, nested.prefix) == ("top", "", None, "pkg/")
    assert configs.for_file(tmp_path / "other.md") is top
    assert config.file_ignores(top, "a/z.md") == ("RED",)
    assert config.file_ignores(nested, "pkg/a/z.md") == ("TOK", "SEC")
    assert config.file_ignores(top, "b/z.md") == ()


def test_globs_hold_beside_and_above_the_root_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "promptlint.toml").write_text('[budget]\n"prompts/**" = 5\n')
    (tmp_path / "two" / "promptlint.toml").write_text('[budget]\n"b.md" = 6\n')
    configs = Configs(tmp_path / "one")
    above = configs.for_file(tmp_path / "prompts" / "a.md")
    beside = configs.for_file(tmp_path / "two" / "b.md")
    assert (above.prefix, beside.prefix) == ("../", "../two/")
    assert config.budget_for(above, "../prompts/a.md") == 5
    assert config.budget_for(above, "../two/prompts/a.md") is None
    assert config.budget_for(beside, "../two/b.md") == 6


def test_the_first_path_of_a_run_does_not_decide_what_holds_for_the_others(
    tmp_path: Path, promptlint: Runner
) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "promptlint.toml").write_text("budget = 90\n")
    (tmp_path / "promptlint.toml").write_text('[budget]\n"prompts/**" = 5\n')
    for name in ("a/x.prompt.md", "prompts/y.prompt.md"):
        (tmp_path / name).write_text("Sort each mail of the shop into a folder.\n")
    for names in (("a/x.prompt.md", "prompts/y.prompt.md"), ("prompts/y.prompt.md", "a/x.prompt.md")):
        assert "prompts/y.prompt.md:1:1: TOK006" in promptlint("check", "--format", "concise", *names).out


def test_a_path_may_be_thousands_of_folders_deep(tmp_path: Path) -> None:
    (tmp_path / "promptlint.toml").write_text('model = "deep"\n')
    assert Configs(tmp_path).for_file(tmp_path / ("a/" * 5_000 + "a.md")).model == "deep"


def test_configs_read_each_file_once(tmp_path: Path) -> None:
    file = write(tmp_path / "promptlint.toml", "model = 'one'\n")
    configs = Configs(tmp_path)
    first = configs.for_file(tmp_path / "a.md")
    file.write_text("model = 'two'\n")
    assert configs.for_file(tmp_path / "b.md") is first
    assert Configs(tmp_path).for_file(tmp_path / "b.md").model == "two"


def test_fixed_config_and_command_line(tmp_path: Path) -> None:
    write(tmp_path / "promptlint.toml", "model = 'found'\nignore = ['TOK']\n")
    other = config.load(write(tmp_path / "etc" / "other.toml", "model = 'fixed'\n"))
    assert Configs(tmp_path, fixed=other).for_file(tmp_path / "a.md").model == "fixed"
    isolated = Configs(tmp_path, fixed=Config(tmp_path)).for_file(tmp_path / "a.md")
    assert (isolated.model, isolated.file) == (None, None)
    got = Configs(tmp_path, values={"select": ("RED",), "ignore": ()}).for_file(tmp_path / "a.md")
    assert (got.model, got.select, got.ignore) == ("found", ("RED",), ())


# --- extends --------------------------------------------------------------------------------


def test_extends_joins_tables_and_replaces_lists(tmp_path: Path) -> None:
    write(
        tmp_path / "base.toml",
        "exclude = ['a']\nselect = ['RED']\nextend-select = ['SEC']\nmodel = 'base'\ncards = ['cards']\n"
        "[severity]\nRED001 = 'info'\nTOK001 = 'info'\n[rules.TOK001]\nlimit = 1\nswap = {a = 'b'}\n"
        "[[prompts]]\nmatch = '*'\nowner = 'base'\nmodel = 'm'\n",
    )
    file = write(
        tmp_path / "pkg" / "pyproject.toml",
        "[tool.promptlint]\nextends = '../base.toml'\nexclude = ['b']\nextend-select = ['EXA']\n"
        "[tool.promptlint.severity]\nRED001 = 'error'\n[tool.promptlint.rules.TOK001]\nswap = {c = 'd'}\n"
        "[[tool.promptlint.prompts]]\nmatch = '*'\nowner = 'own'\n",
    )
    result = config.load(file)
    assert result.root == tmp_path / "pkg"
    assert (result.exclude, result.select, result.extend_select) == (("b",), ("RED",), ("SEC", "EXA"))
    assert (result.model, result.cards) == ("base", (tmp_path / "cards",))
    assert result.severity == {"RED001": Severity.ERROR, "TOK001": Severity.INFO}
    assert result.rules == {"TOK001": {"limit": 1, "swap": {"c": "d"}}}
    settings = config.prompt_settings(result, "x.md")
    assert (settings.owner, settings.model) == ("own", "m")
    origin = result.origins
    assert origin["model"] == origin["rules.TOK001.limit"] == origin["severity.TOK001"] == "../base.toml"
    assert origin["exclude"] == origin["rules.TOK001.swap"] == "pyproject.toml [tool.promptlint]"
    assert origin["tokenizer"] == "default"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"promptlint.toml": "extends = 'gone.toml'"}, "there is no file"),
        ({"promptlint.toml": "extends = 'promptlint.toml'"}, "circle"),
        ({"promptlint.toml": "extends = 'b.toml'", "b.toml": "extends = './promptlint.toml'"}, "circle"),
        ({"promptlint.toml": "extends = ['b.toml']"}, "`extends`: expected a string, found a list"),
        ({"promptlint.toml": "extends = 'b.toml'", "b.toml": "modle = 1"}, "b.toml: unknown key `modle`"),
        ({"promptlint.toml": "extends = 'pyproject.toml'", "pyproject.toml": ""}, "no [tool.promptlint]"),
        (
            {f"{n}.toml": f"extends = '{n + 1}.toml'" for n in range(12)}
            | {"promptlint.toml": "extends = '0.toml'", "12.toml": ""},
            "more than 8 files in a row",
        ),
    ],
)
def test_extends_that_cannot_be(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "promptlint.toml")
    assert expected in str(caught.value)


def test_extends_stays_inside_the_repository(tmp_path: Path) -> None:
    write(tmp_path / "outside.toml", "model = 'm'")
    write(tmp_path / "repo" / ".git" / "HEAD", "")
    write(tmp_path / "repo" / "pkg" / "promptlint.toml", "extends = '../../outside.toml'")
    with pytest.raises(ConfigError, match="outside the repository"):
        config.load(tmp_path / "repo" / "pkg" / "promptlint.toml")
    (tmp_path / "repo" / "link.toml").symlink_to(tmp_path / "outside.toml")
    write(tmp_path / "repo" / "pkg" / "promptlint.toml", "extends = '../link.toml'")
    with pytest.raises(ConfigError, match="outside the repository"):
        config.load(tmp_path / "repo" / "pkg" / "promptlint.toml")


# --- the command line -----------------------------------------------------------------------


def test_override_says_where_it_comes_from(tmp_path: Path) -> None:
    base = made(tmp_path, "select = ['TOK']\nignore = ['RED001']\nextend-select = ['SEC']\nmodel = 'm'\n")
    assert config.override(base, select=(), ignore=None, model=None) is base
    added = config.override(base, ignore=("EXA",), extend_select=("CAC",), baseline=Path("b.json"))
    assert (added.select, added.ignore, added.extend_select) == (("TOK",), ("RED001", "EXA"), ("SEC", "CAC"))
    assert added.baseline == Path.cwd() / "b.json"
    assert added.origins["ignore"] == added.origins["baseline"] == "command line"
    assert added.origins["model"] == "promptlint.toml"
    chosen = config.override(base, select=("RED001",))
    assert (chosen.select, chosen.ignore, chosen.extend_select) == (("RED001",), (), ())
    with pytest.raises(ConfigError, match="command line: unknown key `modle`; did you mean `model`"):
        config.override(base, modle="x")


def test_effective_lists_every_setting_with_its_origin(tmp_path: Path) -> None:
    rows = {key: (value, origin) for key, value, origin in config.effective(made(tmp_path, EVERYTHING))}
    assert rows["model"] == ("gpt-4o", "promptlint.toml")
    assert rows["rules.TOK001.limit"] == (3, "promptlint.toml")
    assert rows["severity.RED001"] == (Severity.ERROR, "promptlint.toml")
    assert rows["prices.my-model.output"] == (2.5, "promptlint.toml")
    plain = list(config.effective(Configs(tmp_path / "none").for_file(Path("/none/x.md"))))
    assert {origin for _, _, origin in plain} == {"default"}
    assert [key for key, _, _ in plain][:3] == ["include", "exclude", "select"]


def test_digest_changes_with_what_matters(tmp_path: Path) -> None:
    base = made(tmp_path, "model = 'm'\n")
    assert config.digest(base) == config.digest(made(tmp_path, "model = 'm' # same\nbaseline = 'x'\n"))
    for text in (
        "model = 'n'",
        "model = 'm'\nrules.TOK001.limit = 3",
        "model = 'm'\n[jinja]\ntrim_blocks = true",
    ):
        assert config.digest(made(tmp_path, text)) != config.digest(base)


def test_a_project_without_a_config_does_not_load_tomllib(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[project]\nname = 'x'\n")
    code = (
        "import sys; from pathlib import Path; from promptlint import config\n"
        f"config.Configs(Path({str(tmp_path)!r})).for_file(Path({str(tmp_path / 'a.md')!r}))\n"
        "print(sorted({'tomllib', 'subprocess', 'pathspec', 'sqlite3', 'difflib', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- globs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "hits", "misses"),
    [
        ("*.md", ["a.md", "x/y/a.md", "a.md/b"], ["a.mdx", "x/a.txt"]),
        ("prompts", ["prompts", "prompts/a.md", "x/prompts/a.md"], ["prompts2/a.md"]),
        ("prompts/", ["prompts/a.md", "x/prompts/a.md", "prompts/"], ["prompts", "x/prompts"]),
        ("/prompts", ["prompts/a.md", "prompts"], ["x/prompts/a.md"]),
        ("prompts/*.md", ["prompts/a.md"], ["prompts/x/a.md", "x/prompts/a.md"]),
        ("./prompts/*.md", ["prompts/a.md"], ["x/prompts/a.md"]),
        ("prompts/**/*.md", ["prompts/a.md", "prompts/x/y/a.md"], ["a.md", "x/prompts/a.md"]),
        ("**/gen/*", ["gen/a", "x/gen/a/b"], ["gen", "x/gen"]),
        ("gen/**", ["gen/a", "gen/a/b"], ["gen", "x/gen/a"]),
        ("a?[0-9].txt", ["ab1.txt"], ["ab.txt", "a/1.txt"]),
        ("**", ["a", "a/b"], []),
        ("!*.md", ["a.txt"], ["a.md"]),
    ],
)
def test_globs(pattern: str, hits: list[str], misses: list[str]) -> None:
    assert [path for path in hits if not globs.matches(pattern, path)] == []
    assert [path for path in misses if globs.matches(pattern, path)] == []


def test_the_last_pattern_that_matches_wins() -> None:
    patterns = ("build/", "!build/keep/", "*.tmp")
    assert globs.matched(patterns, "build/x")
    assert not globs.matched(patterns, "build/keep/x")
    assert globs.matched(patterns, "build/keep/x.tmp")
    assert not globs.matched(("!build/",), "build/x", before=True)


@pytest.mark.parametrize(
    ("pattern", "prompt_id", "expected"),
    [
        ("app/bot.py", "app/bot.py::Bot.SYSTEM", True),
        ("app/bot.py::Bot.*", "app/bot.py::Bot.SYSTEM", True),
        ("app/bot.py::Bot.*", "app/bot.py::OTHER", False),
        ("*::SYSTEM", "app/bot.py::SYSTEM", True),
        ("*::SYSTEM", "app/bot.py", False),
        ("agents.yaml::/agents/*/system", "agents.yaml::/agents/0/system", True),
        ("prompts/", "prompts/x.md", True),
    ],
)
def test_id_globs(pattern: str, prompt_id: str, expected: bool) -> None:
    assert globs.matches_id(pattern, prompt_id) is expected


@given(st.text("ab*?/!.", min_size=1, max_size=30), st.text("ab/.", min_size=1, max_size=60))
def test_globs_never_fail_and_never_hang(pattern: str, path: str) -> None:
    assert globs.matches(pattern, path) in (True, False)
    assert not globs.matches("/".join(["**", "a*"] * 12) + "/z", "/".join(["aa"] * 60))
