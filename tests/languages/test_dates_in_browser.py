"""Scripts write dates and times exactly as Python does, in every language."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from defects_ical.render.scripts import select_words
from defects_ical.render.templates import get_template
from defects_ical.text.dates import format_date, format_day_of_year, format_days, format_time
from defects_ical.text.languages import LANGUAGES, load_words
from defects_ical.text.lengths import choose_plural
from defects_ical.text.words import Words
from tests.support.browser import Contexts, Visitor

pytest_plugins = ["tests.support.browser"]

ZONE: Final = ZoneInfo("Asia/Seoul")
SCRIPTS: Final = ("local-times.js", "make-element.js", "week-days.js")
# In each month; at midnight, noon and other hours; on days of one digit and at the turn of a year.
_FIRST: Final = datetime(2025, 1, 1, 15, tzinfo=UTC)
INSTANTS: Final = (
    *(_FIRST + timedelta(days=19 * n, hours=n, minutes=7 * n) for n in range(20)),
    datetime(2025, 12, 31, 15, tzinfo=UTC),
    datetime(2025, 7, 21, 3, tzinfo=UTC),
)
COUNTS: Final = (*range(130), 200, 1_000, 1_002, 1_103, 999_999)
FORMAT: Final = """([source, words, instants, counts]) => {
  const names = "{readLocal, formatDate, formatTime, formatDateTime, nameDate, fill, chooseForm, "
    + "findDate, findWeekStart, formatWeek}";
  const all = new Function("WORDS", `${source}\nreturn ${names};`)(words);
  const format = (instant) => {
    const local = all.readLocal(instant);
    const week = all.findWeekStart(all.findDate(instant));
    return [all.formatDate(local), all.formatTime(local), all.formatDateTime(local),
      all.fill(words.day_and_month, all.nameDate(local)), week, all.formatWeek(week)];
  };
  const forms = words.plural_categories;
  return [instants.map(format), counts.map((each) => all.chooseForm(forms, each))];
}"""


@pytest.fixture(scope="module")
def page(contexts: Contexts) -> Any:
    """Open an empty page in the time zone."""
    with contexts.open_page(Visitor(str(ZONE))) as page:
        yield page


def format_in_python(instant: datetime, words: Words) -> list[str]:
    local = instant.astimezone(ZONE).replace(tzinfo=None)
    texts = format_date(local, words), format_time(local, words)
    week = find_week_start(local.date(), words)
    return [
        *texts,
        words.date_and_time.format(date=texts[0], time=texts[1]),
        format_day_of_year(local, words),
        week.isoformat(),
        format_days(week, week + timedelta(days=6), words),
    ]


def find_week_start(day: date, words: Words) -> date:
    return day - timedelta(days=(day.weekday() - words.first_weekday) % 7)


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_write_what_python_writes(page: Page, language: str) -> None:
    words = load_words(language)
    source = "\n".join(get_template(each).render() for each in SCRIPTS)
    texts = json.loads(select_words(words, *SCRIPTS))
    milliseconds = [1000 * each.timestamp() for each in INSTANTS]
    dates, plurals = page.evaluate(FORMAT, [source, texts, milliseconds, [*COUNTS]])
    assert dates == [format_in_python(each, words) for each in INSTANTS]
    assert plurals == [choose_plural(each, language) for each in COUNTS]
