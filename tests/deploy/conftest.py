"""Fixtures: the live site that an action or a script compares with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.documents import read_schedule_example
from tests.support.processes import BIN, run_server

EXAMPLE: Final = read_schedule_example()
MOVED: Final = EXAMPLE.replace("time: 21:00", "time: 20:00")


@pytest.fixture(scope="module")
def live_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the example; return the URL of the live site."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "schedule.yaml").write_text(EXAMPLE, "utf-8")
    command = [str(BIN / "defects-ical"), "serve", "--port", "0"]
    with run_server(command, r"http://127\.0\.0\.1:(\d+)/", folder=folder) as server:
        yield f"http://127.0.0.1:{server.port}"
