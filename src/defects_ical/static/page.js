// The page is complete without this; here it learns the visitor's own clock and device. Before
// anything is painted, so that nothing moves: the stylesheet knows what each device needs first.

const SECOND = 1000;

// Apps that open links in a browser of their own.
const APPS = new RegExp(["Instagram", "FBA[NV]", "FB_IAB", "Line/", "KAKAOTALK", "NAVER\\(", "DaumApps",
  "MicroMessenger", "Snapchat", "TikTok", "; wv\\)"].join("|"));

// What a browser says of itself tells where links to calendars fail.
function device(agent) {
  const ios = /iPhone|iPad/.test(agent);
  if (APPS.test(agent) || (ios && !/ Safari\/\d/.test(agent))) return "app";
  if (ios && /iOS\/|GSA\/|OPT\/|DuckDuckGo|Ddg\/|YaBrowser/.test(agent)) return "iphone";
  if (/Android/.test(agent)) return "android";
  return /Windows/.test(agent) ? "windows" : "";
}

function read(element) {
  const { name, start, end, status, previous } = element.dataset;
  return {
    element, name, status, start: Date.parse(start), end: Date.parse(end),
    previous: previous && Date.parse(previous),
  };
}

function tellOwnTime({ element, start }) {
  const own = element.querySelector(".yours");
  const { day, time } = told(start);
  own.querySelector("time").textContent = `${day}, ${time}`;
  own.querySelector("small").textContent = `your time (${zone(start)})`;
  own.hidden = false;
}

function make(tag, ...content) {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

// The names of episodes, each of which keeps its writing direction to itself.
function names(episodes) {
  return episodes.flatMap(({ name }, at) => [at ? ", " : "", make("bdi", name)]);
}

function tellWait({ episode, wait }, episodes, now) {
  const { day, time } = told(episode.start);
  const countdown = make("span", length(wait));
  countdown.id = "countdown";
  const lines = [make("p", `${day}, ${time} (${zone(episode.start)}), in `, countdown)];
  if (episode.previous && episode.previous !== episode.start) {
    const before = told(episode.previous);
    lines.push(make("p", `Moved: it was to air on ${before.day}, ${before.time}.`));
  }
  const off = episodes.filter((each) => each.status === "cancelled"
    && each.end > now && each.start < episode.start);
  if (off.length) lines.push(make("p", "Cancelled: ", ...names(off), "."));
  return lines;
}

function tellMore(found, episodes, now) {
  if (found.wait) return tellWait(found, episodes, now);
  if (found.episode) return [make("p", `until ${told(found.episode.end).time}, your time`)];
  const last = episodes.findLast((each) => each.status !== "cancelled" && each.end <= now);
  return last ? [make("p", `The last episode aired on ${told(last.start).day}.`)] : [];
}

function tellWhatIsOn(episodes) {
  const now = Date.now();
  const found = upcoming(episodes, now);
  const next = document.getElementById("next");
  next.replaceChildren(make("strong", ...headline(found)), ...tellMore(found, episodes, now));
  next.hidden = false;
  for (const each of episodes) {
    each.element.classList.toggle("past", each.end <= now);
    each.element.classList.toggle("coming", each === found.episode);
  }
  setTimeout(tellWhatIsOn, MINUTE - (now % MINUTE), episodes);
}

// Where a page may not write to the clipboard, as inside some apps, it selects the text.
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

// The element's script also gives the frame its height. Few visitors want either.
function showPreviews() {
  const script = Object.assign(make("script"), { src: ELEMENT });
  for (const preview of document.querySelectorAll("iframe, defects-episodes")) {
    preview.closest("details").addEventListener("toggle", () => document.head.append(script));
  }
}

// The stylesheet shows it first already; the keyboard's way and a screen reader's follow it.
function putFirst(item, before) {
  for (const each of document.querySelectorAll(item)) {
    each.parentElement.querySelector(before).before(each);
  }
}

const ELEMENT = new URL("embed.js", document.currentScript.src);
const HAND = device(navigator.userAgent);
if (HAND) document.documentElement.dataset.device = HAND;

document.addEventListener("DOMContentLoaded", () => {
  const episodes = Array.from(document.querySelectorAll(".episode"), read);
  episodes.forEach(tellOwnTime);
  tellWhatIsOn(episodes);
  document.querySelectorAll(".copy").forEach(offerCopy);
  showPreviews();
  if (HAND === "windows") putFirst("[data-program='Outlook.com']", "li");
  else if (HAND) putFirst(".address", ".programs");
});
