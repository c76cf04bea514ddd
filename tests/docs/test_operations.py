"""docs/operations.md: every metric, label and event, and examples that fit them."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml
from prometheus_client.parser import text_string_to_metric_families

from defects_ical.server.monitoring.counters import SERIES
from defects_ical.server.monitoring.metrics import render_metrics
from tests.support.documents import (
    ROOT,
    read_code_blocks,
    read_section,
    read_table_rows,
)

PAGE: Final = "docs/operations.md"
MOMENT: Final = "2025-07-21T12:00:00+00:00"
HEALTH: Final[dict[str, Any]] = {
    "status": "ok",
    "version": "1",
    "loaded_at": MOMENT,
    "edited_at": MOMENT,
    "episodes": {"confirmed": 8},
    "problem": None,
}
METRICS: Final = render_metrics(dict.fromkeys(SERIES, 0), HEALTH).decode()
SAMPLES: Final = {
    sample.name: family.type
    for family in text_string_to_metric_families(METRICS)
    for sample in family.samples
}


def read_rows(heading: str, name: str) -> list[list[str]]:
    """Return the rows of a section whose first cell begins with a name."""
    rows = [[*row] for row in read_table_rows(read_section(PAGE, heading))]
    return [row for row in rows if re.match(name, row[0])]


def test_every_metric_is_documented() -> None:
    rows = read_rows("## Metrics", "`defects_ical_")
    assert {name.strip("`"): kind for name, kind, _ in rows} == SAMPLES


def test_every_kind_is_documented() -> None:
    kinds = {each.kind for each in SERIES}
    rows = [row for row in read_rows("## Metrics", "`[a-z]+`$") if len(row) == 2]
    assert {name.strip("`") for name, _ in rows} == kinds


def test_every_event_is_documented() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    events = set(re.findall(r'with_fields\(\s*"([a-z-]+)"', source))
    rows = [row for row in read_rows("## Log", "`[a-z-]+`$") if len(row) == 3]
    assert {name.strip("`") for name, *_ in rows} == events


def test_examples_for_prometheus_name_metrics() -> None:
    scrape, rules = map(yaml.safe_load, read_code_blocks(PAGE, "yaml"))
    assert [each["job_name"] for each in scrape["scrape_configs"]] == ["defects-ical"]
    (group,) = rules["groups"]
    for rule in group["rules"]:
        names = re.findall(r"defects_ical_\w+", rule["expr"])
        assert names
        assert {*names} <= SAMPLES.keys()


def test_example_of_the_access_log_has_its_form() -> None:
    (line,) = read_code_blocks(PAGE, "text")
    assert re.fullmatch(r"INFO GET /my-show\.ics 200 \d+ bytes \d\.\d{3} ms\n", line)
