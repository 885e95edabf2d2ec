"""The command line: finds the command's module, and turns every way to fail into an exit code."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from promptlint import __version__
from promptlint.cli.lazy import LazyGroup
from promptlint.errors import PromptlintError, ProofError, UnreachableError

_COMMANDS = {
    "budget": "promptlint.cli.budget",
    "check": "promptlint.cli.check",
    "comment": "promptlint.cli.comment",
    "compress": "promptlint.cli.compress",
    "config": "promptlint.cli.config",
    "diff": "promptlint.cli.diff",
    "eval": "promptlint.cli.evaluate",
    "explain": "promptlint.cli.explain",
    "fix": "promptlint.cli.fix",
    "init": "promptlint.cli.init",
    "plan": "promptlint.cli.plan",
    "prompts": "promptlint.cli.prompts",
    "route": "promptlint.cli.route",
    "rules": "promptlint.cli.rules",
    "traffic": "promptlint.cli.traffic",
}

EXIT_USAGE = 2
EXIT_BUG = 3
EXIT_UNREACHABLE = 4
EXIT_INTERRUPTED = 130

_EXITS = {ProofError: EXIT_BUG, UnreachableError: EXIT_UNREACHABLE}


@click.group(cls=LazyGroup, modules=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    __version__, prog_name="promptlint", message="%(prog)s %(version)s (promptlint-toolchain)"
)
def cli() -> None:
    """Lint, repair and price the prompts in your repository.

    Exit codes: 0 clean or accepted, 1 findings or rejected, 2 usage or configuration,
    3 a bug in promptlint, 4 undecided or a host cannot be reached, 130 interrupted.
    """


def main() -> None:
    """Run the command line and exit."""
    gc.disable()  # a short-lived process that builds many trees: two to five times faster parsing
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        _complain(shown.getvalue().rstrip("\n"))
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except PromptlintError as error:
        _complain(f"promptlint: {error}")
        return next((code for kind, code in _EXITS.items() if isinstance(error, kind)), EXIT_USAGE)
    except Exception as error:  # the one place where a bug becomes an exit code
        import traceback

        _complain(traceback.format_exc().rstrip("\n"))
        _complain(f"promptlint: internal error ({type(error).__name__}); nothing was written")
        return EXIT_BUG


def _complain(text: str) -> None:
    """What went wrong, on standard error: it may hold names of files, which are not to be trusted."""
    from promptlint.style import visible_lines

    click.echo(visible_lines(text), err=True)
