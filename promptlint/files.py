"""Reads a file exactly as it is, and replaces one so that no crash leaves half of it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from promptlint.errors import SourceError
from promptlint.model import Problem, Source, SourceKind

MAX_BYTES = 5_000_000
"""Larger files are not read: no prompt is."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def read(path: Path, display: str, kind: SourceKind, named: bool = False) -> Source:
    """Read a file as UTF-8, newlines and BOM kept.

    Args:
        path: where it is.
        display: `Source.path`.
        kind: the container format.
        named: see `Source.named`.

    Raises:
        SourceError: SRC001 if it is gone, unreadable, no regular file, binary or not UTF-8; SRC003 if it is
            larger than MAX_BYTES.
    """
    try:
        # A pipe or a device is not even opened; what took its place since must not block us either.
        _regular(path.stat())
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as stream:  # noqa: PTH123  # Path.open takes no descriptor
            _small(_regular(os.fstat(handle)).st_size)
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceError(Problem("SRC001", f"cannot be read: {reason}")) from error
    return decode(data, display, kind, named)


def decode(data: bytes, display: str, kind: SourceKind, named: bool = False) -> Source:
    """Make a Source of the bytes of a file or of standard input; see `read`."""
    _small(len(data))
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            _fail("SRC001", f"not UTF-8: line 1, column 1 has the byte order mark of {encoding}")
    if (at := data.find(b"\0")) >= 0:
        _fail("SRC001", f"binary: NUL byte at {_place(data, at)}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        _fail("SRC001", f"not UTF-8: byte 0x{byte:02X} at {_place(data, error.start)}")
    return Source(display, text, kind, named)


def write(path: Path, text: str, original: os.stat_result | None) -> None:
    """Replace the content of a file as a whole: a reader, or a crash, sees all of the old or all of the new.

    A symbolic link stays one: its target is replaced; but not without `original`, because a repository could
    lead a file that we make to anywhere. Mode is kept, and owner and group where allowed.

    Args:
        path: the file.
        text: the new content, newlines and BOM included.
        original: its `os.stat` from before it was read; None for a file that is new, or whose old content
            does not matter.

    Raises:
        SourceError: it cannot be written, or has changed since `original`; nothing was changed.
    """
    target = Path(os.path.realpath(path))
    if original is None and path.is_symlink():
        _fail("SRC001", "cannot be written: it is a symbolic link")
    try:
        data = text.encode("utf-8")
        current = _unchanged(target, original)
        _replace(target, data, current)
    except UnicodeEncodeError as error:
        raise SourceError(Problem("SRC001", "cannot be written: the new text is no Unicode")) from error
    except OSError as error:
        raise SourceError(Problem("SRC001", f"cannot be written: {error.strerror}")) from error


def _unchanged(target: Path, original: os.stat_result | None) -> os.stat_result | None:
    if original is None and not target.exists():
        return None
    current = _regular(target.stat())
    if original is not None and _version(current) != _version(original):
        _fail("SRC001", "not written: the file has changed since it was read")
    if not os.access(target, os.W_OK):
        _fail("SRC001", "cannot be written: the file is read-only")
    return current


def _version(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _replace(target: Path, data: bytes, current: os.stat_result | None) -> None:
    # Not *.md or the like: what a crash leaves behind is never taken for a prompt.
    spare = target.parent / f".promptlint-{os.urandom(8).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(spare, flags, 0o666 if current is None else 0o600)
    try:
        with open(handle, "wb") as stream:  # noqa: PTH123  # Path.open takes no descriptor
            stream.write(data)
            stream.flush()
            if current is not None:
                _dress(spare, current)
            os.fsync(handle)
        spare.replace(target)
    except BaseException:
        spare.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _dress(spare: Path, current: os.stat_result) -> None:
    made = spare.stat()
    if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (current.st_uid, current.st_gid):
        with suppress(PermissionError):  # somebody else's file in a folder that we may write to
            os.chown(spare, current.st_uid, current.st_gid)
    spare.chmod(stat.S_IMODE(current.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name last too; not every file system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _regular(found: os.stat_result) -> os.stat_result:
    if not stat.S_ISREG(found.st_mode):
        what = next((name for test, name in _KINDS if test(found.st_mode)), "no regular file")
        _fail("SRC001", f"cannot be read: it is {what}")
    return found


def _small(size: int) -> None:
    if size > MAX_BYTES:
        _fail("SRC003", f"too large: {size:,} bytes; the limit is {MAX_BYTES:,}")


def _place(data: bytes, at: int) -> str:
    before = data[:at].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


def _fail(code: str, message: str) -> NoReturn:
    raise SourceError(Problem(code, message))
