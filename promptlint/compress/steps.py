"""Says how far a run is that is made of many small ones, as one."""

from __future__ import annotations

from dataclasses import replace

from promptlint.evals.progress import State, Watch


class Steps:
    """A watch that adds runs up; the total is what the whole may take, and often more than it does."""

    def __init__(self, watch: Watch, total: int) -> None:
        """Tell `watch` of so many answers."""
        self._watch, self._total = watch, total
        self._earlier = self._now = State(total)
        watch.begin()

    def begin(self) -> None:
        """The next of the runs begins."""
        self._earlier = self._now

    def show(self, state: State) -> None:
        """Show what holds now of all of them."""
        before = self._earlier
        usd = None if before.usd is None or state.usd is None else before.usd + state.usd
        done = before.done + state.done
        self._now = replace(
            before,
            total=max(self._total, done),
            known=before.known + state.known,
            done=done,
            failed=before.failed + state.failed,
            usd=usd,
        )
        self._watch.show(self._now)
