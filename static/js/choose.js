// Choosing rows of a list (templates/core/_list.html). Without this the boxes and the buttons below them work just the same;
// here the bar appears when something is chosen, one box chooses the page, and Shift chooses everything between two presses.
for (const form of document.querySelectorAll("[data-choosing]")) {
  const boxes = [...form.querySelectorAll("[data-choose]")];
  const page = form.querySelector("[data-choose-page]");
  const all = form.querySelector("[data-choose-all]");
  const bar = form.querySelector("[data-choice-bar]");
  const says = form.querySelector("[data-choice-says]");
  const everything = all?.closest("label").textContent.trim();
  let last = null;

  function show() {
    const count = boxes.filter((box) => box.checked).length;
    const isAll = all?.checked ?? false;
    for (const box of boxes) box.disabled = isAll;
    page.disabled = isAll;
    page.checked = isAll || (count > 0 && count === boxes.length);
    page.indeterminate = !page.checked && count > 0;
    bar.classList.toggle("has-choice", isAll || count > 0);
    form.classList.toggle("has-all", isAll);
    const words = isAll ? `${everything} are chosen` : count ? `${count.toLocaleString("en")} chosen` : "";
    if (says.textContent !== words) says.textContent = words;
  }

  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-choose]");
    if (!box) return;
    if (event.shiftKey && last && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    show();
  });
  // Enter at a chosen row goes to what can be done with it; the bar is far behind the last row for the Tab key.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-choose], [data-choose-page]")) return;
    event.preventDefault();
    if (bar.classList.contains("has-choice")) bar.querySelector("button")?.focus();
  });
  form.addEventListener("change", (event) => {
    if (event.target === page) for (const box of boxes) box.checked = page.checked;
    show();
  });
  addEventListener("pageshow", show);   // a browser that goes back may have kept what was ticked
  show();
}
