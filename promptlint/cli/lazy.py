"""A group of commands whose modules are imported when they are used; starting pays for none of the others."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used.

    Args:
        modules: of each command, the module that has it as `command`.
        default: the command that is meant if the first word names none; None: that is an error.
        bare: whether it is meant without any word, too; else that asks for help.
    """

    def __init__(
        self,
        *,
        modules: Mapping[str, str] | None = None,
        default: str | None = None,
        bare: bool = False,
        **given: object,
    ) -> None:
        super().__init__(**given)  # type: ignore[arg-type]  # whatever click's decorator hands on
        self.modules = modules or {}
        self.default = default
        self.bare = bare

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None if there is none."""
        module = self.modules.get(cmd_name)
        if module is None:
            return None
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        first = args[0] if args else ""
        asks_help = first in ctx.help_option_names
        if self.default and (args or self.bare) and not asks_help and first not in self.modules:
            args = [self.default, *args]
        return super().parse_args(ctx, args)
