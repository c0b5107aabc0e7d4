// Runs before the page is painted: the chosen theme, and the mark that script works (see .needs-script in the stylesheet).
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };

  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  root.classList.add("scripted");
  show(stored());

  document.addEventListener("DOMContentLoaded", () => {
    const now = stored() ?? "system";
    for (const choice of document.querySelectorAll("input[name=theme]")) choice.checked = choice.value === now;
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("input[name=theme]")) return;
    show(event.target.value);
    // A browser that refuses storage still shows the theme until the next page.
    try { localStorage.setItem("theme", event.target.value); } catch { /* nothing to do */ }
  });

  addEventListener("storage", (event) => { if (event.key === "theme") show(event.newValue); });
})();
