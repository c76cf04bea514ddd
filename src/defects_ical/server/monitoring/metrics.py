"""The metrics of the service, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from prometheus_client import Metric, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from defects_ical.server.monitoring.counters import Series

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
# Without the metrics of a process that prometheus-client adds: they would be those of the worker
# that happens to respond.
_PREFIX: Final = "defects_ical_"


def render_metrics(requests: Mapping[Series, int], health: Mapping[str, Any]) -> bytes:
    """Return all metrics: requests by series, and what ``/healthz`` reports of the site."""
    return generate_latest(_ServiceMetrics(requests, health))


class _ServiceMetrics(Collector):
    def __init__(self, requests: Mapping[Series, int], health: Mapping[str, Any]) -> None:
        self._requests = requests
        self._health = health

    def collect(self) -> Iterator[Metric]:
        yield self._count_requests()
        yield from self._list_gauges()
        yield InfoMetricFamily(
            f"{_PREFIX}build", "The program.", value={"version": self._health["version"]}
        )

    def _count_requests(self) -> Metric:
        metric = CounterMetricFamily(
            f"{_PREFIX}requests", "Requests, by kind of resource and status.", labels=Series._fields
        )
        for series, count in self._requests.items():
            metric.add_metric(series, count)
        return metric

    def _list_gauges(self) -> Iterator[Metric]:
        health = self._health
        is_available = health["status"] != "unavailable"
        yield _gauge("available", "1 if there is a site to serve.", is_available)
        yield _gauge("shows", "Shows that are served.", health.get("shows", is_available))
        yield _gauge("problems", "Files whose current version is not served.", _count(health))
        for key, text in (
            ("loaded", "When what is served was loaded, in seconds since 1970 (UTC)."),
            ("edited", "When an edit last went live, in seconds since 1970 (UTC)."),
        ):
            if moment := health.get(f"{key}_at"):
                seconds = datetime.fromisoformat(moment).timestamp()
                yield _gauge(f"{key}_timestamp_seconds", text, seconds)
        if episodes := health.get("episodes"):
            metric = GaugeMetricFamily(
                f"{_PREFIX}episodes", "Episodes by status.", labels=("status",)
            )
            for status, count in episodes.items():
                metric.add_metric((status,), count)
            yield metric


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, text, value=value)


def _count(health: Mapping[str, Any]) -> int:
    """Return the number of files with a problem: of a folder, or of the one schedule."""
    if "problems" in health:
        return len(health["problems"])
    return int(bool(health.get("problem")))
