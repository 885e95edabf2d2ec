"""`promptlint diff`: what a change does to prompts, tokens, dollars, findings and requirements."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from promptlint.cli import options

if TYPE_CHECKING:
    from promptlint.changes import Comparison
    from promptlint.compare import Asked


@click.command("diff")
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--path", "paths", multiple=True, type=click.Path(path_type=Path), help="Only files at or below."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="Default: text.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="warning",
    help="The severity of a new finding from which the exit code is 1. Default: warning.",
)
@click.option(
    "--config-from",
    type=click.Choice(["base", "head"]),
    default="base",
    help="Whose config holds. Default: base.",
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file.")
@click.option("--isolated", is_flag=True, help="Ignore all config files.")
@click.option("--json-file", type=click.Path(path_type=Path), help="Write the JSON to this file, too.")
@click.option("--markdown-file", type=click.Path(path_type=Path), help="Write the Markdown there, too.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the result cache.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
)
def command(**values: object) -> int:
    """Compare the prompts of two states of this repository.

    BASE is a revision; the comparison starts where HEAD (default: the files on disk) parted from it;
    BASE..HEAD and BASE...HEAD mean the same. Reads git's objects: nothing is checked out.
    Exit codes: 0 nothing new that fails, 1 a new finding at or above
    --fail-on, 2 usage, 3 promptlint failed on a file.
    """
    from promptlint.compare import compared

    comparison = compared(_asked(values)).comparison
    for format_ in ("json", "markdown"):
        file = values[f"{format_}_file"]
        if isinstance(file, Path):
            options.write(file, _rendered(comparison, {"format_": format_}))
    click.echo(_rendered(comparison, values), nl=False, color=True)
    return {"error": 3, "fail": 1}.get(comparison.verdict, 0)


def _asked(values: dict[str, object]) -> Asked:
    from promptlint.compare import whole
    from promptlint.workspace import Request

    config, paths = values["config_file"], values["paths"]
    base, head = _range(str(values["base"]), values["head"])
    request = Request(
        config_file=config if isinstance(config, Path) else None,
        isolated=bool(values["isolated"]),
        use_cache=not values["no_cache"],
    )
    return whole.Asked(
        base=base,
        head=head,
        paths=tuple(path for path in paths if isinstance(path, Path)) if isinstance(paths, tuple) else (),
        request=request,
        config_from="head" if values["config_from"] == "head" else "base",
        fail_on=next(each for each in get_args(whole.FailOn) if each == values["fail_on"]),
    )


def _range(base: str, head: object) -> tuple[str, str | None]:
    """The two revisions: `BASE..HEAD` and `BASE...HEAD` are one, as a comparison starts at the merge base."""
    if isinstance(head, str):
        return base, head
    first, dots, last = base.partition("..")
    return (first or "HEAD", last.removeprefix(".") or "HEAD") if dots else (base, None)


def _rendered(comparison: Comparison, values: dict[str, object]) -> str:
    from promptlint import style
    from promptlint.report import change_text, comment

    if values["format_"] == "json":
        return change_text.render_json(comparison)
    if values["format_"] == "markdown":
        return comment.render(comparison)
    return change_text.render(comparison, style.decide_color(sys.stdout, os.environ, str(values["color"])))
