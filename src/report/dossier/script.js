"use strict";
// Without this script everything can be read; with it, findings light up what they are about.
(() => {
  const picture = document.querySelector(".picture");
  const told = document.getElementById("lit");
  const clear = () => {
    if (!picture) return;
    picture.classList.remove("dim");
    picture.querySelectorAll(".lit").forEach((thing) => thing.classList.remove("lit"));
    told.hidden = true;
  };
  const light = (finding) => {
    clear();
    const lights = (finding.dataset.lights || "").split(" ").filter(Boolean);
    if (!picture || lights.length === 0) return 0;
    const things = picture.querySelectorAll(lights.map((name) => "." + name).join(","));
    things.forEach((thing) => thing.classList.add("lit"));
    picture.classList.add("dim");
    const words = { "{count}": things.length, "{finding}": finding.querySelector("h3").textContent.trim() };
    told.textContent = told.dataset.lit.replace(/\{\w+\}/g, (slot) => words[slot]);
    const back = document.createElement("a");
    back.href = "#" + finding.id;
    back.textContent = told.dataset.back;
    back.addEventListener("click", clear);
    told.append(back);
    told.hidden = false;
    return things.length;
  };
  document.querySelectorAll(".finding[data-lights]").forEach((finding) => {
    finding.addEventListener("click", (event) => {
      if (event.target.closest("a:not(.light)") || String(getSelection())) return;
      light(finding);
    });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  const folded = () => document.querySelectorAll("details:not([open])");
  let unfolded = [];
  addEventListener("beforeprint", () => { unfolded = [...folded()]; unfolded.forEach((part) => { part.open = true; }); });
  addEventListener("afterprint", () => { unfolded.forEach((part) => { part.open = false; }); unfolded = []; });
  const reveal = () => {
    const part = document.getElementById(location.hash.slice(1));
    if (part instanceof HTMLDetailsElement) part.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
