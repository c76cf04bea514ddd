// The page is complete without this; here it learns the visitor's own clock and device.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December"];
const MINUTE = 60_000;

const day = (at) => `${DAYS[at.getDay()]} ${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
const clock = (at) => [at.getHours(), at.getMinutes()].map((each) => String(each).padStart(2, "0")).join(":");
const zone = (at) => new Intl.DateTimeFormat("en", { timeZoneName: "short" })
  .formatToParts(at).find((part) => part.type === "timeZoneName").value;

const episodes = [...document.querySelectorAll(".episode")].map((element) => ({
  element,
  name: element.dataset.name,
  start: new Date(element.dataset.start),
  end: new Date(element.dataset.end),
  status: element.dataset.status,
  previous: element.dataset.previous && new Date(element.dataset.previous),
}));

function tellOwnTimes() {
  for (const { element, start } of episodes) {
    const own = element.querySelector(".yours");
    own.querySelector("time").textContent = `${day(start)}, ${clock(start)}`;
    own.querySelector("small").textContent = `your time (${zone(start)})`;
    own.hidden = false;
  }
}

const plural = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;

// "2 days 3 hours", "3 hours 5 minutes", "5 minutes"
function length(milliseconds) {
  const minutes = Math.max(1, Math.ceil(milliseconds / MINUTE));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = days
    ? [plural(days, "day"), hours && plural(hours, "hour")]
    : [hours && plural(hours, "hour"), minutes % 60 && plural(minutes % 60, "minute")];
  return parts.filter(Boolean).join(" ");
}

function element(name, text, id) {
  const made = document.createElement(name);
  made.textContent = text;
  if (id) made.id = id;
  return made;
}

function whatIsOn(now) {
  const airing = episodes.filter((each) => each.status !== "cancelled");
  const current = airing.find((each) => each.start <= now && now < each.end);
  if (current) {
    return [element("strong", `On air now: ${current.name}`),
      element("span", `until ${clock(current.end)}, your time`)];
  }
  const next = airing.find((each) => each.start > now);
  return next ? whatIsNext(next, now) : whatIsOver(airing);
}

function whatIsNext(next, now) {
  const doubt = next.status === "tentative" ? ", if it is confirmed" : "";
  const when = `${day(next.start)}, ${clock(next.start)} (${zone(next.start)})`;
  const told = [element("strong", `Next: ${next.name}${doubt}`), element("span", `${when}, in `),
    element("span", length(next.start - now), "countdown")];
  if (next.previous) {
    told.push(element("p", `Moved: it was to air on ${day(next.previous)}, ${clock(next.previous)}.`));
  }
  const off = episodes.filter((each) => each.status === "cancelled" && each.start > now && each.start < next.start);
  if (off.length) {
    told.push(element("p", `Cancelled: ${off.map((each) => each.name).join(", ")}.`));
  }
  return told;
}

function whatIsOver(airing) {
  if (!airing.length) return [element("strong", "Nothing is going to air")];
  return [element("strong", "The season has ended"),
    element("span", `The last episode aired on ${day(airing.at(-1).start)}.`)];
}

function tellWhatIsOn() {
  const next = document.getElementById("next");
  const now = new Date();
  next.replaceChildren(...whatIsOn(now));
  next.hidden = false;
  setTimeout(tellWhatIsOn, MINUTE - (now % MINUTE));
}

function offerCopies() {
  for (const button of document.querySelectorAll(".copy")) {
    const code = button.parentElement.querySelector("code");
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

function fitPreview() {
  const frame = document.querySelector("iframe.preview");
  addEventListener("message", ({ data, source }) => {
    const ours = frame && source === frame.contentWindow && data.type === "defects-episodes";
    if (ours && data.height > 0) frame.style.height = `${data.height}px`;
  });
}

// What works here comes first, and nothing is hidden.
function knowDevice() {
  const agent = navigator.userAgent;
  const phone = /iPhone|iPad/.test(agent);
  const advice = [
    [/Instagram|FBAN|FBAV|Line\/|KAKAOTALK|TikTok|; wv\)/, "", "This is the browser inside an app, where most links to calendars fail: open the page in your own browser, or copy an address."],
    [/Android/, "Google Calendar", "On Android, subscribe on a computer, and the calendar appears on the phone too; or download single episodes below."],
    [phone && !/Safari\//.test(agent) || /CriOS|FxiOS|EdgiOS/.test(agent) ? /./ : /$^/, "Apple Calendar", "On an iPhone, Safari opens the subscription at once; other browsers may only copy the address."],
    [/Windows/, "Outlook.com", "The new Outlook for Windows spoils links to calendars: Outlook.com, in the browser, works."],
  ].find(([pattern]) => pattern.test(agent));
  if (!advice) return;
  const hint = document.getElementById("hint");
  hint.textContent = advice[2];
  hint.hidden = false;
  for (const item of document.querySelectorAll(`[data-program="${advice[1]}"]`)) {
    item.parentElement.prepend(item);
  }
}

tellOwnTimes();
tellWhatIsOn();
offerCopies();
fitPreview();
knowDevice();
