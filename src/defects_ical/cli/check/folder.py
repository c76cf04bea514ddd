"""Check a folder of schedules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from defects_ical.catalog.catalog import Catalog
from defects_ical.catalog.feed_checks import check_named_feeds, find_large_combined_feeds
from defects_ical.catalog.show_feeds import ShowFeeds
from defects_ical.catalog.summary import summarize_show
from defects_ical.cli.console import Cells, print_table, print_warnings
from defects_ical.cli.schedule_output import (
    PLACEHOLDER_URL,
    print_missing_texts,
    print_schedule_warnings,
)
from defects_ical.content.descriptions import format_date_range
from defects_ical.content.links.site_url import SiteURL
from defects_ical.content.site_input import SiteInput
from defects_ical.errors import Problem, ScheduleError
from defects_ical.model.schedule import Schedule
from defects_ical.render.ics.feeds import render_feeds
from defects_ical.schedule.episodes import sort_by_start
from defects_ical.schedule.expansion import expand_episodes
from defects_ical.shows.loader import LoadedFolder, load_folder
from defects_ical.site.feed_size import MAX_SIZE, check_feed_sizes, estimate_feed_size
from defects_ical.text.display import bidi_isolate
from defects_ical.text.english import count_noun
from defects_ical.text.languages import DEFAULT_LANGUAGE


def check_folder(path: Path) -> None:
    """List the shows of a folder, then the warnings of each schedule and of the site."""
    folder = load_folder(path)
    inputs = make_inputs(folder, PLACEHOLDER_URL)
    languages = folder.settings.languages
    summaries = {slug: summarize_show(each, languages) for slug, each in inputs.items()}
    catalog = Catalog.create(folder.settings, PLACEHOLDER_URL, tuple(summaries.values()))
    if problems := tuple(check_named_feeds(catalog)):
        raise ScheduleError(problems)
    schedules = folder.schedules
    print_table(("Show", "Slug", "Dates", "Episodes"), map(_make_show_row, schedules))
    for each in schedules:
        print_missing_texts(each, f"{each.show.slug}: ")
    warnings = sum(
        print_schedule_warnings(each, check_feed_sizes(each, PLACEHOLDER_URL)) for each in schedules
    )
    large = [*map(str, _check_combined_sizes(path, catalog, inputs))]
    print_warnings(large)
    episodes = sum(len(expand_episodes(each)) for each in schedules)
    counts = [count_noun(len(schedules), "show"), count_noun(episodes, "episode")]
    if warnings + len(large):
        counts.append(count_noun(warnings + len(large), "warning"))
    click.echo(f"{path}: OK, {', '.join(counts)}")


def make_inputs(folder: LoadedFolder, site_url: SiteURL) -> dict[str, SiteInput]:
    """Return what each show's own site is built from, by slug."""
    return {
        each.show.slug: SiteInput(each, site_url.below(each.show.slug)) for each in folder.schedules
    }


def _make_show_row(schedule: Schedule) -> Cells:
    schedule = schedule.described_in(DEFAULT_LANGUAGE)
    episodes, show = sort_by_start(expand_episodes(schedule)), schedule.show
    dates = format_date_range(episodes, schedule)
    return (bidi_isolate(show.title), show.slug, dates, str(len(episodes)))


def _check_combined_sizes(
    path: Path, catalog: Catalog, inputs: dict[str, SiteInput]
) -> Iterator[Problem]:
    """Yield warnings of large combined feeds; render them only if one might be large."""
    if sum(estimate_feed_size(each.schedule) for each in inputs.values()) <= MAX_SIZE:
        return
    feeds = {
        slug: ShowFeeds(show, partial(dict.__getitem__, dict(render_feeds(inputs[slug]))))
        for slug, show in ((each.slug, each) for each in catalog.shows)
    }
    yield from find_large_combined_feeds(path, catalog, feeds)
