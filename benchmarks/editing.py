"""One edit of a large schedule: from the saved file to the new site."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.applications import SITE_URL
from benchmarks.building import ICALENDAR, PLAIN
from benchmarks.candidates import get_cores, pin_to_core
from benchmarks.measurement import ROUNDS, Section, compare, measure_in_turns, time_cpu
from benchmarks.others.feed_libraries import make_with_icalendar
from benchmarks.others.plain_feeds import PlainScript, make_plain_feed
from benchmarks.schedules import LARGE, load_large_schedule, make_schedule_text
from defects_ical.content.site_input import SiteInput
from defects_ical.schedule.loader import load_schedule
from defects_ical.server.app import create_app
from defects_ical.server.reloaded_site import ReloadedSite
from defects_ical.server.reloader import SiteReloader

MAX_RATIO: Final = 0.3
FULL_BUILD: Final = "start, nothing edited"
ONE_EDIT: Final = "one episode edited"
METHOD: Final = (
    "1,000 episodes, processor time from the saved file to the prepared responses: load, validate, "
    "build, compare with the live site, compress. Compared with one calendar of the same events, "
    f"as under *Building*. A start has no build cache. {ROUNDS} rounds in turns."
)


def measure() -> Iterator[Section]:
    """Measure reloads next to one calendar of the same size."""
    server_core, _ = get_cores()
    with tempfile.TemporaryDirectory() as folder, pin_to_core(server_core):
        service = _Service(Path(folder) / "edited.yaml")
        site = SiteInput(load_large_schedule(Path(folder)), SITE_URL)
        script = PlainScript(site)
        candidates: dict[str, Callable[[], float]] = {
            ONE_EDIT: service.time_edit,
            FULL_BUILD: service.time_start,
            PLAIN: partial(time_cpu, lambda: make_with_icalendar(script.write())),
            ICALENDAR: partial(time_cpu, lambda: make_with_icalendar(make_plain_feed(site))),
        }
        samples = measure_in_turns(candidates, ROUNDS)
    edit = samples[ONE_EDIT]
    ratios = tuple(
        compare(f"{ONE_EDIT} / {name}", edit, samples[name], target, is_maximum=True)
        for name, target in ((PLAIN, MAX_RATIO), (ICALENDAR, None))
    )
    yield Section("Editing one of 1,000 episodes", METHOD, "ms", (*samples.values(),), ratios)


class _Service:
    """The steps of the service from its schedule file to its responses, without pauses."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries = 0
        self._save()
        self._reloader, self._site = self._start()

    def time_start(self) -> float:
        """Return the milliseconds from the file to the responses, without a build cache."""
        return time_cpu(self._start)

    def time_edit(self) -> float:
        """Return the milliseconds from a saved edit of one episode to the new responses."""
        self._entries += 1
        self._save()
        return time_cpu(self._reload)

    def _save(self) -> None:
        self._file.write_text(make_schedule_text(LARGE, self._entries), "utf-8")

    def _start(self) -> tuple[SiteReloader, ReloadedSite]:
        reloader = SiteReloader(self._file, SITE_URL)
        reloader.go_live(load_schedule(self._file))
        site = ReloadedSite(reloader, SITE_URL)
        create_app(site, SITE_URL)
        return reloader, site

    def _reload(self) -> None:
        # A new version goes live after two polls.
        self._reloader.poll()
        if not self._reloader.poll() or self._reloader.live.problem:
            raise RuntimeError(f"not reloaded: {self._reloader.live.problem}")
        self._site.swap_in()
