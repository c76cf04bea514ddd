{# The custom element <defects-episodes>, which shows the schedule. #}
{% extends "element_base.js" %}
{% set tag = "defects-episodes" %}
{% set data_path = "episodes.json" %}
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
{% endblock %}
{% block content %}
// For the schedule's local times and dates, parsed as if they were in UTC.
const SCHEDULE_FORMAT = new Intl.DateTimeFormat("en-GB", { ...DATE_PARTS, timeZone: "UTC" });
const MONTH_FORMAT = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
// Longer lists scroll.
const MAX_ROWS = 10;
const STATUSES = { cancelled: " (cancelled)", postponed: " (postponed)", tentative: " (to be confirmed)" };

// Format the time in the schedule's zone, without the day if it is the visitor's day, too.
function formatScheduleTime({ local, start }, city) {
  const { day, time } = formatTime(Date.parse(`${local.slice(0, 19)}Z`), SCHEDULE_FORMAT);
  return `${day === formatTime(start).day ? "" : `${day}, `}${time} in ${city}`;
}

function makeTimes(each, city) {
  if (each.day) return [makeElement("p", "", makeElement("time", "", each.day))];
  const { day, time } = formatTime(each.start);
  const yours = makeElement("time", "", `${day}, ${time}`);
  yours.dateTime = each.utc;
  const zone = makeElement("small", "", zoneName(each.start));
  return [makeElement("p", "yours", yours, " ", zone),
    makeElement("p", "soft", formatScheduleTime(each, city))];
}

function makeItem(each, city) {
  const name = makeElement("p", "name", makeElement("bdi", "", each.name));
  if (STATUSES[each.status]) name.append(makeElement("small", "", STATUSES[each.status]));
  const times = makeElement("div", "times", ...makeTimes(each, city));
  if (each.movedFrom) times.append(makeElement("p", "soft", `moved from ${each.movedFrom}`));
  each.item = makeElement("li", each.status, name, times);
  return each.item;
}

// Format a day ("2026-07-20").
function formatDay(date) {
  return formatTime(Date.parse(date), SCHEDULE_FORMAT).day;
}

// Format the start before a move: a time, or a day.
function formatPrevious(previous) {
  if (!previous.includes("T")) return formatDay(previous);
  const { day, time } = formatTime(Date.parse(previous));
  return `${day}, ${time}`;
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

// Name an event as in the feeds: "Episodes 1–9", "S02E01–E03".
function nameEvent(members) {
  const [{ name, season }] = members;
  if (members.length === 1) return name;
  const runs = [];
  for (const number of members.map((each) => each.number).sort((one, other) => one - other)) {
    const run = runs[runs.length - 1];
    if (run && run[run.length - 1] === number - 1) run.push(number);
    else runs.push([number]);
  }
  const pad = (number) => `${number}`.padStart(2, "0");
  const format = (number) => (season ? `E${pad(number)}` : number);
  const parts = runs.flatMap((run) => run.length > (runs.length > 1 ? 2 : 1)
    ? `${format(run[0])}–${format(run[run.length - 1])}` : run.map(format));
  return `${season ? `S${pad(season)}` : "Episodes "}${parts.join(", ")}`;
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
  const month = when.length > 4 ? MONTH_FORMAT.format(Date.parse(when)) : when;
  const name = episodes > 1 ? `${episodes} episodes` : "Announced";
  return makeElement("li", "", makeElement("p", "name", name), makeElement("div", "times", month));
}

// Make the rows of each season. A special belongs to the season of the episode before it.
function makeSeasons({ show, timezone, announced = [] }, events) {
  const city = timezone.replace(/^.*\//, "").replace(/_/g, " ");
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

// The newest season is at the top.
function makeList(data, events) {
  const rows = [...makeSeasons(data, events)].sort(([one], [other]) => other - one);
  const list = makeElement("div", "list", ...rows.flatMap(([season, items]) => [
    ...(rows.length > 1 ? [makeElement("h3", "", season ? `Season ${season}` : "Episodes")] : []),
    makeElement("ol", "", ...items)]));
  // Keyboards can scroll only what has the focus.
  if (list.querySelectorAll("li").length > MAX_ROWS) {
    list.tabIndex = 0;
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "Episodes");
  }
  return list;
}

function makeNavigation({ show, feeds: [feed] }) {
  const links = [["Subscribe", feed.webcal], ["Download", feed.url], ["Full schedule", show.page]];
  return makeElement("nav", "", ...links.map(([text, url]) => makeLink(text, url)));
}

// Render the schedule. Returns a function that updates what depends on the current time.
function render(root, data) {
  const events = readEvents(data);
  const heading = makeElement("h2", "", makeLink(data.show.title, data.show.page));
  const next = makeElement("p", "now");
  const section = makeElement("section", "", heading, next, makeList(data, events), makeNavigation(data));
  section.lang = "en";
  section.querySelector("nav").setAttribute("aria-label", "Calendar");
  root.replaceChildren(section);
  return () => update(next, events);
}

function update(paragraph, episodes) {
  const now = Date.now();
  const found = findNext(episodes, now);
  paragraph.replaceChildren(...makeHeadline(found), formatWait(found));
  for (const each of episodes) {
    each.item.classList.toggle("past", each.end <= now);
    each.item.classList.toggle("coming", each === found.episode);
  }
}
{% endblock %}
