{# The custom element <defects-week>, which shows the week of all shows. #}
{% extends "element_base.js" %}
{% set tag = "defects-week" %}
{% set data_path = "shows.json" %}
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
li { display: grid; grid-template-columns: 5em 1fr; padding: 0.375rem 0; }
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
const STATUSES = { cancelled: "cancelled", postponed: "postponed", tentative: "to be confirmed" };

function makeRow(show, event, platforms) {
  const { name, status, page } = event;
  const details = makeElement("p");
  if (name !== show.title) details.append(makeElement("bdi", "", name), " ");
  if (STATUSES[status]) details.append(makeElement("small", "", `(${STATUSES[status]}) `));
  const names = event.platforms.map((id) => {
    const name = platforms.get(id) || id;
    return show.later[id] ? `${name} (${show.later[id]})` : name;
  });
  details.append(makeElement("small", "", names.join(", ")));
  const link = makeLink(makeElement("bdi", "", show.title), page);
  return makeElement("li", status, makeElement("time", "", "no hour yet"), link, details);
}

function readEvents({ shows, platforms }) {
  const names = new Map(platforms.map(({ id, name }) => [id, name]));
  return sortEvents(shows.flatMap((show) => show.events.map((each) => {
    const times = readTimes({ ...each, day: each.date });
    return showTime({ ...times, title: show.title, name: each.name, status: each.status, item: makeRow(show, each, names) });
  })));
}

// Render the week. Returns a function that updates what depends on the current time.
function render(root, data) {
  const events = readEvents(data);
  const page = new URL(".", SCRIPT_URL).href;
  const title = makeElement("p", "now");
  const list = makeElement("div", "list");
  // Keyboards can scroll only what has the focus.
  list.tabIndex = 0;
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Calendar");
  const zone = makeElement("p", "", makeElement("small", "", `Times in your time zone (${zoneName(Date.now())}).`));
  const link = makeElement("p", "", makeLink("All shows", page));
  const section = makeElement("section", "", makeElement("h2", "", makeLink(data.title, page)), title, zone, list, link);
  section.lang = "en";
  root.replaceChildren(section);
  return () => showWeek(list, title, events, "h3");
}
{% endblock %}
