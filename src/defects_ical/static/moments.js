// The visitor's clock and what comes next, for the page, the frame and the element alike: each
// begins with this file.

const PARTS = {
  weekday: "long", day: "numeric", month: "long", year: "numeric",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23",
};
const HERE = new Intl.DateTimeFormat("en-GB", PARTS);
// British readers know their zone as BST, Americans theirs as PDT: the browser's own English.
const ZONE = new Intl.DateTimeFormat(
  [...navigator.languages.filter((each) => /^en-[A-Z]{2}$/.test(each)), "en"], { timeZoneName: "short" });
const MINUTE = 60000;

// What a clock shows at an instant, the visitor's own unless another is given:
// "Monday 21 July 2025" and "11:00".
function told(instant, clock = HERE) {
  const part = {};
  for (const { type, value } of clock.formatToParts(instant)) part[type] = value;
  const day = `${part.weekday} ${part.day} ${part.month} ${part.year}`;
  return { day, time: `${part.hour}:${part.minute}` };
}

// The short name of the visitor's zone at an instant: "EDT".
function zone(instant) {
  return ZONE.formatToParts(instant).find((part) => part.type === "timeZoneName").value;
}

// How long a time is, in its two largest units: "2 days 4 hours".
function length(milliseconds) {
  const minutes = Math.ceil(milliseconds / MINUTE);
  const days = Math.floor(minutes / 1440);
  const units = [[days, "day"], [Math.floor(minutes / 60) % 24, "hour"], [minutes % 60, "minute"]];
  return units
    .slice(0, days ? 2 : 3)
    .filter(([count]) => count)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}

// What is on, or comes next: the words for it; the episode, unless none follows; and how many
// milliseconds it is to be waited for, unless it has begun.
function upcoming(episodes, now) {
  const airing = episodes.filter((each) => each.status !== "cancelled");
  const episode = airing.find((each) => each.end > now);
  if (!airing.length) return { words: "All episodes are cancelled." };
  if (!episode) {
    const more = episodes.some((each) => each.end > now);
    return { words: more ? "No further episode will air." : "The season has ended." };
  }
  if (episode.start <= now) {
    return { words: episode.status === "tentative" ? "Perhaps on air now: " : "On air now: ", episode };
  }
  return { words: "Next: ", episode, wait: episode.start - now };
}

// The words and the episode's name, which keeps its writing direction to itself.
function headline({ words, episode }) {
  if (!episode) return [words];
  const name = document.createElement("bdi");
  name.textContent = episode.name;
  return [words, name, episode.status === "tentative" ? ", to be confirmed" : ""];
}

// How long it is to be waited for, in words that follow the headline.
function waiting({ wait }) {
  return wait ? `, in ${length(wait)}` : "";
}

// Where a long season scrolls by itself, begin with what comes next.
function beginAt(list, item) {
  if (list.tabIndex === 0 && item) list.scrollTop = item.offsetTop - item.offsetHeight;
}
