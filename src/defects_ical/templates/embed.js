{# The custom element <defects-episodes>, which shows the schedule. #}
{% extends "element_base.js" %}
{% set tag = "defects-episodes" %}
{% set data_path = (root | default("")) ~ "episodes.json" %}
{% set frame_path = "embed.html" %}
{% set current = ".coming" %}
{% block style %}
.list { margin: 1rem 0; border-bottom: 1px solid var(--line); }
.list[tabindex] { position: relative; max-height: 36rem; overflow-y: auto; }
ol { list-style: none; }
h3 { position: sticky; top: 0; padding: 0.375rem 0; border-top: 1px solid var(--line);
  background: var(--p); color: var(--soft); font-size: 0.875em; }
li { display: flex; flex-wrap: wrap; gap: 0 1.5rem; padding: 0.625rem 0;
  border-top: 1px solid var(--line); }
.name { flex: 1 1 10rem; font-weight: 600; }
.times { flex: 0 1 19em; font-variant-numeric: tabular-nums; }
.past .name, .past .times, .soft, small { color: var(--soft); font-weight: 400; }
.soft, small { font-size: 0.875em; }
.coming .name { color: var(--a); }
.cancelled :is(.name bdi, time), .postponed time { text-decoration: line-through; }
nav { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; }
{% if has_credit %}
.credit { margin-top: 0.75rem; }
{% endif %}
{% endblock %}
{% block content %}
// Longer lists scroll.
const MAX_ROWS = 10;
const STATUSES = {
  cancelled: WORDS.status_cancelled, postponed: WORDS.status_postponed, tentative: WORDS.status_tentative,
};

// Return the data in the language of this script. What is not translated stays in the main language.
function translate(data) {
  const texts = data.texts && data.texts[WORDS.code];
  if (!texts) return data;
  const { title = data.show.title, page = data.show.page, city = data.city, feeds = [], episodes = {} } = texts;
  return {
    ...data,
    city,
    show: { ...data.show, title, page },
    feeds: data.feeds.map((each, index) => ({ ...each, ...feeds[index] })),
    episodes: data.episodes.map((each) => ({ ...each, ...episodes[each.id] })),
  };
}

// Format the time in the schedule's zone, without the day if it is the visitor's day, too.
function formatScheduleTime({ local, start }, city) {
  const theirs = readUTC(Date.parse(`${local.slice(0, 19)}Z`));
  const date = formatDate(theirs);
  const pattern = date === formatDate(readLocal(start)) ? WORDS.same_day_time_in_city : WORDS.date_time_in_city;
  return fill(pattern, { date, time: formatTime(theirs), city });
}

function makeTimes(each, city) {
  if (each.day) return [makeElement("p", "", makeElement("time", "", each.day))];
  const yours = makeElement("time", "", formatDateTime(readLocal(each.start)));
  yours.dateTime = each.utc;
  const zone = makeElement("small", "", zoneName(each.start));
  return [makeElement("p", "yours", yours, " ", zone),
    makeElement("p", "soft", formatScheduleTime(each, city))];
}

function makeItem(each, city) {
  const name = makeElement("p", "name", isolate(each.name));
  const status = STATUSES[each.status];
  if (status) name.append(makeElement("small", "", ` ${fill(WORDS.status_note, { status })}`));
  const times = makeElement("div", "times", ...makeTimes(each, city));
  if (each.movedFrom) times.append(makeElement("p", "soft", fill(WORDS.moved_from, { start: each.movedFrom })));
  each.item = makeElement("li", each.status, name, times);
  return each.item;
}

// Format a day ("2026-07-20").
function formatDay(date) {
  return formatDate(readUTC(Date.parse(date)));
}

// Format the start before a move: a time, or a day.
function formatPrevious(previous) {
  return previous.includes("T") ? formatDateTime(readLocal(Date.parse(previous))) : formatDay(previous);
}

// Format a month ("2026-07"), or a year ("2026").
function formatPeriod(when) {
  return fill(when.length > 4 ? WORDS.month_and_year : WORDS.year, nameDate(readUTC(Date.parse(when))));
}

// Read episodes that are released together, as one. Without an hour, it has a day.
function readEvent(members, show) {
  const [{ number, season = show.season, status, start: utc, end, start_local: local, date }] = members;
  const { previous_start: previous } = members[0];
  const movedFrom = previous && previous !== (utc || date) && formatPrevious(previous);
  const event = { name: nameEvent(members), number, season, status, utc, local, movedFrom };
  if (utc) return { ...event, start: Date.parse(utc), end: Date.parse(end) };
  const start = Date.parse(`${date}T00:00`);
  return { ...event, day: formatDay(date), start, end: start + 1440 * MINUTE };
}

// Name an event as in the feeds: "Episodes 1–9", "S02E01–E03". Codes are the same in every language.
function nameEvent(members) {
  const [{ name, season }] = members;
  if (members.length === 1) return name;
  const runs = [];
  for (const number of members.map((each) => each.number).sort((one, other) => one - other)) {
    const run = runs[runs.length - 1];
    if (run && run[run.length - 1] === number - 1) run.push(number);
    else runs.push([number]);
  }
  const format = (number) => (season ? `E${pad(number)}` : number);
  const parts = runs.flatMap((run) => run.length > (runs.length > 1 ? 2 : 1)
    ? `${format(run[0])}–${format(run[run.length - 1])}` : run.map(format));
  if (season) return `S${pad(season)}${parts.join(", ")}`;
  return fill(WORDS.episodes, { numbers: parts.join(WORDS.list_separator) });
}

function readEvents({ episodes, show }) {
  const members = new Map();
  for (const each of episodes) {
    const id = each.event || each.id;
    members.set(id, [...(members.get(id) || []), each]);
  }
  return [...members.values()].map((each) => readEvent(each, show));
}

function makeAnnouncement({ when, episodes }) {
  const name = episodes > 1 ? formatCount(WORDS.count_episodes, episodes) : WORDS.announced;
  return makeElement("li", "", makeElement("p", "name", name), makeElement("div", "times", formatPeriod(when)));
}

// The place of a time zone, from its id.
function nameCity(timezone) {
  return timezone.replace(/^.*\//, "").replace(/_/g, " ");
}

// Make the rows of each season. A special belongs to the season of the episode before it.
function makeSeasons({ show, timezone, city = nameCity(timezone), announced = [] }, events) {
  const rows = new Map();
  const add = (season, row) => rows.set(season, [...(rows.get(season) || []), row]);
  let { season } = events.find(({ number }) => number !== null) || { season: null };
  for (const each of events) {
    if (each.number !== null) season = each.season;
    add(season, makeItem(each, city));
  }
  for (const each of announced) add(each.season || show.season, makeAnnouncement(each));
  return rows;
}

function nameSeason(season) {
  return season ? fill(WORDS.season, { number: season }) : WORDS.heading_episodes;
}

// The newest season is at the top.
function makeList(data, events) {
  const rows = [...makeSeasons(data, events)].sort(([one], [other]) => other - one);
  const list = makeElement("div", "list", ...rows.flatMap(([season, items]) => [
    ...(rows.length > 1 ? [makeElement("h3", "", nameSeason(season))] : []),
    makeElement("ol", "", ...items)]));
  // Keyboards can scroll only what has the focus.
  if (list.querySelectorAll("li").length > MAX_ROWS) {
    list.tabIndex = 0;
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", WORDS.heading_episodes);
  }
  return list;
}

function makeNavigation({ show, feeds: [feed] }) {
  const links = [[WORDS.subscribe, feed.webcal], [WORDS.download, feed.url], [WORDS.full_schedule, show.page]];
  return makeElement("nav", "", ...links.map(([text, url]) => makeLink(text, url)));
}

{% if has_credit %}
// Say whom the data are of.
function makeCredit({ name, url, licence }) {
  const link = makeLink(isolate(name), url);
  return makeElement("p", "soft credit", ...fillNodes(WORDS.credit, { name: link, licence: isolate(licence) }));
}

{% endif %}
// Render the schedule. Returns a function that updates what depends on the current time.
function render(root, source) {
  const data = translate(source);
  const events = readEvents(data);
  const heading = makeElement("h2", "", makeLink(isolate(data.show.title), data.show.page));
  const next = makeElement("p", "now");
  const section = makeElement("section", "", heading, next, makeList(data, events), makeNavigation(data));
  section.lang = WORDS.code;
  section.dir = WORDS.direction;
{% if has_credit %}
  // The data may be older than this script, or newer.
  if (data.show.credit) section.append(makeCredit(data.show.credit));
{% endif %}
  section.querySelector("nav").setAttribute("aria-label", WORDS.calendar);
  root.replaceChildren(section);
  return () => update(next, events);
}

function update(paragraph, episodes) {
  const now = Date.now();
  const found = findNext(episodes, now);
  paragraph.replaceChildren(...makeLongHeadline(found));
  for (const each of episodes) {
    each.item.classList.toggle("past", each.end <= now);
    each.item.classList.toggle("coming", each === found.episode);
  }
}
{% endblock %}
