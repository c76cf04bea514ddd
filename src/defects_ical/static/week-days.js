// The events of several shows by day and week, for overview.js, week-frame.js and week.js. An event
// has the `title` of its show and its own `name`, a `status`, `start` and `end`, a `date` ("2025-07-21",
// the visitor's) and an `item`, its row. While the hour is unknown, it has a `day`, which is its date.

const DAY = 1440 * MINUTE;

// The date of a timestamp in the visitor's time zone.
function findDate(timestamp) {
  const { year, month, day } = readLocal(timestamp);
  return `${pad(year, 4)}-${pad(month + 1)}-${pad(day)}`;
}

function addDays(date, count) {
  return new Date(Date.parse(date) + count * DAY).toISOString().slice(0, 10);
}

function readDate(date) {
  return readUTC(Date.parse(date));
}

// The first date of a week stands for the week.
function findWeekStart(date) {
  return addDays(date, -((readDate(date).weekday - WORDS.first_weekday + 7) % 7));
}

// Format the dates of a week: "28 July to 3 August 2025".
function formatWeek(week) {
  const [first, last] = [week, addDays(week, 6)].map((date) => nameDate(readDate(date)));
  return fill(chooseRange(first, last), {
    first_day: first.day, first_month: first.month, first_year: first.year,
    last_day: last.day, last_month: last.month, last_year: last.year,
  });
}

function chooseRange(first, last) {
  if (first.year !== last.year) return WORDS.dates_over_years;
  return first.month === last.month ? WORDS.dates_in_month : WORDS.dates_in_year;
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
  const label = item.querySelector("p bdi");
  const event = { item, link, label, status, title: link.textContent, name: label ? label.textContent : "" };
  return showTime({ ...event, ...readTimes(item.dataset) });
}

// Show the visitor's time in a row, and make room for the mark.
function showTime(event) {
  const time = event.item.querySelector("time");
  time.dateTime = event.day || new Date(event.start).toISOString();
  if (!event.day) time.textContent = formatTime(readLocal(event.start));
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
  if (onNow.includes(event)) return event.status === "tentative" ? WORDS.mark_maybe_on_now : WORDS.mark_on_now;
  if (next.includes(event)) return WORDS.mark_next;
  return event.end <= now && !isOff(event) ? WORDS.mark_ended : "";
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
function makeDays(events, week, now, heading) {
  const days = new Map();
  for (const { date, item } of events) {
    if (findWeekStart(date) === week) days.set(date, [...(days.get(date) || []), item]);
  }
  return [...days].map(([date, items]) => makeDay(date, items, date === findDate(now), heading));
}

function makeDay(date, items, isToday, heading) {
  const names = nameDate(readDate(date));
  // The heading of the week has the year.
  const dayAndMonth = fill(WORDS.day_and_month, names);
  const title = isToday ? fill(WORDS.today_date, { date: dayAndMonth }) : dayAndMonth;
  const day = makeElement(heading, "", `${names.weekday} `, makeElement("small", "", title));
  return makeElement("div", isToday ? "day today" : "day", day, makeElement("ol", "", ...items));
}

// Find the first week after another that has events, or the last one before it.
function findOtherWeek(events, week) {
  const later = events.find(({ date }) => date >= addDays(week, 7));
  const earlier = events.filter(({ date }) => date < week).pop();
  const other = later || earlier;
  return other && { week: findWeekStart(other.date), isLater: Boolean(later) };
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
  const current = findWeekStart(findDate(now));
  const isEmpty = !events.some(({ date }) => findWeekStart(date) === current);
  const other = isEmpty ? findOtherWeek(events, current) : undefined;
  const shown = other && other.isLater ? other.week : current;
  list.hidden = isEmpty && shown === current;
  title.textContent = fill(chooseWeekTitle(isEmpty, shown === current), { week: formatWeek(shown) });
  list.replaceChildren(...makeDays(events, shown, now, heading));
}

function chooseWeekTitle(isEmpty, isCurrent) {
  if (!isEmpty) return WORDS.this_week_dates;
  return isCurrent ? WORDS.nothing_this_week : WORDS.nothing_this_week_next;
}
