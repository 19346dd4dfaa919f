// What a browser can add: a guess at the zone, topics by a click, a sample while you type.
// Everything works without it.
"use strict";
(function () {
  const zone = document.querySelector("[data-guess-zone]");
  if (zone && !zone.value) {
    try {
      zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    } catch (error) {
      // an old browser: the field stays empty
    }
  }

  const topics = document.getElementById("topics");
  for (const row of document.querySelectorAll("[data-chips]")) {
    row.hidden = false;
    row.addEventListener("click", (event) => {
      const topic = event.target.dataset.topic;
      if (!topic || !topics) return;
      const lines = topics.form.id === "wishes" ? "\n" : ", ";
      const kept = topics.value.trim().replace(/,$/, "");
      topics.value = kept ? kept + lines + topic : topic;
      event.target.setAttribute("aria-pressed", "true");
      topics.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  const form = document.querySelector("form[data-sample]");
  const place = document.querySelector("[data-sample-here]");
  if (!form || !place || !topics) return;
  let timer = 0;
  let newest = 0;
  async function show() {
    const mine = ++newest;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "email") fields.append(name, value);
    }
    if (form.id === "wishes") fields.set("act", "preview");
    try {
      const answer = await fetch(form.dataset.sample || location.pathname, {
        method: "POST",
        body: fields,
        headers: { "X-Part": "sample" },
      });
      const text = await answer.text();
      if (mine !== newest || !answer.ok) return;
      const parsed = new DOMParser().parseFromString(text, "text/html");
      const sample = parsed.querySelector(".sample");
      if (!sample) return;
      place.replaceChildren(document.importNode(sample, true));
      const heading = document.querySelector("[data-sampled]");
      if (heading) heading.textContent = heading.dataset.sampled;
    } catch (error) {
      // no network: what stands there stays
    }
  }
  form.addEventListener("input", (event) => {
    if (event.target.name === "email") return;
    clearTimeout(timer);
    timer = setTimeout(show, 500);
  });
})();
