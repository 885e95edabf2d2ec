"""`promptlint route compile`: the configuration of one gateway, from prompts and a policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli.route import planning

if TYPE_CHECKING:
    from promptlint.route.emit import Emitted

_TARGETS = (
    *("json", "client", "litellm", "portkey", "vllm-sr", "agentgateway", "envoy", "openrouter"),
    *("cloudflare", "pydantic-ai", "batch"),
)


@click.command("compile")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--policy", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The routing.yaml."
)
@click.option("--target", required=True, type=planning.Named(_TARGETS), help="The gateway.")
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Default: print it.")
@planning.options
def command(**values: object) -> int:
    """Write the configuration of a gateway for the prompts below PATHS.

    What the target cannot express is said on standard error, and in the file. A file is written as a whole,
    and only if nothing is wrong.

    Exit codes: 0 written, 1 written nothing, as the plan has errors, 2 usage, policy or manifest.
    """
    from promptlint.route import emit
    from promptlint.route.check import leaks

    plan = planning.plan(values)
    if values["target"] == "batch":
        plan = planning.with_messages(plan, values)
    output = values["output"]
    made = emit.emitted(plan, str(values["target"]), output.name if isinstance(output, Path) else "")
    notes = (*plan.notes, *made.notes, *leaks.leaks(plan, [("the file", made.text), *made.beside]))
    planning.tell(notes)
    planning.tell_settling(plan)
    if any(item.severity == "error" for item in notes):
        return 1
    _write(made, output if isinstance(output, Path) else None)
    return 0


def _write(made: Emitted, output: Path | None) -> None:
    from promptlint.cli.options import write_all

    if output is None:
        click.echo(made.text, nl=False)
        return
    write_all({output: made.text} | {output.with_name(output.stem + end): text for end, text in made.beside})
