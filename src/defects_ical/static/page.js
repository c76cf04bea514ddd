// The script of the page, which is complete without it: adds the visitor's local times, adapts to
// the device, copies text. Runs before the first paint, so that nothing moves.

// copy-buttons.js uses it.
const SECOND = 1000;

// Apps that open links in a browser of their own.
const IN_APP_BROWSERS = new RegExp(["Instagram", "FBA[NV]", "FB_IAB", "Line/", "KAKAOTALK", "NAVER\\(", "DaumApps",
  "MicroMessenger", "Snapchat", "TikTok", "; wv\\)"].join("|"));

// Detect, by the User-Agent, the devices on which calendar links fail.
function detectDevice(agent) {
  const ios = /iPhone|iPad/.test(agent);
  if (IN_APP_BROWSERS.test(agent) || (ios && !/ Safari\/\d/.test(agent))) return "app";
  if (ios && /iOS\/|GSA\/|OPT\/|DuckDuckGo|Ddg\/|YaBrowser/.test(agent)) return "iphone";
  if (/Android/.test(agent)) return "android";
  return /Windows/.test(agent) ? "windows" : "";
}

// An item of the list: an episode, or several that are released together.
function readItem(element) {
  const { name, start, end, day, status, previous } = element.dataset;
  return {
    element, name, day, status, start: Date.parse(start), end: Date.parse(end),
    previous: previous && Date.parse(previous),
  };
}

function showLocalTime({ element, start, day }) {
  if (day) return;
  const yours = element.querySelector(".yours");
  const { day: date, time } = formatTime(start);
  yours.querySelector("time").textContent = `${date}, ${time}`;
  yours.querySelector("small").textContent = `your time (${zoneName(start)})`;
  yours.hidden = false;
}

function makeElement(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

// The names of items as nodes, at most three. <bdi> isolates the writing direction of each.
function joinNames(items) {
  const names = items.slice(0, 3).flatMap(({ name }, index) => [index ? ", " : "", makeElement("bdi", name)]);
  return items.length > 3 ? [...names, ` and ${items.length - 3} more`] : names;
}

function describeStart({ episode, wait }) {
  if (episode.day) return [makeElement("p", episode.day)];
  if (!wait) return [makeElement("p", `Until ${formatTime(episode.end).time}, your time`)];
  const { day, time } = formatTime(episode.start);
  const countdown = makeElement("span", formatDuration(wait));
  countdown.id = "countdown";
  const line = makeElement("p", "in ", countdown);
  line.className = "wait";
  return [makeElement("p", `${day}, ${time} (${zoneName(episode.start)})`), line];
}

function describeNext(found, items, now) {
  const { episode } = found;
  const lines = describeStart(found);
  if (episode.start > now && episode.previous && episode.previous !== episode.start) {
    const before = formatTime(episode.previous);
    lines.push(makeElement("p", `Moved from ${before.day}, ${before.time}.`));
  }
  const earlier = items.filter((each) => each.start < episode.start);
  lines.push(...listOff("Cancelled: ", earlier.filter(({ status, end }) => status === "cancelled" && end > now)));
  return [...lines, ...listOff("Postponed: ", earlier.filter(isPostponed))];
}

function isPostponed({ status }) {
  return status === "postponed";
}

function listOff(label, items) {
  return items.length ? [makeElement("p", label, ...joinNames(items), ".")] : [];
}

function describePast(items, now, expected) {
  const aired = items.filter(({ status, end }) => status !== "cancelled" && status !== "postponed" && end <= now);
  const postponed = items.filter(isPostponed);
  const lines = expected ? [makeElement("p", expected)] : [];
  if (items.length === 1) return lines;
  if (aired.length) {
    const { day, start } = aired.pop();
    lines.unshift(makeElement("p", `The last episode aired on ${day || formatTime(start).day}.`));
  }
  return [...lines, ...listOff("Postponed: ", postponed)];
}

// The rows of an item: its own, or one for each of its episodes.
function findRow({ element }) {
  return element.id ? element : element.querySelector("[id]");
}

function linkTo(item, ...content) {
  return Object.assign(makeElement("a", ...content), { href: `#${findRow(item).id}` });
}

function showNext(items) {
  const now = Date.now();
  const found = findNext(items, now);
  const next = document.getElementById("next");
  const { expected, ended } = next.dataset;
  if (found.isOver) found.words = ended;
  const headline = makeElement("strong", ...makeHeadline(found));
  const name = headline.querySelector("bdi");
  if (name) {
    const link = linkTo(found.episode);
    name.replaceWith(link);
    link.append(name);
  }
  const lines = found.episode ? describeNext(found, items, now) : describePast(items, now, expected);
  next.replaceChildren(headline, ...lines);
  for (const each of items) {
    each.element.classList.toggle("past", each.end <= now && each.status !== "postponed");
    each.element.classList.toggle("coming", each === found.episode);
  }
  setTimeout(showNext, MINUTE - (now % MINUTE), items);
  return found.episode;
}

// Open what an element is folded into.
function unfold(element) {
  for (let each = element; each; each = each.parentElement) {
    if (each.localName === "details") each.open = true;
  }
}

// Show the element that the address names, also if it is folded, which not every browser does.
function showTarget(event) {
  const target = document.getElementById(location.hash.slice(1));
  if (!target || !target.closest(".season, .part")) return;
  const isHidden = !target.offsetParent;
  unfold(target.parentElement);
  if (isHidden || event) target.scrollIntoView();
}

// In a folded list, open the part of the next item, and link to it.
function showCurrent(item) {
  if (!item || !document.querySelector(".season, .part")) return;
  unfold(findRow(item));
  const jump = linkTo(item, "Next episode");
  jump.className = "jump";
  document.getElementById("episodes_title").after(jump);
}

// Open every part while the page is printed.
function unfoldForPrint() {
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll(":is(.season, .part):not([open])")];
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of closed) each.open = false;
  });
}
