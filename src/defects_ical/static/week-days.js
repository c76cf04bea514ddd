// The events of several shows by day and week, for overview.js, week-frame.js and week.js. An event
// has the `title` of its show and its own `name`, a `status`, `start` and `end`, a `date` ("2025-07-21",
// the visitor's) and an `item`, its row. While the hour is unknown, it has a `day`, which is its date.

const DAY = 1440 * MINUTE;
// For dates without a time, parsed as if they were in UTC.
const DATE_FORMAT = new Intl.DateTimeFormat("en-GB", { ...DATE_PARTS, timeZone: "UTC" });

// The date of a timestamp in the visitor's time zone.
function findDate(timestamp) {
  const time = new Date(timestamp);
  const pad = (number, length) => `${number}`.padStart(length, "0");
  return `${pad(time.getFullYear(), 4)}-${pad(time.getMonth() + 1, 2)}-${pad(time.getDate(), 2)}`;
}

function addDays(date, count) {
  return new Date(Date.parse(date) + count * DAY).toISOString().slice(0, 10);
}

function findMonday(date) {
  return addDays(date, -((new Date(date).getUTCDay() + 6) % 7));
}

// Format a date: the weekday, and "21 July 2025".
function splitDate(date) {
  const [weekday, ...rest] = formatTime(Date.parse(date), DATE_FORMAT).day.split(" ");
  return { weekday, rest };
}

// Format the dates of a week: "28 July to 3 August 2025".
function formatWeek(monday) {
  const [first, last] = [monday, addDays(monday, 6)].map((date) => splitDate(date).rest);
  while (first[first.length - 1] === last[first.length - 1]) first.pop();
  return `${first.join(" ")} to ${last.join(" ")}`;
}

// Read when an event is from the texts of its start, end, and day if the hour is unknown. Such a day
// is the visitor's, too.
function readTimes({ start, end, day }) {
  if (!day) return { start: Date.parse(start), end: Date.parse(end), date: findDate(Date.parse(start)) };
  return { day, start: Date.parse(`${day}T00:00`), end: Date.parse(`${addDays(day, 1)}T00:00`), date: day };
}

function sortEvents(events) {
  return events.sort((one, other) => one.start - other.start);
}

// Read an event from a row of the page, and show its local time.
function readRow(item) {
  const { status = "confirmed" } = item.dataset;
  const link = item.querySelector("a");
  const name = item.querySelector("p bdi");
  const event = { item, link, status, title: link.textContent, name: name ? name.textContent : "" };
  return showTime({ ...event, ...readTimes(item.dataset) });
}

// Show the visitor's time in a row, and make room for the mark.
function showTime(event) {
  const time = event.item.querySelector("time");
  time.dateTime = event.day || new Date(event.start).toISOString();
  if (!event.day) time.textContent = formatTime(event.start).time;
  event.mark = makeElement("i");
  event.item.append(event.mark);
  return event;
}

function isOff({ status }) {
  return status === "cancelled" || status === "postponed";
}

// Find the events that are on now, and those that come next: more than one if they start together.
// An event whose hour is unknown comes after the others of its day.
function findCurrent(events, now) {
  const airing = events.filter((each) => !isOff(each));
  const onNow = airing.filter(({ day, start, end }) => !day && start <= now && end > now);
  const position = ({ day, start, end }) => (day ? end - 1 : start);
  const coming = airing.filter((each) => position(each) > now);
  const first = Math.min(...coming.map(position));
  return { onNow, next: coming.filter((each) => position(each) === first) };
}

function chooseMark(event, { onNow, next }, now) {
  if (onNow.includes(event)) return event.status === "tentative" ? "on now?" : "on now";
  if (next.includes(event)) return "next";
  return event.end <= now && !isOff(event) ? "ended" : "";
}

// Mark the rows of what is on now, comes next, or has ended. Returns the first two.
function markRows(events, now) {
  const current = findCurrent(events, now);
  for (const each of events) {
    const text = chooseMark(each, current, now);
    if (each.mark.textContent !== text) each.mark.textContent = text;
    each.item.classList.toggle("past", each.end <= now && each.status !== "postponed");
    each.item.classList.toggle("on", current.onNow.includes(each));
    each.item.classList.toggle("next", current.next.includes(each));
  }
  return current;
}

// The days of a week that have events, each with a heading and the rows.
function makeDays(events, monday, now, heading) {
  const days = new Map();
  for (const { date, item } of events) {
    if (findMonday(date) === monday) days.set(date, [...(days.get(date) || []), item]);
  }
  return [...days].map(([date, items]) => makeDay(date, items, date === findDate(now), heading));
}

function makeDay(date, items, isToday, heading) {
  const { weekday, rest } = splitDate(date);
  // The heading of the week has the year.
  const title = makeElement("small", "", `${isToday ? "Today, " : ""}${rest.slice(0, 2).join(" ")}`);
  const day = makeElement(heading, "", `${weekday} `, title);
  return makeElement("div", isToday ? "day today" : "day", day, makeElement("ol", "", ...items));
}

// Find the first week after a Monday that has events, or the last one before it.
function findOtherWeek(events, monday) {
  const later = events.find(({ date }) => date >= addDays(monday, 7));
  const earlier = events.filter(({ date }) => date < monday).pop();
  const other = later || earlier;
  return other && { monday: findMonday(other.date), isLater: Boolean(later) };
}

// Fill a list with this week, or with the next one that has events, and mark its rows.
function showWeek(list, title, events, heading) {
  const now = Date.now();
  const today = findDate(now);
  // Once a day: what moves in the document loses the focus.
  if (list.dataset.date !== today) fillWeek(list, title, events, heading);
  list.dataset.date = today;
  markRows(events, now);
}

function fillWeek(list, title, events, heading) {
  const now = Date.now();
  const monday = findMonday(findDate(now));
  const isEmpty = !events.some(({ date }) => findMonday(date) === monday);
  const other = isEmpty ? findOtherWeek(events, monday) : undefined;
  const shown = other && other.isLater ? other.monday : monday;
  list.hidden = isEmpty && shown === monday;
  const next = shown === monday ? "" : ` Next: ${formatWeek(shown)}`;
  title.textContent = isEmpty ? `Nothing this week.${next}` : `This week: ${formatWeek(monday)}`;
  list.replaceChildren(...makeDays(events, shown, now, heading));
}
