"""What the columns of a table are for, by their names in the ten languages of the site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Column(Enum):
    """What a column says; the value has the names for it, without spaces and punctuation."""

    # fmt: off
    SHOW = ("show", "showtitle", "showname", "programme", "program")
    ID = ("id", "episodeid")
    SEASON = ("season", "seasonnumber", "seasonno", "series", "staffel", "saison", "temporada",
              "시즌", "シーズン", "季")
    EPISODE = ("episode", "episodenumber", "episodeno", "ep", "epno", "number", "no", "#", "code",
               "noinseason", "folge", "épisode", "episodio", "episódio", "회차", "회", "화", "話数",
               "話", "集", "集數", "集数")
    TITLE = ("title", "name", "episodetitle", "episodename", "subject", "titel", "titre", "título",
             "judul", "제목", "タイトル", "標題", "标题", "العنوان")
    DATE = ("date", "airdate", "originalairdate", "releasedate", "broadcastdate", "startdate",
            "start", "datetime", "dateandtime", "airs", "datum", "fecha", "data", "tanggal", "날짜",
            "방영일", "방송일", "日付", "放送日", "日期", "التاريخ")
    TIME = ("time", "airtime", "starttime", "uhrzeit", "heure", "hora", "jam", "시간", "방영시간",
            "방송시간", "時刻", "放送時刻", "時間", "时间", "الوقت")
    RUNTIME = ("runtime", "duration", "length", "minutes", "min", "dauer", "durée", "duración",
               "duração", "durasi", "길이", "러닝타임", "長さ", "片長", "片长", "المدة")
    END_DATE = ("enddate", "end")
    END_TIME = ("endtime",)
    ALL_DAY = ("alldayevent", "allday")
    STATUS = ("status",)
    SUMMARY = ("summary", "description", "synopsis")
    # fmt: on


_BY_NAME: Final = {name: column for column in Column for name in column.value}
_GOOGLE: Final = frozenset(
    {"subject", "startdate", "starttime", "enddate", "endtime", "alldayevent", "description"}
    | {"location", "private"}
)


@dataclass(frozen=True, slots=True)
class TableHead:
    """The columns of a table. ``ignored`` has the names of those whose meaning is not known."""

    file: str
    delimiter: str
    names: tuple[str, ...]
    indexes: Mapping[Column, int]
    ignored: tuple[str, ...]

    @property
    def is_google(self) -> bool:
        """Whether this is the form that Google Calendar imports, which has the month first."""
        names = {*map(_normalize_name, self.names)}
        return {"subject", "startdate"} <= names <= _GOOGLE | {""}


def find_column(name: str) -> Column | None:
    """Return what a column is for; None if its name is not known."""
    return _BY_NAME.get(_normalize_name(name))


def _normalize_name(name: str) -> str:
    """Return the name of a column without case, spaces, punctuation, and what is in brackets."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[^\w#]|_", "", re.sub(r"\([^()]*+\)", "", folded))
