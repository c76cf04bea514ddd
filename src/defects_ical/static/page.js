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
    label: element.querySelector(":is(h3, h4) bdi"),
    previous: previous && Date.parse(previous),
  };
}

function showLocalTime({ element, start, day }) {
  if (day) return;
  const yours = element.querySelector(".yours");
  yours.querySelector("time").textContent = formatDateTime(readLocal(start));
  yours.querySelector("small").textContent = fill(WORDS.your_time, { zone: zoneName(start) });
  yours.hidden = false;
}

function makeElement(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

// The names of items as nodes, at most three.
function joinNames(items) {
  const names = joinNodes(items.slice(0, 3).map(makeName));
  return items.length > 3 ? fillNodes(WORDS.names_and_more, { names, count: items.length - 3 }) : names;
}

function describeStart({ episode, wait }) {
  if (episode.day) return [makeElement("p", episode.day)];
  if (!wait) return [makeElement("p", fill(WORDS.until_your_time, { time: formatTime(readLocal(episode.end)) }))];
  const countdown = makeElement("span", formatDuration(wait));
  countdown.id = "countdown";
  const line = makeElement("p", ...fillNodes(WORDS.in_length, { length: countdown }));
  line.className = "wait";
  const start = readLocal(episode.start);
  const values = { date: formatDate(start), time: formatTime(start), zone: zoneName(episode.start) };
  return [makeElement("p", fill(WORDS.date_time_in_zone, values)), line];
}

function describeNext(found, items, now) {
  const { episode } = found;
  const lines = describeStart(found);
  if (episode.start > now && episode.previous && episode.previous !== episode.start) {
    const start = formatDateTime(readLocal(episode.previous));
    lines.push(makeElement("p", fill(WORDS.moved_from_sentence, { start })));
  }
  const earlier = items.filter((each) => each.start < episode.start);
  const cancelled = earlier.filter(({ status, end }) => status === "cancelled" && end > now);
  lines.push(...listOff(WORDS.cancelled_names, cancelled));
  return [...lines, ...listOff(WORDS.postponed_names, earlier.filter(isPostponed))];
}

function isPostponed({ status }) {
  return status === "postponed";
}

function listOff(text, items) {
  return items.length ? [makeElement("p", ...fillNodes(text, { names: joinNames(items) }))] : [];
}

function describePast(items, now, expected) {
  const aired = items.filter(({ status, end }) => status !== "cancelled" && status !== "postponed" && end <= now);
  const postponed = items.filter(isPostponed);
  const lines = expected ? [makeElement("p", expected)] : [];
  if (items.length === 1) return lines;
  if (aired.length) {
    const { day, start } = aired.pop();
    const date = day || formatDate(readLocal(start));
    lines.unshift(makeElement("p", fill(WORDS.last_aired_on, { date })));
  }
  return [...lines, ...listOff(WORDS.postponed_names, postponed)];
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
  if (found.isOver) found.text = ended;
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
  const jump = linkTo(item, WORDS.next_episode);
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
