{# The custom element <defects-week>, which shows the week of all shows. #}
{% extends "element_base.js" %}
{% set tag = "defects-week" %}
{% set data_path = (root | default("")) ~ "shows.json" %}
{% set frame_path = "week.html" %}
{% set current = ".on, .next" %}
{% block style %}
[hidden] { display: none; }
.list { position: relative; max-height: 36rem; margin: 1rem 0; overflow-y: auto; border-bottom: 1px solid var(--line); }
ol { list-style: none; }
.day { padding: 0.625rem 0; border-top: 1px solid var(--line); }
h3 { position: sticky; top: 0; background: var(--p); font-size: 1em; }
.today h3 { color: var(--a); }
small, i { color: var(--soft); font-size: 0.875em; font-style: normal; font-weight: 400; }
section:not(:lang(en)) { --time: 6.5em; }
li { display: grid; grid-template-columns: var(--time, 5em) 1fr; padding: 0.375rem 0; }
time { font-variant-numeric: tabular-nums; }
li a { justify-self: start; color: inherit; font-weight: 600; text-decoration: none; }
li a:hover { text-decoration: underline; }
li :is(p, i) { grid-row: 2; }
li p { grid-column: 2; }
.past, .past a { color: var(--soft); font-weight: 400; }
:is(.on, .next) :is(a, i) { color: var(--a); }
.cancelled :is(time, a), .postponed time { text-decoration: line-through; }
{% endblock %}
{% block content %}
const STATUSES = {
  cancelled: WORDS.status_cancelled, postponed: WORDS.status_postponed, tentative: WORDS.status_tentative,
};

// Return the data in the language of this script. What is not translated stays in the main language.
function translate(data) {
  const texts = data.texts && data.texts[WORDS.code];
  if (!texts) return data;
  const { title = data.title, platforms = {}, shows = {} } = texts;
  return {
    ...data,
    title,
    platforms: data.platforms.map((each) => ({ ...each, ...platforms[each.id] })),
    shows: data.shows.map((each) => translateShow(each, shows[each.slug] || {})),
  };
}

function translateShow(show, { title = show.title, later = {}, events = {} }) {
  // The event of a film has the title of the film.
  const translateName = (name) => (name === show.title ? title : name);
  return {
    ...show,
    title,
    later: { ...show.later, ...later },
    events: show.events.map((each) => ({ ...each, name: translateName(each.name), ...events[each.id] })),
  };
}

// The names of platforms as nodes, with when they show it if that is not with the broadcast.
function namePlatforms(ids, later, names) {
  return joinNodes(ids.map((id) => {
    const platform = isolate(names.get(id) || id);
    return later[id] ? fillNodes(WORDS.platform_delay, { platform, delay: later[id] }) : platform;
  }));
}

function makeRow(show, event, platforms) {
  const { name, status, page } = event;
  const details = makeElement("p");
  if (name !== show.title) details.append(isolate(name), " ");
  const note = STATUSES[status];
  if (note) details.append(makeElement("small", "", `${fill(WORDS.status_note, { status: note })} `));
  details.append(makeElement("small", "", ...namePlatforms(event.platforms, show.later, platforms)));
  const link = makeLink(isolate(show.title), page);
  return makeElement("li", status, makeElement("time", "", WORDS.no_hour_yet), link, details);
}

function readEvents({ shows, platforms }) {
  const names = new Map(platforms.map(({ id, name }) => [id, name]));
  return sortEvents(shows.flatMap((show) => show.events.map((each) => {
    const times = readTimes({ ...each, day: each.date });
    return showTime({ ...times, title: show.title, name: each.name, status: each.status, item: makeRow(show, each, names) });
  })));
}

{% if has_credit %}
// Say whom the data of the shows are of, each source once.
function makeCredits(shows) {
  const credits = new Map(shows.flatMap(({ credit }) => (credit ? [[`${credit.name}\n${credit.licence}`, credit]] : [])));
  return [...credits.values()].map(({ name, licence }) => makeElement("p", "",
    makeElement("small", "", ...fillNodes(WORDS.credit, { name: isolate(name), licence: isolate(licence) }))));
}

{% endif %}
// Render the week. Returns a function that updates what depends on the current time.
function render(root, source) {
  const data = translate(source);
  const events = readEvents(data);
  const page = new URL(".", SCRIPT_URL).href;
  const title = makeElement("p", "now");
  const list = makeElement("div", "list");
  // Keyboards can scroll only what has the focus.
  list.tabIndex = 0;
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", WORDS.calendar);
  const zone = fill(WORDS.times_in_your_zone, { zone: zoneName(Date.now()) });
  const note = makeElement("p", "", makeElement("small", "", zone));
  const heading = makeElement("h2", "", makeLink(isolate(data.title), page));
  const link = makeElement("p", "", makeLink(WORDS.all_shows, page));
  const section = makeElement("section", "", heading, title, note, list, link);
  section.lang = WORDS.code;
  section.dir = WORDS.direction;
{% if has_credit %}
  section.append(...makeCredits(data.shows));
{% endif %}
  root.replaceChildren(section);
  return () => showWeek(list, title, events, "h3");
}
{% endblock %}
