"""Fixes many files: checks them, repairs those with something to repair, and writes what is proven."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint import discover, fix, run, style
from promptlint.errors import SourceError
from promptlint.extract import kind_of
from promptlint.model import Context, FileResult, Safety, Severity, SourceKind
from promptlint.records import dataclass
from promptlint.report import diff

if TYPE_CHECKING:
    from promptlint.fix import Fixed
    from promptlint.model import Source
    from promptlint.run import Outcome, Request, Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants fixed; `codes` empty means all rules."""

    unsafe: bool = False
    write: bool = True
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done: the check before, the files with repairs, and those that could not be written."""

    before: Outcome
    files: tuple[Fixed, ...]
    unwritten: tuple[tuple[str, str], ...] = ()
    stdin: bool = False


def repair(request: Request, asked: Asked) -> Repaired:
    """Fix everything that the request names; with `asked.write`, in place.

    Raises:
        UsageError: a path is missing, a revision is bad.
        ConfigError: a config file or rule code is wrong.
    """
    before = run.run(request)
    files: list[Fixed] = []
    unwritten = []
    for result in before.result.files:
        if not _has_fixes(result, asked):
            continue
        try:
            fixed = _one(request, result.path, before, asked)
        except SourceError as error:
            unwritten.append((result.path, str(error)))
            continue
        files.append(fixed)
    return Repaired(before, tuple(files), tuple(unwritten), request.stdin is not None)


def _has_fixes(result: FileResult, asked: Asked) -> bool:
    least = Safety.UNSAFE if asked.unsafe else Safety.SAFE
    return any(
        item.fix is not None
        and item.fix.edits
        and item.fix.safety >= least
        and (not asked.codes or item.code in asked.codes)
        for item in result.findings
    )


def _one(request: Request, shown: str, before: Outcome, asked: Asked) -> Fixed:
    space = before.workspace
    context = before.contexts.get(shown, Context())
    path = space.root / shown
    settings = space.settings(path, shown)
    least = Safety.UNSAFE if asked.unsafe else Safety.SAFE
    if request.stdin is not None:
        kind = kind_of(shown) or SourceKind.TEXT
        source = discover.decode(request.stdin[1], shown, kind, named=True)
        return fix.fix_source(replace(source, context=context), settings, least, asked.codes)
    status = path.stat()
    source = replace(_again(request, shown, space), context=context)
    fixed = fix.fix_source(source, settings, least, asked.codes)
    if asked.write and fixed.text != fixed.source.text:
        discover.write(path, fixed.text, status)
    return fixed


def _again(request: Request, shown: str, space: Workspace) -> Source:
    return next(source for _, source in run.sources(request, space, only=shown)[0])


# --- telling --------------------------------------------------------------------------------


def output(done: Repaired, show_diff: bool, color: bool, raw: bool = False) -> str:
    """What goes to standard output: the diff (`raw`: for `git apply`), or the fixed standard input."""
    if show_diff:
        changes = [(item.source.path, item.source.text, item.text) for item in done.files]
        return diff.render([change for change in changes if change[1] != change[2]], color, raw)
    if done.stdin:
        return done.files[0].text if done.files else done.before.stdin_text
    return ""


def summary(done: Repaired, asked: Asked) -> str:
    """A few lines for people: what was fixed, refused, and left."""
    fixed = sum(len(item.applied) for item in done.files)
    changed = [item for item in done.files if item.text != item.source.text]
    verb = "fixed" if asked.write else "would fix"
    line = f"{verb} {style.plural(fixed, 'finding')} in {style.plural(len(changed), 'file')}"
    if fixed:
        line += f", {_saved(done)}"
    lines = [line, *_trouble(done)]
    if not asked.unsafe:
        more = sum(_unsafe(result) for result in results_after(done))
        if more:
            lines.append(
                f"{style.plural(more, 'unsafe fix', 'unsafe fixes')} left: see promptlint fix --unsafe --diff"
            )
    return "\n".join(lines)


def exit_code(done: Repaired, asked: Asked) -> int:
    """0 nothing left, 1 something left (or, not writing, to change), 3 a failed proof or write."""
    if (
        done.unwritten
        or done.before.result.errors
        or any(item.refused or not item.converged for item in done.files)
    ):
        return 3
    if not asked.write:
        return int(any(item.text != item.source.text for item in done.files))
    severe = (item.severity for result in results_after(done) for item in result.findings)
    return int(any(severity >= Severity.WARNING for severity in severe))


def results_after(done: Repaired) -> list[FileResult]:
    """The results of all files, those that were fixed as they are now."""
    after = {item.source.path: item.after for item in done.files}
    return [after.get(result.path, result) for result in done.before.result.files]


def _trouble(done: Repaired) -> list[str]:
    lines = [f"{path}: {reason}" for path, reason in done.unwritten]
    for item in done.files:
        lines += [
            f"{item.source.path}: {refused.finding.code} was not applied: {refused.reason}"
            for refused in item.refused
        ]
        if not item.converged:
            lines.append(f"{item.source.path}: fixes were still found after {fix.ROUNDS} rounds")
    return [style.visible(line) for line in lines]


def _unsafe(result: FileResult) -> int:
    return sum(
        1 for item in result.findings if item.fix and item.fix.edits and item.fix.safety is Safety.UNSAFE
    )


def _saved(done: Repaired) -> str:
    """Tokens and dollars that the fixes save, from the facts of whole prompts before and after."""
    tokens = 0
    usd = 0.0
    before = {prompt.id: prompt for result in done.before.result.files for prompt in result.prompts}
    bases = set()
    for item in done.files:
        for now in item.after.prompts:
            then = before.get(now.id)
            if then is not None and then.version != now.version:
                tokens += then.tokens.high - now.tokens.high
                usd += (then.usd_per_1000 or (0, 0))[1] - (now.usd_per_1000 or (0, 0))[1]
                bases.add(now.tokens.basis.value)
    label = ", ".join(sorted(bases)) or "exact"
    return f"saving {style.plural(tokens, 'input token')} ({label}), up to {style.usd(usd)} per 1,000 calls"
