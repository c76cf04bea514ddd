"""Every text of the site that a viewer reads, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from defects_ical.text import display

Forms: TypeAlias = tuple[str, ...]
"""A text in each plural form of its language, in the order of ``plural_categories``."""


# No dataclass: to make one of three hundred fields takes longer than all else here.
class Words:
    """The texts of one language, by the names that they have in its file.

    Texts are whole sentences or labels with named ``{placeholders}``. ``code`` is that of the
    language; ``cities`` are the names of time zones' places where they are not the English ones.
    """

    code: str
    cities: Mapping[str, str]
    name: str

    # The language.
    direction: str
    open_graph_locale: str
    plural_categories: tuple[str, ...]
    first_weekday: int

    # Names of days and months; those of days begin with Monday.
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    day_periods: tuple[str, ...]

    # Dates and times. A month is always its name; `hour` has two digits, `plain_hour` has not.
    time: str
    time_in_zone: str
    date: str
    date_without_weekday: str
    day_and_month: str
    short_date: str
    month_and_year: str
    year: str
    dates_in_month: str
    dates_in_year: str
    dates_over_years: str
    date_and_time: str
    short_date_and_time: str

    # Numbers, lists and sentences.
    group_separator: str
    list_separator: str
    sentence_separator: str
    sentence_end: str

    # Lengths.
    minutes: str
    hours: str
    days: Forms
    long_minutes: Forms
    long_hours: Forms
    length_separator: str

    # Statuses.
    status_confirmed: str
    status_tentative: str
    status_postponed: str
    status_cancelled: str
    status_note: str
    title_tentative: str
    title_postponed: str
    title_cancelled: str
    tentative_time: str
    time_and_status: str

    # Episodes and seasons.
    episode: str
    episodes: str
    episode_and_title: str
    event_title: str
    season: str
    more_of_season: str
    more_episodes: str
    announced: str
    expected_in: str
    named_expected_in: str
    expected_in_names: str
    count_episodes: Forms
    count_dates: Forms
    count_shows: Forms
    released_together: Forms
    released_together_sentence: Forms
    episode_teaser: str

    # Platforms.
    kind_television: str
    kind_streaming: str
    kind_cinema: str
    kind_and_region: str
    kind_region_and_delay: str
    kind_region_and_dates: str
    platform_line: str
    platform_line_with_link: str
    platform_on_own_dates: str
    on_own_dates: str
    after_broadcast: str
    before_broadcast: str
    platform_delay: str
    from_start_to_start: str
    either_status: str

    # Descriptions of events.
    date_in_city_without_hour: str
    time_in_city: str
    time_on_date: str
    time_in_city_on_date: str
    where_to_watch_label: str
    what_changed_label: str
    all_episodes_link: str

    # The change log.
    moved: str
    moved_to: str
    moved_without_hour: str
    hour_known: str
    runtime_changed: str
    runtime_known: str
    now_confirmed: str
    now_tentative: str
    now_postponed: str
    now_cancelled: str
    announced_again: str
    dated_change: str
    named_change: str
    named_dated_change: str
    all_episodes: str
    added_on: Forms
    added_from: Forms
    added_months: str
    added_special: str

    # Feeds, and notes on calendar apps.
    feed_with_reminders: str
    feed_with_other_reminders: str
    feed_on_platform: str
    reminder_before: str
    alarm: str
    feed_description: str
    platform_feed_description: str
    credit: str
    category: str
    apple_note: str
    google_note: str
    outlook_note: str
    microsoft_note: str

    # The page.
    page_title_episodes: str
    page_title_date: str
    page_title_dates: str
    page_description: str
    page_what_changed: str
    skip_to_episodes: str
    skip_to_date: str
    skip_to_dates: str
    heading_episodes: str
    heading_date: str
    heading_dates: str
    what_comes_next: str
    from_start: str
    season_start: str
    season_from_start: str
    count_until: str
    count_and_dates: str
    hour_not_known: str
    season_ended: str
    all_aired: str
    one_aired: str
    dates_over: str
    add_to_your_calendar: str
    hint_app: str
    hint_android: str
    hint_iphone: str
    hint_windows: str
    where_do_you_watch: str
    anywhere: str
    reminder: str
    no_reminder: str
    google_steps: str
    google_steps_below: str
    google_steps_copied: str
    google_shortcut: str
    address_copied: str
    address_selected: str
    any_calendar_app: str
    copy: str
    copied: str
    selected: str
    download_file: str
    download_note: str
    good_to_know: str
    about_changes: str
    about_refresh: str
    about_unsubscribing: str
    about_downloads: str
    scan_code: str
    qr_code: str
    where_to_watch: str
    cast: str
    what_changed: str
    more_changed_episodes: str
    earlier_changes: str
    watch_on: str
    watch_episode_on: str
    platform_date: str
    recap: str
    only_this_episode: str
    only_these_episodes: str
    only_this_date: str
    download_name: str
    add_to_google: str
    add_to_outlook: str

    # Embeds and the card.
    embed_heading: str
    embed_intro: str
    embed_frame: str
    embed_frame_text: str
    embed_week_frame_text: str
    embed_element: str
    embed_element_text: str
    embed_html: str
    embed_html_text: str
    embed_markdown: str
    embed_markdown_text: str
    embed_wordpress_text: str
    embed_image: str
    embed_image_text: str
    preview_of_frame: str
    preview_of_image: str
    atom_link: str
    for_developers: str
    when_episodes_air: str
    episode_calendar: str
    calendar: str
    subscribe: str
    download: str
    more_ways_to_subscribe: str
    copy_this_address: str
    full_schedule: str
    subscribe_or_download: str
    moved_from: str
    times_in_city: str
    and_more: str
    names_and_more: str

    # Pages that do not exist.
    not_found_title: str
    not_found: str
    not_found_text: str
    all_episodes_and_feeds: str
    all_shows_and_feeds: str
    feeds: str
    name_and_dates: str

    # Scripts.
    your_time: str
    date_time_in_zone: str
    date_time_in_city: str
    same_day_time_in_city: str
    until_your_time: str
    in_length: str
    moved_from_sentence: str
    cancelled_names: str
    postponed_names: str
    last_aired_on: str
    next_episode: str
    next: str
    next_tentative: str
    today: str
    today_tentative: str
    on_air_now: str
    may_be_on_air_now: str
    shows_may_be_on_air_now: str
    headline_in_length: str
    headline_on_day: str
    no_date_known: str
    one_postponed: str
    next_postponed: str
    one_cancelled: str
    all_cancelled: str
    no_more_episodes: str

    # The choice of a language.
    language: str
    read_in_this_language: str

    # The site of several shows.
    site_title: str
    site_description: str
    every_event: str
    on_platform: str
    premieres: str
    premieres_description: str
    feed_of_shows: str
    feed_of_platforms: str
    feed_of_genres: str
    archive: str
    archive_description: str
    archive_note: str
    shows_and_dates: str
    skip_to_calendar: str
    page_sections: str
    shows: str
    week_by_week: str
    previous_week: str
    previous: str
    this_week: str
    next_week: str
    next_short: str
    platform: str
    genre: str
    all: str
    times_in_city_sentence: str
    times_in_your_zone: str
    jump_to_today: str
    list_limited: str
    frame_limited: str
    more_feeds: str
    archives: str
    archives_text: str
    about_shows: str
    subscribe_to: str
    page_of: str
    all_dates: str
    all_shows: str
    embed_week_heading: str
    site_this_week: str
    no_hour_yet: str
    mark_on_now: str
    mark_maybe_on_now: str
    mark_next: str
    mark_ended: str
    today_date: str
    week_is_current: str
    this_week_dates: str
    nothing_this_week: str
    nothing_this_week_next: str
    nothing_scheduled: str
    nothing_with_filters: str
    nothing_later: str
    next_dates: str
    latest_dates: str
    show_and_episode: str
    no_more_dates: str
    last_date: str

    def __init__(self, **values: object) -> None:
        """Create the texts from all of their values, by name."""
        if unknown := values.keys() ^ Words.__annotations__.keys():
            raise TypeError(f"missing or unknown texts: {', '.join(sorted(unknown))}")
        self.__dict__.update(values)

    @property
    def is_rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.direction == "rtl"

    def isolate(self, value: str) -> str:
        """Isolate a value whose direction may not be that of the text around it (UAX #9)."""
        return display.isolate_ltr(value) if self.is_rtl else display.bidi_isolate(value)

    def isolate_in_rtl(self, value: str) -> str:
        """Isolate a value only in a language that is written from right to left."""
        return display.isolate_ltr(value) if self.is_rtl else value

    def isolate_lines_in_rtl(self, text: str) -> str:
        """Isolate each line of a text only in a language that is written from right to left."""
        return "\n".join(map(self.isolate_in_rtl, text.split("\n"))) if self.is_rtl else text

    def mark_lines(self, text: str) -> str:
        """Give every line of a plain text the direction of the language.

        Browsers and calendar apps take it from the first letter, also from one in an isolate.
        """
        return display.mark_rtl_lines(text) if self.is_rtl else text
