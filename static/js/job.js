// Shows how far a job is without loading the page again; when it has ended, the page is loaded to say so.
const job = document.querySelector("[data-progress]");
const bar = job.querySelector("progress");
const words = job.querySelector("[data-words]");

async function look() {
  try {
    const answer = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const now = await answer.json();
    if (now.ended) return location.reload();
    show(now);
  } catch {
    words.textContent = "The server does not answer just now; the work goes on without it.";
  }
  setTimeout(look, 1000);
}

function show(now) {
  if (now.total) {
    bar.max = now.total;
    bar.value = now.done;
  } else {
    bar.removeAttribute("value");
  }
  // A screen reader is told when something else is being done, not every number.
  if (words.textContent !== now.words) words.textContent = now.words;
}

setTimeout(look, 500);
