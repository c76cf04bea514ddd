{# The script of embed.html. #}
{% extends "frame_base.js" %}
{% set tag = "defects-episodes" %}
{% block state %}
// WordPress identifies the frames it has made by a secret in their URL.
const SECRET = (/[?&]secret=([A-Za-z0-9]+)/.exec(location.hash) || [])[1];
let episodes = [];
{% endblock %}
{% block height %}
  // WordPress accepts messages only with the secret.
  if (SECRET) postToHost({ message: "height", value: height, secret: SECRET });
{% endblock %}
{% block content %}
function readEpisode(item) {
  const { start, end, day, status } = item.dataset;
  const label = item.querySelector(".name bdi");
  return { item, label, name: label.textContent, status, day, start: Date.parse(start), end: Date.parse(end) };
}

function showLocalTime({ item, start }) {
  const yours = item.querySelector(".yours");
  yours.querySelector("time").textContent = formatDateTime(readLocal(start));
  yours.querySelector("small").textContent = zoneName(start);
  yours.hidden = false;
}

function showNext() {
  const now = Date.now();
  const found = findNext(episodes, now);
  const next = document.getElementById("next");
  next.replaceChildren(...makeLongHeadline(found));
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
{% endblock %}
{% block start %}
  episodes = Array.from(document.querySelectorAll("[data-start]"), readEpisode);
  // The newest season is at the top.
  episodes.sort((one, other) => one.start - other.start);
  episodes.filter(({ day }) => !day).forEach(showLocalTime);
  showNext();
  scrollToItem(document.getElementById("list"), document.querySelector(".next"));
  setInterval(showNext, MINUTE / 2);
{% endblock %}
{% block adapt %}
if (SECRET) adaptToStrictSandbox();
{% endblock %}
