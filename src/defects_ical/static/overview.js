// The script of the overview, which is complete without it: shows the visitor's week in local times,
// with filters. Runs before the first paint, so that nothing moves.

// copy-buttons.js uses it.
const SECOND = 1000;
const find = (id) => document.getElementById(id);
let events = [];
// The Monday of the week that is shown, and the visitor's date at that time.
let shown;
let today;

function readEvent(item) {
  const { platforms = "", genres = "" } = item.dataset;
  return { ...readRow(item), platforms: platforms.split(" "), genres: genres.split(" ") };
}

// The value of a filter; a filter with one option is not on the page.
function readFilter(id) {
  return find(id) ? find(id).value : "";
}

function filterEvents() {
  const platform = readFilter("platform");
  const genre = readFilter("genre");
  return events.filter((each) => (!platform || each.platforms.includes(platform))
    && (!genre || each.genres.includes(genre)));
}

function makeButton(text, monday) {
  const button = makeElement("button", "", text);
  button.type = "button";
  button.onclick = () => {
    show(monday);
    find("current").focus();
  };
  return button;
}

// What the list says of a week without events, with a button to the closest one that has some.
function makeNothing(found, monday) {
  const other = findOtherWeek(found, monday);
  const filtered = found.length < events.length ? " with these filters" : "";
  const text = `Nothing is scheduled from ${formatWeek(monday)}${filtered}.`;
  if (!other) return [makeElement("p", "nothing", text)];
  const after = other.isLater ? "" : " Nothing later is known.";
  const label = `${other.isLater ? "Next dates" : "Latest dates"}: ${formatWeek(other.monday)}`;
  return [makeElement("p", "nothing", text, after), makeButton(label, other.monday)];
}

// Show the week that begins on a Monday.
function show(monday) {
  const now = Date.now();
  today = findDate(now);
  shown = monday;
  const found = filterEvents();
  const days = makeDays(found, monday, now, "h4");
  const isCurrent = monday === findMonday(today);
  find("week").replaceChildren(formatWeek(monday));
  if (isCurrent) find("week").append(" ", makeElement("small", "", "this week"));
  linkToday(days);
  find("weeks").replaceChildren(...(days.length ? days : makeNothing(found, monday)));
  find("current").classList.toggle("chosen", isCurrent);
}

// Link to today if other days are above it.
function linkToday(days) {
  const day = days.find((each) => each.classList.contains("today"));
  if (day) day.id = "today";
  find("jump").hidden = !day || day === days[0];
}

// Links to shows as nodes, at most two. <bdi> isolates the writing direction of each title.
function linkShows(items) {
  const links = items.slice(0, items.length > 2 ? 1 : 2).flatMap(({ title, link }, index) => {
    const copy = makeElement("a", "", makeElement("bdi", "", title));
    copy.href = link.href;
    return [index ? ", " : "", copy];
  });
  if (items.length > 2) return [...links, ` and ${items.length - 1} more`];
  return items.length === 1 && items[0].name ? [...links, ", ", makeElement("bdi", "", items[0].name)] : links;
}

function formatDate(date) {
  const { weekday, rest } = splitDate(date);
  return `${weekday} ${rest.join(" ")}`;
}

function describeStart({ day, date, start }, now) {
  const words = formatDate(date);
  if (day) return [makeElement("p", "", words)];
  const time = `${words}, ${formatTime(start).time} (${zoneName(start)})`;
  return [makeElement("p", "", time), makeElement("p", "wait", `in ${formatDuration(start - now)}`)];
}

function describeEnd(now) {
  if (!events.length) return [makeElement("strong", "", "No date is known.")];
  const last = events.filter((each) => !isOff(each) && each.end <= now).pop();
  const headline = makeElement("strong", "", "No more dates are known.");
  if (!last) return [headline];
  return [headline, makeElement("p", "", `The last one was on ${formatDate(last.date)}.`)];
}

function makeHeadlines({ onNow, next }, now) {
  if (onNow.length) {
    const words = onNow.every(({ status }) => status === "tentative") ? "May be on air now: " : "On air now: ";
    const lines = [makeElement("strong", "", words, ...linkShows(onNow))];
    if (!next.length) return lines;
    const wait = next[0].day ? `, ${formatDate(next[0].date)}` : `, in ${formatDuration(next[0].start - now)}`;
    return [...lines, makeElement("p", "", "Next: ", ...linkShows(next), wait)];
  }
  if (!next.length) return describeEnd(now);
  const words = next[0].day === findDate(now) ? "Today: " : "Next: ";
  return [makeElement("strong", "", words, ...linkShows(next)), ...describeStart(next[0], now)];
}

function update() {
  const now = Date.now();
  find("next").replaceChildren(...makeHeadlines(markRows(events, now), now));
  // After midnight, another day is today. Whoever looks at another week stays there.
  if (today && today !== findDate(now)) show(shown === findMonday(today) ? findMonday(findDate(now)) : shown);
  setTimeout(update, MINUTE - (now % MINUTE));
}

function addControls() {
  const move = (days) => () => show(addDays(shown, days));
  find("before").onclick = move(-7);
  find("after").onclick = move(7);
  find("current").onclick = () => show(findMonday(findDate(Date.now())));
  for (const select of document.querySelectorAll("#controls select")) select.onchange = () => show(shown);
  find("controls").hidden = false;
  document.querySelector(".shown").hidden = false;
  show(findMonday(findDate(Date.now())));
}

document.addEventListener("DOMContentLoaded", () => {
  const list = find("weeks");
  if (list) {
    events = sortEvents(Array.from(list.querySelectorAll("li"), readEvent));
    update();
    document.querySelector(".zone").textContent = `Times in your time zone (${zoneName(Date.now())}).`;
    if (events.length) addControls();
  }
  document.querySelectorAll(".copy").forEach(offerCopy);
  document.documentElement.dataset.ready = "";
});
