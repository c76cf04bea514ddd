"""A site of 1,000 shows: exports, edits, and the service (``python -m benchmarks.shows a b``)."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, TypeAlias
from unittest.mock import patch

from benchmarks import shows_service
from benchmarks.measurement import Sample, Section, compare, judge, measure_in_turns
from benchmarks.report import format_part
from benchmarks.show_schedules import edit_schedule, get_feed_path, get_slug
from benchmarks.shows_service import FEW, SITE_URL, ExportedShows
from defects_ical.catalog.combined_feeds import render_combined_feeds
from defects_ical.export.exporter import export_site
from defects_ical.export.shows.show_stage import ExportTarget, Verdict
from defects_ical.export.shows.site_exporter import SiteExport, SiteExportResult
from defects_ical.export.shows.site_folder import SiteFolder
from defects_ical.schedule.loader import load_schedule
from defects_ical.server.shows.exported_site import ExportedSite
from defects_ical.server.shows.publisher import MIN_POLL_SECONDS, FolderPublisher
from defects_ical.shows.settings import SiteSettings
from defects_ical.site.build import build_site

SHOWS: Final = 1000
# Of a part that runs only on request; the most that a folder may have is 10,000.
MANY_SHOWS: Final = int(os.environ.get("BENCH_SHOWS", "10000"))
MEMORY_FOLDER: Final = Path("/dev/shm")  # noqa: S108 - a new folder in it
EXPORT_ROUNDS: Final = 3
ROUNDS: Final = 7
EDITS: Final = 15
JOBS: Final = 2
COLD: Final = f"export with {JOBS} processes"
REFERENCE: Final = "load, build, export of each show"
ON_DISK: Final = "export with 2 processes, on a disk"
EDIT: Final = "edit of one of 1,000 shows"
SMALL_EDIT: Final = "edit of one of 10 shows"
JOIN: Final = "joining prebuilt bytes, SHA-256"
RENDER: Final = "`/all.ics` after one edit"
COLD_METHOD: Final = (
    "1,000 shows with 16 episodes and 3 platforms each, exported to a new folder in memory, "
    "compared with each show's own export in one process. The first includes the combined feeds "
    f"and the overview. {EXPORT_ROUNDS} rounds in turns; one on a disk."
)
SECOND_METHOD: Final = (
    f"The complete command, while nothing has changed. {ROUNDS} rounds. No file is parsed as YAML."
)
EDIT_METHOD: Final = (
    "From the first look that sees an edit to the prepared responses of the feed, without the "
    f"pause between two looks. {EDITS} edits of random shows in turns, of a service that has "
    "settled; and the first edit after the start."
)
COMBINED_METHOD: Final = (
    "`/all.ics` of 1,000 shows, of which one has changed, compared with joining the prebuilt bytes "
    f"of each show and computing the SHA-256 of the result. {ROUNDS} rounds in turns."
)
MANY_METHOD: Final = f"{MANY_SHOWS:,} shows, once."

Part: TypeAlias = Callable[[ExportedShows], Iterator[Section]]


def measure(names: str = "abcdefghi") -> Iterator[Section]:
    """Measure these parts; the last one, with 10,000 shows, only if it is named."""
    with _make_folder() as folder:
        shows = ExportedShows(folder, SHOWS)
        for name in names:
            yield from PARTS[name](shows)


def main() -> None:
    """Measure the parts that are named on the command line, or all but the last."""
    for section in measure("".join(sys.argv[1:]) or "abcdefghi"):
        print("\n".join(format_part(section)), flush=True)


@contextmanager
def _make_folder() -> Iterator[Path]:
    """Yield a new folder in memory, if the system has a place for it."""
    parent = MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="defects-ical-bench-", dir=parent) as name:
        yield Path(name)


def _measure_cold_export(shows: ExportedShows) -> Iterator[Section]:
    target = shows.folder / "cold"
    timers = {
        COLD: partial(_time_new, target, partial(export_shows, shows.source, target)),
        REFERENCE: partial(_time_new, target, partial(_export_one_by_one, shows.source, target)),
    }
    samples = measure_in_turns(timers, EXPORT_ROUNDS)
    cold, reference = samples[COLD], samples[REFERENCE]
    ratio = compare(f"{COLD} / {REFERENCE}", cold, reference, 0.6, is_maximum=True)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        disk = Path(folder) / "cold"
        slow = Sample(ON_DISK, (_time_new(disk, partial(export_shows, shows.source, disk)),))
    yield Section("Exporting 1,000 shows", COLD_METHOD, "s", (cold, reference, slow), (ratio,))


def export_shows(source: Path, target: Path, jobs: int = JOBS) -> SiteExportResult:
    """Export a folder of schedules."""
    options = SiteExport(
        source=source, target=ExportTarget(target, SITE_URL), check=_accept, jobs=jobs
    )
    return options.run()


def _accept(*_: object) -> Verdict:
    return Verdict()


def _export_one_by_one(source: Path, target: Path) -> None:
    for path in sorted(source.iterdir()):
        schedule = load_schedule(path)
        slug = schedule.show.slug
        url = ExportTarget(target, SITE_URL).get_show_url(slug)
        export_site(build_site(schedule, url), url, target / slug)


def _time_new(target: Path, run: Callable[[], object]) -> float:
    shutil.rmtree(target, ignore_errors=True)
    seconds = _time(run)
    shutil.rmtree(target)
    return seconds


def _time(run: Callable[[], object]) -> float:
    """Return the seconds of a call, after a garbage collection."""
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _measure_second_export(shows: ExportedShows) -> Iterator[Section]:
    shows.export()
    with patch("yaml.parse", side_effect=AssertionError("YAML is parsed")):
        result = export_shows(shows.source, shows.exported)
    if result.files or result.unchanged != SHOWS:
        raise RuntimeError(f"the second export has changed something: {result}")
    name = "second export, nothing changed"
    # Only the first run compiles, as with an installed package.
    _run_export_command(shows)
    timers = {name: partial(_time, partial(_run_export_command, shows))}
    sample = measure_in_turns(timers, ROUNDS)[name]
    title = "Exporting 1,000 shows again"
    yield Section(title, SECOND_METHOD, "s", (sample,), (judge(sample, 1.0),))


def _run_export_command(shows: ExportedShows) -> None:
    options = ["--schedule", str(shows.source), "--url", str(SITE_URL)]
    command = [sys.executable, "-m", "defects_ical", "export", str(shows.exported), *options]
    environment = {**os.environ, **shows.compiled}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    if f"0 written, {shows.count} unchanged" not in done.stdout:
        raise RuntimeError(done.stdout)


def _measure_edits(shows: ExportedShows) -> Iterator[Section]:
    small = ExportedShows(shows.folder / "small", FEW)
    services = {EDIT: _EditedShows(shows), SMALL_EDIT: _EditedShows(small)}
    first = Sample("first edit after the start of 1,000 shows", (services[EDIT].time_edit(),))
    for each in services.values():
        each.settle()
    samples = measure_in_turns({name: each.time_edit for name, each in services.items()}, EDITS)
    for each in services.values():
        each.close()
    gc.unfreeze()
    pairs = zip(samples[EDIT].values, samples[SMALL_EDIT].values, strict=True)
    more = Sample("difference, ms", tuple(many - few for many, few in pairs))
    ratios = (judge(more, 250), judge(samples[EDIT], 2000))
    yield Section("One edit", EDIT_METHOD, "ms", (*samples.values(), more, first), ratios)


class _EditedShows:
    """A publisher, and a worker that reads what it writes, both in this process."""

    def __init__(self, shows: ExportedShows) -> None:
        shows.export()
        self._shows = shows
        self._random = Random(shows.count)  # noqa: S311 - no secret
        target = ExportTarget(shows.exported, SITE_URL)
        self._publisher = FolderPublisher(shows.source, target)
        self._publisher.start()
        self._site = ExportedSite(target)

    def settle(self) -> None:
        """Look until there is nothing more to do."""
        self._publisher.poll()
        for _ in range(self._shows.count):
            if self._publisher.poll_seconds <= MIN_POLL_SECONDS:
                self._publisher.poll()

    def time_edit(self) -> float:
        """Return the milliseconds until an edit of a random show is served."""
        number = self._random.randrange(self._shows.count)
        path = get_feed_path(number)
        before = self._get_etag(path)
        edit_schedule(self._shows.source, number)
        milliseconds = _time(partial(self._publish, path)) * 1000
        if self._get_etag(path) == before:
            raise RuntimeError(f"the edit of {path} is not served")
        self.settle()
        return milliseconds

    def close(self) -> None:
        """Let others use the folder."""
        self._publisher.close()

    def _publish(self, path: str) -> None:
        self._publisher.poll()
        self._publisher.poll()
        self._site.refresh()
        self._site.find_responses(path)

    def _get_etag(self, path: str) -> str:
        responses = self._site.find_responses(path)
        return responses.plain.etag if responses else ""


def _measure_combined_feed(shows: ExportedShows) -> Iterator[Section]:
    shows.export()
    site = SiteFolder(ExportTarget(shows.exported, SITE_URL))
    catalog = site.build_catalog(SiteSettings())
    while site.read_feeds(catalog, SHOWS):
        pass
    feeds = {slug: site._get_feeds(slug, catalog) for slug in site.shows}  # noqa: SLF001 - measures what write_root does
    _, body = next(render_combined_feeds(catalog, feeds))
    bodies = [feeds[each.slug].select(catalog.feeds[0].filter).plain for each in catalog.shows]

    def render() -> None:
        edited = get_slug(0)
        site._feeds.pop(edited)  # noqa: SLF001 - measures what write_root does
        changed = {**feeds, edited: site._get_feeds(edited, catalog)}  # noqa: SLF001 - measures what write_root does
        if next(render_combined_feeds(catalog, changed))[1] != body:
            raise RuntimeError("another body")

    def join() -> None:
        hashlib.sha256(b"".join(bodies)).hexdigest()

    timers = {RENDER: lambda: _time(render) * 1000, JOIN: lambda: _time(join) * 1000}
    samples = measure_in_turns(timers, ROUNDS)
    ratio = compare(f"{RENDER} / {JOIN}", samples[RENDER], samples[JOIN], 1.5, is_maximum=True)
    yield Section("The feed of all shows", COMBINED_METHOD, "ms", (*samples.values(),), (ratio,))


def _measure_many(shows: ExportedShows) -> Iterator[Section]:
    many = ExportedShows(shows.folder / "many", MANY_SHOWS)
    samples = [Sample("export, s", (_time(many.export),))]
    files = sum(1 for each in many.exported.rglob("*") if each.is_file())
    samples.append(Sample("files", (files,)))
    samples.append(Sample("second export, s", (_time(partial(_run_export_command, many)),)))
    sizes = shows_service.read_sizes(many, requests=0)
    samples += [Sample(f"{name}, MB", (size,)) for name, size in sizes.items()]
    edited = _EditedShows(many)
    samples.append(Sample("first edit, s", (edited.time_edit() / 1000,)))
    samples.append(Sample("edit, s", tuple(edited.time_edit() / 1000 for _ in range(ROUNDS))))
    edited.close()
    gc.unfreeze()
    yield Section(f"{MANY_SHOWS:,} shows", MANY_METHOD, "", tuple(samples), ())


PARTS: Final[Mapping[str, Part]] = {
    "a": _measure_cold_export,
    "b": _measure_second_export,
    "c": _measure_edits,
    "d": shows_service.measure_following,
    "e": shows_service.measure_rates,
    "f": shows_service.measure_slowest,
    "g": shows_service.measure_memory,
    "h": _measure_combined_feed,
    "i": shows_service.measure_start,
    "j": _measure_many,
}

if __name__ == "__main__":
    main()
