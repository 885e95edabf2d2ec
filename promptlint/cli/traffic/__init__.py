"""`promptlint traffic`: what logged calls say; without the name of a command it is `report`."""

from __future__ import annotations

import click

from promptlint.cli.lazy import LazyGroup

_COMMANDS = {
    "report": "promptlint.cli.traffic.report",
    "threshold": "promptlint.cli.traffic.threshold",
}


@click.group(
    "traffic",
    cls=LazyGroup,
    modules=_COMMANDS,
    default="report",
    subcommand_metavar="LOGS | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    """Say what logged calls cost and why; tune the threshold of a semantic cache on them.

    `promptlint traffic LOGS` is short for `promptlint traffic report LOGS`.
    """
