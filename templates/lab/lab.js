// The page works without this. With it, choices show at once and a changed template reloads.
"use strict";

// By mouse a choice shows at once; by keyboard it waits for Enter, for arrows pass over many.
for (const choice of document.querySelectorAll("[data-now]")) {
  let pointed = false;
  choice.addEventListener("pointerdown", () => { pointed = true; });
  choice.addEventListener("keydown", () => { pointed = false; });
  choice.addEventListener("change", () => { if (pointed) choice.form.requestSubmit(); });
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
