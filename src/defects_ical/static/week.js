// The custom element <defects-week>, which shows the week of all shows on any page. It loads
// shows.json from this script's folder. The script also sizes the frames of week.html.

// Without a URL of its own (as a module, in a bundle) the script leaves the element as it is.
const SCRIPT_URL = document.currentScript && document.currentScript.src;
// Constructed style sheets are the only ones that a host's strict policy allows.
const CSS = `
:host { all: initial; display: block; visibility: inherit; pointer-events: inherit; max-width: 48rem; direction: ltr;
  --ink: #1f1819; --paper: #f7f3ef; --accent: #9c1230; color-scheme: light; }
:host([theme="dark"]) { --ink: #efe6e3; --paper: #171112; --accent: #ff8794; color-scheme: dark; }
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) {
    --ink: #efe6e3; --paper: #171112; --accent: #ff8794; color-scheme: dark; }
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none; }
section {
  --i: var(--defects-ink, var(--ink)); --p: var(--defects-paper, var(--paper));
  --a: var(--defects-accent, var(--accent));
  --soft: color-mix(in srgb, var(--i) 72%, var(--p));
  --line: color-mix(in srgb, var(--i) 16%, var(--p));
  padding: 1.25rem; border-top: 3px solid var(--a); background: var(--p); color: var(--i);
  font: 1rem/1.5 var(--defects-font, ui-serif, "Iowan Old Style", Georgia, "Noto Serif", "Noto Serif KR", serif);
  overflow-wrap: anywhere;
}
h2 { font-size: 1.625em; line-height: 1.15; letter-spacing: -0.01em; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover { text-decoration: underline; }
a { color: var(--a); text-underline-offset: 0.2em; }
a:focus-visible, .list:focus-visible { outline: 2px solid var(--a); outline-offset: 2px; }
.now { margin-top: 0.375rem; color: var(--a); font-weight: 600; }
.list { position: relative; max-height: 36rem; margin: 1rem 0; overflow-y: auto; border-bottom: 1px solid var(--line); }
ol { list-style: none; }
.day { padding: 0.625rem 0; border-top: 1px solid var(--line); }
h3 { position: sticky; top: 0; background: var(--p); font-size: 1em; }
.today h3 { color: var(--a); }
small, i { color: var(--soft); font-size: 0.875em; font-style: normal; font-weight: 400; }
li { display: grid; grid-template-columns: 5em 1fr; padding: 0.375rem 0; }
time { font-variant-numeric: tabular-nums; }
li a { justify-self: start; color: inherit; font-weight: 600; text-decoration: none; }
li a:hover { text-decoration: underline; }
li :is(p, i) { grid-row: 2; }
li p { grid-column: 2; }
.past, .past a { color: var(--soft); font-weight: 400; }
:is(.on, .next) :is(a, i) { color: var(--a); }
.cancelled :is(time, a), .postponed time { text-decoration: line-through; }
`;
const STATUSES = { cancelled: "cancelled", postponed: "postponed", tentative: "to be confirmed" };

let sheet;
let request;

// Fetch the shows, once for all elements. Fetch again after a failure.
function fetchShows() {
  request ||= fetch(new URL("shows.json", SCRIPT_URL), { credentials: "omit" })
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

// Make a link, without its target if the URL could run a script.
function makeLink(content, url) {
  const link = makeElement("a", "", content);
  if (/^(https?|webcal):\/\//i.test(url)) link.href = url;
  return link;
}

function makeRow(show, event, platforms) {
  const { name, status, page } = event;
  const details = makeElement("p");
  if (name !== show.title) details.append(makeElement("bdi", "", name), " ");
  if (STATUSES[status]) details.append(makeElement("small", "", `(${STATUSES[status]}) `));
  const names = event.platforms.map((id) => platforms.get(id) || id);
  details.append(makeElement("small", "", names.join(", ")));
  const link = makeLink(makeElement("bdi", "", show.title), page);
  return makeElement("li", status, makeElement("time", "", "no hour yet"), link, details);
}

function readEvents({ shows, platforms }) {
  const names = new Map(platforms.map(({ id, name }) => [id, name]));
  return sortEvents(shows.flatMap((show) => show.events.map((each) => {
    const times = readTimes({ ...each, day: each.date });
    return showTime({ ...times, title: show.title, name: each.name, status: each.status, item: makeRow(show, each, names) });
  })));
}

// Render the week. Returns a function that updates what depends on the current time.
function render(root, data) {
  const events = readEvents(data);
  const page = new URL(".", SCRIPT_URL).href;
  const title = makeElement("p", "now");
  const list = makeElement("div", "list");
  // Keyboards can scroll only what has the focus.
  list.tabIndex = 0;
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Calendar");
  const zone = makeElement("p", "", makeElement("small", "", `Times in your time zone (${zoneName(Date.now())}).`));
  const link = makeElement("p", "", makeLink("All shows", page));
  const section = makeElement("section", "", makeElement("h2", "", makeLink(data.title, page)), title, zone, list, link);
  section.lang = "en";
  root.replaceChildren(section);
  return () => showWeek(list, title, events, "h3");
}

class WeekElement extends HTMLElement {
  // The element's own content stays visible until the shows are loaded, and if that fails.
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
    scrollToItem(root.querySelector(".list"), root.querySelector(".on, .next"));
    this.timer = setInterval(this.update, MINUTE / 2);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async load() {
    const data = await fetchShows();
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

// A sandboxed frame has the origin "null", so check which window sent the message.
function resizeFrame({ source, origin, data }) {
  if (!data || data.type !== "defects-week" || !(data.height > 0)) return;
  const frameUrl = new URL("week.html", SCRIPT_URL);
  if (origin !== "null" && origin !== frameUrl.origin) return;
  for (const frame of document.querySelectorAll("iframe")) {
    const isSender = frame.contentWindow === source && frame.src.startsWith(frameUrl.href);
    if (isSender) frame.height = data.height;
  }
}

if (SCRIPT_URL && !customElements.get("defects-week")) {
  customElements.define("defects-week", WeekElement);
  addEventListener("message", resizeFrame);
  // Frames that loaded before this script have already sent their height: request it again.
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(new URL("week.html", SCRIPT_URL).href)) {
      frame.contentWindow.postMessage({ message: "ready" }, "*");
    }
  }
}
