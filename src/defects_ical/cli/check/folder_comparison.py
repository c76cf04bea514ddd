"""Print what would change for subscribers of each show of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.root_files import list_root_paths
from defects_ical.catalog.summary import summarize_show
from defects_ical.cli.check.comparison import print_comparison, print_comparison_warnings
from defects_ical.cli.check.folder import make_inputs
from defects_ical.cli.check.program_output import OutputFormat, print_messages, report_errors
from defects_ical.cli.schedule_output import PLACEHOLDER_URL, utc_now
from defects_ical.compare.comparison import Comparison, SiteComparison, compare_with_live
from defects_ical.compare.live.published import PublishedShows, find_published_shows
from defects_ical.compare.reports import json_report
from defects_ical.content.links.feeds import REMINDERS_PATH
from defects_ical.errors import UnannouncedChangeError
from defects_ical.shows.loader import LoadedFolder, load_folder
from defects_ical.text.english import count_noun


def compare_folder(path: Path, against: str, output_format: OutputFormat) -> None:
    """Print what would change for subscribers of each show; exit with 1 if it is unannounced.

    Raises UnannouncedChangeError if subscribers would lose the URL of a show or a feed.
    """
    with report_errors(output_format):
        folder, published = load_folder(path), find_published_shows(against)
        _check_language(folder, published, against)
        shows = tuple(_compare_shows(folder, published, output_format))
    lost = tuple(_find_lost_urls(folder, published))
    if output_format == "json":
        site = SiteComparison(against, shows, lost)
        click.echo(json_report.format_site(site, utc_now()), nl=False)
    elif output_format != "discord":
        click.echo(f"{path}: {count_noun(len(shows), 'show')} compared with {against}")
    _check_lost_urls(lost, against)
    if output_format == "discord":
        print_messages(shows, against, utc_now())
    if not all(each.is_announced for each in shows):
        click.get_current_context().exit(1)


def _check_language(folder: LoadedFolder, published: PublishedShows, against: str) -> None:
    main_language = folder.settings.languages[0]
    if published.language != main_language:
        message = f"the main language was `{published.language}`, not `{main_language}`"
        hint = f"Put `{published.language}` first in `languages` of `site.yaml`."
        raise UnannouncedChangeError(f"{against}: {message}. {hint}")


def _check_lost_urls(lost: tuple[str, ...], against: str) -> None:
    if lost:
        message = f"subscribers would lose {count_noun(len(lost), 'URL')}: {', '.join(lost)}."
        hint = "Bring the schedule or the feed back, or export with --allow-removal."
        raise UnannouncedChangeError(f"{against}: {message} {hint}")


def _compare_shows(
    folder: LoadedFolder, published: PublishedShows, output_format: OutputFormat
) -> Iterator[Comparison]:
    """Yield the comparison of each show; people see each of them at once."""
    for schedule in folder.schedules:
        place = published.places.get(schedule.show.slug)
        file = Path(schedule.problem((), "", "").location.file)
        comparison = (
            compare_with_live(schedule, place, file) if place else Comparison(schedule, file)
        )
        if output_format not in {"json", "discord"}:
            _print_show(comparison, as_markdown=output_format == "markdown")
        elif comparison.source:
            print_comparison_warnings(comparison)
        yield comparison


def _print_show(comparison: Comparison, *, as_markdown: bool) -> None:
    if comparison.source:
        print_comparison(comparison, as_markdown=as_markdown)
        print_comparison_warnings(comparison)
    else:
        click.echo(f"{comparison.schedule.show.title}: not published yet")
    click.echo()


def _find_lost_urls(folder: LoadedFolder, published: PublishedShows) -> Iterator[str]:
    """Yield the published shows and combined feeds that the folder does not have."""
    inputs = make_inputs(folder, PLACEHOLDER_URL)
    languages = folder.settings.languages
    summaries = tuple(summarize_show(each, languages) for each in inputs.values())
    catalog = Catalog.create(folder.settings, PLACEHOLDER_URL, summaries)
    yield from (f"/{slug}/" for slug in sorted(published.places.keys() - inputs.keys()))
    lost = sorted(published.combined_feeds - {*list_root_paths(catalog)})
    yield from (path for path in lost if not REMINDERS_PATH.search(path))
