"""`promptlint prompts`: every prompt that was found."""

from __future__ import annotations

import click

from promptlint.cli import options


@click.command("prompts")
@options.shared
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
@click.option("--verbose", "-v", is_flag=True, help="Say why each file was taken, or not.")
def command(**values: object) -> int:
    """List prompts with tokens, slots, model and price; as JSON, the manifest."""
    from promptlint import run
    from promptlint.report import render

    done = run.run(options.request(values))
    name = "manifest" if values["format_"] == "json" else "prompts"
    click.echo(render(name, options.report(done, values)), nl=False, color=True)
    return run.exit_code(done.result, "never")
