"""Downloads of sources: limits on time, size and redirects, and what is no calendar."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from defects_ical.errors import ListingError
from defects_ical.sources.download import CALENDAR, DownloadLimits, download
from tests.support.faulty_server import (
    FEED,
    PATH,
    Handler,
    Reply,
    Request,
    Scenario,
    close_connection,
    find_closed_port,
    hang,
    redirect,
    redirect_times,
    send_encoded,
    send_headers,
    send_healthy,
    send_html,
    send_status,
    serve,
)

USE_ICS = "Use the URL of an .ics file"
LATER = "Try again later."


def send_gigabyte(request: Request) -> Reply:
    """Announce 1 GB, and send it."""
    chunk = b"X-FILLER:" + b"x" * 65_525 + b"\r\n"

    def iterate() -> Iterator[bytes]:
        yield FEED
        while not request.stopping.is_set():
            yield chunk

    headers = {"Content-Type": "text/calendar", "Content-Length": "1000000000"}
    return Reply(200, headers, iterate())


def send_drip(request: Request) -> Reply:
    """Send a byte now and then."""

    def iterate() -> Iterator[bytes]:
        while not request.stopping.wait(0.02):
            yield b"B"

    return Reply(200, {"Content-Type": "text/calendar"}, iterate())


def send_cut(request: Request) -> Reply:
    return send_healthy(request).with_headers(Content_Length=str(len(FEED) + 1))


def find_message(handler: Handler, limits: DownloadLimits | None = None) -> str:
    """Return the message of a refused download, without the URL."""
    with serve(Scenario(handler)) as server, pytest.raises(ListingError) as error:
        download(server.url, expected=CALENDAR, limits=limits or DownloadLimits())
    message = str(error.value)
    assert message.startswith(f"{server.url}: ")
    return message.removeprefix(f"{server.url}: ")


def test_a_calendar_is_downloaded() -> None:
    with serve(Scenario(send_healthy)) as server:
        assert download(server.url, expected=CALENDAR) == FEED
    (request,) = server.log
    assert request.header("user-agent").startswith("defects-ical/")
    assert set(request.headers) == {"host", "user-agent"}


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", None, "a/b"])
def test_the_content_counts_more_than_its_type(content_type: str | None) -> None:
    with serve(Scenario(send_headers(Content_Type=content_type))) as server:
        assert download(server.url, expected=CALENDAR) == FEED


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", None])
def test_types_that_say_nothing_are_accepted(content_type: str | None) -> None:
    """A calendar in UTF-16 does not begin as others do."""
    body = FEED.decode().encode("utf-16")
    with serve(Scenario(send_headers(Content_Type=content_type)), body) as server:
        assert download(server.url, expected=CALENDAR) == body


@pytest.mark.parametrize(
    ("handler", "message", "hint"),
    [
        (send_status(404), "not found (status 404)", USE_ICS),
        (send_status(403), "access denied (status 403)", USE_ICS),
        (send_status(503), "the server does not respond with a calendar (status 503)", LATER),
        (close_connection, "incomplete response: the connection was closed early", LATER),
        (send_cut, "incomplete response: ", LATER),
        (send_encoded(b"no gzip", "gzip"), "the response cannot be decompressed", LATER),
        (redirect(PATH), "redirect loop: ", USE_ICS),
        (redirect_times(6), "too many redirects: more than 5", USE_ICS),
        (redirect("file:///etc/passwd"), "invalid redirect: to file:///etc/passwd", USE_ICS),
        (redirect("webcal://a.example/"), "invalid redirect: ", USE_ICS),
        (send_html(b"<!doctype html><p>Hi"), "a web page, not a calendar", USE_ICS),
        (
            send_html(b"\n<html><title lang=en> Just\na moment&hellip; </title>"),
            "a web page (“Just a moment…”), not a calendar",
            USE_ICS,
        ),
        (
            send_html(b"<!DOCTYPE html><title>Sign in</title>", 403),
            "access denied (status 403), the page “Sign in”",
            USE_ICS,
        ),
        (
            lambda _: Reply(200, {"Content-Type": "image/png"}, b"\x89PNG"),
            "a document of the type `image/png`, not a calendar",
            USE_ICS,
        ),
        (
            lambda _: Reply(200, {"Content-Type": "text/calendar"}, b" \n"),
            "the response is empty",
            USE_ICS,
        ),
    ],
)
def test_failures_are_explained(handler: Handler, message: str, hint: str) -> None:
    found = find_message(handler)
    assert found.startswith(message)
    assert hint in found


def test_five_redirects_are_followed() -> None:
    with serve(Scenario(redirect_times(5))) as server:
        assert download(server.url, expected=CALENDAR) == FEED


def test_a_cycle_of_redirects_ends() -> None:
    """Two servers that redirect to each other are asked once each."""
    with serve(Scenario(send_healthy)) as second:
        with serve(Scenario(redirect(second.url))) as first:
            assert download(first.url, expected=CALENDAR) == FEED
        with serve(Scenario(lambda _: Reply(302, {"Location": f"{PATH}?b"}))) as server:
            with pytest.raises(ListingError, match="redirect loop"):
                download(server.url, expected=CALENDAR)
            assert len(server.log) == 2


def test_a_gigabyte_is_not_read() -> None:
    started = time.monotonic()
    found = find_message(send_gigabyte)
    assert found.startswith(
        "the response is larger than 10 MB, which is more than any show needs. "
    )
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("handler", [send_drip, hang])
def test_slow_servers_are_left(handler: Handler) -> None:
    started = time.monotonic()
    found = find_message(handler, DownloadLimits(seconds=0.2))
    assert found == f"timeout: not finished after 0.2 seconds. {LATER}"
    assert time.monotonic() - started < 3


def test_a_closed_port_is_explained() -> None:
    url = f"http://127.0.0.1:{find_closed_port()}/a.ics"
    with pytest.raises(ListingError, match="the server refuses the connection"):
        download(url, expected=CALENDAR)


def test_webcal_is_https_then_http() -> None:
    with serve(Scenario(send_healthy)) as server:
        url = server.url.replace("http://", "webcal://")
        assert download(url, expected=CALENDAR) == FEED
        with pytest.raises(ListingError, match="https://127"):
            download(url.replace("webcal", "webcals"), expected=CALENDAR)
    assert len(server.log) == 1


def serve_only_http(listener: socket.socket) -> None:
    """Never answer the TLS handshake of the first client; answer the second over http."""
    silent, _ = listener.accept()
    with silent:
        while silent.recv(10_000):
            pass
    connection, _ = listener.accept()
    with connection:
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + FEED)


def test_webcal_leaves_time_for_http() -> None:
    """A server that never ends the TLS handshake takes half of the time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve_only_http, args=(listener,), daemon=True)
        thread.start()
        url = f"webcal://127.0.0.1:{listener.getsockname()[1]}/a.ics"
        started = time.monotonic()
        assert download(url, expected=CALENDAR, limits=DownloadLimits(seconds=1)) == FEED
        assert time.monotonic() - started >= 0.5
        thread.join()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "not an http, https or webcal URL"),
        ("show.ics", "not an http, https or webcal URL"),
        ("file:///etc/passwd", "not an http, https or webcal URL"),
        ("ftp://a.example/a.ics", "not an http, https or webcal URL"),
        ("https://", "not a valid URL"),
        ("https://a b.example/", "not a valid URL"),
        ("https://a.example:x/", "not a valid URL"),
        ("https://a.example/\x07", "not a valid URL"),
        ("https://me:secret@a.example/", "a user name or password in a URL is not supported"),
    ],
)
def test_other_urls_are_refused(url: str, problem: str) -> None:
    with pytest.raises(ListingError, match=problem) as error:
        download(url, expected=CALENDAR)
    assert "secret" not in str(error.value)
