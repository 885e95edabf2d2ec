"""`promptlint budget`: stops prompts that are over their budget and have grown."""

from __future__ import annotations

import click

from promptlint.cli import options


@click.command("budget")
@options.shared
def command(**values: object) -> int:
    """Fail where a prompt is over its budget and has grown since --base (default: HEAD).

    Budgets come from the configuration (`budget`); a prompt that was over before and has not grown passes.
    Exit codes: 0 none, 1 some, 2 usage or configuration, 3 promptlint failed on a file.
    """
    from dataclasses import replace

    from promptlint import budgets
    from promptlint.reporting import fault_lines, place
    from promptlint.style import number, plural, visible

    request = options.request(values)
    base = request.base or "HEAD"
    over, result = budgets.grown(replace(request, base=None), base)
    for item in over:
        at = place(item.finding.path, item.finding.location)
        was = f"was {number(item.before)} over" if item.before else "was within it, or not there"
        click.echo(f"{at} {visible(item.finding.message)}; at {visible(base)} it {was}")
    for line in fault_lines(result):
        click.echo(line, err=True)
    if over:
        click.echo(f"{plural(len(over), 'prompt')} over budget and grown")
    return 3 if result.errors else int(bool(over))
