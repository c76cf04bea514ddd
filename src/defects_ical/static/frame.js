// The script of embed.html: the theme, the visitor's local times, and the height for the host page.

// WordPress identifies the frames it has made by a secret in their URL.
const SECRET = (/[?&]secret=([A-Za-z0-9]+)/.exec(location.hash) || [])[1];
let episodes = [];

function applyTheme() {
  const [, theme] = /^#(dark|light)\b/.exec(location.hash) || [];
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function postToHost(message) {
  if (parent !== window) parent.postMessage(message, "*");
}

function reportHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  postToHost({ type: "defects-episodes", height });
  // WordPress accepts messages only with the secret.
  if (SECRET) postToHost({ message: "height", value: height, secret: SECRET });
}

function readEpisode(item) {
  const { start, end, day, status } = item.dataset;
  const name = item.querySelector(".name bdi").textContent;
  return { item, name, status, day, start: Date.parse(start), end: Date.parse(end) };
}

function showLocalTime({ item, start }) {
  const yours = item.querySelector(".yours");
  const { day, time } = formatTime(start);
  yours.querySelector("time").textContent = `${day}, ${time}`;
  yours.querySelector("small").textContent = zoneName(start);
  yours.hidden = false;
}

function showNext() {
  const now = Date.now();
  const found = findNext(episodes, now);
  const next = document.getElementById("next");
  next.replaceChildren(...makeHeadline(found), formatWait(found));
  next.hidden = false;
  for (const each of episodes) {
    each.item.classList.toggle("past", each.end <= now);
    each.item.classList.toggle("next", each === found.episode);
  }
}

// WordPress's sandbox allows only scripts: no downloads, no new windows. It follows a link to this
// host if the frame asks it to.
function adaptToStrictSandbox() {
  document.documentElement.dataset.strictSandbox = "";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    postToHost({ message: "link", value: link.href, secret: SECRET });
  });
}

function start() {
  episodes = Array.from(document.querySelectorAll("[data-start]"), readEpisode);
  // The newest season is at the top.
  episodes.sort((one, other) => one.start - other.start);
  episodes.filter(({ day }) => !day).forEach(showLocalTime);
  showNext();
  scrollToItem(document.getElementById("list"), document.querySelector(".next"));
  setInterval(showNext, MINUTE / 2);
  new ResizeObserver(reportHeight).observe(document.body);
  // A host that starts to listen late requests the height, as WordPress does.
  addEventListener("message", (event) => {
    if (event.source === parent && event.data && event.data.message === "ready") reportHeight();
  });
}

applyTheme();
addEventListener("hashchange", applyTheme);
if (SECRET) adaptToStrictSandbox();
document.addEventListener("DOMContentLoaded", start);
