{# The script of week.html. #}
{% extends "frame_base.js" %}
{% set tag = "defects-week" %}
{% block state %}
let events = [];
{% endblock %}
{% block content %}
function update() {
  const next = document.getElementById("next");
  showWeek(document.getElementById("list"), next, events, "h2");
  next.hidden = false;
}
{% endblock %}
{% block start %}
  events = sortEvents(Array.from(document.querySelectorAll("li"), readRow));
  document.getElementById("zone").textContent = fill(WORDS.times_in_your_zone, { zone: zoneName(Date.now()) });
  update();
  scrollToItem(document.getElementById("list"), document.querySelector(".on, .next"));
  document.documentElement.dataset.ready = "";
  setInterval(update, MINUTE / 2);
{% endblock %}
