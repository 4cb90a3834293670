/* On the pages of a form, while there is a line: lets the worker keep what the form needs without one, keeps what is
   being typed, and says when the line is gone. */
(() => {
  "use strict";

  const keeper = document.getElementById("offline");
  const forms = self.offlineForms;
  if (!keeper || !("indexedDB" in self)) return;
  const { service, draft, section, owner, csrf } = keeper.dataset;
  const quietly = (promise) => promise.catch(() => {});

  const say = (name) => {
    for (const text of keeper.querySelectorAll("[data-say]")) text.hidden = text.dataset.say !== name;
  };

  /* The empty form of this service, asked for again once a visit, and what it loads. */
  const keepShell = async () => {
    if (!("serviceWorker" in navigator) || !("caches" in self)) return;
    await navigator.serviceWorker.register("/offline-worker.js", { scope: "/" });
    const cache = await caches.open(forms.CACHE);
    await cache.add(new Request(`/services/${service}/request/offline`, { cache: "no-cache" }));
  };

  const form = document.querySelector("form[data-section]");
  const readBody = () => new URLSearchParams(new FormData(form)).toString();
  let isTyped = false;
  const isEmpty = (body) => ![...new URLSearchParams(body).values()].some(Boolean);

  /* What was being typed here when the page was lost, where nobody changed the section since. */
  const restoreTyping = async () => {
    const kept = await forms.findForm(draft);
    const typing = kept && kept.sections[section] && kept.sections[section].typing;
    if (isTyped || !typing || (typing.base || "") !== (kept.bases[section] || "") || isEmpty(typing.body)) return;
    if (typing.body === forms.tidyBody(readBody()) || document.querySelector(".error-summary")) return;
    self.offlineFields.fill(form, typing.body);
    say("restored");
  };

  /* From the first letter on, however long it takes until the browser has noted the page (`ready`). */
  const watchTyping = (ready) => {
    let timer = 0;
    const keep = () => quietly(ready.then(() => forms.keepTyping(service, draft, section, readBody())));
    form.addEventListener("input", () => {
      isTyped = true;
      clearTimeout(timer);
      timer = setTimeout(keep, 200);
    });
    form.addEventListener("change", keep);
    form.addEventListener("submit", () => clearTimeout(timer));
  };

  const goOnline = async () => {
    say("");
    await forms.sendAll();
  };

  const notePage = async () => {
    if (owner) await forms.sweepForms(owner);
    if (draft && keeper.dataset.done) {
      if (await forms.finishForm(draft)) say("unsent_papers");
    } else if (draft) {
      const { bases, saved } = keeper.dataset;
      await forms.notePage(service, draft, { owner, csrf, bases: JSON.parse(bases), saved: saved.split(" ").filter(Boolean) });
    }
  };

  const begin = async () => {
    const ready = notePage();
    if (draft && form && !keeper.dataset.done) {
      watchTyping(ready);
      await ready;
      await restoreTyping();
    }
    await ready;
    await forms.sendAll();
  };

  self.addEventListener("offline", () => say("gone"));
  self.addEventListener("online", () => quietly(goOnline()));
  quietly(begin());
  if (service && !keeper.dataset.done) self.addEventListener("load", () => quietly(keepShell()));
})();
