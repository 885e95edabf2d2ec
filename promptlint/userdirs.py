"""Where a user's own files lie outside of any project, and whether somebody else can get at them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of promptlint's own, as each platform has it.

    Args:
        variable: of the environment; it names another folder.
        xdg: the variable of the XDG base directory.
        home: where that is if it is not set, below the home folder.
        mac: below `~/Library`.
        windows: below `promptlint` in the local application data.
    """

    variable: str
    xdg: str
    home: str
    mac: str
    windows: str


CACHE = Place("PROMPTLINT_CACHE_DIR", "XDG_CACHE_HOME", ".cache", "Caches", "Cache")
DATA = Place("PROMPTLINT_DATA_DIR", "XDG_DATA_HOME", ".local/share", "Application Support", "Data")


def folder(place: Place) -> Path:
    """Where the folder is; it need not exist.

    Raises:
        RuntimeError: the user has no home.
    """
    own = os.environ.get(place.variable)
    if own:
        return Path(own)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "promptlint" / place.windows
    if sys.platform == "darwin":
        return Path.home() / "Library" / place.mac / "promptlint"
    base = os.environ.get(place.xdg, "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / place.home) / "promptlint"


def is_own(path: Path, closed: int) -> bool:
    """Whether a file or folder is this user's, with no bit of `closed` in its mode.

    Always true where the system has no such owners.

    Raises:
        OSError: it cannot be looked at.
    """
    found = path.stat()
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & closed
