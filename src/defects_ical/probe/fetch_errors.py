"""Why a request brought no complete response: exceptions in, a kind and a message out."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import httpx

FetchErrorKind: TypeAlias = Literal[
    "invalid url",
    "unknown host",
    "no connection",
    "certificate",
    "tls",
    "no response",
    "incomplete response",
    "not http",
    "timeout",
    "no time left",
    "redirect loop",
    "too many redirects",
    "invalid redirect",
]
"""What went wrong. "timeout" means that the request took too long, "no time left" that earlier
requests did."""


@dataclass(frozen=True, slots=True)
class FetchError:
    """Why a response is not complete; ``message`` follows a colon, without a full stop."""

    kind: FetchErrorKind
    message: str


INVALID_LOCATION: Final = FetchError("invalid redirect", "its Location is not a URL")
# The first that matches.
_NETWORK_ERRORS: Final[tuple[tuple[type[Exception], FetchError], ...]] = (
    (socket.gaierror, FetchError("unknown host", "the host name cannot be resolved")),
    (ConnectionRefusedError, FetchError("no connection", "the server refuses the connection")),
    (ssl.SSLError, FetchError("tls", "the server does not speak HTTPS on this port")),
    (httpx.ProxyError, FetchError("no connection", "the proxy does not forward the request")),
    (httpx.ConnectError, FetchError("no connection", "the server cannot be reached")),
    (httpx.NetworkError, FetchError("incomplete response", "the connection was lost")),
    (
        httpx.RemoteProtocolError,
        FetchError(
            "incomplete response", "the connection was closed early, or the response is not HTTP"
        ),
    ),
)
# OpenSSL's X509_V_ERR_… codes.
_CERTIFICATE_ERRORS: Final = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "its chain ends in a self-signed certificate",
    20: "its issuer is unknown, or an intermediate certificate is missing",
    21: "its issuer is unknown, or an intermediate certificate is missing",
    62: "it is for another host name",
    64: "it is for another IP address",
}


def classify_error(error: Exception) -> FetchError:
    """Return the kind and the message of an exception that httpx raised, but for timeouts."""
    causes = tuple(_iterate_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = _CERTIFICATE_ERRORS.get(cause.verify_code, cause.verify_message)
            return FetchError("certificate", message)
    # httpx parses a Location before the caller sees it.
    if isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error):
        return INVALID_LOCATION
    for kind, fetch_error in _NETWORK_ERRORS:
        if any(isinstance(cause, kind) for cause in causes):
            return fetch_error
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return INVALID_LOCATION
    return FetchError("not http", "the response cannot be parsed")


def _iterate_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
