// Local times and the next episode. The page, the frame and the element each start with this file.

const DATE_PARTS = {
  weekday: "long", day: "numeric", month: "long", year: "numeric",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23",
};
const LOCAL_FORMAT = new Intl.DateTimeFormat("en-GB", DATE_PARTS);
// Zone names depend on the region: British readers know BST, Americans PDT. Use the browser's own.
const ZONE_FORMAT = new Intl.DateTimeFormat(
  [...navigator.languages.filter((each) => /^en-[A-Z]{2}$/.test(each)), "en"], { timeZoneName: "short" });
const MINUTE = 60000;

// Format a timestamp, in the visitor's time zone by default: "Monday 21 July 2025" and "11:00".
function formatTime(timestamp, format = LOCAL_FORMAT) {
  const part = {};
  for (const { type, value } of format.formatToParts(timestamp)) part[type] = value;
  const day = `${part.weekday} ${part.day} ${part.month} ${part.year}`;
  return { day, time: `${part.hour}:${part.minute}` };
}

// The short name of the visitor's time zone at that time: "EDT".
function zoneName(timestamp) {
  return ZONE_FORMAT.formatToParts(timestamp).find((part) => part.type === "timeZoneName").value;
}

// Format a duration: "2 days 4 hours", without minutes if it is a day or longer.
function formatDuration(milliseconds) {
  const minutes = Math.ceil(milliseconds / MINUTE);
  const days = Math.floor(minutes / 1440);
  const units = [[days, "day"], [Math.floor(minutes / 60) % 24, "hour"], [minutes % 60, "minute"]];
  return units
    .slice(0, days ? 2 : 3)
    .filter(([count]) => count)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}

// Find the episode that is on air or comes next: of `name`, `status`, `start` and `end`, in the order
// of their starts. While its hour is unknown, an episode has a `day` ("Monday 20 July 2026"), which
// begins at `start` and ends at `end`. Returns the `words` of the headline, the `episode` if there
// is one, and the `wait` in milliseconds if it has an hour and has not started.
function findNext(episodes, now) {
  const airing = episodes.filter(({ status }) => status !== "cancelled" && status !== "postponed");
  const coming = airing.filter((each) => each.end > now);
  // A broadcast goes before an episode of the same day whose hour is unknown.
  const episode = coming.find((each) => each.start <= now && !each.day) || coming[0];
  if (!episode) return describeEnd(episodes, now);
  if (episode.day) return { words: episode.start <= now ? "Today: " : "Next: ", episode };
  if (episode.start <= now) {
    return { words: episode.status === "tentative" ? "May be on air now: " : "On air now: ", episode };
  }
  return { words: "Next: ", episode, wait: episode.start - now };
}

// Nothing comes next. `isOver` means that everything has aired.
function describeEnd(episodes, now) {
  const isOne = episodes.length === 1;
  const has = (wanted) => episodes.some(({ status }) => status === wanted);
  if (!episodes.length) return { words: "No date is known." };
  if (has("postponed")) return { words: isOne ? "It is postponed." : "The next episode is postponed." };
  if (episodes.every(({ status }) => status === "cancelled")) {
    return { words: isOne ? "It is cancelled." : "All episodes are cancelled." };
  }
  if (episodes.some((each) => each.end > now)) return { words: "No more episodes will air." };
  return { words: isOne ? "It has aired." : "The season has ended.", isOver: true };
}

// The nodes of the headline. <bdi> isolates the writing direction of the name.
function makeHeadline({ words, episode }) {
  if (!episode) return [words];
  const name = document.createElement("bdi");
  name.textContent = episode.name;
  return [words, name, episode.status === "tentative" ? ", to be confirmed" : ""];
}

// The wait, or the day while the hour is unknown, as the end of the headline.
function formatWait({ episode, wait }) {
  if (wait) return `, in ${formatDuration(wait)}`;
  return episode && episode.day ? `, ${episode.day}` : "";
}

// In a list that scrolls, start just above the next episode.
function scrollToItem(list, item) {
  if (list.tabIndex === 0 && item) list.scrollTop = item.offsetTop - item.offsetHeight;
}
