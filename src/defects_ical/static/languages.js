// The choice of a language. The page never changes its language by itself: a link to it is in that language.

// Chinese and Portuguese have one version each, for what is written in the same way.
const WITHOUT_VERSION = /^zh(?!-(hant|tw|hk|mo)\b)/;
const VERSIONS = { zh: "zh-Hant", pt: "pt-BR" };

// Return the code of the version that a reader of a language can read, if there is one.
function matchLanguage(language, codes) {
  const wanted = language.toLowerCase();
  const exact = codes.find((code) => code.toLowerCase() === wanted);
  if (exact || WITHOUT_VERSION.test(wanted)) return exact;
  const [primary] = wanted.split("-");
  return codes.find((code) => code === (VERSIONS[primary] || primary));
}

// Offer the visitor's own language, in that language.
function offerLanguage(links) {
  const codes = links.map(({ hreflang }) => hreflang);
  const code = navigator.languages.map((each) => matchLanguage(each, codes)).find(Boolean);
  const version = links.find(({ hreflang }) => hreflang === code);
  if (!version || !version.dataset.offer) return;
  const { href, hreflang, lang } = version;
  const dir = version.dir || document.dir || "ltr";
  const link = Object.assign(document.createElement("a"), { href, hreflang, lang, dir });
  link.textContent = version.dataset.offer;
  const offer = document.getElementById("language_offer");
  offer.replaceChildren(link);
  offer.hidden = false;
}

// Close the list when it is left, because it covers what is below.
function closeWhenLeft(list) {
  const closeUnlessIn = (target) => { if (target && !list.contains(target)) list.open = false; };
  document.addEventListener("click", ({ target }) => closeUnlessIn(target));
  list.addEventListener("focusout", ({ relatedTarget }) => closeUnlessIn(relatedTarget));
  list.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    list.open = false;
    list.querySelector("summary").focus();
  });
}

document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector(".languages details");
  if (!list) return;
  offerLanguage([...list.querySelectorAll("a")]);
  closeWhenLeft(list);
});
