// Counts the message parts of a text while it is typed, with the longest values that its places can have; without this
// file a preview counts them.
"use strict";
(() => {
  const box = document.querySelector("textarea[data-longest]");
  const output = document.getElementById("text-parts");
  if (!box || !output) return;
  const longestValues = JSON.parse(box.dataset.longest);
  const bracketed = /\[([^[\]{}]*\{\w+\}[^[\]{}]*)\]/g;
  const placeholder = /\{(\w+)(?::(\w+))?\}/g;
  const longest = (_, name, form) => (/^\d+$/.test(form) ? "ن".repeat(Number(form)) : (longestValues[`${name}:${form}`] ?? longestValues[name] ?? "…"));
  const countParts = (text) => {
    const [single, joined] = /^[\n\r -~]*$/.test(text) ? [160, 153] : [70, 67];
    return text.length <= single ? 1 : Math.ceil(text.length / joined);
  };
  const digits = new Intl.NumberFormat("fa");
  box.addEventListener("input", () => {
    const parts = countParts(box.value.replace(bracketed, "$1").replace(placeholder, longest));
    output.textContent = output.dataset.words.replace("%", digits.format(parts));
    output.classList.toggle("problem", parts > Number(output.dataset.allowed));
  });
})();
