"""Edits of the shows in a folder: checked before they go live, logged afterwards."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from defects_ical.compare.report import summarize_edit
from defects_ical.compare.site_diff import review_edit
from defects_ical.export.shows.show_stage import StagedShow, Verdict
from defects_ical.model.schedule import Schedule
from defects_ical.server.monitoring.logs import with_fields
from defects_ical.shows.file_state import stat_file
from defects_ical.site.build import Site

LOG: Final = logging.getLogger(__name__)


def accept(_: Mapping[str, bytes], __: Site, ___: Schedule) -> Verdict:
    """Return that nothing prevents the export of a show."""
    return Verdict()


def check_changes(published: Mapping[str, bytes], site: Site, schedule: Schedule) -> Verdict:
    """Return the changes that calendar apps would not notice."""
    state = stat_file(Path(schedule.problem((), "", "").location.file))
    edited_at = datetime.fromtimestamp(state.modified / 1_000_000_000, UTC) if state else None
    review = review_edit(published, site, schedule, edited_at)
    return Verdict(review.unannounced, changes=review.changes)


def is_edit(staged: StagedShow) -> bool:
    """Return whether a show is new, or differs from what is live: a file may only be touched."""
    return bool(not staged.before or staged.written or staged.removed)


def log_edit(path: Path, staged: StagedShow) -> None:
    """Log what is live now, unless an edit was only undone."""
    show, changes = staged.manifest.identity.slug, staged.verdict.changes
    if not staged.before:
        extra = with_fields("new-show", file=str(path), show=show)
        LOG.info("%s: new show is live.", path, extra=extra)
    elif is_edit(staged):
        extra = with_fields("edit", file=str(path), show=show, changes=changes)
        LOG.info("%s: edit is live. %s.", path, summarize_edit(changes), extra=extra)


def log_settings(path: Path) -> None:
    """Log that edited settings of the site are in use."""
    LOG.info("%s: edit is live.", path, extra=with_fields("edit", file=str(path)))


def log_removal(path: Path, show: str) -> None:
    """Log that a show is taken away, because its schedule is gone or has another slug."""
    extra = with_fields("gone-show", file=str(path), show=show)
    LOG.info("%s: `/%s/` is taken away.", path, show, extra=extra)
