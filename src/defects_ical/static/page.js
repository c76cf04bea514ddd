// The script of the page, which is complete without it: adds the visitor's local times, adapts to
// the device, copies text. Runs before the first paint, so that nothing moves.

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

function readEpisode(element) {
  const { name, start, end, status, previous } = element.dataset;
  return {
    element, name, status, start: Date.parse(start), end: Date.parse(end),
    previous: previous && Date.parse(previous),
  };
}

function showLocalTime({ element, start }) {
  const yours = element.querySelector(".yours");
  const { day, time } = formatTime(start);
  yours.querySelector("time").textContent = `${day}, ${time}`;
  yours.querySelector("small").textContent = `your time (${zoneName(start)})`;
  yours.hidden = false;
}

function makeElement(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

// The names of episodes as nodes. <bdi> isolates the writing direction of each.
function joinNames(episodes) {
  return episodes.flatMap(({ name }, index) => [index ? ", " : "", makeElement("bdi", name)]);
}

function describeWait({ episode, wait }, episodes, now) {
  const { day, time } = formatTime(episode.start);
  const countdown = makeElement("span", formatDuration(wait));
  countdown.id = "countdown";
  const lines = [makeElement("p", `${day}, ${time} (${zoneName(episode.start)}), in `, countdown)];
  if (episode.previous && episode.previous !== episode.start) {
    const before = formatTime(episode.previous);
    lines.push(makeElement("p", `Moved from ${before.day}, ${before.time}.`));
  }
  const cancelled = episodes.filter((each) => each.status === "cancelled"
    && each.end > now && each.start < episode.start);
  if (cancelled.length) lines.push(makeElement("p", "Cancelled: ", ...joinNames(cancelled), "."));
  return lines;
}

function describeNext(found, episodes, now) {
  if (found.wait) return describeWait(found, episodes, now);
  if (found.episode) return [makeElement("p", `Until ${formatTime(found.episode.end).time}, your time`)];
  const last = episodes.findLast((each) => each.status !== "cancelled" && each.end <= now);
  return last ? [makeElement("p", `The last episode aired on ${formatTime(last.start).day}.`)] : [];
}

function showNext(episodes) {
  const now = Date.now();
  const found = findNext(episodes, now);
  const next = document.getElementById("next");
  next.replaceChildren(makeElement("strong", ...makeHeadline(found)), ...describeNext(found, episodes, now));
  next.hidden = false;
  for (const each of episodes) {
    each.element.classList.toggle("past", each.end <= now);
    each.element.classList.toggle("coming", each === found.episode);
  }
  setTimeout(showNext, MINUTE - (now % MINUTE), episodes);
}

// Copy the text next to a button. If the clipboard is blocked, as in some apps, select the text.
async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2 * SECOND);
}

function offerCopy(button) {
  button.addEventListener("click", () => copy(button));
  button.hidden = false;
}

// Load the element's script, which also sizes the frame, only when a preview is opened.
function loadPreviews() {
  const script = Object.assign(makeElement("script"), { src: ELEMENT_URL });
  for (const preview of document.querySelectorAll("iframe, defects-episodes")) {
    preview.closest("details").addEventListener("toggle", () => document.head.append(script));
  }
}

// Move elements to where the style sheet shows them, for keyboards and screen readers.
function moveBefore(selector, nextSelector) {
  for (const each of document.querySelectorAll(selector)) {
    each.parentElement.querySelector(nextSelector).before(each);
  }
}

const ELEMENT_URL = new URL("embed.js", document.currentScript.src);
const DEVICE = detectDevice(navigator.userAgent);
if (DEVICE) document.documentElement.dataset.device = DEVICE;

document.addEventListener("DOMContentLoaded", () => {
  const episodes = Array.from(document.querySelectorAll(".episode"), readEpisode);
  episodes.forEach(showLocalTime);
  showNext(episodes);
  document.querySelectorAll(".copy").forEach(offerCopy);
  loadPreviews();
  if (DEVICE === "windows") moveBefore("[data-app='Outlook.com']", "li");
  else if (DEVICE) moveBefore(".address", ".apps");
});
