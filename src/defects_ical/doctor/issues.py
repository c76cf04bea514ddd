"""The catalogue of issues: what can be wrong with a feed, what follows from it, and how to fix it.

The evidence is in brackets: a section of an RFC, or how a client was seen to behave. "Reported"
means by several users of that client, "tested" that it was tried with the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import Enum, unique
from functools import cached_property, partial
from string import Formatter
from typing import Final, Literal, TypeAlias, get_args

Severity: TypeAlias = Literal["error", "warning", "info"]
"""An error keeps clients from showing the feed correctly, a warning may do so in some clients, and
an info is worth knowing."""

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""All severities, the worst first."""

NO_EVENTS_ARRIVE: Final = (
    "New subscribers see an empty calendar; existing subscribers keep the old version."
)
CLIENTS_GIVE_UP: Final = "Clients that do not wait that long keep the old version of the calendar."
REQUIRED: Final = "Every calendar requires it; strict clients reject the file. [RFC 5545 §3.6]"
PREPARED_FILE: Final = "serve a file that is prepared in advance."
PUBLIC_ACCESS: Final = "allow access to the feed without a login and with any User-Agent."
MEDIA_TYPE: Final = "send `Content-Type: text/calendar; charset=utf-8`."
ETAG: Final = "compute the ETag from the bytes of the response and compare it with If-None-Match."
NO_LAST_MODIFIED: Final = "remove Last-Modified and ignore If-Modified-Since; an ETag is enough."


@dataclass(frozen=True)
class IssueType:
    """The texts of an issue; ``message`` and ``fix`` may have named fields to fill.

    ``impact`` ends with its evidence in brackets, if it needs any. ``clients`` are those that are
    affected; all may be if it is empty.
    """

    severity: Severity
    message: str
    impact: str
    _: KW_ONLY
    fix: str
    clients: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields."""
        parsed = Formatter().parse(f"{self.message}{self.fix}")
        return frozenset(name for _, name, _, _ in parsed if name)


_error = partial(IssueType, "error")
_failure = partial(IssueType, "error", impact=NO_EVENTS_ARRIVE)
_warning = partial(IssueType, "warning")
_info = partial(IssueType, "info")
_media_type = partial(
    _error,
    impact="Apple's clients get a file that they cannot use; Thunderbird finds no calendar. "
    "[reported for Apple; Thunderbird's source code]",
    fix=MEDIA_TYPE,
    clients=("Apple", "Thunderbird"),
)
_charset = partial(
    _warning,
    impact="Clients that do not assume UTF-8 show wrong characters. [RFC 5545 §3.1.4]",
    fix=MEDIA_TYPE,
)
_size = partial(
    IssueType,
    impact="Google imports files of up to 1 MB and states no limit for subscriptions. Every client "
    "downloads the complete feed every few hours. [Google's help pages]",
    fix="remove old events or split the feed.",
    clients=("Google",),
)
_last_modified = partial(_warning, fix=NO_LAST_MODIFIED, clients=("Apple", "ICSx5"))
_nesting = partial(
    _error,
    impact="Clients that lose track of BEGIN and END drop the event or the file. [RFC 5545 §3.6]",
    fix="close every component, the inner one before the outer one.",
)


@unique
class Issue(Enum):
    """Everything that the doctor can find, in the order of its reports."""

    # Requests without a usable response.
    INVALID_URL = _failure("The URL cannot be requested: {reason}.", fix="correct the URL.")
    UNKNOWN_HOST = _failure(
        "Host not found: {reason}.", fix="correct the host name or its DNS records."
    )
    NO_CONNECTION = _failure(
        "Connection failed: {reason}.", fix="start the server or open its port."
    )
    INVALID_CERTIFICATE = _failure(
        "The TLS certificate is not valid: {reason}.",
        fix="install a certificate for this host name from a public issuer, with its intermediate "
        "certificates, and renew it in time.",
    )
    NO_TLS = _failure(
        "HTTPS failed: {reason}.", fix="serve HTTPS on this port, with TLS 1.2 or later."
    )
    NO_RESPONSE = _error(
        "The server did not respond: {reason}.",
        CLIENTS_GIVE_UP,
        fix="respond within a few seconds.",
    )
    INCOMPLETE_RESPONSE = _failure(
        "Incomplete response: {reason}.", fix="find the reason in the server's log."
    )
    NO_HTTP = _failure("No HTTP response: {reason}.", fix="serve HTTP on this port.")
    TIMEOUT = _error("The response took too long: {reason}.", CLIENTS_GIVE_UP, fix=PREPARED_FILE)
    REDIRECT_LOOP = _failure(
        "Redirects form a loop: {reason}.", fix="respond with the feed instead."
    )
    TOO_MANY_REDIRECTS = _failure(
        "Too many redirects: {reason}.", fix="redirect once, to the final URL."
    )
    INVALID_REDIRECT = _failure(
        "A redirect does not lead to an HTTP URL: {reason}.",
        fix="redirect to an http or https URL.",
    )
    UNCONDITIONAL_304 = _error(
        "Response status 304 (Not Modified) to a request without conditions.",
        f"{NO_EVENTS_ARRIVE} To clients, the response means that nothing has changed. "
        "[RFC 9110 §15.4.5]",
        fix="respond with 304 only to conditional requests that match.",
    )
    UNAUTHORIZED = _error(
        "Response status 401 (Unauthorized).",
        f"{NO_EVENTS_ARRIVE} Calendar clients cannot ask for a password.",
        fix=PUBLIC_ACCESS,
    )
    FORBIDDEN = _failure("Response status 403 (Forbidden).", fix=PUBLIC_ACCESS)
    NOT_FOUND = _error(
        "Response status 404 (Not Found).",
        f"{NO_EVENTS_ARRIVE} Some clients remove the calendar.",
        fix="publish the feed at this URL again, or redirect to its new URL.",
    )
    GONE = _error(
        "Response status 410 (Gone).",
        f"{NO_EVENTS_ARRIVE} Thunderbird disables the calendar permanently. "
        "[Thunderbird's source code]",
        fix="respond with 503 if this is temporary. Redirect if the feed has moved.",
    )
    RATE_LIMITED = _failure(
        "Response status 429 (Too Many Requests).",
        fix="exempt the feed's URL from the rate limit, or let a cache respond.",
    )
    SERVER_ERROR = _failure("Response status {status}.", fix="find the reason in the server's log.")
    UNEXPECTED_STATUS = _failure("Response status {status}.", fix="respond with 200 and the feed.")
    CHALLENGE = _error(
        "A bot-protection page replaces the feed, with status {status}.",
        f"{NO_EVENTS_ARRIVE} Calendar clients cannot solve the challenge.",
        fix="exempt the feed's URL from the bot protection.",
    )
    LOGIN_PAGE = _error(
        "A login page replaces the feed: {url}",
        f"{NO_EVENTS_ARRIVE} Calendar clients cannot log in.",
        fix=PUBLIC_ACCESS,
    )
    HTML_PAGE = _error(
        "An HTML page replaces the feed, with status 200.",
        "Clients find no calendar in it; some remove every event that they had. "
        "[Evolution's source code]",
        fix="respond with the feed, and send errors with their own status. "
        "If this is the URL of the page, use the URL of the feed (`….ics`).",
    )
    EMPTY_RESPONSE = _error(
        "The response is empty.",
        "Clients show no events; Evolution also removes those that it had. "
        "[Evolution's source code]",
        fix="respond with 503 while there is no valid feed, never with an empty 200.",
    )
    INCOMPLETE_CHECK = _warning(
        "After {seconds:g} seconds, no time was left to request {omitted}.",
        f"These requests were not checked. {CLIENTS_GIVE_UP}",
        fix=f"{PREPARED_FILE} Then run the doctor again.",
    )
    WEBCAL_OVER_HTTP = _warning(
        "webcal links lead to {url}, which {failure}.",
        "Clients request webcal URLs over HTTP first; those that do not try HTTPS themselves never "
        "get the feed.",
        fix="redirect from HTTP to HTTPS.",
    )
    INSECURE_REDIRECT = _error(
        "Redirect from HTTPS to HTTP: {url} to {target}",
        "ICSx5 does not follow it; other clients may not either. Anyone on the network can change "
        "what is sent over HTTP. [ICSx5's source code]",
        fix="redirect to an https URL.",
        clients=("ICSx5",),
    )
    REDIRECT_TO_OTHER_HOST = _info(
        "Redirect to another host: {url} to {target}",
        "The feed depends on both hosts.",
        fix="give subscribers the final URL if it is permanent.",
    )
    ROBOTS_UNAVAILABLE = _warning(
        "robots.txt is unavailable: {reason}.",
        "Crawlers must then assume that everything is disallowed. Google's importer respects "
        "robots.txt. [RFC 9309 §2.3.1.4]",
        fix="respond with 404, or with 200 and a robots.txt that disallows nothing.",
        clients=("Google",),
    )
    ROBOTS_DISALLOWED = _error(
        "robots.txt disallows the feed for `{agent}`.",
        "Google's importer respects robots.txt and does not request the feed: its calendar stays "
        "empty or keeps the old version. [reported for Google]",
        fix="remove the `Disallow`, or add a group `User-agent: {agent}` that allows the feed.",
        clients=("Google",),
    )

    # How the feed is delivered.
    WRONG_MEDIA_TYPE = _media_type("The media type is `{media_type}`, not `text/calendar`.")
    NO_MEDIA_TYPE = _media_type("The response has no media type.")
    WRONG_CHARSET = _charset(
        "The feed contains non-ASCII characters, but its charset is `{charset}`."
    )
    NO_CHARSET = _charset(
        "The feed contains non-ASCII characters, but Content-Type names no charset."
    )
    UNDECODABLE_RESPONSE = _error(
        "The response is not valid `{encoding}`, which its Content-Encoding names.",
        "Clients that decode it get nothing. [RFC 9110 §8.4]",
        fix="compress with gzip, and only if Accept-Encoding allows it.",
    )
    UNREQUESTED_COMPRESSION = _error(
        "The response is compressed (`{encoding}`), but {client} did not request this.",
        "Subscriptions fail. [RFC 9110 §12.5.3; reported for Outlook]",
        fix="do not compress the feed, or compress it only if Accept-Encoding allows it.",
    )
    UNKNOWN_CONTENT_ENCODING = _warning(
        "Content-Encoding is `{encoding}`, which is not a compression method.",
        "Clients that respect it cannot read the feed; many ignore it. [RFC 9110 §8.4]",
        fix="remove Content-Encoding. A charset belongs in Content-Type.",
    )
    OVER_SIZE_LIMIT = _size("error", "The feed is larger than {megabytes:g} MB.")
    LARGE = _size("warning", "The feed is {megabytes:.1f} MB.")
    HEAD_DIFFERS = _warning(
        "HEAD and GET differ: {difference}.",
        "Thunderbird sends HEAD first when a calendar is added, and finds the calendar only "
        "because it sends GET as well. [Thunderbird's source code; RFC 9110 §9.3.2]",
        fix="respond to HEAD as to GET, with the same headers and without the body.",
        clients=("Thunderbird",),
    )
    SLOW = _warning("A response took {seconds:.1f} seconds.", CLIENTS_GIVE_UP, fix=PREPARED_FILE)
    SERVED_AS_ATTACHMENT = _info(
        "Content-Disposition is `attachment`.",
        "Browsers save the file instead of offering to subscribe.",
        fix="remove Content-Disposition or set it to `inline`.",
    )

    # Caching and validators.
    ALWAYS_304 = _error(
        "The server responds with 304 to an ETag that it never sent.",
        "Clients that ask whether the feed has changed never get a change. [RFC 9110 §13.1.2]",
        fix=ETAG,
        clients=("Apple", "ICSx5"),
    )
    STALE_ETAG = _error(
        "The feed changed between two responses, but its ETag `{etag}` did not.",
        "Clients that compare ETags never get the change. [RFC 9110 §8.8.3]",
        fix=ETAG,
        clients=("ICSx5",),
    )
    STALE_LAST_MODIFIED = _error(
        "The feed changed between two responses, but not according to its Last-Modified.",
        "Clients that compare dates never get the change. [RFC 9110 §8.8.2]",
        fix=NO_LAST_MODIFIED,
        clients=("Apple", "ICSx5"),
    )
    UNSTABLE_ETAG = _warning(
        "The feed is unchanged, but every response has a different ETag.",
        "Every client downloads and reads the complete feed each time. [RFC 9110 §8.8.3]",
        fix=ETAG,
    )
    UNCONFIRMED_ETAG = _warning(
        "The feed is unchanged, but its ETag is never confirmed with 304.",
        "Every client downloads and reads the complete feed each time. [RFC 9110 §13.1.2]",
        fix=ETAG,
    )
    UNQUOTED_ETAG = _warning(
        "The ETag `{etag}` is not in double quotes.",
        "Caches and clients may not recognise it, and download the complete feed each time. "
        "[RFC 9110 §8.8.3]",
        fix='send `ETag: "{unquoted}"`.',
    )
    INVALID_LAST_MODIFIED = _last_modified(
        "Last-Modified is not a date: `{value}`.",
        "Clients that compare dates download the complete feed each time. [RFC 9110 §8.8.2]",
    )
    DECREASING_LAST_MODIFIED = _last_modified(
        "Last-Modified is earlier in a later response.",
        "For clients that have the later date, the feed seems unchanged: they keep the old "
        "version. [RFC 9110 §8.8.2.1]",
    )
    FUTURE_LAST_MODIFIED = _last_modified(
        "Last-Modified is later than the server's clock: {date:%Y-%m-%d %H:%M:%S} UTC.",
        "Until that time, the feed seems unchanged to clients that compare dates. "
        "[RFC 9110 §8.8.2.1]",
    )
    LONG_CACHING = _warning(
        "Caches may store the feed for {days:.1f} days.",
        "Changes on the day of an event arrive too late, however often a client refreshes. "
        "[RFC 9111 §4.2.1]",
        fix="send `Cache-Control: max-age=300`, at most one hour.",
    )

    # The file as a whole.
    NO_CALENDAR = _error(
        "The response is not a calendar, but {content}.",
        "Clients show an error, or remove every event that they had, as Evolution does. "
        "[Evolution's source code]",
        fix="serve the feed itself, without a page, a login or a challenge in front of it.",
    )
    WRONG_ENCODING = _error(
        "The feed is encoded in UTF-16.",
        "Clients look for `BEGIN:VCALENDAR` in UTF-8 and find no calendar. [RFC 5545 §3.1.4]",
        fix="encode the feed in UTF-8.",
    )
    BYTE_ORDER_MARK = _error(
        "A byte order mark precedes `BEGIN:VCALENDAR`.",
        "Strict clients do not recognise the first line and find no calendar. [RFC 5545 §3.4]",
        fix="write UTF-8 without a byte order mark.",
    )
    TEXT_OUTSIDE_CALENDAR = _error(
        "Text outside the calendar: “{text}”",
        "Strict clients expect `BEGIN:VCALENDAR` there and reject the file. [RFC 5545 §3.4]",
        fix="write nothing before `BEGIN:VCALENDAR` and nothing after `END:VCALENDAR`.",
    )
    TOO_MANY_LINES = _warning(
        "The feed has more than {limit:,} lines; the rest was not checked.",
        "Clients have limits too, and leave out the rest without a message.",
        fix="publish fewer events.",
    )
    LINE_ENDING = _warning(
        "A line ends in {ending} alone.",
        "Lines end in CRLF. Strict clients read the next line as part of this one, and reject the "
        "file. [RFC 5545 §3.1]",
        fix="end every line in CRLF, and copy and upload the file in binary mode.",
    )
    NO_FINAL_LINE_ENDING = _info(
        "The last line has no line ending.",
        "Most clients accept this; those that read line by line miss `END:VCALENDAR`. "
        "[RFC 5545 §3.1]",
        fix="end the last line in CRLF too.",
    )
    EMPTY_LINE = _warning(
        "A line is empty.",
        "Strict clients reject the file. [RFC 5545 §3.1]",
        fix="remove empty lines. Write line breaks in texts as `\\n`.",
    )
    LONG_LINE = _warning(
        "A line is {length:,} bytes long; the limit is {limit}.",
        "Clients may truncate the line or reject the file. [RFC 5545 §3.1]",
        fix="fold lines after {limit} bytes: insert CRLF and a space.",
    )
    SPLIT_CHARACTER = _error(
        "A fold splits a character.",
        "Neither part is valid UTF-8. Google ignored a complete file because of one wrong fold. "
        "[RFC 5545 §3.1; reported for Google]",
        fix="count bytes, and fold only between characters.",
        clients=("Google",),
    )
    NOT_UTF_8 = _error(
        "A line is not UTF-8; it may be Latin-1.",
        "Strict clients reject the file; others show wrong characters. [RFC 5545 §3.1.4]",
        fix="encode the feed in UTF-8.",
    )
    NO_CONTENT_LINE = _error(
        "A line has no property name: “{text}”",
        "A line starts with a name and a colon, or with a space if it continues the previous one. "
        "Google ignored a complete file because of one wrong fold. "
        "[RFC 5545 §3.1; reported for Google]",
        fix="start continuation lines with a space. Write line breaks in texts as `\\n`.",
        clients=("Google",),
    )
    INVALID_PARAMETERS = _warning(
        "A line has invalid parameters: “{text}”",
        "Strict clients reject the line or the file. [RFC 5545 §3.2]",
        fix="write each parameter as a name, `=` and a value, with paired quotation marks, or "
        "remove it.",
    )
    CONTROL_CHARACTER = _warning(
        "A text contains the control character {codepoint}.",
        "Some clients end the line there; others reject the file. [RFC 5545 §3.3.11]",
        fix="remove control characters from texts.",
    )
    TOO_DEEP = _nesting("{component} is nested more than {limit} levels deep.")
    UNMATCHED_END = _nesting("END:{component} has no BEGIN:{component} before it.")
    UNCLOSED_COMPONENT = _nesting("{component} is not closed before {next_line}.")
    TRUNCATED_FILE = _error(
        "The file is truncated: {component} is never closed.",
        "Clients reject the file, or assume that the missing events were removed. [RFC 5545 §3.6]",
        fix="send the complete file, with the correct Content-Length.",
    )
    SEVERAL_CALENDARS = _warning(
        "The file contains {count:,} calendars.",
        "Many clients read only the first one. [RFC 5545 §3.4]",
        fix="put all events into one VCALENDAR.",
    )
    PARSE_ERROR = _warning(
        "The Python library icalendar cannot parse the feed: {error}.",
        "Services that use this library reject the feed.",
        fix="fix the other issues first. If there are none, fix what the library's message names.",
    )

    # Properties of the calendar.
    NO_VERSION = _warning(
        "VERSION is missing.", REQUIRED, fix="add `VERSION:2.0` below `BEGIN:VCALENDAR`."
    )
    WRONG_VERSION = _warning(
        "VERSION is “{version}”, not 2.0.",
        "Strict clients reject the file. [RFC 5545 §3.7.4]",
        fix="write `VERSION:2.0`.",
    )
    NO_PRODID = _warning(
        "PRODID is missing.", REQUIRED, fix="add `PRODID:-//your site//your program//EN`."
    )
    METHOD = _warning(
        "METHOD is {method}.",
        "METHOD makes the feed a message. PUBLISH requires an ORGANIZER and the same method in "
        "Content-Type; REQUEST and CANCEL are for invitations. [RFC 5546 §3.2.1]",
        fix="remove METHOD. To Outlook, its absence means the same.",
        clients=("Outlook",),
    )
    CALENDAR_UID = _warning(
        "The calendar itself has a UID.",
        "All events get this UID in vdirsyncer, which then keeps only one of them. "
        "[vdirsyncer issue 1222]",
        fix="remove the UID of the calendar.",
        clients=("vdirsyncer",),
    )
    NAMED_SINGLE_EVENT = _warning(
        "A file with a single event has a calendar name: “{name}”",
        "If the file is for adding one event, Outlook creates a new calendar for it. "
        "[Microsoft's specifications]",
        fix="remove NAME and X-WR-CALNAME from single-event files. Feeds may keep them.",
        clients=("Outlook",),
    )
    TOO_MANY_EVENTS = _info(
        "Only the first {limit:,} of {count:,} events were checked.",
        "Issues of the other events are not listed, and upcoming ones among them are not found.",
        fix="publish fewer events: clients download all of them at every refresh.",
    )
    NO_EVENTS = _warning(
        "The calendar has no events.",
        "Subscribers lose every event that they had.",
        fix="keep past events in the feed. Respond with 503 while there is no valid feed.",
    )
    NO_UPCOMING_EVENTS = _info(
        "No upcoming events: the last one ended on {date:%Y-%m-%d}.",
        "New subscribers see an empty calendar and may think that the feed is broken.",
        fix="publish upcoming events. If the season is over, nothing needs fixing.",
    )

    # Timezones.
    UNDEFINED_TIMEZONE = _error(
        "The timezone {timezone} is used, but has no VTIMEZONE.",
        "Outlook shows its times one hour off; clients that do not know the name read them as "
        "times in their own timezone. [RFC 5545 §3.6.5; reported for Outlook]",
        fix="add a VTIMEZONE for it before the events.",
        clients=("Outlook",),
    )
    WINDOWS_TIMEZONE = _info(
        "The timezone “{timezone}” has its Windows name.",
        "Clients that look timezones up by their IANA name, instead of reading the VTIMEZONE, do "
        "not know it.",
        fix="use the IANA name, for example America/New_York.",
    )
    UNDEFINED_WINDOWS_TIMEZONE = _error(
        "The timezone “{timezone}” has its Windows name and no VTIMEZONE.",
        "Clients that look timezones up by their IANA name do not know it and read its times as "
        "times in their own timezone. [RFC 5545 §3.6.5]",
        fix="use the IANA name, for example America/New_York, and add a VTIMEZONE for it before "
        "the events.",
    )
    WRONG_OFFSET = _error(
        "The VTIMEZONE gives UTC{defined} at {time:%Y-%m-%d %H:%M}; {timezone} has UTC{actual}.",
        "Clients that read the VTIMEZONE show the event at another time than clients that look the "
        "timezone up by its name.",
        fix="define the timezone as in the IANA database for the years of the events.",
    )
    LATE_TIMEZONE = _error(
        "The VTIMEZONE of {timezone} starts on {date:%Y-%m-%d}, later than an event.",
        "The event has no defined offset. With such a definition of Asia/Seoul, Thunderbird was "
        "nine hours off. [tested with Thunderbird]",
        fix="let the first observance start before the first event.",
        clients=("Thunderbird",),
    )
    LATE_ONSET = _warning(
        "The onset {onset:%Y-%m-%d %H:%M} is written in the later offset (UTC{offset}).",
        "An onset is written in the offset before the transition. Events near it are one hour off. "
        "[RFC 5545 §3.6.5]",
        fix="write DTSTART of the observance in the offset TZOFFSETFROM.",
    )
    NO_STANDARD = _warning(
        "The VTIMEZONE of {timezone} has no STANDARD.",
        "Outlook requires one and rejects the timezone or the file. [Microsoft's specifications]",
        fix="make the observance with the lower offset a STANDARD.",
        clients=("Outlook",),
    )
    INCOMPLETE_OBSERVANCE = _error(
        "An observance of {timezone} has no valid {property}.",
        "Without its offsets or its onset, clients reject the timezone. [RFC 5545 §3.6.5]",
        fix="give every observance a DTSTART, TZOFFSETFROM and TZOFFSETTO.",
    )
    COMPLEX_RULE = _warning(
        "A rule of {timezone} is not a simple yearly one: {rule}",
        "Outlook reads only yearly rules for one weekday in one month. "
        "[Microsoft's specifications]",
        fix="write such transitions one by one, each as an observance.",
        clients=("Outlook",),
    )
    LONG_HISTORY = _warning(
        "The VTIMEZONE of {timezone} has {count:,} transitions.",
        "Long histories made Outlook on the web reject complete feeds. [reported for Outlook]",
        fix="define only the years of the events: a STANDARD and a DAYLIGHT with yearly rules.",
        clients=("Outlook",),
    )
    TIMEZONE_COMMENT = _warning(
        "The VTIMEZONE of {timezone} has a COMMENT.",
        "It is not allowed there; ruby-icalendar rejects the file. "
        "[RFC 5545 §3.6.5; tested with ruby-icalendar]",
        fix="remove the COMMENT or move it into an observance.",
        clients=("ruby-icalendar",),
    )

    # Events.
    NO_UID = _error(
        "An event has no UID.",
        "Clients invent a new UID at every refresh and show the event repeatedly, or drop it. "
        "[RFC 5545 §3.6.1]",
        fix="give every event a UID that never changes.",
    )
    DUPLICATE_UID = _error(
        "Two events have the UID {uid}.",
        "Clients keep only one of them. [RFC 5545 §3.8.4.7]",
        fix="give every event its own UID.",
    )
    UNSTABLE_UID = _error(
        "The UID {uid} of an event was different in a second response.",
        "Every refresh adds all events again, or replaces them and their reminders. "
        "[RFC 7986 §5.3]",
        fix="make UIDs from what never changes, for example a UUID of version 5.",
    )
    NO_DTSTAMP = _warning(
        "An event has no DTSTAMP.",
        "Strict clients reject the event or the file. [RFC 5545 §3.6.1]",
        fix="set DTSTAMP to the time of the event's last change, in UTC.",
    )
    UNSTABLE_DTSTAMP = _warning(
        "DTSTAMP is the time of the request: {dtstamp}.",
        "All events look changed at every refresh: clients write them again, and the ETag never "
        "matches. [RFC 5545 §3.8.7.2]",
        fix="set DTSTAMP to the time of the event's last change.",
    )
    NO_DTSTART = _error(
        "An event has no DTSTART.",
        "Clients have no day to show it on and drop the event or the file. [RFC 5545 §3.6.1]",
        fix="give every event a DTSTART.",
    )
    INVALID_TIME = _error(
        "{property} is not a date or a date-time: “{value}”",
        "Clients drop the event or the file. [RFC 5545 §3.3.5]",
        fix="write 20260131T235900Z for UTC, the same without Z and with a TZID for a timezone, or "
        "20260131 with VALUE=DATE.",
    )
    FLOATING_TIME = _error(
        "{property} {value} has no timezone.",
        "Google reads it as UTC, other clients as local time of the user: the event is hours off. "
        "[RFC 5545 §3.3.5; reported for Google]",
        fix="add a TZID, or write UTC with a Z.",
        clients=("Google",),
    )
    END_BEFORE_START = _error(
        "An event ends before it starts: {start} to {end}.",
        "Clients drop it or show it without its end. [RFC 5545 §3.8.2.2]",
        fix="set DTEND later than DTSTART.",
    )
    MIXED_TIMES = _warning(
        "One of DTSTART and DTEND is a date, the other a date-time.",
        "They must have the same type; clients differ in how they read this. [RFC 5545 §3.6.1]",
        fix="write both as dates or both as date-times.",
    )
    NO_DTEND = _info(
        "An event has a DURATION instead of a DTEND.",
        "This is allowed, but some parsers do not compute the end from it. "
        "[RFC 5545 §3.6.1; tested with twenty parsers]",
        fix="write DTEND.",
    )
    INVALID_VALUE = _warning(
        "{property} is “{value}”, but must be {expected}.",
        "Clients drop the property or the event, or reject the file. [RFC 5545 §3.8]",
        fix="write the value in this format.",
    )
    ALARM = _warning(
        "An event has a VALARM.",
        "Every subscriber gets the reminder, even those who do not want it. Google ignores it. "
        "[reported for several clients]",
        fix="publish a second feed with reminders for those who choose it.",
    )
    ATTENDEE = _warning(
        "An event has an {property}.",
        "The event looks like an invitation: Outlook shows it as not accepted.",
        fix="remove ORGANIZER and ATTENDEE from a public feed.",
        clients=("Outlook",),
    )
    ATTACHMENT = _info(
        "An event has an ATTACH.",
        "Clients remove it or warn about it.",
        fix="put the link into the description.",
    )
    HTML_IN_DESCRIPTION = _warning(
        "DESCRIPTION contains HTML: {tag}",
        "Apple's clients show the tags as text. [reported for Apple]",
        fix="write plain text, with links as plain URLs.",
        clients=("Apple",),
    )
    LINK_IN_LOCATION = _info(
        "LOCATION contains a link: {location}",
        "Google looks it up on the map. [reported for Google]",
        fix="name the place. Put the link into URL and the description.",
        clients=("Google",),
    )
    UNESCAPED_TEXT = _warning(
        "{property} contains a comma or a semicolon without a backslash.",
        "Some parsers truncate the text there or read it as a list. [RFC 5545 §3.3.11]",
        fix="write `\\,` and `\\;` in texts.",
    )
    EMPTY_PROPERTY = _info(
        "{property} is empty.",
        "Parsers drop it, as libical does, or reject it if they expect a time or a number. "
        "[tested with twenty parsers]",
        fix="remove properties without a value.",
    )
    REPEATED_PROPERTY = _warning(
        "{property} occurs more than once in a component.",
        "It must occur only once. Clients differ in which one they use, or reject the file. "
        "[RFC 5545 §3.6]",
        fix="write it once.",
    )

    @property
    def id(self) -> str:
        """The name for tests and documentation: "no-media-type"."""
        return self.name.lower().replace("_", "-")

    def at(self, line: int | None = None, /, **details: object) -> Occurrence:
        """Return an occurrence in a physical line of the feed, if it is in one.

        Raises TypeError unless ``details`` are exactly the fields of the issue's texts.
        """
        if details.keys() != self.value.fields:
            expected = ", ".join(sorted(self.value.fields)) or "none"
            raise TypeError(f"{self.name}: got details {sorted(details)}, expected: {expected}")
        return Occurrence(self, line, details)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An issue where it occurs: in a line (from 1) of the feed, or in a response.

    ``clients``, if given, are affected instead of those that the catalogue names;
    ``others_work`` says that all other clients get the feed.
    """

    issue: Issue
    line: int | None
    details: Mapping[str, object]
    clients: tuple[str, ...] = ()
    others_work: bool = False
