"""`promptlint route`: from prompts and a policy to the configuration of a gateway."""

from __future__ import annotations

import click

from promptlint.cli.lazy import LazyGroup

_COMMANDS = {
    "compile": "promptlint.cli.route.compile_",
    "check": "promptlint.cli.route.check",
    "simulate": "promptlint.cli.route.simulate",
    "train": "promptlint.cli.route.train",
}


@click.group(
    "route",
    cls=LazyGroup,
    modules=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    """Compile prompts and a policy into gateway configuration, and check such files."""
