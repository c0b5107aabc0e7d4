// Look-up as you type, for input[data-find-url]: the ARIA 1.2 combobox with a list box of lines that the server renders.
// The search over everything is one more of them (data-search): its lines lead to records, and none is marked until the arrows do,
// so that Enter searches. Why not @github/auto-complete-element: it fits the policy, but wants a wrapper, a list and an id for every row, reads another
// attribute than ours, offers nothing for "add as new", and a list inside the table is cut off; the glue was as long as this.
const WAIT = 150;
const list = Object.assign(document.createElement("ul"), { id: "finder", className: "finder", popover: "manual" });
const status = Object.assign(document.createElement("div"), { className: "visually-hidden" });
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
status.setAttribute("role", "status");

let input = null;      // whose list is shown
let chosen = -1;       // which line is marked
let timer = 0;
let asked = null;      // the question under way; a newer one cancels it

const lines = () => [...list.querySelectorAll("[role=option]:not([aria-disabled=true])")];
const boxOf = (field) => field.closest("[data-row]")?.querySelector("[data-new-box]");
const isOpen = () => list.matches(":popover-open");

function prepare(field) {
  if (field.role === "combobox") return;
  Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false", autocomplete: "off", spellcheck: false });
  field.setAttribute("aria-controls", list.id);
}

function place() {
  const box = input.getBoundingClientRect();
  const below = innerHeight - box.bottom;
  const above = below < 200 && box.top > below;
  const left = Math.max(8, Math.min(box.left, innerWidth - 328));
  Object.assign(list.style, {
    left: `${left}px`,
    maxWidth: `${Math.min(480, innerWidth - left - 8)}px`,
    minWidth: `${Math.max(box.width, Math.min(320, innerWidth - 16))}px`,
    maxHeight: `${Math.min("search" in input.dataset ? 640 : 360, (above ? box.top : below) - 12)}px`,
    top: above ? "auto" : `${box.bottom + 3}px`,
    bottom: above ? `${innerHeight - box.top + 3}px` : "auto",
  });
}

function close() {
  clearTimeout(timer);
  asked?.abort();
  if (isOpen()) list.hidePopover();
  input?.setAttribute("aria-expanded", "false");
  input?.removeAttribute("aria-activedescendant");
  chosen = -1;
}

function mark(index) {
  const all = lines();
  chosen = all.length && index !== null ? (index + all.length) % all.length : -1;
  all.forEach((line, i) => line.setAttribute("aria-selected", String(i === chosen)));
  if (chosen < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[chosen].id);
  all[chosen].scrollIntoView({ block: "nearest" });
}

function show(html) {
  list.innerHTML = html;
  // "Add as new" is offered where the row can say so: not to a filter, and not to a deed.
  if (!boxOf(input)) list.querySelector("[data-new]")?.remove();
  const all = lines();
  all.forEach((line, i) => { line.id = `finder-${i}`; });
  if (!list.children.length) return close();
  place();
  if (!isOpen()) list.showPopover();
  input.setAttribute("aria-expanded", "true");
  mark("search" in input.dataset ? null : 0);
  status.textContent = `${all.length} ${all.length === 1 ? "suggestion" : "suggestions"}`;
}

async function ask() {
  const field = input;
  asked?.abort();
  asked = new AbortController();
  const url = new URL(field.dataset.findUrl, location.href);
  url.searchParams.set("q", field.value.trim());
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const html = await answer.text();
    if (field === document.activeElement) show(html);
  } catch (problem) {
    if (problem.name === "AbortError" || field !== document.activeElement) return;
    show('<li role="option" aria-disabled="true">The suggestions did not load. You can go on typing.</li>');
  }
}

function pick(line) {
  if (line.dataset.url) {
    close();
    return location.assign(line.dataset.url);
  }
  const box = boxOf(input);
  input.value = line.dataset.value;
  if (box && box.checked !== ("new" in line.dataset)) box.click();
  close();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("focusin", (event) => { if (event.target.matches("input[data-find-url]")) prepare(event.target); });
document.addEventListener("focusout", (event) => { if (event.target === input) close(); });
document.addEventListener("input", (event) => {
  if (!event.isTrusted || !event.target.matches("input[data-find-url]")) return;
  input = event.target;
  prepare(input);
  clearTimeout(timer);
  if (input.value.trim()) timer = setTimeout(ask, WAIT); else close();
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("input[data-find-url]") || event.isComposing || event.altKey) return;
  input = event.target;
  if (event.key === "ArrowDown" && !isOpen()) ask();
  else if (!isOpen()) return;
  else if (event.key === "ArrowDown") mark(chosen + 1);
  else if (event.key === "ArrowUp") mark(Math.max(chosen, 0) - 1);
  else if (event.key === "Enter" && lines()[chosen]) pick(lines()[chosen]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
list.addEventListener("pointerdown", (event) => event.preventDefault());   // the focus stays in the field
list.addEventListener("click", (event) => {
  const line = event.target.closest("[role=option]:not([aria-disabled=true])");
  if (line) pick(line);
});
addEventListener("scroll", () => { if (isOpen()) place(); }, { passive: true, capture: true });
(document.querySelector("main") ?? document.body).append(list, status);
