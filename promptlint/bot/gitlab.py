"""A merge request of GitLab, as the bot uses it: notes, and threads at lines of the diff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Self
from urllib.parse import quote

from promptlint.bot.answers import NotTakenError, field, odd
from promptlint.bot.gitlab_calls import Calls, Data, TokenKind
from promptlint.bot.gitlab_diff import Changed, shown_lines
from promptlint.bot.host import Check, Posted, Remark
from promptlint.bot.retry import Patience
from promptlint.errors import HostError
from promptlint.records import dataclass

API = "https://gitlab.com/api/v4"
PAGE = 100
DIFF_PAGE = 20
"""Files of one page of a diff: GitLab fails where more than 30 are asked for."""

_PROJECT = re.compile(r"[0-9]{1,19}|[A-Za-z0-9_.-]{1,255}(?:/[A-Za-z0-9_.-]{1,255}){1,20}")
_JOB_TOKEN = re.compile(r"glcbt-|eyJ")
_COMMAND = re.compile(r"^(\r*)/(?=[A-Za-z])", re.MULTILINE)
_ABOVE = re.compile(r"^(?:`{3,}|~{3,})suggestion:-(\d{1,5})\+0[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Refs:
    """The three commits that a position names."""

    base: str
    start: str
    head: str


class GitLab:
    """One merge request with a token: a `Host`. To be closed.

    A note of GitLab cannot be folded away as outdated, as its API has nothing like it, so that `hide` removes
    it. The token of a CI job may only read: whatever writes is a RefusedError.

    Args:
        project: its number, or its path with the groups.
        iid: the number of the merge request within the project.
        token: a personal, project or group access token with the scope `api`; never part of a message.
        api: the API's address as in CI_API_V4_URL.
        patience: when to give up.
        kind: of token; None: the token's own form says whether it is of a CI job.

    Raises:
        HostError: the project cannot be one.
        UsageError: the address or the token cannot be one.
    """

    limit = 1_000_000

    def __init__(
        self,
        project: str,
        iid: int,
        token: str,
        api: str = API,
        patience: Patience | None = None,
        kind: TokenKind | None = None,
    ) -> None:
        if not _PROJECT.fullmatch(project):
            raise HostError("the project is neither a number nor of the form group/project: give --repo")
        own: TokenKind = "job" if _JOB_TOKEN.match(token.strip()) else "private"
        self._request = f"/projects/{quote(project, safe='')}/merge_requests/{int(iid)}"
        self._web = ""
        self._account: int | None = None
        self._calls = Calls(api, token, kind or own, patience or Patience())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._calls.close()

    # --- the request ------------------------------------------------------------------------

    def head(self) -> str:
        """The sha that the merge request points to now."""
        return field(self._merge_request(), "sha", str)

    def base(self) -> str:
        """The sha that its diff starts from."""
        return self._refs().base

    def _merge_request(self) -> object:
        found = self._calls.get(self._request)
        self._web = field(found, "web_url", str)
        return found

    def _refs(self) -> _Refs:
        refs = self._merge_request()
        found = refs.get("diff_refs") if isinstance(refs, dict) else odd()
        if not isinstance(found, dict) or not all(found.values()):
            raise HostError("the merge request has no diff yet, or its branch is gone: run again later")
        return _Refs(*(field(found, name, str) for name in ("base_sha", "start_sha", "head_sha")))

    def _me(self) -> int:
        """The account of the token; a project's token has one of its own, a job's is who started it."""
        if self._account is None:  # not cached_property: in Python 3.11 its lock is shared by all hosts
            found = self._calls.get("/job" if self._calls.kind == "job" else "/user")
            self._account = field(
                field(found, "user", dict) if self._calls.kind == "job" else found, "id", int
            )
        return self._account

    def _is_own(self, note: object) -> bool:
        """True if our account wrote it, and not GitLab in its name."""
        own = field(field(note, "author", dict), "id", int) == self._me()
        return own and not field(note, "system", bool)

    # --- comments ---------------------------------------------------------------------------

    def comments(self) -> Iterator[Posted]:
        """Our notes that are at no lines, oldest first, all pages."""
        self._me()  # first, so that nothing comes between what is read here and what is made of it
        for note in self._calls.pages(self._notes, PAGE, sort="asc", order_by="created_at"):
            if self._is_own(note) and _kind(note) != "DiffNote":
                yield self._posted(note)

    def create(self, body: str) -> Posted:
        """Add a note; once, also if the answer to the first try is lost."""
        text = _postable(body)

        def made() -> Posted | None:
            same = [note for note in self.comments() if _folded(note.body) == _folded(text)]
            return same[-1] if same else None

        return self._calls.post(self._notes, {"body": text}, made, self._posted)

    def update(self, comment: Posted, body: str) -> None:
        """Replace the body of a note.

        Raises:
            MissingError: it is gone.
        """
        self._calls.put(self._note(comment.id), {"body": _postable(body)})

    def delete(self, comment: Posted) -> None:
        """Remove a note; one that is gone already is no error."""
        self._calls.delete(self._note(comment.id))

    def hide(self, comment: Posted) -> None:
        """Remove a note: GitLab cannot fold one away."""
        self.delete(comment)

    @property
    def _notes(self) -> str:
        return f"{self._request}/notes"

    def _note(self, identity: str) -> str:
        return f"{self._notes}/{int(identity)}"

    def _posted(self, note: object) -> Posted:
        identity = str(field(note, "id", int))
        url = f"{self._web}#note_{identity}" if self._web else ""
        return Posted(identity, field(note, "body", str), field(note, "created_at", str), url)

    # --- comments at lines ------------------------------------------------------------------

    def remarks(self) -> Iterator[Remark]:
        """The threads at lines that we opened, oldest first, all pages.

        A thread that somebody else has resolved counts as answered. `outdated` is as GitLab sees it, which
        keeps the position of a thread at the newest commit as long as its lines stand.
        """
        head = self._refs().head
        for thread in self._calls.pages(self._threads, PAGE):
            notes = field(thread, "notes", list)
            if notes and _kind(notes[0]) == "DiffNote" and self._is_own(notes[0]):
                found = _remark(notes[0], head, self._is_answered(notes))
                if found is not None:
                    yield found

    def remark(self, sha: str, wanted: tuple[Remark, ...]) -> tuple[tuple[Remark, str], ...]:
        """Open threads at lines of commit `sha`; those that GitLab does not take, each with the reason."""
        if not wanted:
            return ()
        refs = self._refs()
        if refs.head != sha:
            return tuple((each, "the merge request points to another commit by now") for each in wanted)
        files = self._files()
        tried = ((each, self._place(each, files.get(each.path), refs)) for each in wanted)
        return tuple((each, reason) for each, reason in tried if reason)

    def unremark(self, remark: Remark) -> None:
        """Remove a note at lines; one that is gone already is no error."""
        self._calls.delete(self._note(remark.id))

    def check(self, sha: str, wanted: Check) -> str:
        """Empty: at a commit, GitLab shows only what the reports of its own pipeline say."""
        return ""

    @property
    def _threads(self) -> str:
        return f"{self._request}/discussions"

    def _is_answered(self, notes: list[object]) -> bool:
        others = [note for note in notes[1:] if not field(note, "system", bool)]
        solved = notes[0].get("resolved_by") if isinstance(notes[0], dict) else None
        by_other = isinstance(solved, dict) and field(solved, "id", int) != self._me()
        return by_other or any(not self._is_own(note) for note in others)

    def _files(self) -> dict[str, Changed]:
        """The files of the present diff by their path on the new side."""
        found = {}
        for entry in self._calls.pages(f"{self._request}/diffs", DIFF_PAGE):
            path, diff = field(entry, "new_path", str), field(entry, "diff", str)
            lines = shown_lines(diff) if diff else None
            found[path] = Changed(field(entry, "old_path", str), path, lines)
        return found

    def _place(self, wanted: Remark, file: Changed | None, refs: _Refs) -> str:
        """Open one thread; the reason why not, empty if it is open."""
        if file is None:
            return "the file is not in the diff"
        if file.lines is not None and wanted.line not in file.lines:
            return "the line is not in the diff"
        data: Data = {"body": _clean(wanted.body), "position": _position(wanted.line, file, refs)}

        def made() -> int | None:
            there = ((each.path, each.line, _folded(each.body)) for each in self.remarks())
            return 0 if (wanted.path, wanted.line, _folded(wanted.body)) in there else None

        try:
            self._calls.post(self._threads, data, made, lambda answer: len(field(answer, "notes", list)))
        except NotTakenError as error:
            return "the line is not in the diff" if "line_code" in str(error) else str(error)
        return ""


def _position(line: int, file: Changed, refs: _Refs) -> Data:
    """A line of the new side; of one that has not changed, GitLab wants both numbers, else only the new."""
    old = file.lines[line] if file.lines is not None else None
    return {
        "position_type": "text",
        "base_sha": refs.base,
        "start_sha": refs.start,
        "head_sha": refs.head,
        "old_path": file.old_path,
        "new_path": file.new_path,
        "new_line": line,
        **({} if old is None else {"old_line": old}),
    }


def _remark(note: object, head: str, answered: bool) -> Remark | None:
    """A thread's first note; None: it is at no line of the new side."""
    position = field(note, "position", dict)
    line, body = position.get("new_line"), field(note, "body", str)
    if not isinstance(line, int):
        return None
    above = _ABOVE.search(body)
    return Remark(
        path=field(position, "new_path", str),
        start_line=max(1, line - int(above[1])) if above else line,
        line=line,
        body=body,
        id=str(field(note, "id", int)),
        answered=answered,
        outdated=position.get("head_sha") != head,
    )


def _kind(note: object) -> object:
    """DiffNote, DiscussionNote, or None for one that nobody has answered."""
    return note.get("type") if isinstance(note, dict) else odd()


def _postable(body: str) -> str:
    """A body without a quick action, which GitLab would carry out with the rights of the token."""
    return _COMMAND.sub(r"\1\\/", _clean(body))


def _clean(body: str) -> str:
    """A body without what GitLab's database does not hold."""
    return body.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _folded(body: str) -> str:
    """A body up to what GitLab may change in it: line ends, and space at the end."""
    return _clean(body).replace("\r", "").rstrip()
