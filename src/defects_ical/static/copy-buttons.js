// Copy the text next to a button. If the clipboard is blocked, as in some apps, select the text.
async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = WORDS.copied;
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = WORDS.selected;
  }
  setTimeout(() => { button.textContent = WORDS.copy; }, 2 * SECOND);
}

function offerCopy(button) {
  button.addEventListener("click", () => copy(button));
  button.hidden = false;
}
