"""`promptlint eval init`: the beginning of a suite for a prompt."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("init")
@click.argument("prompt", metavar="ID")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Default: evals/NAME.yaml in the project's root. A file that is there is never replaced.",
)
def command(prompt: str, output: Path | None) -> int:
    """Write a suite for the prompt ID (a path, or path::anchor), with cases from its own examples.

    Exit codes: 0 written, 2 there is no such prompt, or the file is there already.
    """
    from promptlint import config
    from promptlint.evals import prompting, skeleton
    from promptlint.evals.folder import Folder
    from promptlint.evals.model import PromptRef
    from promptlint.evals.newfile import write
    from promptlint.style import visible

    here = Path.cwd().resolve()
    place = Path(prompt.partition("::")[0])
    root = config.root_of(place if place.exists() else here).resolve()
    template = prompting.template(PromptRef(prompt), Folder(root, here), "eval init")
    found = (here / place).resolve()
    file = found if found.is_file() else (root / place).resolve()
    anchor = prompt.partition("::")[2]
    name = file.relative_to(root).as_posix() + (f"::{anchor}" if anchor else "")
    target = output if output is not None else root / "evals" / f"{skeleton.slug(name)}.yaml"
    write(target, skeleton.suite(template, name))
    click.echo(f"wrote {visible(str(target))}")
    return 0
