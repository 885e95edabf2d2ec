from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import cache, serial
from promptlint.model import (
    Basis,
    Edit,
    FileResult,
    Finding,
    Fix,
    Load,
    Location,
    Passage,
    Profile,
    PromptFacts,
    Safety,
    Saving,
    Severity,
    Span,
    TokenCount,
)

TEXT = st.text(max_size=12) | st.just("\ud800é\U0001f600\0")
COUNT = st.integers(0, 10**9)
MONEY = st.floats(allow_nan=False, allow_infinity=False)
RANGE = st.none() | st.tuples(MONEY, MONEY)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
SPAN = st.tuples(COUNT, COUNT).map(lambda pair: Span(*sorted(pair)))
PLACE = st.builds(Location, COUNT, COUNT, COUNT, COUNT)
EDITS = st.lists(st.builds(Edit, SPAN, TEXT), max_size=2).map(tuple)
FIX = st.builds(Fix, EDITS, st.sampled_from(Safety), TEXT)
SAVING = st.builds(Saving, COUNT | st.integers(-50, 0), COUNT, RANGE, RANGE, st.sampled_from(Basis))
FINDING = st.builds(
    Finding,
    *(TEXT, TEXT, st.sampled_from(Severity), TEXT, TEXT, SPAN, PLACE, TEXT, st.none() | TEXT),
    *(st.lists(PLACE, max_size=2).map(tuple), st.none() | FIX, st.none() | SAVING),
)
TOKENS = st.builds(TokenCount, COUNT, COUNT, COUNT, TEXT, st.sampled_from(Basis), MONEY)
FACTS = st.builds(
    PromptFacts,
    *(TEXT, TEXT, PLACE, TEXT, TEXTS, st.sampled_from(Profile), st.sampled_from(Load), TOKENS),
    *(
        st.lists(st.tuples(TEXT, COUNT), max_size=2).map(tuple),
        TEXTS,
        COUNT,
        TEXT,
        st.sampled_from(Basis),
        RANGE,
    ),
    *(TEXTS, st.none() | COUNT, COUNT, RANGE),
)
RESULT = st.builds(
    FileResult,
    *(TEXT, st.lists(FACTS, max_size=2).map(tuple), st.lists(FINDING, max_size=3).map(tuple), COUNT, TEXT),
    passages=st.lists(st.builds(Passage, TEXT, COUNT, COUNT, COUNT, FINDING), max_size=2).map(tuple),
)


def key(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


def some(count: int, start: int = 0) -> dict[str, FileResult]:
    return {
        key(number): FileResult(f"{number}.md", reason="r" * 50) for number in range(start, start + count)
    }


def database(folder: Path) -> Path:
    (file,) = folder.glob("*.sqlite")
    return file


# --- the text of a result -------------------------------------------------------------------


@given(RESULT)
def test_serial_round_trip(result: FileResult) -> None:
    text = serial.dump(result)
    assert text.isascii()
    again = serial.load(text)
    assert again == result
    assert repr(again) == repr(result)
    assert serial.load(text.encode()) == result


@given(RESULT, st.data())
def test_a_result_of_another_shape_is_refused(result: FileResult, data: st.DataObject) -> None:
    """Put something else in one place of a valid document: it is refused, or as good as valid."""
    document = json.loads(serial.dump(result))
    places = [(document, index) for index in range(len(document))]
    for holder, index in places:
        if isinstance(holder[index], list):
            places.extend((holder[index], inner) for inner in range(len(holder[index])))
    holder, index = data.draw(st.sampled_from(places))
    holder[index] = data.draw(st.sampled_from([None, True, -1, 1.5, "x", [], [1], {}, {"a": 1}]))
    try:
        loaded = serial.load(json.dumps(document))
    except ValueError:
        return
    assert serial.load(serial.dump(loaded)) == loaded


@pytest.mark.parametrize(
    "text",
    ["", "null", "{}", "[]", "[1]", '[99,"a",[],[],0,""]', "[" * 100_000, "\xff", '[2,"a",[],[],0,"",0]'],
)
def test_what_is_no_result_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        serial.load(text)


# --- keeping --------------------------------------------------------------------------------


def test_put_and_get(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    results = some(1500)
    assert cache.get(list(results), folder) == {}
    assert not folder.exists()
    cache.put(results, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cache.get([*results, key(-1)], folder) == results
    assert cache.get([], folder) == {}
    changed = {key(3): FileResult("other.md")}
    cache.put(changed, folder)
    assert cache.get([key(3)], folder) == changed
    cache.put({}, folder)


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PROMPTLINT_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache.directory() == tmp_path / ".cache" / "promptlint"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.directory() == tmp_path / ".cache" / "promptlint"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.directory() == tmp_path / "xdg" / "promptlint"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.directory() == tmp_path / "Library" / "Caches" / "promptlint"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache.directory() == tmp_path / "local" / "promptlint" / "Cache"
    monkeypatch.setenv("PROMPTLINT_CACHE_DIR", str(tmp_path / "own"))
    assert cache.directory() == tmp_path / "own"
    cache.put(some(1))
    assert cache.get([key(0)]) == some(1)
    assert database(tmp_path / "own").exists()


def test_the_least_recently_used_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = 1000
    monkeypatch.setattr(cache, "_today", lambda: day)
    cache.put(some(20), tmp_path / "c", limit=20)
    day = 1001
    used = [key(number) for number in range(5)]
    cache.get(used, tmp_path / "c")
    cache.put(some(1, start=20), tmp_path / "c", limit=20)
    left = cache.get([key(number) for number in range(21)], tmp_path / "c")
    assert set(left) == {*used, *(key(number) for number in range(8, 21))}


def test_a_huge_result_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_TEXT", 40)
    results = {key(0): FileResult("a" * 50), key(1): FileResult("b")}
    cache.put(results, tmp_path / "c")
    assert cache.get(list(results), tmp_path / "c") == {key(1): FileResult("b")}


# --- everything that can go wrong is a miss -----------------------------------------------------


@pytest.mark.parametrize("value", ["", "null", "[]", "{}", "[1", "\xff", b"\xff\xfe", 7, "[" * 100_000])
def test_a_damaged_value_is_a_miss(tmp_path: Path, value: object) -> None:
    cache.put(some(3), tmp_path / "c")
    with closing(sqlite3.connect(database(tmp_path / "c"))) as connection, connection:
        connection.execute("UPDATE results SET value = ? WHERE key = ?", (value, key(1)))
    assert set(cache.get(list(some(3)), tmp_path / "c")) == {key(0), key(2)}
    cache.put(some(3), tmp_path / "c")
    assert len(cache.get(list(some(3)), tmp_path / "c")) == 3


def test_text_that_is_no_utf8_spoils_only_itself(tmp_path: Path) -> None:
    cache.put(some(3), tmp_path / "c")
    with closing(sqlite3.connect(database(tmp_path / "c"))) as connection, connection:
        connection.execute("UPDATE results SET value = CAST(x'fffe' AS TEXT) WHERE key = ?", (key(1),))
    assert set(cache.get(list(some(3)), tmp_path / "c")) == {key(0), key(2)}


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_a_miss_and_heals(tmp_path: Path, damage: bytes) -> None:
    cache.put(some(50), tmp_path / "c")
    database(tmp_path / "c").write_bytes(damage)
    assert cache.get(list(some(50)), tmp_path / "c") == {}
    cache.put(some(50), tmp_path / "c")
    assert len(cache.get(list(some(50)), tmp_path / "c")) == 50


def test_a_page_that_is_damaged_never_crashes(tmp_path: Path) -> None:
    cache.put(some(300), tmp_path / "c")
    file = database(tmp_path / "c")
    size = file.stat().st_size
    for start in range(1024, size, size // 7):
        with file.open("r+b") as stream:
            stream.seek(start)
            stream.write(b"\xff" * 600)
        got = cache.get(list(some(300)), tmp_path / "c")
        assert all(some(300)[name] == result for name, result in got.items())
    cache.put(some(300), tmp_path / "c")


def test_another_table_of_that_name_is_a_miss(tmp_path: Path) -> None:
    cache.put(some(1), tmp_path / "c")
    with closing(sqlite3.connect(database(tmp_path / "c"))) as connection, connection:
        connection.execute("DROP TABLE results")
        connection.execute("CREATE TABLE results (other INTEGER)")
    cache.put(some(1), tmp_path / "c")
    assert cache.get(list(some(1)), tmp_path / "c") == {}


def test_a_locked_cache_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_WAIT", 0.01)
    cache.put(some(1), tmp_path / "c")
    with closing(sqlite3.connect(database(tmp_path / "c"), isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        cache.put(some(2), tmp_path / "c")
        cache.get(list(some(2)), tmp_path / "c")
        connection.execute("ROLLBACK")
    assert cache.get(list(some(2)), tmp_path / "c") == some(1)


def test_no_place_for_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "c", Path("/dev/null/c")):
        cache.put(some(1), folder)
        assert cache.get(list(some(1)), folder) == {}

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache, "directory", homeless)
    cache.put(some(1))
    assert cache.get(list(some(1))) == {}


def test_a_python_without_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    cache.put(some(1), tmp_path / "c")
    assert cache.get(list(some(1)), tmp_path / "c") == {}


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path: Path, mode: int) -> None:
    cache.put(some(1), tmp_path / "c")
    (tmp_path / "c").chmod(mode)
    assert cache.get(list(some(1)), tmp_path / "c") == {}
    cache.put(some(2), tmp_path / "c")
    (tmp_path / "c").chmod(0o700)
    assert cache.get(list(some(2)), tmp_path / "c") == some(1)


def test_many_processes_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from promptlint import cache; from promptlint.model import FileResult\n"
        "number = int(sys.argv[2])\n"
        "for step in range(10):\n"
        "    keys = [f'{number}-{step}-{index}' for index in range(20)]\n"
        "    cache.put({key: FileResult(key) for key in keys}, Path(sys.argv[1]))\n"
        "    got = cache.get([*keys, 'shared'], Path(sys.argv[1]))\n"
        "    assert all(result.path == key for key, result in got.items())\n"
        "    cache.put({'shared': FileResult('shared')}, Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "c")]
    running = [subprocess.Popen([*command, str(number)]) for number in range(4)]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    with closing(sqlite3.connect(database(tmp_path / "c"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert cache.get(["shared"], tmp_path / "c") == {"shared": FileResult("shared")}
