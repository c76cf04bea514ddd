// The script of a frame: the theme, the visitor's local times, and the height for the host page.

{% block state %}{% endblock %}

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
  postToHost({ type: "{{ tag }}", height });
{% block height %}{% endblock %}
}

{% block content %}{% endblock %}

function start() {
{% block start %}{% endblock %}
  new ResizeObserver(reportHeight).observe(document.body);
  // A host that starts to listen late requests the height, as WordPress does.
  addEventListener("message", (event) => {
    if (event.source === parent && event.data && event.data.message === "ready") reportHeight();
  });
}

applyTheme();
addEventListener("hashchange", applyTheme);
{% block adapt %}{% endblock %}
document.addEventListener("DOMContentLoaded", start);
