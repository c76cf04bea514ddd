// The visitor's clock, for the frame and the element alike: each begins with this file.

const PARTS = {
  weekday: "long", day: "numeric", month: "long", year: "numeric",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
};
const HERE = new Intl.DateTimeFormat("en-GB", PARTS);
const MINUTE = 60000;

// What a clock shows at an instant, the visitor's own unless another is given:
// "Monday 21 July 2025", "11:00", and its zone's short name.
function told(instant, clock = HERE) {
  const part = {};
  for (const { type, value } of clock.formatToParts(instant)) part[type] = value;
  const day = `${part.weekday} ${part.day} ${part.month} ${part.year}`;
  return { day, time: `${part.hour}:${part.minute}`, zone: part.timeZoneName };
}

// How long a time is, in its two largest units: "2 days 4 h".
function length(milliseconds) {
  const minutes = Math.ceil(milliseconds / MINUTE);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const units = [
    days && `${days} ${days === 1 ? "day" : "days"}`,
    hours && `${hours} h`,
    !days && minutes % 60 && `${minutes % 60} min`,
  ];
  return units.filter(Boolean).join(" ");
}

// What comes next: the words before the episode's name, the episode (if any), the words after it.
function outlook(episodes, now) {
  const ahead = episodes.filter((each) => each.end > now);
  const episode = ahead.find((each) => each.status !== "cancelled");
  if (!episode) return [ahead.length ? "No further episode will air." : "The season has ended."];
  const unsure = episode.status === "tentative" ? ", to be confirmed" : "";
  if (episode.start <= now) return ["On air now: ", episode, unsure];
  return ["Next: ", episode, `, in ${length(episode.start - now)}${unsure}`];
}

// Fill a paragraph with what comes next; a name keeps its writing direction to itself.
function tell(paragraph, [before, episode, after]) {
  const name = document.createElement("bdi");
  name.textContent = episode ? episode.name : "";
  paragraph.replaceChildren(before, name, after || "");
}

// Where a long season scrolls by itself, begin with what comes next.
function beginAt(list, item) {
  if (list.tabIndex === 0 && item) list.scrollTop = item.offsetTop - item.offsetHeight;
}
