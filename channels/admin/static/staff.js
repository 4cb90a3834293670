// Small comforts of the staff's site; every page works without this file.
"use strict";
(() => {
  // A form is sent once: a second click while the answer is on its way would only meet a conflict.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
  });
  // A page that the browser kept and shows again can be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-busy");
    }
  });
  // A calendar opens at fields for days and moments; «فردا» and the like can still be typed.
  jalaliDatepicker?.startWatch({
    autoReadOnlyInput: false,
    persianDigits: true,
    hasSecond: false,
    time: true,
    showEmptyBtn: true,
    separatorChars: { date: "/", between: " ", time: ":" },
  });

  // The calendar reads Latin digits alone: a field has them while it is open, and Persian ones again behind it.
  const PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹";
  const inLatinDigits = (text) => text.replace(/[۰-۹]/g, (digit) => PERSIAN_DIGITS.indexOf(digit));
  const writeLatin = (field) => {
    const latin = inLatinDigits(field.value);
    if (latin === field.value) return;
    field.setRangeText(latin, 0, latin.length, "preserve");
    jalaliDatepicker.show(field);
  };
  document.addEventListener("focusin", ({ target }) => {
    // Not while the field gets its focus: what is just being selected in it would be let go.
    if (target.matches("[data-jdp]")) queueMicrotask(() => writeLatin(target));
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (!target.matches("[data-jdp]") || relatedTarget?.closest("jdp-container")) return;
    target.value = target.value.replace(/[0-9]/g, (digit) => PERSIAN_DIGITS[digit]);
  });

  // What moves with another box (the end of work with its start) leaves its own as soon as that one is changed.
  for (const proposal of document.querySelectorAll("input[data-follows]")) {
    const { follows, box: name } = proposal.dataset;
    const { [follows]: followed, [name]: box } = proposal.form.elements;
    followed.addEventListener("change", () => {
      const isMoved = inLatinDigits(followed.value) !== inLatinDigits(followed.defaultValue);
      if (proposal.disabled || !isMoved || inLatinDigits(box.value) !== inLatinDigits(proposal.value)) return;
      box.value = "";
      proposal.disabled = true;
    });
  }

  // Who types wants no calendar over the form, nor does who has gone on to another field. It comes up a moment after its
  // field is entered, whatever happened meanwhile, so nothing has to hide it: it is not shown.
  const root = document.documentElement;
  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target.matches("[data-jdp]")) root.classList.add("no-calendar");
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.closest("jdp-container")) return;
    root.classList.toggle("no-calendar", !event.target.matches("[data-jdp]"));
  });

  // A number that is typed elsewhere is copied by a button, in Latin digits; without scripts it is read and marked.
  const words = document.querySelector("[data-copy]")?.dataset;
  if (navigator.clipboard && words) {
    for (const number of document.querySelectorAll("data[value]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = words.copy;
      button.setAttribute("aria-label", `${words.copy} ${number.textContent}`);
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(number.value);
        button.textContent = words.copied;
        button.setAttribute("aria-label", words.copied);
      });
      (number.closest("a") ?? number).after(button);
    }
  }

  // Whoever wants it is notified of new work while a page of the site is open: each browser is asked by its owner, in the
  // own account. What was counted last is kept for all its tabs, and one that finds nothing new says nothing. Where pages
  // may not notify (Chrome on Android), a worker of the site does, and where there is none either, nobody is promised it.
  const NEWS = "pishkhan-news";
  const readNews = () => JSON.parse(localStorage.getItem(NEWS));
  const notify = async (text, tag, address) => {
    const [title, options] = [document.querySelector(".brand strong").textContent, { body: text, tag, data: address }];
    try {
      new Notification(title, options).onclick = () => open(address);
      return true;
    } catch {
      const worker = await navigator.serviceWorker?.getRegistration();
      return Boolean(worker?.active) && worker.showNotification(title, options).then(() => true, () => false);
    }
  };
  const lookForNews = async () => {
    const known = readNews();
    if (!known || Notification.permission !== "granted") return;
    const answer = await fetch("/staff/news", { redirect: "error" }).catch(() => null);
    if (answer?.status !== 200 || !readNews()) return;
    const { waiting } = await answer.json();
    const counts = Object.fromEntries(waiting.map(({ name, count }) => [name, count]));
    localStorage.setItem(NEWS, JSON.stringify({ counts }));
    for (const { name, count, text, address } of known.counts ? waiting : []) {
      if (count > (known.counts[name] ?? 0)) await notify(text, name, address);
    }
  };
  if ("Notification" in window && document.querySelector(".staff-top .who")) {
    lookForNews();
    setInterval(lookForNews, 60_000);
  }
  const newsCard = document.getElementById("news-card");
  if (newsCard && "Notification" in window) {
    const [button, status] = [newsCard.querySelector("button"), newsCard.querySelector("[role=status]")];
    const { textContent: turnOn } = button;
    const show = () => (button.textContent = readNews() ? newsCard.dataset.off : turnOn);
    button.addEventListener("click", async () => {
      const { denied, missing, started } = newsCard.dataset;
      status.textContent = "";
      if (readNews()) localStorage.removeItem(NEWS);
      else if ((await Notification.requestPermission()) !== "granted") status.textContent = denied;
      else if (await notify(started, "started", location.href)) localStorage.setItem(NEWS, "{}");
      else status.textContent = missing;
      show();
      lookForNews();
    });
    newsCard.hidden = false;
    show();
  }

  // A menu closes when one clicks beside it, leaves it by Escape, or goes on by the keyboard to what it would cover.
  const who = document.querySelector(".who");
  const sections = document.getElementById("sections");
  document.addEventListener("focusin", ({ target }) => {
    if (who && !who.contains(target)) who.removeAttribute("open");
    if (sections?.matches(":popover-open") && !sections.contains(target)) sections.hidePopover();
    // Browsers scroll to what has the focus where nothing of it is seen, and leave half of it cut off.
    if (target.closest(".sections ul, .action-bar")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  document.addEventListener("click", (event) => {
    if (who && !who.contains(event.target)) who.removeAttribute("open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") who?.removeAttribute("open");
  });

  // The box of the whole page ticks its rows, so that they show it; a row that is let off lets it off too.
  document.addEventListener("change", ({ target }) => {
    const form = target.closest(".ticked");
    const all = form?.elements.all;
    if (!all) return;
    const rows = [...form.querySelectorAll('[name="code"]')];
    if (target === all) for (const row of rows) row.checked = all.checked;
    else if (target.name === "code") all.checked = rows.every((row) => row.checked);
  });
})();
