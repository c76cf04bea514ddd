"""Serve the site with Granian: one listening socket, several workers, a clean shutdown."""

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
from multiprocessing import resource_tracker
from threading import Event, Thread
from types import MappingProxyType
from typing import Any, Final
from wsgiref.types import WSGIApplication

from flask import Flask
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from defects_ical.errors import ServeError
from defects_ical.server.monitoring.logs import LogFormat, make_log_config, with_fields
from defects_ical.server.service import Service

LOG: Final = logging.getLogger(__name__)
BACKLOG: Final = 1024
# Granian's default stalls at about 1,100 slow connections. Granian raises the file limit to match.
MAX_CONNECTIONS: Final = 4096
# Seconds that a worker has to finish its requests when the service stops.
SHUTDOWN_TIMEOUT: Final = 1
# Seconds that a worker must have run to be replaced at once: no tight loop of failing workers.
MIN_WORKER_LIFETIME: Final = 1.0
# Bytes of a request's line and headers: more than any client sends, too few to exhaust memory.
MAX_REQUEST_HEAD: Final = 65_536


def _make_mapping_proxy(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# Workers that are not forked (macOS, Python 3.14) get the site pickled.
copyreg.pickle(MappingProxyType, lambda mapping: (_make_mapping_proxy, (dict(mapping),)))


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the host's first address; port 0 takes a free port.

    Raises ServeError if the host is unknown, or the port is in use or not allowed.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        dual = str(address[0]) == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(
            address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=dual
        )
    except (OSError, UnicodeError) as error:
        raise ServeError(_describe_bind_error(error, host, port)) from None


def serve(
    service: Service,
    listener: socket.socket,
    workers: int,
    on_ready: Callable[[], None],
    log_format: LogFormat = "text",
) -> None:
    """Serve a site until SIGINT, SIGTERM or SIGHUP.

    Calls ``on_ready`` once the signal handlers are installed. Each worker is a process with its own
    application. A worker that dies is replaced.
    """
    server = _SharedSocketServer(service, listener, workers, log_format)
    # On SIGHUP, Granian would restart its workers. A closed terminal stops us, except under nohup.
    handler: Any = signal.getsignal(signal.SIGHUP)
    if handler is not signal.SIG_IGN:
        handler = server.signal_handler_interrupt
    server.on_startup(partial(signal.signal, signal.SIGHUP, handler))
    server.on_startup(on_ready)
    try:
        server.serve(
            target_loader=partial(_start_worker_app, service.create_app), wrap_loader=False
        )
    except SystemExit:
        # A service manager signals all processes at once, so a worker may exit before its parent.
        if not server.interrupt_signal:
            raise


class _SharedSocketServer(MPServer):
    """Granian with one listening socket for all workers, which always replaces dead workers.

    Overrides three private methods of Granian 2.8:

    - ``_init_shared_socket``: Granian's workers each bind the port with SO_REUSEPORT. A second
      service can then take the same port unnoticed, and connections that wait for a worker are
      lost when it dies. With one socket they wait for the next worker.
    - ``_spawn_workers``: blocks signals until the worker has its copy of the site.
    - ``_respawn_workers``: Granian misses a worker that dies and a signal that arrives while it
      counts dead workers, and it stops the service if a worker dies twice within seconds.
    """

    _shd: Any

    def __init__(
        self, service: Service, listener: socket.socket, workers: int, log_format: LogFormat
    ) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(
            "defects-ical",
            host,
            port,
            interface=Interfaces.WSGI,
            workers=workers,
            # A request takes microseconds and never blocks: more threads would only contend.
            blocking_threads=1,
            runtime_mode=RuntimeModes.st,
            http=HTTPModes.http1,
            websockets=False,
            backpressure=MAX_CONNECTIONS,
            http1_settings=HTTP1Settings(max_buffer_size=MAX_REQUEST_HEAD),
            log_level=LogLevels.error,
            log_dictconfig=make_log_config(log_format),
            respawn_failed_workers=True,
            workers_kill_timeout=SHUTDOWN_TIMEOUT,
        )
        self._listener = listener
        self.main_loop_interrupt = _PollingEvent(service)

    def _init_shared_socket(self) -> None:
        self._sso = self._listener
        is_unix_socket = False
        holder: Any = SocketHolder  # its type stub lacks the parameters
        self._shd = holder(self._listener.fileno(), is_unix_socket, BACKLOG)

    def _spawn_workers(self, *arguments: Any) -> None:
        with _block_signals():
            super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call] # untyped in Granian

    def _respawn_workers(self, workers: list[int], *arguments: Any, **options: Any) -> None:
        # Granian's own list lacks a worker that died while the list was made.
        workers = [index for index, worker in enumerate(self.wrks) if not worker.inner.is_alive()]
        for index in workers:
            status = self.wrks[index].inner.exitcode
            extra = with_fields("worker", worker=index + 1, status=status)
            LOG.warning(
                "worker-%d exited with status %s; replacing it", index + 1, status, extra=extra
            )
        last_start = max((self.wrks[index].birth for index in workers), default=0.0)
        while not self.interrupt_signal and time.monotonic() < last_start + MIN_WORKER_LIFETIME:
            time.sleep(0.02)
        with _block_signals():
            super()._respawn_workers(workers, *arguments, **options)
        # Otherwise Granian stops the service if a worker dies twice within seconds.
        self.respawned_wrks.clear()
        # Granian has cleared the event, perhaps after a signal had set it.
        if self.interrupt_signal:
            self.main_loop_interrupt.set()


class _PollingEvent(Event):
    """The event that Granian's parent process waits for, polling the service meanwhile.

    It polls on the main thread, which also starts the workers: a new worker gets the site that is
    live at that moment, and no other thread can hold a lock while the process forks.
    """

    def __init__(self, service: Service) -> None:
        super().__init__()
        self._service = service

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the event is set, or for ``timeout`` seconds."""
        if timeout is not None:
            return super().wait(timeout)
        while not super().wait(self._service.poll_seconds()):
            self._service.poll()
        return True


@contextmanager
def _block_signals() -> Iterator[None]:
    """Block SIGINT, SIGHUP and SIGTERM while workers start.

    A spawned worker reads the site from a pipe. If a signal ended it before that, the parent would
    hang while writing.
    """
    if multiprocessing.get_start_method() != "fork":
        # Python starts this process with the first worker, and unblocks the signals afterwards.
        resource_tracker.ensure_running()
    blocked = {signal.SIGINT, signal.SIGHUP, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker_app(create_app: Callable[[], Flask]) -> WSGIApplication:
    """Create the application in the worker process that runs it."""
    # SIGINT and SIGHUP stay blocked: a terminal sends them to all processes, and the parent
    # handles them and sends SIGTERM.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    Thread(target=_exit_with_parent, daemon=True).start()
    app = create_app()
    middleware: Any = app.wsgi_app
    # Not with the first request, which may come long after: this process is the one that serves.
    middleware.start()
    return app


def _exit_with_parent() -> None:
    """Exit when the parent is killed, so that the port becomes free."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(SHUTDOWN_TIMEOUT)
        os.kill(os.getpid(), signal.SIGKILL)


def _describe_bind_error(error: OSError | UnicodeError, host: str, port: int) -> str:
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return f"unknown host `{host}`. Use an address of this machine, such as --host 127.0.0.1."
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} is already in use. Stop the other process or use --port."
        case errno.EADDRNOTAVAIL:
            return f"`{host}` is not an address of this machine. Use --host with one that is."
        case errno.EACCES:
            return f"no permission to use port {port}. Use --port with 1024 or higher."
    reason = os.strerror(error.errno or 0)
    return f"cannot listen on `{host}`, port {port}: {reason}. Use another --host or --port."
