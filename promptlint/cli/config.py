"""`promptlint config`: the settings that hold for a file, and where each comes from."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("config")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file.")
def command(path: Path, config_file: Path | None) -> int:
    """Show the effective settings of a file or folder and where each comes from."""
    from promptlint import run
    from promptlint.report import settings

    space = run.workspace(run.Request(paths=(path,), config_file=config_file))
    place = path.resolve()
    found = space.configs.for_folder(place) if place.is_dir() else space.configs.for_file(place)
    space.settings(place / "x" if place.is_dir() else place, path.name)
    click.echo(settings.render(found), nl=False)
    return 0
