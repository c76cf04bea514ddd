"""The shipped schedule, served by Granian and by gunicorn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
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


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[[str, str], Server]]:
    """Start each server on first use, and keep it until the last test."""
    with ExitStack() as stack:
        yield cache(lambda name, url: stack.enter_context(SERVERS[name](url)))


@pytest.fixture(scope="module", params=SAMPLED)
def server_kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of server in turn."""
    return str(request.param)


@pytest.fixture
def server(server_kind: str, start_server: Callable[[str, str], Server]) -> Server:
    """Serve the site at a URL without a path."""
    return start_server(server_kind, URL)


@pytest.fixture
def server_with_path(server_kind: str, start_server: Callable[[str, str], Server]) -> Server:
    """Serve the site at a URL with a path."""
    return start_server(server_kind, URL_WITH_PATH)
