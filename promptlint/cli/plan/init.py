"""`promptlint plan init`: writes a usage file for the prompts that were found."""

from __future__ import annotations

import click

from promptlint.cli import options


@click.command("init")
@options.shared
def command(**values: object) -> int:
    """Write promptlint-usage.yaml: every figure open, with what is assumed beside it.

    A file that is there is left as it is. Exit codes: 0 written, 2 it is there, usage or configuration.
    """
    from promptlint import files, run
    from promptlint.errors import SourceError, UsageError
    from promptlint.plan import build, starter, usage
    from promptlint.style import plural, visible

    outcome = run.run(options.request(values))
    path = outcome.root / usage.FILE
    if path.is_symlink() or path.exists():
        raise UsageError(f"{path} is there already: nothing was written")
    prompts = build.calls(outcome)
    try:
        files.write(path, starter.text(prompts), None)
    except (OSError, SourceError) as error:
        raise UsageError(f"{path}: not written: {error}") from error
    click.echo(f"wrote {visible(str(path))} with {plural(len(prompts), 'prompt')}: replace what is null")
    return run.exit_code(outcome.result, "never")
