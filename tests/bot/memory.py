"""A host in memory, and runs that take turns at it: one call of the host each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as copied

from promptlint.bot.host import Check, Posted, Remark
from promptlint.errors import HostError


@dataclass
class MemoryHost:
    """One request: what a real host does, with a log of what was asked."""

    sha: str = "a" * 40
    limit: int = 65_536
    posted: dict[str, Posted] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    lines: dict[str, Remark] = field(default_factory=dict)
    shown: frozenset[int] = frozenset(range(1, 1000))
    log: list[str] = field(default_factory=list)
    last: int = 0

    def _next(self) -> str:
        self.last += 1
        return str(self.last)

    def head(self) -> str:
        self.log.append("head")
        return self.sha

    def comments(self) -> Iterator[Posted]:
        self.log.append("comments")
        return iter([each for each in self.posted.values() if each.id not in self.hidden])

    def create(self, body: str) -> Posted:
        self.log.append("create")
        made = Posted(self._next(), body, "", f"https://host/{self.last}")
        self.posted[made.id] = made
        return made

    def update(self, comment: Posted, body: str) -> None:
        self.log.append("update")
        if comment.id not in self.posted:
            raise HostError("404")
        self.posted[comment.id] = copied(self.posted[comment.id], body=body)

    def delete(self, comment: Posted) -> None:
        self.log.append("delete")
        self.posted.pop(comment.id, None)

    def hide(self, comment: Posted) -> None:
        self.log.append("hide")
        self.hidden.add(comment.id)

    def remarks(self) -> Iterator[Remark]:
        self.log.append("remarks")
        return iter(list(self.lines.values()))

    def remark(self, sha: str, wanted: tuple[Remark, ...]) -> tuple[tuple[Remark, str], ...]:
        self.log.append("remark")
        refused = []
        for each in wanted:
            if sha == self.sha and set(range(each.start_line, each.line + 1)) <= self.shown:
                made = copied(each, id=self._next())
                self.lines[made.id] = made
            else:
                refused.append((each, "line must be part of the diff"))
        return tuple(refused)

    def unremark(self, remark: Remark) -> None:
        self.log.append("unremark")
        self.lines.pop(remark.id, None)

    def check(self, sha: str, wanted: Check) -> str:
        self.log.append("check")
        return ""

    @property
    def visible(self) -> list[Posted]:
        """The comments that are not hidden, oldest first."""
        return [each for each in self.posted.values() if each.id not in self.hidden]


class _Turns:
    """Lets one run at a time make one call."""

    def __init__(self, count: int) -> None:
        self.go = [threading.Semaphore(0) for _ in range(count)]
        self.back = threading.Semaphore(0)
        self.done = [False] * count


class _Stepwise:
    """A host that waits for its turn before each call."""

    def __init__(self, host: MemoryHost, turns: _Turns, index: int) -> None:
        self._host, self._turns, self._index = host, turns, index
        self.limit = host.limit

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self._host, name)

        def stepped(*arguments: object) -> object:
            self._turns.back.release()
            self._turns.go[self._index].acquire()
            return call(*arguments)

        return stepped


def interleaved(
    host: MemoryHost, runs: Sequence[Callable[[_Stepwise], object]], choose: Callable[[list[int]], int]
) -> list[object]:
    """What each of the runs gives; `choose` says whose turn it is, of those that are not done."""
    turns = _Turns(len(runs))
    results: list[object] = [None] * len(runs)

    def work(index: int) -> None:
        turns.go[index].acquire()
        try:
            results[index] = runs[index](_Stepwise(host, turns, index))
        except BaseException as error:
            results[index] = error
        finally:
            turns.done[index] = True
            turns.back.release()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(runs))]
    for thread in threads:
        thread.start()

    def turn(chosen: Callable[[list[int]], int]) -> bool:
        left = [index for index, done in enumerate(turns.done) if not done]
        if left:
            turns.go[chosen(left)].release()
            turns.back.acquire()
        return bool(left)

    try:
        while turn(choose):
            pass
    finally:
        while turn(lambda left: left[0]):  # `choose` may have given up: no thread is left behind
            pass
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
