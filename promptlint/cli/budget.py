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
    judged = budgets.judged(replace(request, base=None), base)
    for item in judged.over:
        at = place(item.finding.path, item.finding.location)
        was = f"was {number(item.before)} over" if item.before else "was within it, or not there"
        click.echo(f"{at} {visible(item.finding.message)}; at {visible(base)} it {was}")
    for line in fault_lines(judged.result):
        click.echo(line, err=True)
    if judged.over:
        click.echo(f"{plural(len(judged.over), 'prompt')} over budget and grown")
    known = f"compared with {visible(base)}" if judged.commits else "and no commit to compare with"
    what = f"{plural(judged.prompts, 'prompt')} with a budget, {known}"
    click.echo(what if judged.prompts else "no prompt has a budget", err=True)
    return 3 if judged.result.errors else int(bool(judged.over))
