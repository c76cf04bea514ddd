// The script of week.html: the theme, the visitor's week, and the height for the host page.

let events = [];

function applyTheme() {
  const [, theme] = /^#(dark|light)\b/.exec(location.hash) || [];
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function reportHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (parent !== window) parent.postMessage({ type: "defects-week", height }, "*");
}

function update() {
  const next = document.getElementById("next");
  showWeek(document.getElementById("list"), next, events, "h2");
  next.hidden = false;
}

function start() {
  events = sortEvents(Array.from(document.querySelectorAll("li"), readRow));
  document.getElementById("zone").textContent = `Times in your time zone (${zoneName(Date.now())}).`;
  update();
  scrollToItem(document.getElementById("list"), document.querySelector(".on, .next"));
  document.documentElement.dataset.ready = "";
  setInterval(update, MINUTE / 2);
  new ResizeObserver(reportHeight).observe(document.body);
  // A host that starts to listen late requests the height.
  addEventListener("message", (event) => {
    if (event.source === parent && event.data && event.data.message === "ready") reportHeight();
  });
}

applyTheme();
addEventListener("hashchange", applyTheme);
document.addEventListener("DOMContentLoaded", start);
