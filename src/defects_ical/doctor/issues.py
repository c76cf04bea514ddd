"""The catalogue of issues: what can be wrong with a feed, what follows from it, and how to fix it.

Each issue has its sources: a section of an RFC, or how a client was seen to behave. "Reported"
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
TOO_LARGE: Final = (
    "Google imports files of up to 1 MB and states no limit for subscriptions. Every client "
    "downloads the complete feed every few hours."
)
NESTING: Final = "Clients that lose track of BEGIN and END drop the event or the file."
REQUIRED: Final = "Every calendar requires it; strict clients reject the file."
PREPARED_FILE: Final = "serve a file that is prepared in advance."
PUBLIC_ACCESS: Final = "allow access to the feed without a login and with any User-Agent."
MEDIA_TYPE: Final = "send `Content-Type: text/calendar; charset=utf-8`."
ETAG: Final = "compute the ETag from the bytes of the response and compare it with If-None-Match."
NO_LAST_MODIFIED: Final = "remove Last-Modified and ignore If-Modified-Since; an ETag is enough."
FEWER_EVENTS: Final = "remove old events or split the feed."
CLOSE_COMPONENTS: Final = "close every component, the inner one before the outer one."


@dataclass(frozen=True)
class IssueType:
    """The texts of an issue; ``message``, ``impact`` and ``fix`` may have named fields to fill.

    ``clients`` are those that are affected; all may be if it is empty. ``source`` is the evidence.
    """

    severity: Severity
    message: str
    _: KW_ONLY
    impact: str
    fix: str
    clients: tuple[str, ...] = ()
    source: str = ""

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields in the texts."""
        parsed = Formatter().parse(f"{self.message}{self.impact}{self.fix}")
        return frozenset(name for _, name, _, _ in parsed if name)


_error = partial(IssueType, "error")
_failure = partial(IssueType, "error", impact=NO_EVENTS_ARRIVE)
_warning = partial(IssueType, "warning")
_info = partial(IssueType, "info")


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
        impact=CLIENTS_GIVE_UP,
        fix="respond within a few seconds.",
    )
    INCOMPLETE_RESPONSE = _failure(
        "Incomplete response: {reason}.", fix="find the reason in the server's log."
    )
    NO_HTTP = _failure("No HTTP response: {reason}.", fix="serve HTTP on this port.")
    TIMEOUT = _error(
        "The response took too long: {reason}.", impact=CLIENTS_GIVE_UP, fix=PREPARED_FILE
    )
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
        impact=f"{NO_EVENTS_ARRIVE} To clients, the response means that nothing has changed.",
        fix="respond with 304 only to conditional requests that match.",
        source="RFC 9110 §15.4.5",
    )
    UNAUTHORIZED = _error(
        "Response status 401 (Unauthorized).",
        impact=f"{NO_EVENTS_ARRIVE} Calendar clients cannot ask for a password.",
        fix=PUBLIC_ACCESS,
    )
    FORBIDDEN = _failure("Response status 403 (Forbidden).", fix=PUBLIC_ACCESS)
    NOT_FOUND = _error(
        "Response status 404 (Not Found).",
        impact=f"{NO_EVENTS_ARRIVE} Some clients remove the calendar.",
        fix="publish the feed at this URL again, or redirect to its new URL.",
    )
    GONE = _error(
        "Response status 410 (Gone).",
        impact=f"{NO_EVENTS_ARRIVE} Thunderbird disables the calendar permanently.",
        fix="respond with 503 if this is temporary. Redirect if the feed has moved.",
        source="Thunderbird's source code",
    )
    RATE_LIMITED = _failure(
        "Response status 429 (Too Many Requests).",
        fix="exempt the feed's URL from the rate limit, or let a cache respond.",
    )
    SERVER_ERROR = _failure("Response status {status}.", fix="find the reason in the server's log.")
    UNEXPECTED_STATUS = _failure("Response status {status}.", fix="respond with 200 and the feed.")
    CHALLENGE = _error(
        "A bot-protection page replaces the feed, with status {status}.",
        impact=f"{NO_EVENTS_ARRIVE} Calendar clients cannot solve the challenge.",
        fix="exempt the feed's URL from the bot protection.",
    )
    LOGIN_PAGE = _error(
        "A login page replaces the feed: {url}",
        impact=f"{NO_EVENTS_ARRIVE} Calendar clients cannot log in.",
        fix=PUBLIC_ACCESS,
    )
    HTML_PAGE = _error(
        "An HTML page replaces the feed, with status 200.",
        impact="Clients find no calendar in it; some remove every event that they had.",
        fix="respond with the feed, and send errors with their own status.",
        source="Evolution's source code",
    )
    EMPTY_RESPONSE = _error(
        "The response is empty.",
        impact="Clients show no events; Evolution also removes those that it had.",
        fix="respond with 503 while there is no valid feed, never with an empty 200.",
        source="Evolution's source code",
    )
    INCOMPLETE_CHECK = _warning(
        "After {seconds:g} seconds, no time was left to request {omitted}.",
        impact=f"These requests were not checked. {CLIENTS_GIVE_UP}",
        fix=f"{PREPARED_FILE} Then run the doctor again.",
    )
    WEBCAL_OVER_HTTP = _warning(
        "webcal links lead to {url}, which {failure}.",
        impact="Clients request webcal URLs over HTTP first; those that do not try HTTPS "
        "themselves never get the feed.",
        fix="redirect from HTTP to HTTPS.",
    )
    INSECURE_REDIRECT = _error(
        "Redirect from HTTPS to HTTP: {url} to {target}",
        impact="ICSx5 does not follow it; other clients may not either. Anyone on the network can "
        "change what is sent over HTTP.",
        fix="redirect to an https URL.",
        clients=("ICSx5",),
        source="ICSx5's source code",
    )
    REDIRECT_TO_OTHER_HOST = _info(
        "Redirect to another host: {url} to {target}",
        impact="The feed depends on both hosts.",
        fix="give subscribers the final URL if it is permanent.",
    )
    ROBOTS_UNAVAILABLE = _warning(
        "robots.txt is unavailable: {reason}.",
        impact="Crawlers must then assume that everything is disallowed. Google's importer "
        "respects robots.txt.",
        fix="respond with 404, or with 200 and a robots.txt that disallows nothing.",
        clients=("Google",),
        source="RFC 9309 §2.3.1.4",
    )
    ROBOTS_DISALLOWED = _error(
        "robots.txt disallows the feed for `{agent}`.",
        impact="Google's importer respects robots.txt and does not request the feed: its calendar "
        "stays empty or keeps the old version.",
        fix="remove the `Disallow`, or add a group `User-agent: {agent}` that allows the feed.",
        clients=("Google",),
        source="reported for Google",
    )

    # How the feed is delivered.
    WRONG_MEDIA_TYPE = _error(
        "The media type is `{media_type}`, not `text/calendar`.",
        impact="Apple's clients get a file that they cannot use; Thunderbird finds no calendar.",
        fix=MEDIA_TYPE,
        clients=("Apple", "Thunderbird"),
        source="reported for Apple; Thunderbird's source code",
    )
    NO_MEDIA_TYPE = _error(
        "The response has no media type.",
        impact="Apple's clients get a file that they cannot use; Thunderbird finds no calendar.",
        fix=MEDIA_TYPE,
        clients=("Apple", "Thunderbird"),
        source="reported for Apple; Thunderbird's source code",
    )
    WRONG_CHARSET = _warning(
        "The feed is not ASCII only, but its charset is `{charset}`.",
        impact="Clients that do not assume UTF-8 show wrong characters.",
        fix=MEDIA_TYPE,
        source="RFC 5545 §3.1.4",
    )
    NO_CHARSET = _warning(
        "The feed is not ASCII only, but Content-Type names no charset.",
        impact="Clients that do not assume UTF-8 show wrong characters.",
        fix=MEDIA_TYPE,
        source="RFC 5545 §3.1.4",
    )
    UNDECODABLE_RESPONSE = _error(
        "The response is not valid `{encoding}`, which its Content-Encoding names.",
        impact="Clients that decode it get nothing.",
        fix="compress with gzip, and only if Accept-Encoding allows it.",
        source="RFC 9110 §8.4",
    )
    UNREQUESTED_COMPRESSION = _error(
        "The response is compressed (`{encoding}`), but {client} did not request this.",
        impact="Subscriptions fail.",
        fix="do not compress the feed, or only if Accept-Encoding allows it.",
        source="RFC 9110 §12.5.3; reported for Outlook",
    )
    UNKNOWN_CONTENT_ENCODING = _warning(
        "Content-Encoding is `{encoding}`, which is not a compression.",
        impact="Clients that respect it cannot read the feed; many ignore it.",
        fix="remove Content-Encoding. A charset belongs in Content-Type.",
        source="RFC 9110 §8.4",
    )
    OVER_SIZE_LIMIT = _error(
        "Feed is larger than {megabytes:g} MB.",
        impact=TOO_LARGE,
        fix=FEWER_EVENTS,
        clients=("Google",),
        source="Google's help pages",
    )
    LARGE = _warning(
        "Feed is {megabytes:.1f} MB large.",
        impact=TOO_LARGE,
        fix=FEWER_EVENTS,
        clients=("Google",),
        source="Google's help pages",
    )
    HEAD_DIFFERS = _warning(
        "HEAD and GET differ: {difference}.",
        impact="Thunderbird sends HEAD first when a calendar is added, and finds the calendar only "
        "because it sends GET as well.",
        fix="respond to HEAD as to GET, with the same headers and without the body.",
        clients=("Thunderbird",),
        source="Thunderbird's source code; RFC 9110 §9.3.2",
    )
    SLOW = _warning(
        "A response took {seconds:.1f} seconds.", impact=CLIENTS_GIVE_UP, fix=PREPARED_FILE
    )
    SERVED_AS_ATTACHMENT = _info(
        "Content-Disposition is `attachment`.",
        impact="Browsers save the file instead of offering to subscribe.",
        fix="remove Content-Disposition or set it to `inline`.",
    )

    # Caching and validators.
    ALWAYS_304 = _error(
        "The server responds with 304 to an ETag that it never sent.",
        impact="Clients that ask whether the feed has changed never get a change.",
        fix=ETAG,
        clients=("Apple", "ICSx5"),
        source="RFC 9110 §13.1.2",
    )
    STALE_ETAG = _error(
        "The feed changed between two responses, but its ETag `{etag}` did not.",
        impact="Clients that compare ETags never get the change.",
        fix=ETAG,
        clients=("ICSx5",),
        source="RFC 9110 §8.8.3",
    )
    STALE_LAST_MODIFIED = _error(
        "The feed changed between two responses, but not according to its Last-Modified.",
        impact="Clients that compare dates never get the change.",
        fix=NO_LAST_MODIFIED,
        clients=("Apple", "ICSx5"),
        source="RFC 9110 §8.8.2",
    )
    UNSTABLE_ETAG = _warning(
        "The feed is unchanged, but every response has a different ETag.",
        impact="Every client downloads and reads the complete feed each time.",
        fix=ETAG,
        source="RFC 9110 §8.8.3",
    )
    UNCONFIRMED_ETAG = _warning(
        "The feed is unchanged, but its ETag is never confirmed with 304.",
        impact="Every client downloads and reads the complete feed each time.",
        fix=ETAG,
        source="RFC 9110 §13.1.2",
    )
    UNQUOTED_ETAG = _warning(
        "The ETag `{etag}` is not in double quotes.",
        impact="Caches and clients may not recognise it, and download the complete feed each time.",
        fix='send `ETag: "{unquoted}"`.',
        source="RFC 9110 §8.8.3",
    )
    INVALID_LAST_MODIFIED = _warning(
        "Last-Modified is not a date: `{value}`.",
        impact="Clients that compare dates download the complete feed each time.",
        fix=NO_LAST_MODIFIED,
        clients=("Apple", "ICSx5"),
        source="RFC 9110 §8.8.2",
    )
    DECREASING_LAST_MODIFIED = _warning(
        "Last-Modified is earlier in a later response.",
        impact="For clients that have the later date, the feed seems unchanged: they keep the old "
        "version.",
        fix=NO_LAST_MODIFIED,
        clients=("Apple", "ICSx5"),
        source="RFC 9110 §8.8.2.1",
    )
    FUTURE_LAST_MODIFIED = _warning(
        "Last-Modified is later than the server's clock: {date:%Y-%m-%d %H:%M:%S} UTC.",
        impact="Until that time, the feed seems unchanged to clients that compare dates.",
        fix=NO_LAST_MODIFIED,
        clients=("Apple", "ICSx5"),
        source="RFC 9110 §8.8.2.1",
    )
    LONG_CACHING = _warning(
        "Caches may store the feed for {days:.1f} days.",
        impact="Changes on the day of an event arrive too late, however often a client refreshes.",
        fix="send `Cache-Control: max-age=300`, at most one hour.",
        source="RFC 9111 §4.2.1",
    )

    # The file as a whole.
    NO_CALENDAR = _error(
        "The response is not a calendar, but {content}.",
        impact="Clients show an error, or remove every event that they had, as Evolution does.",
        fix="serve the feed itself, without a page, a login or a challenge in front of it.",
        source="Evolution's source code",
    )
    WRONG_ENCODING = _error(
        "The feed is encoded in {encoding}.",
        impact="Clients look for `BEGIN:VCALENDAR` in UTF-8 and find no calendar.",
        fix="encode the feed in UTF-8.",
        source="RFC 5545 §3.1.4",
    )
    BYTE_ORDER_MARK = _error(
        "A byte order mark precedes `BEGIN:VCALENDAR`.",
        impact="Strict clients do not recognise the first line and find no calendar.",
        fix="write UTF-8 without a byte order mark.",
        source="RFC 5545 §3.4",
    )
    TEXT_OUTSIDE_CALENDAR = _error(
        "Text outside the calendar: “{text}”",
        impact="Strict clients expect `BEGIN:VCALENDAR` there and reject the file.",
        fix="write nothing before `BEGIN:VCALENDAR` and nothing after `END:VCALENDAR`.",
        source="RFC 5545 §3.4",
    )
    TOO_MANY_LINES = _warning(
        "The feed has more than {limit:,} lines; the rest was not checked.",
        impact="Clients have limits too, and leave out the rest without a message.",
        fix="publish fewer events.",
    )
    LINE_ENDING = _warning(
        "A line ends in {ending} alone.",
        impact="Lines end in CRLF. Strict clients read the next line as part of this one, and "
        "reject the file.",
        fix="end every line in CRLF, and copy and upload the file in binary mode.",
        source="RFC 5545 §3.1",
    )
    NO_FINAL_LINE_ENDING = _info(
        "The last line has no line ending.",
        impact="Most clients accept this; those that read line by line miss `END:VCALENDAR`.",
        fix="end the last line in CRLF too.",
        source="RFC 5545 §3.1",
    )
    EMPTY_LINE = _warning(
        "A line is empty.",
        impact="Strict clients reject the file.",
        fix="remove empty lines. Write line breaks in texts as `\\n`.",
        source="RFC 5545 §3.1",
    )
    LONG_LINE = _warning(
        "A line is {length:,} bytes long; the limit is {limit}.",
        impact="Clients may truncate the line or reject the file.",
        fix="fold lines after {limit} bytes: insert CRLF and a space.",
        source="RFC 5545 §3.1",
    )
    SPLIT_CHARACTER = _error(
        "A fold splits a character.",
        impact="Neither part is valid UTF-8. Google ignored a complete file because of one wrong "
        "fold.",
        fix="count bytes, and fold only between characters.",
        clients=("Google",),
        source="RFC 5545 §3.1; reported for Google",
    )
    NOT_UTF_8 = _error(
        "A line is not UTF-8; it may be Latin-1.",
        impact="Strict clients reject the file; others show wrong characters.",
        fix="encode the feed in UTF-8.",
        source="RFC 5545 §3.1.4",
    )
    NO_CONTENT_LINE = _error(
        "A line has no property name: “{text}”",
        impact="A line starts with a name and a colon, or with a space if it continues the "
        "previous one. Google ignored a complete file because of one wrong fold.",
        fix="start continuation lines with a space. Write line breaks in texts as `\\n`.",
        clients=("Google",),
        source="RFC 5545 §3.1; reported for Google",
    )
    INVALID_PARAMETERS = _warning(
        "A line has invalid parameters: “{text}”",
        impact="Strict clients reject the line or the file.",
        fix="write each parameter as a name, `=` and a value, with paired quotation marks, or "
        "remove it.",
        source="RFC 5545 §3.2",
    )
    CONTROL_CHARACTER = _warning(
        "A text contains the control character {codepoint}.",
        impact="Some clients end the line there; others reject the file.",
        fix="remove control characters from texts.",
        source="RFC 5545 §3.3.11",
    )
    TOO_DEEP = _error(
        "{component} is nested more than {limit} levels deep.",
        impact=NESTING,
        fix=CLOSE_COMPONENTS,
        source="RFC 5545 §3.6",
    )
    UNMATCHED_END = _error(
        "END:{component} has no BEGIN:{component} before it.",
        impact=NESTING,
        fix=CLOSE_COMPONENTS,
        source="RFC 5545 §3.6",
    )
    UNCLOSED_COMPONENT = _error(
        "{component} is not closed before {next_line}.",
        impact=NESTING,
        fix=CLOSE_COMPONENTS,
        source="RFC 5545 §3.6",
    )
    TRUNCATED_FILE = _error(
        "The file is truncated: {component} is never closed.",
        impact="Clients reject the file, or assume that the missing events were removed.",
        fix="send the complete file, with the correct Content-Length.",
        source="RFC 5545 §3.6",
    )
    SEVERAL_CALENDARS = _warning(
        "The file contains {count:,} calendars.",
        impact="Many clients read only the first one.",
        fix="put all events into one VCALENDAR.",
        source="RFC 5545 §3.4",
    )
    PARSE_ERROR = _warning(
        "The Python library icalendar cannot parse the feed: {error}.",
        impact="Services that use this library reject the feed.",
        fix="fix the other issues first. If there are none, fix what the library's message names.",
    )

    # Properties of the calendar.
    NO_VERSION = _warning(
        "VERSION is missing.",
        impact=REQUIRED,
        fix="add `VERSION:2.0` below `BEGIN:VCALENDAR`.",
        source="RFC 5545 §3.6",
    )
    WRONG_VERSION = _warning(
        "VERSION is “{version}”, not 2.0.",
        impact="Strict clients reject the file.",
        fix="write `VERSION:2.0`.",
        source="RFC 5545 §3.7.4",
    )
    NO_PRODID = _warning(
        "PRODID is missing.",
        impact=REQUIRED,
        fix="add `PRODID:-//your site//your program//EN`.",
        source="RFC 5545 §3.6",
    )
    METHOD = _warning(
        "METHOD is {method}.",
        impact="METHOD makes the feed a message. PUBLISH requires an ORGANIZER and the same method "
        "in Content-Type; REQUEST and CANCEL are for invitations.",
        fix="remove METHOD. To Outlook, its absence means the same.",
        clients=("Outlook",),
        source="RFC 5546 §3.2.1",
    )
    CALENDAR_UID = _warning(
        "The calendar itself has a UID.",
        impact="All events get this UID in vdirsyncer, which then keeps only one of them.",
        fix="remove the UID of the calendar.",
        clients=("vdirsyncer",),
        source="vdirsyncer issue 1222",
    )
    NAMED_SINGLE_EVENT = _warning(
        "A file with a single event has a calendar name: “{name}”",
        impact="If the file is for adding one event, Outlook creates a new calendar for it.",
        fix="remove NAME and X-WR-CALNAME from single-event files. Feeds may keep them.",
        clients=("Outlook",),
        source="Microsoft's specifications",
    )
    TOO_MANY_EVENTS = _info(
        "Only the first {limit:,} of {count:,} events were checked.",
        impact="Issues of the other events are not listed, nor whether there are upcoming events.",
        fix="publish fewer events: clients download all of them at every refresh.",
    )
    NO_EVENTS = _warning(
        "The calendar has no events.",
        impact="Subscribers lose every event that they had.",
        fix="keep past events in the feed. Respond with 503 while there is no valid feed.",
    )
    NO_UPCOMING_EVENTS = _info(
        "No upcoming events: the last one ended on {date:%Y-%m-%d}.",
        impact="New subscribers see an empty calendar and may think that the feed is broken.",
        fix="publish upcoming events. If the season is over, nothing needs fixing.",
    )

    # Timezones.
    UNDEFINED_TIMEZONE = _error(
        "The timezone {timezone} is used, but has no VTIMEZONE.",
        impact="Outlook shows its times one hour off; clients that do not know the name read them "
        "as times in their own timezone.",
        fix="add a VTIMEZONE for it before the events.",
        clients=("Outlook",),
        source="RFC 5545 §3.6.5; reported for Outlook",
    )
    WINDOWS_TIMEZONE = _info(
        "The timezone “{timezone}” has its Windows name.",
        impact="Clients that look timezones up by their IANA name, instead of reading the "
        "VTIMEZONE, do not know it.",
        fix="use the IANA name, for example America/New_York.",
    )
    UNDEFINED_WINDOWS_TIMEZONE = _error(
        "The timezone “{timezone}” has its Windows name and no VTIMEZONE.",
        impact="Clients that look timezones up by their IANA name do not know it and read its "
        "times as times in their own timezone.",
        fix="use the IANA name, for example America/New_York, and add a VTIMEZONE for it before "
        "the events.",
        source="RFC 5545 §3.6.5",
    )
    WRONG_OFFSET = _error(
        "The VTIMEZONE gives {defined} at {time:%Y-%m-%d %H:%M}; {timezone} has {actual}.",
        impact="Clients that read the VTIMEZONE show the event at another time than clients that "
        "look the timezone up by its name.",
        fix="define the timezone as in the IANA database for the years of the events.",
    )
    LATE_TIMEZONE = _error(
        "The VTIMEZONE of {timezone} starts on {date:%Y-%m-%d}, later than an event.",
        impact="The event has no defined offset. With such a definition of Asia/Seoul, Thunderbird "
        "was nine hours off.",
        fix="let the first observance start before the first event.",
        clients=("Thunderbird",),
        source="tested with Thunderbird",
    )
    LATE_ONSET = _warning(
        "The onset {onset:%Y-%m-%d %H:%M} is written in the later offset ({offset}).",
        impact="An onset is written in the offset before the transition. Events near it are one "
        "hour off.",
        fix="write DTSTART of the observance in the offset TZOFFSETFROM.",
        source="RFC 5545 §3.6.5",
    )
    NO_STANDARD = _warning(
        "The VTIMEZONE of {timezone} has no STANDARD.",
        impact="Outlook requires one and rejects the timezone or the file.",
        fix="make the observance with the lower offset a STANDARD.",
        clients=("Outlook",),
        source="Microsoft's specifications",
    )
    INCOMPLETE_OBSERVANCE = _error(
        "An observance of {timezone} has no valid {property}.",
        impact="Without its offsets or its onset, clients reject the timezone.",
        fix="give every observance a DTSTART, TZOFFSETFROM and TZOFFSETTO.",
        source="RFC 5545 §3.6.5",
    )
    COMPLEX_RULE = _warning(
        "A rule of {timezone} is not a simple yearly one: {rule}",
        impact="Outlook reads only yearly rules for one weekday in one month.",
        fix="write such transitions one by one, each as an observance.",
        clients=("Outlook",),
        source="Microsoft's specifications",
    )
    LONG_HISTORY = _warning(
        "The VTIMEZONE of {timezone} has {count:,} transitions.",
        impact="Long histories made Outlook on the web reject complete feeds.",
        fix="define only the years of the events: a STANDARD and a DAYLIGHT with yearly rules.",
        clients=("Outlook",),
        source="reported for Outlook",
    )
    TIMEZONE_COMMENT = _warning(
        "The VTIMEZONE of {timezone} has a COMMENT.",
        impact="It is not allowed there; ruby-icalendar rejects the file.",
        fix="remove the COMMENT or move it into an observance.",
        clients=("ruby-icalendar",),
        source="RFC 5545 §3.6.5; tested with ruby-icalendar",
    )

    # Events.
    NO_UID = _error(
        "An event has no UID.",
        impact="Clients invent a new UID at every refresh and show the event repeatedly, or drop "
        "it.",
        fix="give every event a UID that never changes.",
        source="RFC 5545 §3.6.1",
    )
    DUPLICATE_UID = _error(
        "Two events have the UID {uid}.",
        impact="Clients keep only one of them.",
        fix="give every event its own UID.",
        source="RFC 5545 §3.8.4.7",
    )
    UNSTABLE_UID = _error(
        "The UID {uid} of an event was different in a second response.",
        impact="Every refresh adds all events again, or replaces them and their reminders.",
        fix="make UIDs from what never changes, for example a UUID of version 5.",
        source="RFC 7986 §5.3",
    )
    NO_DTSTAMP = _warning(
        "An event has no DTSTAMP.",
        impact="Strict clients reject the event or the file.",
        fix="set DTSTAMP to the time of the event's last change, in UTC.",
        source="RFC 5545 §3.6.1",
    )
    UNSTABLE_DTSTAMP = _warning(
        "DTSTAMP is the time of the request: {dtstamp}.",
        impact="All events look changed at every refresh: clients write them again, and the ETag "
        "never matches.",
        fix="set DTSTAMP to the time of the event's last change.",
        source="RFC 5545 §3.8.7.2",
    )
    NO_DTSTART = _error(
        "An event has no DTSTART.",
        impact="Clients have no day to show it on and drop the event or the file.",
        fix="give every event a DTSTART.",
        source="RFC 5545 §3.6.1",
    )
    INVALID_TIME = _error(
        "{property} is not a date or a date-time: “{value}”",
        impact="Clients drop the event or the file.",
        fix="write 20260131T235900Z for UTC, the same without Z and with a TZID for a timezone, or "
        "20260131 with VALUE=DATE.",
        source="RFC 5545 §3.3.5",
    )
    FLOATING_TIME = _error(
        "{property} {value} has no timezone.",
        impact="Google reads it as UTC, other clients as local time of the user: the event is "
        "hours off.",
        fix="add a TZID, or write UTC with a Z.",
        clients=("Google",),
        source="RFC 5545 §3.3.5; reported for Google",
    )
    END_BEFORE_START = _error(
        "An event ends before it starts: {start} to {end}.",
        impact="Clients drop it or show it without its end.",
        fix="set DTEND later than DTSTART.",
        source="RFC 5545 §3.8.2.2",
    )
    MIXED_TIMES = _warning(
        "One of DTSTART and DTEND is a date, the other a date-time.",
        impact="They must have the same type; clients differ in how they read this.",
        fix="write both as dates or both as date-times.",
        source="RFC 5545 §3.6.1",
    )
    NO_DTEND = _info(
        "An event has a DURATION instead of a DTEND.",
        impact="This is allowed, but some parsers do not compute the end from it.",
        fix="write DTEND.",
        source="RFC 5545 §3.6.1; tested with twenty parsers",
    )
    INVALID_VALUE = _warning(
        "{property} is “{value}”, but must be {expected}.",
        impact="Clients drop the property or the event, or reject the file.",
        fix="write the value in this format.",
        source="RFC 5545 §3.8",
    )
    ALARM = _warning(
        "An event has a VALARM.",
        impact="Every subscriber gets the reminder, also those who do not want it. Google ignores "
        "it.",
        fix="publish a second feed with reminders for those who choose it.",
        source="reported for several clients",
    )
    ATTENDEE = _warning(
        "An event has an {property}.",
        impact="The event looks like an invitation: Outlook shows it as not accepted.",
        fix="remove ORGANIZER and ATTENDEE from a public feed.",
        clients=("Outlook",),
    )
    ATTACHMENT = _info(
        "An event has an ATTACH.",
        impact="Clients remove it or warn about it.",
        fix="put the link into the description.",
    )
    HTML_IN_DESCRIPTION = _warning(
        "DESCRIPTION contains HTML: {tag}",
        impact="Apple's clients show the tags as text.",
        fix="write plain text, with links as plain URLs.",
        clients=("Apple",),
        source="reported for Apple",
    )
    LINK_IN_LOCATION = _info(
        "LOCATION contains a link: {location}",
        impact="Google looks it up on the map.",
        fix="name the place. Put the link into URL and the description.",
        clients=("Google",),
        source="reported for Google",
    )
    UNESCAPED_TEXT = _warning(
        "{property} contains a comma or a semicolon without a backslash.",
        impact="Some parsers truncate the text there or read it as a list.",
        fix="write `\\,` and `\\;` in texts.",
        source="RFC 5545 §3.3.11",
    )
    EMPTY_PROPERTY = _info(
        "{property} is empty.",
        impact="Parsers drop it, as libical does, or reject it if they expect a time or a number.",
        fix="remove properties without a value.",
        source="tested with twenty parsers",
    )
    REPEATED_PROPERTY = _warning(
        "{property} occurs more than once in a component.",
        impact="It must occur only once. Clients differ in which one they use, or reject the file.",
        fix="write it once.",
        source="RFC 5545 §3.6",
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
