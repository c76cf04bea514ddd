"""The shipped schedule, served by Granian and by gunicorn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.server.expected_responses import SCHEDULE
from tests.support.processes import Server, run_granian, run_gunicorn
from tests.support.variants import leave_to_soak

URL: Final = "https://defects.example"
URL_WITH_PATH: Final = "https://me.example/the-defects"
SERVERS: Final = {
    "granian": lambda url: run_granian(SCHEDULE, url),
    "granian with 2 workers": lambda url: run_granian(SCHEDULE, url, 2),
    "gunicorn": lambda url: run_gunicorn(SCHEDULE, url, 2),
}

# One worker is the easier case of two.
SAMPLED: Final = [*leave_to_soak("granian"), "granian with 2 workers", "gunicorn"]


@pytest.fixture(scope="module", params=SAMPLED)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Serve the site at a URL without a path."""
    with SERVERS[request.param](URL) as running:
        yield running


@pytest.fixture(scope="module", params=SAMPLED)
def server_with_path(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Serve the site at a URL with a path."""
    with SERVERS[request.param](URL_WITH_PATH) as running:
        yield running
