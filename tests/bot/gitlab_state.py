"""The merge request of a GitLab on this machine: notes, threads at lines, the diff, and what a push does to them."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, unified_diff
from typing import Any, Literal

# JSON of any shape: Any is all that can be said of it.

LIMIT = 1_000_000
NOT_IN_DIFF = '400 Bad request - Note {:line_code=>["can\'t be blank", "must be a valid line code"]}'
TOO_LONG = '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}'
_BLOCK = re.compile(r"^```.+?\n```$", re.MULTILINE | re.DOTALL)

Reply = tuple[int, Any]


@dataclass(frozen=True)
class Account:
    """Whom a token belongs to, what it may do, and whether the project is to be seen with it."""

    id: int
    username: str
    scope: Literal["api", "read_api", "job"] = "api"
    writes: bool = True
    sees: bool = True

    @property
    def shown(self) -> dict[str, Any]:
        """The account in an answer."""
        web = f"https://gitlab.example.com/{self.username}"
        return {
            "id": self.id,
            "username": self.username,
            "name": self.username,
            "state": "active",
            "web_url": web,
        }


@dataclass(frozen=True)
class File:
    """A changed file before and after; `large`: GitLab leaves the diff out."""

    before: str
    after: str
    old_path: str = ""
    large: bool = False

    def diff(self) -> str:
        """The unified diff without its head, as GitLab shows it."""
        lines = unified_diff(self.before.splitlines(keepends=True), self.after.splitlines(keepends=True))
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )[len("--- \n+++ \n") :]

    def shown(self) -> dict[int, int | None]:
        """The lines of the new side that are in hunks, with their number on the old side."""
        matcher = SequenceMatcher(
            None, self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        )
        found: dict[int, int | None] = {}
        for group in matcher.get_grouped_opcodes(3):
            for tag, old, _, new, new_end in group:
                for line in range(new, new_end):
                    found[line + 1] = old + line - new + 1 if tag == "equal" else None
        return found


@dataclass
class State:
    """Merge request 7 of project 5, group/sub/project."""

    head: str = "a" * 40
    base: str = "b" * 40
    files: dict[str, File] = field(default_factory=dict)
    threads: list[list[dict[str, Any]]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    executed: list[str] = field(default_factory=list)
    prepared: bool = True
    clock: int = 0

    # --- what tests do ----------------------------------------------------------------------

    def write(self, by: Account, body: str, system: bool = False, at: Mapping[str, Any] | None = None) -> int:
        """Add a note, at a position if one is given; its id."""
        with self.lock:
            note = self._note(by, body, system, at)
            self.threads.append([note])
            return int(note["id"])

    def reply(self, note: int, by: Account, body: str, system: bool = False) -> None:
        """Answer a note, which becomes a thread."""
        with self.lock:
            thread = next(thread for thread in self.threads if thread[0]["id"] == note)
            if thread[0]["type"] is None:
                thread[0]["type"] = "DiscussionNote"
            answer = self._note(by, body, system, thread[0].get("position"))
            thread.append({**answer, "type": thread[0]["type"]})

    def resolve(self, note: int, by: Account) -> None:
        """Mark a thread as done."""
        with self.lock:
            thread = next(thread for thread in self.threads if thread[0]["id"] == note)
            thread[0].update(resolved=True, resolved_by=by.shown)

    def push(self, head: str, files: Mapping[str, File], by: Account) -> None:
        """A new commit: threads follow their lines, those whose line has changed stay behind."""
        with self.lock:
            old_files, self.files, self.head = self.files, dict(files), head
            for thread in self.threads:
                if "position" in thread[0]:
                    self._follow(thread, old_files, by)

    def bodies(self) -> list[str]:
        """What the notes at no lines say, GitLab's own left out."""
        return [note["body"] for note in self.notes() if not note["system"] and note["type"] != "DiffNote"]

    def notes(self) -> list[dict[str, Any]]:
        """All notes, oldest first."""
        return sorted((note for thread in self.threads for note in thread), key=lambda note: note["id"])

    # --- endpoints --------------------------------------------------------------------------

    def merge_request(self, web: str) -> Reply:
        """The request itself."""
        refs = {"base_sha": self.base, "head_sha": self.head, "start_sha": self.base}
        return 200, {
            "id": 70,
            "iid": 7,
            "project_id": 5,
            "title": "Shorter prompts",
            "state": "opened",
            "source_branch": "shorter",
            "target_branch": "main",
            "sha": self.head,
            "web_url": f"{web}/group/sub/project/-/merge_requests/7",
            "diff_refs": refs if self.prepared else None,
        }

    def diffs(self) -> Reply:
        """The files of the diff."""
        return 200, [
            {
                "old_path": file.old_path or path,
                "new_path": path,
                "a_mode": "100644" if file.before else "0",
                "b_mode": "100644",
                "diff": "" if file.large else file.diff(),
                "collapsed": file.large,
                "too_large": False,
                "new_file": not file.before,
                "renamed_file": bool(file.old_path),
                "deleted_file": not file.after,
            }
            for path, file in self.files.items()
        ]

    def listed(self, query: Mapping[str, str]) -> Reply:
        """All notes in the wanted order: the newest first if nothing is said."""
        notes = self.notes()
        return 200, notes if query.get("sort") == "asc" else notes[::-1]

    def discussions(self) -> Reply:
        """All notes by thread."""
        return 200, [self._shown(thread) for thread in self.threads]

    def create(self, by: Account, body: str) -> Reply:
        """A note at no lines."""
        if len(body) > LIMIT:
            return 400, {"message": TOO_LONG}
        if self._only_commands(body):
            return 202, {"commands_changes": {}, "summary": ["Commands applied"]}
        self.threads.append([self._note(by, self._stored(body), False, None)])
        return 201, self.threads[-1][0]

    def discuss(self, by: Account, body: str, at: Mapping[str, Any] | None) -> Reply:
        """A thread, at lines if a position is given."""
        if at is not None and not self._is_line(at):
            return 400, {"message": NOT_IN_DIFF}
        self.threads.append([self._note(by, self._stored(body), False, at)])
        return 201, self._shown(self.threads[-1])

    def change(self, by: Account, identity: int, body: str | None) -> Reply:
        """Edit (or, without a body, remove) a note."""
        for thread in self.threads:
            for note in thread:
                if note["id"] != identity:
                    continue
                if note["author"]["id"] != by.id:
                    return 403, {"message": "403 Forbidden"}
                if body is None:
                    thread.remove(note)
                    self.threads = [each for each in self.threads if each]
                    return 204, None
                note["body"] = self._stored(body)
                return 200, note
        return 404, {"message": "404 Note Not Found"}

    # --- parts ------------------------------------------------------------------------------

    def _note(self, by: Account, body: str, system: bool, at: Mapping[str, Any] | None) -> dict[str, Any]:
        self.clock += 1
        now = f"2026-01-01T{self.clock // 3600:02}:{self.clock // 60 % 60:02}:{self.clock % 60:02}.000Z"
        placed = {"old_line": None, "new_line": None, **at} if at is not None else None
        return {
            "id": 1000 + self.clock,
            "type": "DiffNote" if placed else None,
            "body": body,
            "author": by.shown,
            "created_at": now,
            "updated_at": now,
            "system": system,
            "noteable_id": 70,
            "noteable_type": "MergeRequest",
            "noteable_iid": 7,
            "project_id": 5,
            "resolvable": bool(placed),
            **({"position": placed, "resolved": False, "resolved_by": None} if placed else {}),
        }

    def _shown(self, thread: list[dict[str, Any]]) -> dict[str, Any]:
        name = hashlib.sha1(str(thread[0]["id"]).encode()).hexdigest()
        return {"id": name, "individual_note": thread[0]["type"] is None, "notes": thread}

    def _is_line(self, at: Mapping[str, Any]) -> bool:
        """True if the position is a line that the present diff shows, named as GitLab demands."""
        file = self.files.get(at["new_path"])
        refs = (at["base_sha"], at["start_sha"], at["head_sha"]) == (self.base, self.base, self.head)
        if file is None or not refs or at["old_path"] != (file.old_path or at["new_path"]):
            return False
        return (at.get("new_line"), at.get("old_line")) in file.shown().items()

    def _follow(self, thread: list[dict[str, Any]], old: Mapping[str, File], by: Account) -> None:
        position = thread[0]["position"]
        before, after = old.get(position["new_path"]), self.files.get(position["new_path"])
        moved = _moved(before.after, after.after) if before and after else {}
        line = moved.get(position["new_line"])
        if after and line in after.shown():
            thread[0]["position"] = {
                **position,
                "head_sha": self.head,
                "new_line": line,
                "old_line": after.shown()[line],
            }
        else:
            note = self._note(by, "changed this line in version 2 of the diff", True, position)
            thread.append(note)

    def _commands(self, body: str) -> Iterator[str]:
        text = _BLOCK.sub("", body.replace("\r", ""))
        return (found[1] for found in re.finditer(r"^/([a-z_]+)(?: [^\n]*)?$", text, re.MULTILINE))

    def _only_commands(self, body: str) -> bool:
        only = all(line.startswith("/") for line in body.replace("\r", "").splitlines())
        if only:
            self.executed += self._commands(body)
        return only

    def _stored(self, body: str) -> str:
        """A body as it is kept; its commands are carried out."""
        self.executed += self._commands(body)
        return body.replace("\r", "").rstrip()


def _moved(before: str, after: str) -> dict[int, int]:
    """Where the lines of a text are in another."""
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines())
    return {
        block.a + n + 1: block.b + n + 1 for block in matcher.get_matching_blocks() for n in range(block.size)
    }
