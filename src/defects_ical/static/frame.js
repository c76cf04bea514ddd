// embed.html: its theme, the visitor's own times, and its height for the page around it.

const SECRET = (/[?&]secret=([A-Za-z0-9]+)/.exec(location.hash) || [])[1];
let episodes = [];

function dress() {
  const [, theme] = /^#(dark|light)\b/.exec(location.hash) || [];
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function say(message) {
  if (parent !== window) parent.postMessage(message, "*");
}

function sayHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  say({ type: "defects-episodes", height });
  // WordPress: only a frame that knows the secret is listened to.
  if (SECRET) say({ message: "height", value: height, secret: SECRET });
}

function read(item) {
  const { start, end, status } = item.dataset;
  const name = item.querySelector(".name bdi").textContent;
  return { item, name, status, start: Date.parse(start), end: Date.parse(end) };
}

function showLocal({ item, start }) {
  const yours = item.querySelector(".yours");
  const { day, time } = told(start);
  yours.querySelector("time").textContent = `${day}, ${time}`;
  yours.querySelector("small").textContent = zone(start);
  yours.hidden = false;
}

function showNow() {
  const now = Date.now();
  const found = upcoming(episodes, now);
  const next = document.getElementById("next");
  next.replaceChildren(...headline(found), waiting(found));
  next.hidden = false;
  for (const each of episodes) {
    each.item.classList.toggle("past", each.end <= now);
    each.item.classList.toggle("next", each === found.episode);
  }
}

// WordPress allows scripts and nothing else: no download, no new window. It follows a link to
// this host when it is told of it.
function confine() {
  document.documentElement.dataset.confined = "";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    say({ message: "link", value: link.href, secret: SECRET });
  });
}

function begin() {
  episodes = Array.from(document.querySelectorAll("[data-start]"), read);
  episodes.forEach(showLocal);
  showNow();
  beginAt(document.querySelector("ol"), document.querySelector(".next"));
  setInterval(showNow, MINUTE / 2);
  new ResizeObserver(sayHeight).observe(document.body);
  // A page whose listener comes late asks again, as WordPress does.
  addEventListener("message", (event) => {
    if (event.source === parent && event.data && event.data.message === "ready") sayHeight();
  });
}

dress();
addEventListener("hashchange", dress);
if (SECRET) confine();
document.addEventListener("DOMContentLoaded", begin);
