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

// Find the episode that is on air or comes next. Returns the `words` of the headline, the
// `episode` if there is one, and the `wait` in milliseconds if it has not started.
function findNext(episodes, now) {
  const airing = episodes.filter((each) => each.status !== "cancelled");
  const episode = airing.find((each) => each.end > now);
  if (!airing.length) return { words: "All episodes are cancelled." };
  if (!episode) {
    const more = episodes.some((each) => each.end > now);
    return { words: more ? "No more episodes will air." : "The season has ended." };
  }
  if (episode.start <= now) {
    return { words: episode.status === "tentative" ? "May be on air now: " : "On air now: ", episode };
  }
  return { words: "Next: ", episode, wait: episode.start - now };
}

// The nodes of the headline. <bdi> isolates the writing direction of the name.
function makeHeadline({ words, episode }) {
  if (!episode) return [words];
  const name = document.createElement("bdi");
  name.textContent = episode.name;
  return [words, name, episode.status === "tentative" ? ", to be confirmed" : ""];
}

// The wait as the end of the headline.
function formatWait({ wait }) {
  return wait ? `, in ${formatDuration(wait)}` : "";
}

// In a list that scrolls, start just above the next episode.
function scrollToItem(list, item) {
  if (list.tabIndex === 0 && item) list.scrollTop = item.offsetTop - item.offsetHeight;
}
