// Copy the text next to a button. If the clipboard is blocked, as in some apps, select the text.
async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2 * SECOND);
}

function offerCopy(button) {
  button.addEventListener("click", () => copy(button));
  button.hidden = false;
}
