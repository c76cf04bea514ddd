// The script of the overview, which is complete without it: shows the visitor's week in local times,
// with filters. Runs before the first paint, so that nothing moves.

// copy-buttons.js uses it.
const SECOND = 1000;
const find = (id) => document.getElementById(id);
let events = [];
// The first date of the week that is shown, and the visitor's date at that time.
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

function makeButton(text, week) {
  const button = makeElement("button", "", text);
  button.type = "button";
  button.onclick = () => {
    show(week);
    find("current").focus();
  };
  return button;
}

// What the list says of a week without events, with a button to the closest one that has some.
function makeNothing(found, week) {
  const other = findOtherWeek(found, week);
  const nothing = found.length < events.length ? WORDS.nothing_with_filters : WORDS.nothing_scheduled;
  const text = fill(nothing, { week: formatWeek(week) });
  if (!other) return [makeElement("p", "nothing", text)];
  const after = other.isLater ? "" : WORDS.sentence_separator + WORDS.nothing_later;
  const label = fill(other.isLater ? WORDS.next_dates : WORDS.latest_dates, { week: formatWeek(other.week) });
  return [makeElement("p", "nothing", text, after), makeButton(label, other.week)];
}

// Show a week.
function show(week) {
  const now = Date.now();
  today = findDate(now);
  shown = week;
  const found = filterEvents();
  const days = makeDays(found, week, now, "h4");
  const isCurrent = week === findWeekStart(today);
  find("week").replaceChildren(formatWeek(week));
  if (isCurrent) find("week").append(" ", makeElement("small", "", WORDS.week_is_current));
  linkToday(days);
  find("weeks").replaceChildren(...(days.length ? days : makeNothing(found, week)));
  find("current").classList.toggle("chosen", isCurrent);
}

// Link to today if other days are above it.
function linkToday(days) {
  const day = days.find((each) => each.classList.contains("today"));
  if (day) day.id = "today";
  find("jump").hidden = !day || day === days[0];
}

function linkShow({ link }) {
  const copy = makeElement("a", "", link.querySelector("bdi").cloneNode(true));
  copy.href = link.href;
  return copy;
}

// Links to shows as nodes, at most two.
function linkShows(items) {
  const [first] = items;
  if (items.length > 2) return fillNodes(WORDS.names_and_more, { names: linkShow(first), count: items.length - 1 });
  if (items.length > 1 || !first.name) return joinNodes(items.map(linkShow));
  return fillNodes(WORDS.show_and_episode, { show: linkShow(first), episode: first.label.cloneNode(true) });
}

function describeStart({ day, date: isoDate, start }, now) {
  const date = formatDate(readDate(isoDate));
  if (day) return [makeElement("p", "", date)];
  const values = { date, time: formatTime(readLocal(start)), zone: zoneName(start) };
  const wait = fill(WORDS.in_length, { length: formatDuration(start - now) });
  return [makeElement("p", "", fill(WORDS.date_time_in_zone, values)), makeElement("p", "wait", wait)];
}

function describeEnd(now) {
  if (!events.length) return [makeElement("strong", "", WORDS.no_date_known)];
  const last = events.filter((each) => !isOff(each) && each.end <= now).pop();
  const headline = makeElement("strong", "", WORDS.no_more_dates);
  if (!last) return [headline];
  return [headline, makeElement("p", "", fill(WORDS.last_date, { date: formatDate(readDate(last.date)) }))];
}

// What comes after what is on air, with the wait, or with the day while the hour is unknown.
function makeNextLine(next, now) {
  const [{ day, date, start }] = next;
  const headline = fillNodes(WORDS.next, { name: linkShows(next) });
  return makeElement("p", "", ...(day
    ? fillNodes(WORDS.headline_on_day, { headline, date: formatDate(readDate(date)) })
    : fillNodes(WORDS.headline_in_length, { headline, length: formatDuration(start - now) })));
}

function makeHeadlines({ onNow, next }, now) {
  if (onNow.length) {
    const isTentative = onNow.every(({ status }) => status === "tentative");
    const text = isTentative ? WORDS.shows_may_be_on_air_now : WORDS.on_air_now;
    const headline = makeElement("strong", "", ...fillNodes(text, { name: linkShows(onNow) }));
    return next.length ? [headline, makeNextLine(next, now)] : [headline];
  }
  if (!next.length) return describeEnd(now);
  const text = next[0].day === findDate(now) ? WORDS.today : WORDS.next;
  return [makeElement("strong", "", ...fillNodes(text, { name: linkShows(next) })), ...describeStart(next[0], now)];
}

function update() {
  const now = Date.now();
  find("next").replaceChildren(...makeHeadlines(markRows(events, now), now));
  // After midnight, another day is today. Whoever looks at another week stays there.
  if (today && today !== findDate(now)) show(shown === findWeekStart(today) ? findWeekStart(findDate(now)) : shown);
  setTimeout(update, MINUTE - (now % MINUTE));
}

function addControls() {
  const move = (days) => () => show(addDays(shown, days));
  find("before").onclick = move(-7);
  find("after").onclick = move(7);
  find("current").onclick = () => show(findWeekStart(findDate(Date.now())));
  for (const select of document.querySelectorAll("#controls select")) select.onchange = () => show(shown);
  find("controls").hidden = false;
  document.querySelector(".shown").hidden = false;
  show(findWeekStart(findDate(Date.now())));
}

document.addEventListener("DOMContentLoaded", () => {
  const list = find("weeks");
  if (list) {
    events = sortEvents(Array.from(list.querySelectorAll("li"), readEvent));
    update();
    document.querySelector(".zone").textContent = fill(WORDS.times_in_your_zone, { zone: zoneName(Date.now()) });
    if (events.length) addControls();
  }
  document.querySelectorAll(".copy").forEach(offerCopy);
  document.documentElement.dataset.ready = "";
});
