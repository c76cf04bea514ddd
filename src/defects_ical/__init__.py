"""One schedule of a TV series becomes iCalendar feeds, a page and a folder of files."""

from typing import Final

__version__: Final = "0.1.0"
