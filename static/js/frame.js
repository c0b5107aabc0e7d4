// What every page does: Ctrl-K, pop-ups that close, messages that can be put away, one send per press, focus on the first error.
const $ = (selector, inside = document) => inside.querySelector(selector);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    const search = $("[data-search]") ?? $("[data-find-here]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "Escape" && !event.defaultPrevented) closePopups(null, true);
});

// A press elsewhere, or the focus leaving, closes an open pop-up; the page itself never needs this.
function closePopups(keep, focus = false) {
  for (const popup of document.querySelectorAll("details.popup[open]")) {
    if (keep && popup.contains(keep)) continue;
    if (focus && popup.contains(document.activeElement)) $("summary", popup).focus();
    popup.open = false;
  }
}
document.addEventListener("pointerdown", (event) => closePopups(event.target));
document.addEventListener("focusin", (event) => closePopups(event.target));

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest(".message").remove();
});

// The folded navigation of a narrow window closes with Escape and says its state to a screen reader.
const fold = $("#nav-fold");
if (fold) {
  const tell = () => fold.setAttribute("aria-expanded", String(fold.checked));
  fold.addEventListener("change", tell);
  fold.addEventListener("keydown", (event) => { if (event.key === "Enter") fold.click(); });
  tell();
}

// One press sends a form once. The button is marked after the browser has read the form, so that its own value is sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "yes";
  event.submitter?.classList.add("is-busy");
  setTimeout(() => sent(form), 10000);   // no answer came: the person may try again, the form's key keeps it single
});
function sent(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll(".is-busy")) button.classList.remove("is-busy");
}
const allSent = () => { for (const form of document.forms) sent(form); };
addEventListener("pageshow", allSent);
// Whoever was asked whether to leave, and stays, can press again.
addEventListener("beforeunload", (event) => setTimeout(() => { if (event.defaultPrevented) allSent(); }));

// What a deed still asks: not a choice that is made already, such as the role of “Make head…”.
function firstQuestion(fields) {
  const answered = (one) => one.type === "radio" ? fields.some((other) => other.name === one.name && other.checked) : one.type !== "checkbox" && one.value !== "";
  return fields.find((one) => !answered(one)) ?? fields[0];
}
// After a refusal the first field in question is where the work goes on.
// A deed begins at its first question, and goes on at the button below its preview.
const next = $("main [aria-invalid=true]") ?? $("main .errors") ?? $("main [data-do]")
  ?? $("main .of-two input:placeholder-shown") ?? firstQuestion([...document.querySelectorAll("main .deed-fields :is(input, select, textarea)")]);
if (next) next.focus();

// What is saved by keys from within a row goes on there, in the same column of the row at that place, and not at the top.
const place = JSON.parse(sessionStorage.getItem("saved-in") ?? "null");
sessionStorage.removeItem("saved-in");
if (!next && place?.page === location.pathname) {
  const cell = document.querySelectorAll("[data-row]")[place.row]?.querySelector(`[id$="-${place.column}"]`);
  cell?.focus();
  cell?.select?.();
}
document.addEventListener("submit", (event) => {
  const cell = document.activeElement?.closest("[data-row] .cell");
  if (!cell?.id || event.defaultPrevented || !event.target.contains(cell)) return;
  const row = [...document.querySelectorAll("[data-row]")].indexOf(cell.closest("[data-row]"));
  sessionStorage.setItem("saved-in", JSON.stringify({ page: location.pathname, row, column: cell.id.split("-").pop() }));
});
