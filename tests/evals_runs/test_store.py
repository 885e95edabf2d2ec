"""The store: what is put comes back, the first answer stays, nobody else can read it, damage is told."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.evals import replies, store
from promptlint.evals.exchange import Reply, Request, Usage
from promptlint.evals.model import ToolCall
from promptlint.evals.store import FILE, Purged, Store
from tests.evals_runs.fakes import request

TEXT = st.text(st.characters(), max_size=12) | st.just("\ud800é\U0001f600\0\x1b[2J")
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
COUNT = st.integers(0, 2**40)
CALLS = st.lists(st.builds(ToolCall, TEXT, JSON), max_size=2).map(tuple)
USAGE = st.none() | st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT)
LATENCY = st.none() | st.floats(0, 1e9)
REPLY = st.builds(Reply, TEXT, CALLS, USAGE, LATENCY, TEXT, TEXT, TEXT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def key(number: int, repeat: int = 0) -> tuple[str, int]:
    return request(number).key, repeat


# --- what is put comes back -----------------------------------------------------------------


@given(REPLY, st.none() | st.floats(0, 100))
@settings(max_examples=30)
def test_a_reply_comes_back_as_it_was(reply: Reply, usd: float | None) -> None:
    with tempfile.TemporaryDirectory() as place, Store(Path(place)) as opened:
        opened.put("p", request(1), reply, usd)
        (kept,) = opened.get("p", [key(1)]).values()
    assert (kept.reply, kept.usd) == (reply, usd)


@given(REPLY)
def test_a_reply_is_json_and_back(reply: Reply) -> None:
    assert replies.from_json(json.loads(json.dumps(replies.to_json(reply)))) == reply


FIELDS = st.sampled_from(["text", "calls", "usage", "latency", "model", "name", "input", "cached"])
HOSTILE = st.recursive(
    JSON | st.just(float("nan")) | st.just(float("inf")) | st.just(-1),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=8,
)


@given(HOSTILE)
def test_what_is_no_reply_is_refused(value: object) -> None:
    try:
        found = replies.from_json(value)
    except ValueError:
        return
    assert replies.from_json(replies.to_json(found)) == found


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"text": 7},
        {"calls": {}},
        {"calls": [{"name": None}]},
        {"usage": {"input": -1}},
        {"usage": {"input": True}},
        {"usage": {"output": 1.5}},
        {"usage": {"output": 2**60}},
        {"latency": float("nan")},
        {"latency": -1},
        {"latency": True},
    ],
)
def test_wrong_values_of_a_reply(value: object) -> None:
    with pytest.raises(ValueError, match="no "):
        replies.from_json(value)


def test_answers_are_told_apart_by_provider_key_and_repeat(folder: Path) -> None:
    with Store(folder) as opened:
        for provider in ("a", "b"):
            for number in range(3):
                for repeat in range(2):
                    text = f"{provider} {number} {repeat}"
                    opened.put(provider, request(number, repeat), Reply(text), None)
    with Store(folder) as opened:
        found = opened.get("b", [key(2, 1), key(0, 0), key(9), key(1, 7)])
    assert {name: kept.reply.text for name, kept in found.items()} == {
        key(2, 1): "b 2 1",
        key(0, 0): "b 0 0",
    }


def test_many_are_found_at_once(folder: Path) -> None:
    numbers = range(1001)
    with Store(folder) as opened:
        for number in numbers:
            opened.put("p", request(number), Reply(str(number)), None)
        found = opened.get("p", [key(number) for number in numbers])
    assert [found[key(number)].reply.text for number in numbers] == [str(number) for number in numbers]


def test_the_first_answer_stays(folder: Path) -> None:
    first, second = Reply("first"), Reply("second")
    with Store(folder) as one, Store(folder) as other:
        assert one.put("p", request(1), first, 0.5).reply is first
        kept = other.put("p", request(1), second, 0.7)
        assert (kept.reply, kept.usd) == (first, 0.5)


def test_calls_without_a_known_end_are_counted(folder: Path) -> None:
    with Store(folder) as opened:
        assert [opened.begin("p", key(1)) for _ in range(3)] == [0, 1, 2]
        assert opened.begin("p", key(1, 1)) == 0
        assert opened.begin("q", key(1)) == 0
        opened.fail("p", key(1))
        assert opened.begin("p", key(1)) == 0
        opened.put("p", request(1), Reply("yes"), None)
        assert opened.begin("p", key(1)) == 0


def test_the_prompt_is_not_stored(folder: Path) -> None:
    asked = Request("m", ({"role": "user", "content": "Frau Schmidt, Kundin 4711"},))
    with Store(folder) as opened:
        opened.begin("p", (asked.key, 0))
        opened.put("p", asked, Reply("billing"), None)
        assert b"4711" not in contents(folder)
        assert b"billing" in contents(folder)


def test_a_reply_that_is_no_json(folder: Path) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with Store(folder) as opened:
        with pytest.raises(ValueError, match="too deep"):
            opened.put("p", request(1), Reply("x", (ToolCall("f", deep),)), None)
        assert opened.get("p", [key(1)]) == {}


# --- whose it is ----------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")


@posix
def test_file_and_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Store(tmp_path / "new" / "data") as opened:
            opened.put("p", request(1), Reply("yes"), None)
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "data").iterdir()}
    finally:
        os.umask(old)
    assert modes == dict.fromkeys((FILE, f"{FILE}-wal", f"{FILE}-shm"), 0o600)
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.parametrize(("name", "mode", "says"), [("", 0o750, "chmod 700"), ("", 0o702, "chmod 700")])
@pytest.mark.parametrize("file", [False, True])
def test_what_others_can_read_or_write_is_refused(
    folder: Path, name: str, mode: int, says: str, file: bool
) -> None:
    Store(folder).close()
    before = contents(folder)
    (folder / FILE if file else folder).chmod(mode - 0o100 if file else mode)
    with pytest.raises(UsageError, match="chmod 600" if file else "chmod 700"):
        Store(folder)
    assert contents(folder) == before


@posix
def test_what_is_somebody_elses_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(folder).close()
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(UsageError, match="own it"):
        Store(folder)


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("PROMPTLINT_DATA_DIR")
    monkeypatch.setattr(sys, "platform", "linux")
    assert store.directory() == tmp_path / ".local" / "share" / "promptlint"
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    assert store.directory() == tmp_path / ".local" / "share" / "promptlint"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert store.directory() == tmp_path / "xdg" / "promptlint"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert store.directory() == tmp_path / "Library" / "Application Support" / "promptlint"
    monkeypatch.setattr(sys, "platform", "win32")
    assert store.directory() == tmp_path / "local" / "promptlint" / "Data"
    monkeypatch.setenv("PROMPTLINT_DATA_DIR", str(tmp_path / "own"))
    assert store.directory() == tmp_path / "own"


# --- damage ---------------------------------------------------------------------------------


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def used(folder: Path) -> None:
    """Look for everything, as a run and as a purge do."""
    with Store(folder) as opened:
        opened.get("p", [key(number) for number in range(200)])
        opened.purge(dry_run=True)


@pytest.fixture
def filled(folder: Path) -> Path:
    with Store(folder) as opened:
        for number in range(200):
            opened.put("p", request(number), Reply("answer " * 50), None)
    return folder


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"I am no database. " * 400,
        lambda data: data[: len(data) // 2 // 4096 * 4096],
        lambda data: data[:4096] + b"\xff" * 8192 + data[12288:],
        lambda data: data.replace(b'{"text":"answer', b'{"text";"answer', 1),
        lambda data: data.replace(b'{"text":"answer', b'{"text":"\xff\xffswer', 1),
        lambda data: data.replace(b'{"text":"answer answer', b'{"text":7,"a":"answer ', 1),
    ],
    ids=["garbage", "cut off", "pages", "no JSON", "no UTF-8", "no reply"],
)
def test_damage_is_told_and_nothing_is_deleted(filled: Path, spoil: Any) -> None:
    data = spoil((filled / FILE).read_bytes())
    (filled / FILE).write_bytes(data)
    with pytest.raises(UsageError, match=r"damaged .*nothing was deleted.*move the file away"):
        used(filled)
    assert len((filled / FILE).read_bytes()) == len(data)


def test_a_store_of_a_newer_promptlint(filled: Path) -> None:
    with closing(sqlite3.connect(filled / FILE)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(UsageError, match="version 2, this promptlint knows 1"):
        Store(filled)


def test_a_database_of_something_else(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    (folder / FILE).chmod(0o600)
    with pytest.raises(UsageError, match="something else"):
        Store(folder)


def test_a_folder_in_place_of_the_file(folder: Path) -> None:
    (folder / FILE).mkdir(parents=True)
    for path in (folder, folder / FILE):
        path.chmod(0o700)
    with pytest.raises(UsageError, match="cannot be used"):
        Store(folder)


def test_a_file_in_place_of_the_folder(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(UsageError, match="cannot be used"):
        Store(folder)


def test_a_full_disk(folder: Path) -> None:
    with Store(folder) as opened:
        opened.put("p", request(1), Reply("yes"), None)
        with opened._database.guarded() as run:
            run("PRAGMA max_page_count = 6").fetchall()
        with pytest.raises(UsageError, match=r"cannot be used: .*full"):
            opened.put("p", request(2), Reply("long " * 20_000), None)
        assert set(opened.get("p", [key(1), key(2)])) == {key(1)}
        assert opened.begin("p", key(3)) == 0  # the transaction that failed is not left open


# --- several at once, and killed ------------------------------------------------------------

WRITER = """
import sys, threading
from pathlib import Path
from promptlint.evals.exchange import Reply
from promptlint.evals.store import Store
from tests.evals_runs.fakes import request

folder, name, first, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
said = threading.Lock()

def write(opened, numbers):
    for number in numbers:
        opened.begin("p", (request(number).key, 0))
        kept = opened.put("p", request(number), Reply(f"{name} " * 200), None)
        with said:
            sys.stdout.write(f"{number} {kept.reply.text.split()[0]}\\n")
            sys.stdout.flush()

with Store(folder) as opened:
    threads = [
        threading.Thread(target=write, args=(opened, range(first + at, first + count, 4))) for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def writer(folder: Path, name: str, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(first), str(count)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)


def is_whole(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_processes_at_once_agree_on_every_answer(folder: Path) -> None:
    running = [writer(folder, name, 0, 60) for name in ("a", "b", "c")]
    said = [dict(line.split() for line in each.communicate()[0].splitlines()) for each in running]
    assert [each.returncode for each in running] == [0, 0, 0]
    assert said[0] == said[1] == said[2]
    assert len(said[0]) == 60
    assert is_whole(folder)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_while_it_commits(folder: Path, kills: int) -> None:
    committed: set[int] = set()
    for kill in range(kills):
        with writer(folder, "a", kill * 100_000, 100_000) as running:
            assert running.stdout is not None
            for _ in range(25 + 7 * kill):
                committed.add(int(running.stdout.readline().split()[0]))
            running.send_signal(signal.SIGKILL)
            rest = running.stdout.read().split("\n")[:-1]
        committed |= {int(line.split()[0]) for line in rest}
        with Store(folder) as opened:
            found = opened.get("p", [key(number) for number in committed])
        assert set(found) == {key(number) for number in committed}
        assert is_whole(folder)


# --- purge ----------------------------------------------------------------------------------


def test_purge_by_age_and_provider(folder: Path) -> None:
    now = [1000.0]
    with Store(folder, clock=lambda: now[0]) as opened:
        for number in range(6):
            opened.put("openai https://a" if number % 2 else "anthropic", request(number), Reply("x"), None)
            now[0] += 100
        size = len('{"text":"x"}')
        assert opened.purge(older_than=400, dry_run=True) == Purged(3, 3 * size, 3)
        assert opened.purge(400, "openai", dry_run=True) == Purged(1, size, 5)
        assert opened.purge(400, "openai") == Purged(1, size, 5)
        assert opened.purge(provider="nobody") == Purged(0, 0, 5)
        now[0] = 0.0  # a clock that was set back
        assert opened.purge(older_than=1) == Purged(0, 0, 5)
        assert opened.purge() == Purged(5, 5 * size, 0)


def test_what_is_purged_is_in_no_file(folder: Path) -> None:
    with Store(folder) as opened, Store(folder) as other:
        for number in range(300):
            opened.put("p", request(number), Reply("a customer's secret " * 100), None)
        other.put("q", request(1), Reply("this stays"), None)
        assert b"secret" in contents(folder)
        opened.purge(provider="p")
        assert len(contents(folder)) < 100_000
        assert b"secret" not in contents(folder)
        assert other.get("p", [key(1)]) == {}
        assert [kept.reply.text for kept in other.get("q", [key(1)]).values()] == ["this stays"]
