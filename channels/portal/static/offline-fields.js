/* Fields of a form and what they post: filled in from it, put into words, and offered the next days by the phone's own
   clock. */
(() => {
  "use strict";

  const OFFERED_DAYS = 7;
  const ZONE = "Asia/Tehran";

  const addKeptChoice = (group, value) => {
    const label = group[0].closest("label").cloneNode(true);
    const input = label.querySelector("input");
    input.removeAttribute("id");
    input.value = value;
    label.querySelector("span").textContent = value;
    group[0].closest("label").before(label);
    return input;
  };

  /* Put what a form posted into its fields; a choice that is not offered (a day that is over) is offered once more. */
  const fill = (form, body) => {
    const values = new URLSearchParams(body);
    const controls = [...form.elements].filter((control) => control.name && control.type !== "hidden" && control.type !== "submit");
    for (const name of new Set(controls.map((control) => control.name))) {
      const group = controls.filter((control) => control.name === name);
      const given = values.getAll(name);
      if (group[0].type === "radio" || group[0].type === "checkbox") {
        for (const control of group) control.checked = given.includes(control.value);
        const isOffered = group.some((control) => control.checked);
        if (group[0].type === "radio" && given[0] && !isOffered) addKeptChoice(group, given[0]).checked = true;
      } else {
        group.forEach((control, place) => {
          control.value = given[place] === undefined ? "" : given[place];
        });
      }
    }
  };

  const wordsOf = (control) => {
    if (control.type === "radio" || control.type === "checkbox") {
      if (!control.checked || control.value === "other") return "";
      return control.closest("label").textContent.trim();
    }
    if (control.tagName === "SELECT") return control.value ? control.selectedOptions[0].textContent.trim() : "";
    return control.value.trim();
  };

  /* What stands between the parts of a list, and between clauses, in the language of the page. */
  const [LIST_MARK, CLAUSE_MARK] = document.documentElement.dir === "rtl" ? ["\u060c ", "\u061b "] : [", ", "; "];

  /* What a field says, in words: rows of machines one after the other, the parts of a plate side by side. */
  const describe = (field) => {
    const rows = [...field.querySelectorAll(".row")];
    const parts = rows.length ? rows : [field];
    const lines = parts.map((part) => {
      const controls = [...part.querySelectorAll("input, select, textarea")];
      return controls.map(wordsOf).filter(Boolean).join(rows.length ? LIST_MARK : " ");
    });
    return lines.filter(Boolean).join(CLAUSE_MARK);
  };

  const isMissing = (field) => field.hasAttribute("data-required") && !describe(field);

  /* The next days as choices: the empty form was made on another day. */
  const offerDays = (root, today, tomorrow) => {
    for (const group of root.querySelectorAll("fieldset[data-days]")) {
      const last = group.querySelector("label.radio");
      for (let number = 0; number < OFFERED_DAYS; number += 1) {
        const day = new Date(Date.now() + number * 86400000);
        const label = last.cloneNode(true);
        const input = label.querySelector("input");
        input.id = `${group.dataset.days}-offer-${number + 1}`;
        input.value = day.toLocaleDateString("en-CA", { timeZone: ZONE });
        const words = day.toLocaleDateString(`${document.documentElement.lang}-IR-u-ca-persian`, { timeZone: ZONE, weekday: "long", day: "numeric", month: "long" });
        label.querySelector("span").textContent = [[today, tomorrow][number], words].filter(Boolean).join(" ");
        last.before(label);
      }
    }
  };

  self.offlineFields = { fill, describe, isMissing, offerDays };
})();
