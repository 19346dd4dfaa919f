// The page works without this. With it, choices show at once and a changed template reloads.
"use strict";

for (const choice of document.querySelectorAll("[data-now]")) {
  choice.addEventListener("change", () => {
    if (choice.form.reportValidity()) choice.form.requestSubmit();
  });
}

const live = document.querySelector(".live");
const watch = () => {
  const seen = encodeURIComponent(document.body.dataset.print);
  const stream = new EventSource(`/changes?seen=${seen}`);
  stream.addEventListener("open", () => { live.hidden = false; });
  stream.addEventListener("changed", () => { stream.close(); location.reload(); });
  stream.addEventListener("error", () => { live.hidden = true; });
  addEventListener("pagehide", () => stream.close());
};
watch();
