"""The calendar clients that a feed is requested as, with the headers that each one sends.

The headers are those found in server logs: the User-Agents, Outlook's bearer token without a
token, Google's missing Accept. Thunderbird (CalICSProvider) sends HEAD before GET. ICSx5
(CalendarFetcher) is the client whose conditional requests are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CLIENT_HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "Google": {"User-Agent": "Google-Calendar-Importer", "Accept-Encoding": "gzip"},
    "Apple": {
        "User-Agent": "iOS/26.5 (23F77) dataaccessd/1.0",
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    },
    "Outlook": {
        "User-Agent": "Microsoft Exchange/15.20 (Windows NT 10.0; Win64; x64)",
        "Authorization": "Bearer",
    },
    "Thunderbird": {
        "User-Agent": (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0"
        ),
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    },
    "ICSx5": {
        "User-Agent": "ICSx5/2.4.3 (ical4j/3.2.19 okhttp/5.3.2 Android/16)",
        "Accept": "text/calendar, */*;q=0.9",
        "Accept-Encoding": "gzip",
    },
}
"""The request headers by client. Accept-Encoding leaves out what ``Decompressor`` cannot decode."""

CLIENTS: Final = tuple(CLIENT_HEADERS)
"""The clients in the order of their requests."""
