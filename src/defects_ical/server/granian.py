"""The service on Granian: one listening socket, some workers, and a clean end."""

from __future__ import annotations

import copyreg
import errno
import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from multiprocessing import resource_tracker
from threading import Event, Thread
from types import MappingProxyType
from typing import Any, Final
from wsgiref.types import WSGIApplication

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from defects_ical.content.site_url import SiteURL
from defects_ical.errors import ServeError
from defects_ical.server.app import create_app
from defects_ical.server.reloader import POLL_SECONDS, SiteReloader

LOG: Final = logging.getLogger(__name__)
BACKLOG: Final = 1024
# Granian's own choice stalls at about 1,100 slow connections. It sees to the files these take.
CONNECTIONS: Final = 4096
# Seconds that a worker has to finish what it is doing when the service ends.
GRACE: Final = 1
# Seconds that a worker has to have lived to be replaced at once: not in a tight loop.
YOUNG: Final = 1.0
# Octets of a request's line and headers: enough for any program, and too few for mischief.
MOST_OF_A_REQUEST: Final = 65_536
LOGGING: Final = {
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "_granian": {"handlers": ["console"], "propagate": False},
        "defects_ical": {"handlers": ["console"], "propagate": False, "level": "INFO"},
    },
}


def _unchangeable(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# Where workers do not fork (macOS, Python 3.14), a site is pickled on its way to them.
copyreg.pickle(MappingProxyType, lambda mapping: (_unchangeable, (dict(mapping),)))


def bind_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on a host's first address; port 0 is one that is free.

    Raises ServeError where that cannot be, above all where the port is in use.
    """
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = str(where[0]) == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(where[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        raise ServeError(f"`{host}`, port {port}: {_reason(error)}") from None


def is_wildcard(listening: socket.socket) -> bool:
    """Whether it listens on every address of the machine, and so has none to put in links."""
    return ip_address(listening.getsockname()[0]).is_unspecified


def serve(
    publisher: SiteReloader,
    site_url: SiteURL,
    listening: socket.socket,
    workers: int,
    announce: Callable[[], None],
) -> None:
    """Serve what is published until SIGINT, SIGTERM or SIGHUP; ``announce`` when they are heeded.

    Each worker is a process that makes the application for itself and follows the schedule's file,
    as this one does: a worker that dies is replaced by one that serves the same, whatever has
    become of the file meanwhile.
    """
    server = _SharedSocketServer(publisher, listening, workers)
    # Granian would start its workers anew when the terminal is closed. We end, but not under nohup.
    hangup: Any = signal.getsignal(signal.SIGHUP)
    if hangup is not signal.SIG_IGN:
        hangup = server.signal_handler_interrupt
    server.on_startup(partial(signal.signal, signal.SIGHUP, hangup))
    server.on_startup(announce)
    try:
        server.serve(target_loader=partial(_application, publisher, site_url), wrap_loader=False)
    except SystemExit:
        # A service manager ends all processes at once; that a worker was first is no failure.
        if not server.interrupt_signal:
            raise


class _SharedSocketServer(MPServer):
    """Granian with a socket of ours, shared by the workers, and that never gives up.

    Granian's workers each bind the port, so that another service can do so too, unnoticed,
    and what waits for a worker that dies is lost. Here it waits for the next worker.
    """

    _ssp: Any
    _shd: Any
    _sfd: Any

    def __init__(self, publisher: SiteReloader, listening: socket.socket, workers: int) -> None:
        host, port = listening.getsockname()[:2]
        super().__init__(
            "defects-ical",
            host,
            port,
            interface=Interfaces.WSGI,
            workers=workers,
            # An answer takes microseconds and waits for nothing: more threads only get in the way.
            blocking_threads=1,
            runtime_mode=RuntimeModes.st,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(max_buffer_size=MOST_OF_A_REQUEST),
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE,
        )
        self._listening = listening
        self.main_loop_interrupt = _PollingEvent(publisher)

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._sso = self._listening
        self._sfd = self._listening.fileno()
        not_unix = False
        holder: Any = SocketHolder  # its types leave out what it takes
        self._shd = holder(self._sfd, not_unix, BACKLOG)

    def _spawn_workers(self, *arguments: Any) -> None:
        with _signals_held():
            super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call] # Granian leaves it so

    def _respawn_workers(self, workers: list[int], *arguments: Any, **options: Any) -> None:
        # Counted anew: Granian forgets one that dies while it counts.
        workers = [index for index, worker in enumerate(self.wrks) if not worker.inner.is_alive()]
        for index in workers:
            status = self.wrks[index].inner.exitcode
            LOG.warning("worker-%d has ended (%s) and is replaced", index + 1, status)
        born = max((self.wrks[index].birth for index in workers), default=0.0)
        while not self.interrupt_signal and time.monotonic() < born + YOUNG:
            time.sleep(0.02)
        with _signals_held():
            super()._respawn_workers(workers, *arguments, **options)
        # Otherwise, Granian ends everything when a worker dies twice in a while.
        self.respawned_wrks.clear()
        # It also forgets a signal that comes while it counts.
        if self.interrupt_signal:
            self.main_loop_interrupt.set()


class _PollingEvent(Event):
    """What Granian's parent waits for; meanwhile it follows the schedule's file.

    On the main thread, which also starts the workers: one that is started gets what is served at
    that moment, and a process with no thread that could hold a lock.
    """

    def __init__(self, publisher: SiteReloader) -> None:
        super().__init__()
        self._publisher = publisher

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the flag is set, or for ``timeout`` seconds."""
        if timeout is not None:
            return super().wait(timeout)
        while not super().wait(POLL_SECONDS):
            self._publisher.look()
        return True


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back what ends the service from the workers that are started meanwhile.

    One that has to read the site from its parent, and is ended before it has, would leave the
    parent writing for ever.
    """
    if multiprocessing.get_start_method() != "fork":
        # Python starts this with the first worker, and then lets the signals through.
        resource_tracker.ensure_running()
    held = {signal.SIGINT, signal.SIGHUP, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _application(publisher: SiteReloader, site_url: SiteURL) -> WSGIApplication:
    """The application, made in the worker that runs it."""
    # The parent logs, once, what each worker finds.
    publisher.quiet = True
    # Of what was held back, a worker heeds its parent's SIGTERM; a terminal's signals, which
    # come to all, are for the parent.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    Thread(target=_end_with_parent, daemon=True).start()
    app = create_app(publisher, site_url)
    responder: Any = app.wsgi_app
    # Not with the first request: this process is the one that answers, and may wait for long.
    responder.begin()
    return app


def _end_with_parent() -> None:
    """Do not stay, and hold the port, when the parent was killed."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os.kill(os.getpid(), signal.SIGKILL)


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "no such host; name one of this machine, like `127.0.0.1`"
    match error.errno:
        case errno.EADDRINUSE:
            return "in use; end what runs there, or take another port"
        case errno.EADDRNOTAVAIL:
            return "not an address of this machine; name one that is"
        case errno.EACCES:
            return "not allowed; take a port from 1024 on"
        case number:
            return f"{os.strerror(number or 0)}; take another host or port"
