"""`promptlint plan`: what to do first, in dollars. One command a module; without a name it is `run`."""

from __future__ import annotations

import click

from promptlint.cli.lazy import LazyGroup

_COMMANDS = {
    "run": "promptlint.cli.plan.run",
    "init": "promptlint.cli.plan.init",
    "export": "promptlint.cli.plan.export",
}


@click.group(
    "plan",
    cls=LazyGroup,
    modules=_COMMANDS,
    default="run",
    bare=True,
    subcommand_metavar="[PATHS]... | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    """Say what to do first, what each step is worth after those before it, and what that rests on.

    `promptlint plan [PATHS]...` is short for `promptlint plan run [PATHS]...`, whose --help lists the
    options. No network, no key.
    """
