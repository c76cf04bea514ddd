// Texts, local times and the next episode. The page, the frame and the element each start with this file.

const MINUTE = 60000;
const PLURAL_RULES = new Intl.PluralRules(WORDS.code);
const ZONE_FORMAT = new Intl.DateTimeFormat(listZoneLocales(), { timeZoneName: "short", numberingSystem: "latn" });

// Zone names depend on the region: British readers know BST, Americans PDT. Use the browser's own.
function listZoneLocales() {
  const [language] = WORDS.code.split("-");
  const withRegion = new RegExp(`^${language}-[A-Z]{2}$`);
  return [...navigator.languages.filter((each) => withRegion.test(each)), WORDS.code];
}

// Fill the placeholders of a text.
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Fill placeholders with nodes, or with lists of nodes. Returns texts and nodes.
function fillNodes(text, values) {
  // Every second part is the name of a placeholder.
  return text.split(/\{(\w+)\}/).flatMap((part, index) => (index % 2 ? values[part] : part));
}

// Put the separator of a list between nodes, or lists of nodes.
function joinNodes(items) {
  return items.flatMap((each, index) => (index ? [WORDS.list_separator] : []).concat(each));
}

// <bdi> isolates the writing direction of a name.
function isolate(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

// The name of an episode. Its `label` on the page marks the language of each part.
function makeName({ label, name }) {
  return label ? label.cloneNode(true) : isolate(name);
}

// Choose the plural form of a text. The last one is for what the browser has no rules for.
function chooseForm(forms, count) {
  return forms[WORDS.plural_categories.indexOf(PLURAL_RULES.select(count))] || forms[forms.length - 1];
}

function formatCount(forms, count) {
  return fill(chooseForm(forms, count), { count });
}

function pad(number, length = 2) {
  return `${number}`.padStart(length, "0");
}

// The numbers of a date and time on the visitor's clock. Months begin with 0, as weekdays do with Monday.
function readLocal(timestamp) {
  const time = new Date(timestamp);
  return {
    year: time.getFullYear(), month: time.getMonth(), day: time.getDate(), weekday: (time.getDay() + 6) % 7,
    hour: time.getHours(), minute: time.getMinutes(),
  };
}

// The same for dates, and for the times of another clock, that were parsed as if they were in UTC.
function readUTC(timestamp) {
  const time = new Date(timestamp);
  return {
    year: time.getUTCFullYear(), month: time.getUTCMonth(), day: time.getUTCDate(),
    weekday: (time.getUTCDay() + 6) % 7, hour: time.getUTCHours(), minute: time.getUTCMinutes(),
  };
}

// What the pattern of a date may contain.
function nameDate({ year, month, day, weekday }) {
  return { year, month: WORDS.months[month], day, padded_day: pad(day), weekday: WORDS.weekdays[weekday] };
}

// Format a date: "Monday 21 July 2025".
function formatDate(date) {
  return fill(WORDS.date, nameDate(date));
}

// Format a time of day: "11:00".
function formatTime({ hour, minute }) {
  return fill(WORDS.time, {
    hour: pad(hour), plain_hour: hour, hour12: hour % 12 || 12, minute: pad(minute),
    period: WORDS.day_periods[hour] || "",
  });
}

// Format a date and time: "Monday 21 July 2025, 11:00".
function formatDateTime(time) {
  return fill(WORDS.date_and_time, { date: formatDate(time), time: formatTime(time) });
}

// The short name of the visitor's time zone at that time: "EDT".
function zoneName(timestamp) {
  return ZONE_FORMAT.formatToParts(timestamp).find((part) => part.type === "timeZoneName").value;
}

// Format a duration: "2 days 4 hours", without minutes if it is a day or longer.
function formatDuration(milliseconds) {
  const minutes = Math.ceil(milliseconds / MINUTE);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const units = [[days, WORDS.days], [hours, WORDS.long_hours], [minutes % 60, WORDS.long_minutes]];
  return units
    .slice(0, days ? 2 : 3)
    .filter(([count]) => count)
    .map(([count, forms]) => formatCount(forms, count))
    .join(WORDS.length_separator);
}

// Find the episode that is on air or comes next: of `name`, `status`, `start` and `end`, in the order
// of their starts. While its hour is unknown, an episode has a `day` ("Monday 20 July 2026"), which
// begins at `start` and ends at `end`. Returns the `text` of the headline, which has a place for the
// name of the `episode` if there is one, and the `wait` in milliseconds if that has an hour and has
// not started.
function findNext(episodes, now) {
  const airing = episodes.filter(({ status }) => status !== "cancelled" && status !== "postponed");
  const coming = airing.filter((each) => each.end > now);
  // A broadcast goes before an episode of the same day whose hour is unknown.
  const episode = coming.find((each) => each.start <= now && !each.day) || coming[0];
  if (!episode) return describeEnd(episodes, now);
  const text = chooseHeadline(episode, now);
  if (episode.day || episode.start <= now) return { text, episode };
  return { text, episode, wait: episode.start - now };
}

function chooseHeadline({ day, start, status }, now) {
  const isTentative = status === "tentative";
  if (start > now) return isTentative ? WORDS.next_tentative : WORDS.next;
  if (day) return isTentative ? WORDS.today_tentative : WORDS.today;
  return isTentative ? WORDS.may_be_on_air_now : WORDS.on_air_now;
}

// Nothing comes next. `isOver` means that everything has aired.
function describeEnd(episodes, now) {
  const isOne = episodes.length === 1;
  const has = (wanted) => episodes.some(({ status }) => status === wanted);
  if (!episodes.length) return { text: WORDS.no_date_known };
  if (has("postponed")) return { text: isOne ? WORDS.one_postponed : WORDS.next_postponed };
  if (episodes.every(({ status }) => status === "cancelled")) {
    return { text: isOne ? WORDS.one_cancelled : WORDS.all_cancelled };
  }
  if (episodes.some((each) => each.end > now)) return { text: WORDS.no_more_episodes };
  return { text: isOne ? WORDS.one_aired : WORDS.season_ended, isOver: true };
}

// The nodes of the headline.
function makeHeadline({ text, episode }) {
  return episode ? fillNodes(text, { name: makeName(episode) }) : [text];
}

// The nodes of the headline with the wait, or with the day while the hour is unknown.
function makeLongHeadline(found) {
  const { episode, wait } = found;
  const headline = makeHeadline(found);
  if (wait) return fillNodes(WORDS.headline_in_length, { headline, length: formatDuration(wait) });
  return episode && episode.day ? fillNodes(WORDS.headline_on_day, { headline, date: episode.day }) : headline;
}

// In a list that scrolls, start just above the next episode.
function scrollToItem(list, item) {
  if (list.tabIndex === 0 && item) list.scrollTop = item.offsetTop - item.offsetHeight;
}
