// Copy a feed's address when a link opens the page to paste it on, and replace the steps in its note.
// The newer function for it needs the focus, which goes to the new page.
function copyAddress({ currentTarget: link }) {
  const code = link.closest(".feed").querySelector("code");
  getSelection().selectAllChildren(code);
  const text = document.execCommand("copy") ? WORDS.address_copied : WORDS.address_selected;
  const message = makeElement("strong", text);
  link.parentElement.querySelector("[role=status]").replaceChildren(message);
}

// Load the element's script, which also sizes the frame, only when a preview is opened.
function loadPreviews() {
  const script = Object.assign(makeElement("script"), { src: ELEMENT_URL });
  for (const preview of document.querySelectorAll("iframe, defects-episodes")) {
    preview.closest("details").addEventListener("toggle", () => document.head.append(script));
  }
}

// Move elements to where the style sheet shows them, for keyboards and screen readers.
function moveBefore(selector, nextSelector) {
  for (const each of document.querySelectorAll(selector)) {
    each.parentElement.querySelector(nextSelector).before(each);
  }
}

// Each language has its own element, next to its page.
const ELEMENT_URL = new URL("embed.js", location.href);
const DEVICE = detectDevice(navigator.userAgent);
document.documentElement.dataset.script = "";
if (DEVICE) document.documentElement.dataset.device = DEVICE;

document.addEventListener("DOMContentLoaded", () => {
  // The newest season is the first one on the page.
  const items = Array.from(document.querySelectorAll("#episodes [data-start]"), readItem)
    .sort((one, other) => one.start - other.start);
  items.forEach(showLocalTime);
  if (items.length) showCurrent(showNext(items));
  document.documentElement.dataset.ready = "";
  showTarget();
  addEventListener("hashchange", showTarget);
  unfoldForPrint();
  document.querySelectorAll(".copy").forEach(offerCopy);
  for (const link of document.querySelectorAll("[data-copies]")) link.onclick = copyAddress;
  loadPreviews();
  if (DEVICE === "windows") moveBefore("[data-app='Outlook.com']", "li");
  else if (DEVICE) moveBefore(".address", ".apps");
});
