"""Schedules in every style of YAML that a maintainer or an editor may write.

`«` and `»` enclose what an appended entry adds to a file; ENTRY in it is the entry in one line.
"""

from __future__ import annotations

from typing import Final

ENTRY: Final = (
    '{at: 2025-08-01T12:00:00+09:00, episodes: [2-3], shift: {weeks: 1}, reason: "A game: #1."}'
)
ENTRY_LINES: Final = (
    "at: 2025-08-01T12:00:00+09:00",
    "episodes: [2-3]",
    "shift: {weeks: 1}",
    'reason: "A game: #1."',
)
ENTRY_JSON: Final = (
    '{"at": "2025-08-01T12:00:00+09:00", "episodes": ["2-3"], "shift": {"weeks": "1"}, '
    '"reason": "A game: #1."}'
)
OLD: Final = "{at: 2025-07-25T12:00:00+09:00, episodes: [1], note: Text corrected.}"
LATER: Final = OLD.replace("25T", "26T")

HEAD: Final = """\
# A schedule, with comments.
format: 1
show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: "The Show"}   # unquoted: no
timezone: Asia/Seoul
published: 2025-07-01T00:00:00+00:00

airing:
  premiere: 2025-07-21
  weekdays:
    - monday
    - 'tuesday'
  time: "23:00"
  runtime: 60
  episodes: 8
platforms:
  channel:
    name: >-
      Channel
      One
    kind: television
    region: Everywhere
"""

# Every value in brackets; `%` is where `changes` may be.
BRACKETS: Final = (
    "{format: 1, show: {uid: 3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29, slug: show, title: Show},\n"
    "  timezone: Asia/Seoul, published: 2025-07-01T00:00:00+00:00, # zone\n"
    "  airing: {premiere: 2025-07-21, weekdays: [monday], time: 23:00, runtime: 60, episodes: 8},\n"
    "  platforms: {channel: {name: Channel, kind: television, region: Everywhere}}%}\n"
)

JSON: Final = """\
{
  "format": "1",
  "show": {"uid": "3c2d1f64-90a7-4b8e-a1d5-7e6f5c4b3a29", "slug": "show", "title": "Show"},
  "timezone": "Asia/Seoul",
  "published": "2025-07-01T00:00:00+00:00",
  "airing": {"premiere": "2025-07-21", "time": "23:00", "runtime": "60", "episodes": "8"},
  "platforms": {"channel": {"name": "Channel", "kind": "television", "region": "All"}}%
}
"""


def _write_lines(indent: int) -> str:
    return f"\n{' ' * indent}".join(ENTRY_LINES)


STYLES: Final[dict[str, str]] = {
    "no key": f"{HEAD}«changes:\n  - {ENTRY}\n»",
    "no key, comment last": f"{HEAD}# The end.\n«changes:\n  - {ENTRY}\n»",
    "no key, blank lines last": f"{HEAD}\n\n«changes:\n  - {ENTRY}\n»",
    "no key, end marker": f"{HEAD}«changes:\n  - {ENTRY}\n»...\n",
    "no key, end marker and comment": f"{HEAD}«changes:\n  - {ENTRY}\n»... # end\n# more\n",
    "start marker": f"---\n{HEAD}«changes:\n  - {ENTRY}\n»",
    "empty key": f"{HEAD}changes:\n«  - {ENTRY}\n»",
    "empty key, comment": f"{HEAD}changes:  # none: yet\n«  - {ENTRY}\n»",
    "empty key, examples below": f"{HEAD}changes:\n«  - {ENTRY}\n»  #- {OLD}\n",
    "empty key, blank line, key below": f"{HEAD}changes:\n«  - {ENTRY}\n»\n\nreminders: [60]\n",
    "empty key in quotes": f'{HEAD}"changes":\n«  - {ENTRY}\n»',
    "empty key in single quotes": f"{HEAD}'changes' :\n«  - {ENTRY}\n»",
    "empty brackets": f"{HEAD}changes: [«{ENTRY}»]\n",
    "empty brackets, comment": f"{HEAD}changes: [ # none yet\n]\n".replace("[ #", f"[«{ENTRY}» #"),
    "empty brackets in quotes": f'{HEAD}"changes": [«{ENTRY}»]   # none\n',
    "one line": f"{HEAD}changes:\n  - {OLD}\n«  - {ENTRY}\n»",
    "not indented": f"{HEAD}changes:\n- {OLD}\n«- {ENTRY}\n»",
    "deeply indented": f"{HEAD}changes:\n        - {OLD}\n«        - {ENTRY}\n»",
    "wide dash": f"{HEAD}changes:\n  -    {OLD}\n«  - {ENTRY}\n»",
    "comment behind": f"{HEAD}changes:\n  - {OLD}  # a comment: here\n«  - {ENTRY}\n»# end\n",
    "comments between": (
        f"{HEAD}changes:\n  # first\n  - {OLD}\n\n  # second\n"
        f"  - {LATER}\n«  - {ENTRY}\n»\n  # third\n"
    ),
    "keys below": f"{HEAD}changes:\n  - {OLD}\n«  - {ENTRY}\n»\n# more\nreminders:\n  - 60\n",
    "lines": (
        f"{HEAD}changes:\n  - at: 2025-07-25T12:00:00+09:00\n    episodes: [1]\n    note: Text.\n"
        f"«  - {_write_lines(4)}\n»"
    ),
    "lines, not indented": (
        f"{HEAD}changes:\n- at: 2025-07-25T12:00:00+09:00\n  episodes:\n  - 1\n  note: 'Text.'\n"
        f"«- {_write_lines(2)}\n»reminders: [60]\n"
    ),
    "lines, alone behind the dash": (
        f"{HEAD}changes:\n  -\n    at: 2025-07-25T12:00:00+09:00\n    episodes: [1]\n"
        f"    note: Text # comment\n«  - {_write_lines(4)}\n»"
    ),
    "lines, last value over several": (
        f"{HEAD}changes:\n  - at: 2025-07-25T12:00:00+09:00\n    episodes: [1]\n"
        f'    note: "Text\n      goes on"\n«  - {_write_lines(4)}\n»'
    ),
    "lines, plain text over several": (
        f"{HEAD}changes:\n  - at: 2025-07-25T12:00:00+09:00\n    episodes: [1]\n"
        f"    note: Text\n      goes on\n\n«»reminders: [60]\n"
    ).replace("on\n\n«»", f"on\n«  - {_write_lines(4)}\n»\n"),
    "folded text last": (
        f"{HEAD}changes:\n  - at: 2025-07-25T12:00:00+09:00\n    episodes: [1]\n"
        f"    note: >-\n      Text\n      goes on\n«  - {_write_lines(4)}\n»reminders: [60]\n"
    ),
    "folded text last, end of file": (
        f"{HEAD}changes:\n  - at: 2025-07-25T12:00:00+09:00\n    episodes: [1]\n"
        f"    note: >-\n      Text\n«  - {_write_lines(4)}\n»"
    ),
    "literal text with all line breaks last": (
        f"{HEAD}episodes:\n  1:\n    recap: |+\n      It ends.\n\n\n«changes:\n  - {ENTRY}\n»"
    ),
    "literal text last": (
        f"{HEAD}episodes:\n  1:\n    recap: |\n      It ends.\n«changes:\n  - {ENTRY}\n»"
    ),
    "long item in brackets": (
        f"{HEAD}changes:\n  - {{at: 2025-07-25T12:00:00+09:00,\n     episodes: [1], # one\n"
        f"     note: Text}}\n«  - {ENTRY}\n»"
    ),
    "brackets": f"{HEAD}changes: [{OLD}«, {ENTRY}»]\n",
    "brackets, comma last": f"{HEAD}changes: [{OLD},« {ENTRY}»]\n",
    "brackets, spaces": f"{HEAD}changes: [ {OLD}«, {ENTRY}» ]  # all\n",
    "brackets over lines": f"{HEAD}changes: [\n  {OLD}«,\n  {ENTRY}»\n]\n",
    "brackets over lines, comma last": f"{HEAD}changes: [\n  {OLD},«\n  {ENTRY},»\n]\n",
    "brackets over lines, comments": (
        f"{HEAD}changes: [\n  # first, of all\n  {OLD},  # old, and done«\n  {ENTRY},»\n"
        "  # end ]\n]\n"
    ),
    "brackets over lines, comment behind": (
        f"{HEAD}changes: [\n  {OLD}«,»  # old«\n  {ENTRY}»\n  ]\n"
    ),
    "brackets below the key": (f"{HEAD}changes:\n  [{OLD},\n   {LATER}«,\n   {ENTRY}»]\n"),
    "key first": f"changes:\n  - {OLD}\n«  - {ENTRY}\n»{HEAD}",
    "key as a question": f"{HEAD}? changes\n:\n  - {OLD}\n«  - {ENTRY}\n»",
    "everything indented": "".join(f"  {line}\n" for line in HEAD.splitlines() if line)
    + f"«  changes:\n    - {ENTRY}\n»",
    "root in brackets, no key": BRACKETS.replace("%", f"«,\n  changes: [{ENTRY}]»"),
    "root in brackets, comma last": BRACKETS.replace("%", f",«\n  changes: [{ENTRY}],»"),
    "root in brackets, empty": BRACKETS.replace("%", f", changes: «[{ENTRY}]»"),
    "root in brackets, list": BRACKETS.replace("%", f", changes: [{OLD}«, {ENTRY}»]"),
    "root in brackets, key first": BRACKETS.replace(
        "{format", f"{{changes: [«{ENTRY}»], format"
    ).replace("%", ""),
    "JSON, no key": JSON.replace("%", f'«,\n  "changes": [{ENTRY_JSON}]»'),
    "JSON, empty": JSON.replace("%", f',\n  "changes": [«{ENTRY_JSON}»]'),
    "JSON, list": JSON.replace(
        "%",
        ',\n  "changes": [\n    {"at": "2025-07-25T12:00:00+09:00", "episodes": "all", '
        f'"note": "Text"}}«,\n    {ENTRY_JSON}»\n  ]',
    ),
}
"""Files by the name of their style."""
