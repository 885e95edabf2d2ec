"""`promptlint route check`: configurations of gateways, and whether they are of the prompts that are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli.route import planning

if TYPE_CHECKING:
    from promptlint.route.notes import Note


PRODUCTS = ("litellm", "portkey", "vllm-sr", "agentgateway", "cloudflare", "envoy", "openrouter", "batch")
_ONE_OF = f"One of {', '.join(PRODUCTS)}."


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="CONFIG...")
@click.option(
    "--product", type=click.Choice(PRODUCTS), metavar="NAME", help=f"Default: the file shows it. {_ONE_OF}"
)
@click.option(
    "--load",
    is_flag=True,
    help="Also run the product's own loader (litellm, vllm-sr), if it is installed; it may import modules "
    "and reach services that CONFIG names.",
)
@click.option("--policy", type=click.Path(path_type=Path), metavar="FILE", help="The routing.yaml: see --in.")
@click.option(
    "--in",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where the prompts are; with --policy, a stale CONFIG is told. May be repeated.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
@planning.options
def command(**values: object) -> int:
    """Check CONFIGs of gateways, hand-written ones too, and batch files (.jsonl).

    With --policy, CONFIGs that `route compile` made are stale if prompts or policy have changed since, and
    the plan itself is checked.

    Exit codes: 0 nothing but information, 1 warnings or errors, 2 usage, or no such configuration.
    """
    from promptlint.errors import UsageError

    files, has_policy = values["files"], values["policy"] is not None
    assert isinstance(files, tuple)
    if not files and not has_policy:
        raise UsageError("name a CONFIG, or a --policy")
    if not has_policy and (values["paths"] or values["manifest"] or values["evals"]):
        raise UsageError("--in, --manifest and --evals say something with --policy only")
    notes = _notes(files, values, has_policy)
    _show(notes, str(values["format_"]))
    return 1 if any(item.severity != "info" for item in notes) else 0


def _notes(files: tuple[Path, ...], values: dict[str, object], has_policy: bool) -> list[Note]:
    from promptlint.route import check, reader, slugs
    from promptlint.route.check import loaders

    found: list[Note] = []
    plan, cap = None, None
    if has_policy:
        plan = planning.plan(values)
        place = values["policy"]
        assert isinstance(place, Path)
        unkept = {slugs.slug(it.prompt): ", ".join(it.uncacheable) for it in plan.routes if it.uncacheable}
        cap = check.Cap(reader.read(place).calls, unkept)
        found += [item for item in plan.notes if item.severity == "error"]
    product = values["product"]
    for file in files:
        stale = list(check.stale(file, plan)) if plan is not None else []
        found += stale
        if check.is_checked(file):
            named = product if isinstance(product, str) else None
            found += check.checked(file, cap, named)
            if values["load"]:
                found += loaders.loaded(file, named or check.product_of(file))
    return found


def _show(notes: list[Note], format_: str) -> None:
    from promptlint import documents, jsondoc
    from promptlint.style import plural, visible

    if format_ == "json":
        rows = [documents.to_json(item) for item in notes]
        click.echo(jsondoc.dumps({"schema_version": 1, "notes": rows}))
        return
    for item in notes:
        where = f"{item.path}:{item.line}: " if item.line else f"{item.path}: " if item.path else ""
        click.echo(visible(f"{where}{item.severity} {item.code} {item.message}"))
    counts = [plural(sum(item.severity == kind for item in notes), kind) for kind in ("error", "warning")]
    click.echo(", ".join(counts))
