// A custom element, which shows a schedule on any page. It loads its data from this script's folder.
// The script also sizes the frames with the same content.

// Without a URL of its own (as a module, in a bundle) the script leaves the element as it is.
const SCRIPT_URL = document.currentScript && document.currentScript.src;
// Constructed style sheets are the only ones that a host's strict policy allows.
const CSS = `
:host { all: initial; display: block; visibility: inherit; pointer-events: inherit; max-width: 48rem;
  --ink: #1f1819; --paper: #f7f3ef; --accent: #9c1230; color-scheme: light; }
:host([theme="dark"]) { --ink: #efe6e3; --paper: #171112; --accent: #ff8794; color-scheme: dark; }
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) {
    --ink: #efe6e3; --paper: #171112; --accent: #ff8794; color-scheme: dark; }
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; margin: 0; padding: 0; }
section {
  --i: var(--defects-ink, var(--ink)); --p: var(--defects-paper, var(--paper));
  --a: var(--defects-accent, var(--accent));
  --soft: color-mix(in srgb, var(--i) 72%, var(--p));
  --line: color-mix(in srgb, var(--i) 16%, var(--p));
  padding: 1.25rem; border-top: 3px solid var(--a); background: var(--p); color: var(--i);
  --script: "Noto Serif KR", "Apple SD Gothic Neo", "Malgun Gothic";
  font: 1rem/1.5 var(--defects-font, ui-serif, "Iowan Old Style", Georgia, "Noto Serif", var(--script), serif);
  overflow-wrap: anywhere;
}
section:lang(ar) { --script: "Noto Naskh Arabic", "Geeza Pro", "Segoe UI"; line-height: 1.7; }
section:lang(ja) { --script: "Hiragino Mincho ProN", "Noto Serif JP", "Yu Mincho"; }
section:lang(ko) { word-break: keep-all; }
section:lang(zh) { --script: "Songti TC", "Noto Serif TC", "PingFang TC", "Microsoft JhengHei"; }
h2 { font-size: 1.625em; line-height: 1.15; letter-spacing: -0.01em; }
h2:is(:lang(ar), :lang(ja), :lang(ko), :lang(zh)) { line-height: 1.3; letter-spacing: 0; }
h2:lang(ar) { line-height: 1.5; }
h2, .name, .now { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical;
  -webkit-line-clamp: 3; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover { text-decoration: underline; }
a { color: var(--a); text-underline-offset: 0.2em; }
a:focus-visible, .list:focus-visible { outline: 2px solid var(--a); outline-offset: 2px; }
h2 a:focus-visible { outline-offset: -2px; }
.now { margin-top: 0.375rem; color: var(--a); font-weight: 600; }
{% block style %}{% endblock %}
`;

let sheet;
let request;

// Fetch the schedule, once for all elements. Fetch again after a failure.
function fetchSchedule() {
  request ||= fetch(new URL("{{ data_path }}", SCRIPT_URL), { credentials: "omit" })
    .then((response) => {
      if (!response.ok) throw new Error(`${response.status}`);
      return response.json();
    })
    .catch((error) => {
      request = undefined;
      throw error;
    });
  return request;
}

function styleSheets() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return [sheet];
}

{% include "make-element.js" %}

// Make a link, without its target if the URL could run a script.
function makeLink(text, url) {
  const link = makeElement("a", "", text);
  if (/^(https?|webcal):\/\//i.test(url)) link.href = url;
  return link;
}

{% block content %}{% endblock %}

class EpisodesElement extends HTMLElement {
  // The element's own content stays visible until the schedule is loaded, and if that fails.
  async connectedCallback() {
    try {
      this.update ||= await this.load();
    } catch {
      return;
    }
    clearInterval(this.timer);
    if (!this.isConnected) return;
    this.update();
    const root = this.shadowRoot;
    scrollToItem(root.querySelector(".list"), root.querySelector("{{ current }}"));
    this.timer = setInterval(this.update, MINUTE / 2);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async load() {
    const data = await fetchSchedule();
    if (data.version !== 1) throw new Error("unsupported version");
    const sheets = styleSheets();
    const content = document.createDocumentFragment();
    const update = render(content, data);
    const root = this.shadowRoot || this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets;
    root.replaceChildren(content);
    return update;
  }
}

// A frame of the site, in any of its languages.
function isOwnFrame({ src }) {
  const site = new URL("{{ root | default("") }}./", SCRIPT_URL).href;
  return src.startsWith(site) && /^([A-Za-z-]+\/)?{{ frame_path | replace(".", "\\.") }}(?![\w.-])/.test(src.slice(site.length));
}

// A sandboxed frame has the origin "null", so check which window sent the message.
function resizeFrame({ source, origin, data }) {
  if (!data || data.type !== "{{ tag }}" || !(data.height > 0)) return;
  if (origin !== "null" && origin !== new URL(SCRIPT_URL).origin) return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === source && isOwnFrame(frame)) frame.height = data.height;
  }
}

if (SCRIPT_URL && !customElements.get("{{ tag }}")) {
  customElements.define("{{ tag }}", EpisodesElement);
  addEventListener("message", resizeFrame);
  // Frames that loaded before this script have already sent their height: request it again.
  for (const frame of document.querySelectorAll("iframe")) {
    if (isOwnFrame(frame)) frame.contentWindow.postMessage({ message: "ready" }, "*");
  }
}
