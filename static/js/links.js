// The link table (templates/core/_links.html). The page works without this; here it tells at once what a save will do.
const forms = new Set([...document.querySelectorAll("[data-links]")].map((table) => table.closest("form")).filter(Boolean));
const motion = matchMedia("(prefers-reduced-motion: reduce)");

const rowsOf = (inside) => [...inside.querySelectorAll("[data-row]")];
const controlsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((c) => !c.matches("[data-remove]"));
const farOf = (row) => row.querySelector(".look-up input");
// A row of which only some facts can be changed cannot be removed.
const isRemoved = (row) => row.querySelector("[data-remove]")?.checked ?? false;
const isStored = (row) => "stored" in row.dataset;

// Numbers as people write them: "12,5 %", "1 000", "7.5". What cannot be read counts as nothing; the server says why.
export function readNumber(text) {
  const bare = text.replace(/[\s%'’]/g, "");
  const fraction = bare.match(/^(\d+)\/(\d+)$/);
  if (fraction) return Number(fraction[1]) / (Number(fraction[2]) || 1);
  const point = bare.lastIndexOf(",") > bare.lastIndexOf(".") ? "," : ".";
  const plain = bare.replaceAll(point === "," ? "." : ",", "").replace(point, ".");
  return /^[+-]?\d*\.?\d+$/.test(plain) ? Number(plain) : 0;
}

const isTicked = (control) => control.type === "checkbox" || control.type === "radio";
// What the control held when the page came.
function initialOf(control) {
  if (isTicked(control)) return control.defaultChecked;
  if (control.tagName === "SELECT") return ([...control.options].find((o) => o.defaultSelected) ?? control.options[0])?.value;
  return control.defaultValue;
}
const valueOf = (control) => (isTicked(control) ? control.checked : control.value);
// `data-changed`: refused by the server and sent back, so what stands here is not stored yet.
const isDirty = (control) => "changed" in control.dataset || String(valueOf(control)) !== String(initialOf(control));
const shown = (control, value) => {
  if (control.tagName === "SELECT") return [...control.options].find((o) => o.value === value)?.text ?? value;
  if (control.type === "checkbox") return String(value) === "true" ? "yes" : "no";
  return value === "" ? "nothing" : value;
};

function stateOf(row) {
  const dirty = controlsOf(row).filter(isDirty);
  for (const control of controlsOf(row)) control.classList.toggle("is-changed", dirty.includes(control));
  if (!isStored(row)) {
    // A number that the script wrote is no reason to store an empty row.
    const typed = dirty.some((control) => !control.matches("[data-order-number]")) || farOf(row).value.trim() !== "";
    row.classList.toggle("is-spare", !typed);
    return { state: typed && !isRemoved(row) ? "added" : "", dirty };
  }
  if (isRemoved(row)) return { state: "removed", dirty };
  const changed = dirty.length > 0 || "changed" in row.dataset;
  return { state: changed ? "changed" : "", dirty };
}

// "1 changed, 1 removed", and what it is when it is one thing.
function sumUp(form) {
  const counts = { changed: 0, added: 0, removed: 0 };
  const dirtyRows = [];
  for (const row of rowsOf(form)) {
    const { state, dirty } = stateOf(row);
    row.classList.toggle("is-changed", state === "changed" || state === "added");
    if (state) { counts[state] += 1; dirtyRows.push({ row, state, dirty }); }
  }
  const words = Object.entries(counts).filter(([, n]) => n).map(([what, n]) => `${n} ${what}`).join(", ");
  const bad = rowsOf(form).filter((row) => row.classList.contains("is-bad")).length;
  const bar = form.querySelector("[data-save-bar]");
  form.toggleAttribute("data-changed", words !== "");
  if (bar) {
    bar.classList.toggle("has-changes", words !== "");
    setText(bar.querySelector("[data-counts]"), words);
    setText(bar.querySelector("[data-detail]"), bad ? `${bad} ${bad === 1 ? "row needs" : "rows need"} a look before this can be saved`
      : words ? oneThing(dirtyRows) : "No changes yet");
  }
  for (const meter of document.querySelectorAll("[data-meter]")) measure(form, meter);
}

function oneThing([first, second]) {
  const control = first.dirty[0];
  if (second || first.dirty.length !== 1 || first.state !== "changed" || "changed" in control.dataset) return "";
  const name = nameOf(first.row);
  return `${name}: ${shown(control, initialOf(control))} → ${shown(control, valueOf(control))}`;
}

function setText(element, text) { if (element && element.textContent !== text) element.textContent = text; }

function measure(form, meter) {
  const inputs = [...form.querySelectorAll("[data-sum]")].filter((input) => input.dataset.sum === meter.dataset.meter);
  if (!inputs.length) return;
  // Whole ten-thousandths, so that 33.3333 three times is not a hair above its sum.
  const units = inputs.filter((i) => !isRemoved(i.closest("[data-row]"))).reduce((sum, i) => sum + Math.round(readNumber(i.value) * 1e4), 0);
  const value = units / 1e4;
  meter.querySelector("meter").value = value;
  meter.querySelector("output").textContent = `${value} of ${Number(meter.dataset.limit)} ${meter.dataset.unit}`;
  meter.classList.toggle("is-over", value > Number(meter.dataset.limit));
}

// Rows
function addRow(table, focus = true) {
  const numbers = rowsOf(table).map((row) => Number(row.id.slice(table.dataset.prefix.length + 1)) || 0);
  const next = Math.max(-1, ...numbers) + 1;
  const html = table.querySelector("template").innerHTML.replaceAll("__n__", next);
  const holder = document.createElement("table");
  holder.innerHTML = html;
  const row = holder.querySelector("[data-row]");
  const number = rowsOf(table).length + 1;
  for (const named of row.querySelectorAll("[aria-label]")) named.setAttribute("aria-label", named.getAttribute("aria-label").replace(/row \d+$/, `row ${number}`));
  table.querySelector(".link-table").append(row);
  if ("order" in table.dataset) markOrder(row);
  if (focus) farOf(row).focus();
  return row;
}

const orderInput = (row) => row.querySelector("[data-order-number]");
const markOrder = (row) => { row.querySelector(".num .cell").dataset.orderNumber = ""; };
const isOrdered = (row) => !row.classList.contains("is-spare") && !isRemoved(row);

function renumber(table) {
  rowsOf(table).filter(isOrdered).forEach((row, i) => { orderInput(row).value = String(i + 1); });
}

// The neighbour is moved, not the row: so the focus and the caret stay where they are.
function move(row, up) {
  const table = row.closest("[data-links]");
  const rows = rowsOf(table).filter((r) => !r.classList.contains("is-spare"));
  const other = rows[rows.indexOf(row) + (up ? -1 : 1)];
  if (!other) return;
  if (up) row.after(other); else row.before(other);
  renumber(table);
  sumUp(row.closest("form"));
  const place = rowsOf(table).filter(isOrdered);
  say(`${nameOf(row)} is now ${place.indexOf(row) + 1} of ${place.length}`);
}
const nameOf = (row) => row.querySelector(".far-shown a")?.textContent ?? (farOf(row).value || "The new row");

const speaker = Object.assign(document.createElement("div"), { className: "visually-hidden" });
speaker.setAttribute("role", "status");
document.querySelector("main")?.append(speaker);
const say = (words) => { speaker.textContent = words; };

async function prepareOrder(table) {
  rowsOf(table).forEach(markOrder);
  await import("../vendor/sortablejs/Sortable.min.js");   // an old-style file: it sets self.Sortable
  self.Sortable.create(table.querySelector(".link-table"), {
    draggable: "[data-row]:not(.is-spare)", handle: ".handle", animation: motion.matches ? 0 : 120,
    onEnd: () => { renumber(table); sumUp(table.closest("form")); },
  });
}

// Everything a person does in a form of rows
function listen(form) {
  const later = () => sumUp(form);
  form.addEventListener("input", later);
  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-row]");
    const table = row?.closest("[data-links]");
    later();
    if (table && "order" in table.dataset && !isStored(row) && !row.classList.contains("is-spare") && !orderInput(row).value) {
      orderInput(row).value = String(rowsOf(table).filter(isOrdered).length);
    }
  });
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const mover = event.target.closest("[data-move]");
    if (add) addRow(add.closest("[data-links]"));
    if (mover) move(mover.closest("[data-row]"), mover.dataset.move === "up");
  });
  // The first press on a figure chooses all of it, as Tab does: whoever types 2 over 0 % means 2 %, not 20 %.
  let pressed = null;
  form.addEventListener("pointerdown", (event) => {
    pressed = event.target.matches(".num .cell") && event.target !== document.activeElement ? event.target : null;
  });
  form.addEventListener("click", () => {
    if (pressed && pressed.selectionStart === pressed.selectionEnd) pressed.select();
    pressed = null;
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && event.altKey && /^Arrow(Up|Down)$/.test(event.key) && "order" in row.closest("[data-links]").dataset) {
      event.preventDefault();
      move(row, event.key === "ArrowUp");
    }
  });
  // "Replace" opens the look-up of a stored row; "Keep" closes it and takes back what was typed.
  form.addEventListener("toggle", (event) => {
    if (!event.target.matches(".far-replace")) return;
    const far = farOf(event.target.closest("[data-row]"));
    if (event.target.open) return far.select();
    far.value = far.defaultValue;
    later();
  }, true);
  sumUp(form);
}

// Any form that stores something: Ctrl-S sends the one that somebody is in, and what is typed is lost neither by leaving nor by sending
// another form of the page. A page that asks for a password is left without a question, unless it carries a form along.
const main = document.querySelector("main");
const posted = [...document.querySelectorAll("main form[method=post]")];
const saving = posted.filter((form) => form.querySelector("[data-save]"));
const watched = posted.filter((form) => !form.querySelector("[type=password]") || "unsaved" in form.dataset);
const fieldsOf = (form) => [...form.elements].filter((c) => c.type !== "hidden" && c.matches("input, select, textarea"));
const isTyped = (form) => (forms.has(form) && form.hasAttribute("data-changed")) || fieldsOf(form).some(isDirty);

// On the answer to a form, whatever stands in it was typed before and is not stored yet. It is sent to the address that answered;
// where no form is, the page carries one along.
const addressOf = (url) => Object.assign(new URL(url, location), { hash: "" }).href;
const own = watched.filter((form) => addressOf(form.getAttribute("action") ?? "") === addressOf(""));
const answered = !("answer" in (main?.dataset ?? {})) ? [] : own.length ? own : watched;

let leaving = null;   // the form that is sent or given up just now
const lost = () => watched.some((form) => form !== leaving && (answered.includes(form) || isTyped(form)));

// What takes something away is not pressed by Ctrl-S.
const isSentByKeys = (form) => saving.includes(form) || (watched.includes(form) && fieldsOf(form).length > 0 && !form.querySelector(".danger"));
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || event.altKey || event.shiftKey) return;
  const form = document.activeElement?.form ?? document.activeElement?.closest("form");
  const target = isSentByKeys(form) ? form : saving[0];
  if (!target) return;
  event.preventDefault();
  target.requestSubmit(target.querySelector("[data-save]"));
});
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = event.target; });
main?.addEventListener("click", (event) => {
  const discard = event.target.closest("[data-discard]");
  if (discard && !(event.ctrlKey || event.metaKey || event.shiftKey)) leaving = discard.closest("form");
  // A file leaves nothing. The browser is told so where something could be lost; else a page may answer and say why there is no file.
  const file = event.target.closest("[data-download]");
  if (file) file.toggleAttribute("download", lost());
});
addEventListener("beforeunload", (event) => {
  if (!lost()) return;
  event.preventDefault();
  setTimeout(() => { leaving = null; });   // comes to pass after the question, for whoever stays
});
addEventListener("pageshow", () => { leaving = null; });

for (const form of forms) {
  for (const table of form.querySelectorAll("[data-links][data-order]")) prepareOrder(table);
  listen(form);
}
