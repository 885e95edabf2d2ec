"""Regular expressions that are compiled when they are first used: most of a run's are never needed."""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    """Stands for a pattern; a method that was used once is an attribute, as fast as the pattern's own."""

    def __init__(self, spelling: str, flags: int) -> None:
        self.spelt = spelling, flags
        self._pattern: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:  # whatever a pattern has
        if self._pattern is None:
            self._pattern = re.compile(*self.spelt)
        found = getattr(self._pattern, name)
        setattr(self, name, found)
        return found


def lazy(spelling: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern of `re.compile`, compiled at its first use; to be called by its methods only.

    The `re` of its matches is the compiled pattern, not this: do not compare the two.

    Raises:
        re.error: at the first use, the spelling is wrong.
    """
    return cast("re.Pattern[str]", _Lazy(spelling, flags))
