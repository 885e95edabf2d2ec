"""`promptlint eval`: has quality dropped? One command a module; without a name it is `run`."""

from __future__ import annotations

import click

from promptlint.cli.lazy import LazyGroup

_COMMANDS = {
    "run": "promptlint.cli.evaluate.run",
    "init": "promptlint.cli.evaluate.init",
    "import": "promptlint.cli.evaluate.import_",
    "power": "promptlint.cli.evaluate.power",
    "aa": "promptlint.cli.evaluate.aa",
    "mutants": "promptlint.cli.evaluate.mutants",
    "bless": "promptlint.cli.evaluate.bless",
    "purge": "promptlint.cli.evaluate.purge",
}


@click.group(
    "eval",
    cls=LazyGroup,
    modules=_COMMANDS,
    default="run",
    subcommand_metavar="SUITE | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    """Ask whether quality has dropped, and how sure that is.

    `promptlint eval SUITE` is short for `promptlint eval run SUITE`.
    """
