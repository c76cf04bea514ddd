// <defects-episodes>: the schedule on any page, from episodes.json beside this script.
// Also gives the frames of embed.html on that page their height.

// No script of its own address (a module, a bundle): what stands inside the element stays.
const SCRIPT = document.currentScript && document.currentScript.src;
// A host's strict policy allows a constructed stylesheet, and no other of ours.
const STYLE = `
:host { all: initial; display: block; visibility: inherit; pointer-events: inherit; max-width: 48rem; direction: ltr;
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
  font: 1rem/1.5 var(--defects-font, ui-serif, "Iowan Old Style", Georgia, "Noto Serif", "Noto Serif KR", serif);
  overflow-wrap: anywhere;
}
h2 { font-size: 1.625em; line-height: 1.15; letter-spacing: -0.01em; }
h2, .name, .now { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical;
  -webkit-line-clamp: 3; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover { text-decoration: underline; }
a { color: var(--a); text-underline-offset: 0.2em; }
a:focus-visible, ol:focus-visible { outline: 2px solid var(--a); outline-offset: 2px; }
h2 a:focus-visible { outline-offset: -2px; }
.now { margin-top: 0.375rem; color: var(--a); font-weight: 600; }
ol { margin: 1rem 0; list-style: none; border-bottom: 1px solid var(--line); }
ol[tabindex] { position: relative; max-height: 36rem; overflow-y: auto; }
li { display: flex; flex-wrap: wrap; gap: 0 1.5rem; padding: 0.625rem 0;
  border-top: 1px solid var(--line); }
.name { flex: 1 1 10rem; font-weight: 600; }
.times { flex: 0 1 19em; font-variant-numeric: tabular-nums; }
.past .name, .past .times, .soft, small { color: var(--soft); font-weight: 400; }
.soft, small { font-size: 0.875em; }
.coming .name { color: var(--a); }
.cancelled :is(.name bdi, time) { text-decoration: line-through; }
nav { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; }
`;

let sheet;
let answer;

// The schedule, asked for once, however many elements there are; a failure may be tried again.
function schedule() {
  answer ||= fetch(new URL("episodes.json", SCRIPT), { credentials: "omit" })
    .then((response) => {
      if (!response.ok) throw new Error(`${response.status}`);
      return response.json();
    })
    .catch((error) => {
      answer = undefined;
      throw error;
    });
  return answer;
}

function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return [sheet];
}

function make(tag, kind, ...content) {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  node.append(...content);
  return node;
}

// A link; only its text where the address is of a kind that could run something.
function link(text, address) {
  const node = make("a", "", text);
  if (/^(https?|webcal):\/\//i.test(address)) node.href = address;
  return node;
}

// Wall times, as if they were in UTC.
const WALL = new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: "UTC" });
const MANY = 10;
const STATUSES = { cancelled: " (cancelled)", tentative: " (to be confirmed)" };

// What the schedule's own clock shows, without the day where it is the visitor's too.
function theirs({ wall, start }, place) {
  const { day, time } = told(Date.parse(`${wall.slice(0, 19)}Z`), WALL);
  return `${day === told(start).day ? "" : `${day}, `}${time} in ${place}`;
}

function row(each, place) {
  const { day, time } = told(each.start);
  const yours = make("time", "", `${day}, ${time}`);
  yours.dateTime = each.at;
  const name = make("p", "name", make("bdi", "", each.name));
  if (STATUSES[each.status]) name.append(make("small", "", STATUSES[each.status]));
  const times = make("div", "times", make("p", "yours", yours, " ", make("small", "", zone(each.start))),
    make("p", "soft", theirs(each, place)));
  if (each.before) times.append(make("p", "soft", `moved from ${each.before}`));
  each.item = make("li", each.status, name, times);
  return each.item;
}

function read(each) {
  const { name, status, start: at, end, start_local: wall, previous_start: old } = each;
  const { day, time } = old && old !== at ? told(Date.parse(old)) : {};
  const before = day && `${day}, ${time}`;
  return { name, status, at, wall, before, start: Date.parse(at), end: Date.parse(end) };
}

function list(episodes, place) {
  const items = make("ol", "", ...episodes.map((each) => row(each, place)));
  // A long season scrolls by itself, and a keyboard has to reach it.
  if (episodes.length > MANY) {
    items.tabIndex = 0;
    items.setAttribute("aria-label", "Episodes");
  }
  return items;
}

function links({ show, feeds: [feed] }) {
  const ways = [["Subscribe", feed.webcal], ["Download", feed.url], ["All times", show.page]];
  return make("nav", "", ...ways.map(([text, address]) => link(text, address)));
}

function draw(root, data) {
  const episodes = data.episodes.map(read);
  const now = make("p", "now");
  const box = make("section", "", make("h2", "", link(data.show.title, data.show.page)), now,
    list(episodes, data.timezone.replace(/^.*\//, "").replace(/_/g, " ")), links(data));
  box.lang = "en";
  box.querySelector("nav").setAttribute("aria-label", "Calendar");
  root.replaceChildren(box);
  return () => mark(now, episodes);
}

function mark(paragraph, episodes) {
  const now = Date.now();
  const found = upcoming(episodes, now);
  paragraph.replaceChildren(...headline(found), waiting(found));
  for (const each of episodes) {
    each.item.classList.toggle("past", each.end <= now);
    each.item.classList.toggle("coming", each === found.episode);
  }
}

class Episodes extends HTMLElement {
  // What stands inside the element stays visible until there is something to show, or for good.
  async connectedCallback() {
    try {
      this.refresh ||= await this.begin();
    } catch {
      return;
    }
    clearInterval(this.timer);
    if (!this.isConnected) return;
    this.refresh();
    const root = this.shadowRoot;
    beginAt(root.querySelector("ol"), root.querySelector(".coming"));
    this.timer = setInterval(this.refresh, MINUTE / 2);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async begin() {
    const data = await schedule();
    if (data.version !== 1) throw new Error("another format");
    const looks = styles();
    const box = document.createDocumentFragment();
    const refresh = draw(box, data);
    const root = this.shadowRoot || this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = looks;
    root.replaceChildren(box);
    return refresh;
  }
}

// A sandboxed frame has the origin "null"; which window speaks is what counts.
function resize({ source, origin, data }) {
  if (!data || data.type !== "defects-episodes" || !(data.height > 0)) return;
  const home = new URL("embed.html", SCRIPT);
  if (origin !== "null" && origin !== home.origin) return;
  for (const frame of document.querySelectorAll("iframe")) {
    const ours = frame.src.startsWith(home.href) && frame.contentWindow === source;
    if (ours) frame.height = data.height;
  }
}

if (SCRIPT && !customElements.get("defects-episodes")) {
  customElements.define("defects-episodes", Episodes);
  addEventListener("message", resize);
  // This script may have come after the frames had spoken.
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(new URL("embed.html", SCRIPT).href)) {
      frame.contentWindow.postMessage({ message: "ready" }, "*");
    }
  }
}
