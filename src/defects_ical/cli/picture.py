"""The command ``picture``: make the picture for link previews."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from defects_ical.cli.options import schedule_option
from defects_ical.cli.schedule_output import PLACEHOLDER_URL
from defects_ical.content.site_input import SiteInput
from defects_ical.errors import PictureError
from defects_ical.export.atomic_files import replace_file
from defects_ical.model.schedule import Schedule
from defects_ical.render.picture.layout import lay_out_picture
from defects_ical.render.picture.png import draw_png
from defects_ical.shows.file_state import is_folder
from defects_ical.shows.loader import load_alone

DEFAULT_NAME: Final = "picture.png"


@click.command(short_help="Make the picture for link previews.")
@schedule_option("FILE", "The schedule to read.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The PNG to write.",
    show_default="next to the schedule: the name in show.picture, or picture.png",
)
@click.option(
    "--language",
    metavar="CODE",
    help="A language of the schedule.",
    show_default="its main language",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def picture(path: Path, output: Path | None, language: str | None, *, force: bool) -> None:
    """Make the picture of the show for link previews: a PNG of 1200 by 630 pixels.

    It shows the title, the dates, the platforms and the first episodes of the newest season.
    """
    if is_folder(path):
        raise click.UsageError(f"{path} is a folder. Use --schedule FILE.")
    schedule = load_alone(path, needs_picture=False)
    site = _pick_language(SiteInput(schedule, PLACEHOLDER_URL), language)
    target = output or path.with_name(schedule.show.picture or DEFAULT_NAME)
    if not force and (target.exists() or target.is_symlink()):
        raise PictureError(f"{target}: already exists. Use `--force` to replace it.")
    png = draw_png(lay_out_picture(site))
    _write(target, png)
    click.echo(f"{target}: 1200 by 630 pixels, {len(png) / 1000:.0f} kB")
    _finish(schedule, path, target)


def _pick_language(site: SiteInput, language: str | None) -> SiteInput:
    versions = {each.schedule.language: each for each in (site, *site.others)}
    if language is None:
        return site
    if language not in versions:
        message = f"{language} is no language of the schedule; it has {', '.join(versions)}."
        raise click.BadParameter(message, param_hint="--language")
    return versions[language]


def _write(target: Path, png: bytes) -> None:
    try:
        replace_file(target.parent, target.name, png)
    except OSError as error:
        hint = "Fix this, or choose another file with `--output`."
        raise PictureError(f"{target}: {error.strerror}. {hint}") from None


def _finish(schedule: Schedule, path: Path, target: Path) -> None:
    """Check the schedule with its picture, or print what makes the file its picture."""
    if target.absolute().parent != path.absolute().parent:
        return
    if schedule.show.picture == target.name:
        load_alone(path)
        return
    click.echo(f"To use it, add this line to `show` in {path}:")
    click.echo(f"  picture: {target.name}")
