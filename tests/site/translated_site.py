"""A schedule in three languages, and the paths of its site."""

from __future__ import annotations

from typing import Final

SCHEDULE: Final = """\
format: 1
languages: [ko, en, ar]
show:
  uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29
  slug: show
  title: {ko: 아이쇼핑, en: The Defects, ar: العيوب}
  original_title: 아이쇼핑
  synopsis: {ko: 버려진 아이들., en: Abandoned children.}
  genres: [{ko: 스릴러, en: thriller, ar: إثارة}]
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00
airing: {premiere: 2025-07-21, weekdays: [monday], time: 22:00, runtime: 60, episodes: 2}
clocks: [America/New_York]
platforms:
  ena: {name: ENA, kind: television, region: {ko: 대한민국, en: South Korea}}
episodes:
  1: {title: {ko: 시작, en: The Start}, teaser: {ko: 달린다., ar: يركضون.}}
specials: [{id: extra, title: {ko: 뒷이야기, en: Backstage}, airs: 2025-07-29T20:00, runtime: 30}]
changes:
  - at: 2025-07-10T12:00:00+09:00
    episodes: [2]
    move: 2025-07-28T23:00
    reason: {ko: 경기., en: A game.}
  - at: 2025-07-11T12:00:00+09:00
    episodes: [1]
    note: {ko: 수정., en: Corrected., ar: تصحيح.}
"""
CODES: Final = ("ko", "en", "ar")
FOLDERS: Final = {"ko": "/", "en": "/en/", "ar": "/ar/"}
# What each language has of its own.
TRANSLATED: Final = {
    "",
    "show.ics",
    "show-reminders.ics",
    "show-ena.ics",
    "show-ena-reminders.ics",
    "episodes/show-e01.ics",
    "episodes/show-e02.ics",
    "episodes/show-extra.ics",
    "embed.html",
    "embed.js",
    "card.svg",
    "oembed.json",
    "changes.atom",
}
