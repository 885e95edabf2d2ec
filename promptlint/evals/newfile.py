"""Writes a file that was not there; one that is there is never replaced."""

from __future__ import annotations

from pathlib import Path

from promptlint.errors import UsageError


def write(path: Path, text: str, mode: int = 0o666) -> None:
    """Write a new file, and the folders that lead to it.

    Args:
        path: of the file; a symbolic link counts as a file.
        text: its content.
        mode: its permissions, before the user's mask.

    Raises:
        UsageError: there is one already, or it cannot be written.
    """
    import os

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(handle, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123  # of a descriptor
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already: it is not replaced") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
