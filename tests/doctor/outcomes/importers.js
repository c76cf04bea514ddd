// Importers written in JavaScript read feeds: the names of files come in, a line of JSON for each goes out.
"use strict";

const fs = require("node:fs");
const ICAL = require("ical.js");
const nodeIcal = require("node-ical");

const YEAR = 2031;
const FIRST = new Date(Date.UTC(YEAR, 0, 1));
const LAST = new Date(Date.UTC(YEAR + 1, 0, 1));
const MOST = 1000;

// ical.js, as its README shows it: strict, with the feed's own time zones.

function readWithICALJS(text) {
  ICAL.TimezoneService.reset();
  const reading = { occurrences: [], failures: [] };
  const parsed = ICAL.parse(text);
  const calendars = Array.isArray(parsed[0]) ? parsed : [parsed];
  for (const calendar of calendars) {
    readCalendar(new ICAL.Component(calendar), reading);
  }
  return reading;
}

function readCalendar(calendar, reading) {
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    attempt(reading, () => ICAL.TimezoneService.register(zone));
  }
  const events = [];
  for (const component of calendar.getAllSubcomponents("vevent")) {
    attempt(reading, () => events.push(new ICAL.Event(component)));
  }
  const changes = events.filter((event) => event.isRecurrenceException());
  const series = events.filter((event) => !event.isRecurrenceException());
  for (const change of changes) {
    const owner = series.find((event) => event.uid === change.uid);
    if (owner) {
      attempt(reading, () => owner.relateException(change));
    } else {
      series.push(change);
    }
  }
  for (const event of series) {
    attempt(reading, () => reading.occurrences.push(...expandWithICALJS(event)));
  }
}

function expandWithICALJS(event) {
  if (!event.isRecurring()) {
    const { uid, summary, startDate, endDate } = event;
    return [[uid, summary, formatICALTime(startDate), formatICALTime(endDate)]];
  }
  const occurrences = [];
  const iterator = event.iterator();
  for (let next = iterator.next(); next && occurrences.length < MOST; next = iterator.next()) {
    if (next.year > YEAR) {
      break;
    }
    if (next.year < YEAR) {
      continue;
    }
    const details = event.getOccurrenceDetails(next);
    occurrences.push([
      event.uid,
      details.item.summary,
      formatICALTime(details.startDate),
      formatICALTime(details.endDate),
    ]);
  }
  return occurrences;
}

function formatICALTime(time) {
  if (time === null) {
    return null;
  }
  if (!(time instanceof ICAL.Time)) {
    throw new Error(`no time: ${time}`);
  }
  if (time.isDate) {
    return time.toICALString();
  }
  if (time.zone === ICAL.Timezone.localTimezone) {
    return time.toICALString();
  }
  return formatInstant(time.toJSDate());
}

// node-ical, with its own expansion of rules.

function readWithNodeIcal(text) {
  const reading = { occurrences: [], failures: [] };
  for (const event of Object.values(nodeIcal.sync.parseICS(text))) {
    if (event.type === "VEVENT") {
      attempt(reading, () => reading.occurrences.push(...expandWithNodeIcal(event)));
    }
  }
  return reading;
}

function expandWithNodeIcal(event) {
  const events = event.rrule ? nodeIcal.expandRecurringEvent(event, { from: FIRST, to: LAST }) : [event];
  return events.map((each) => {
    const isDay = each.isFullDay ?? event.datetype === "date";
    const summary = each.summary?.val ?? each.summary;
    return [event.uid, summary, formatDate(each.start, isDay), formatDate(each.end, isDay)];
  });
}

function formatDate(date, isDay) {
  if (!date) {
    return null;
  }
  if (!(date instanceof Date)) {
    throw new Error(`no date: ${date}`);
  }
  if (isDay) {
    const pad = (number) => String(number).padStart(2, "0");
    return `${date.getFullYear()}${pad(date.getMonth() + 1)}${pad(date.getDate())}`;
  }
  if (!date.tz) {
    return formatInstant(new Date(date.getTime() - date.getTimezoneOffset() * 60000)).replace("Z", "");
  }
  return formatInstant(date);
}

function formatInstant(date) {
  return date.toISOString().replace(/[-:]|\.\d+/g, "");
}

function attempt(reading, read) {
  try {
    read();
  } catch (error) {
    reading.failures.push(String(error.message ?? error));
  }
}

function readWith(read, text) {
  try {
    return read(text);
  } catch (error) {
    return { occurrences: [], failures: [], refusal: String(error.message ?? error) };
  }
}

// Messages of the libraries would come between the lines.
console.log = console.warn = console.error = () => {};
for (const file of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const text = fs.readFileSync(file, "utf8");
  const line = {
    "ical.js": readWith(readWithICALJS, text),
    "node-ical": readWith(readWithNodeIcal, text),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
