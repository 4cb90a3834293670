/* What this browser keeps of day sheets: the sheets themselves (sheet-worker.js), and forms of them that wait for a line.
   On every page of the staff's site, so that signing out erases it wherever that is done, and nobody finds a colleague's. */
(() => {
  "use strict";

  const { fetchInTime, openStores } = self.keptLine;
  const { member, csrf, lost, erased } = document.querySelector("[data-member]").dataset;
  const CACHE = "pishkhan-sheets";
  const OWNER = "pishkhan-sheets-owner"; // who keeps sheets here
  const ENDING = "pishkhan-sheets-ending"; // the session that was ended without a line
  const KEPT_DAYS = 7;
  const SIGN_IN = "/staff/sign-in";

  const inStores = openStores("pishkhan-sheets", 1, (database) => database.createObjectStore("forms", { keyPath: "key" }));

  const changeForms = (work) => inStores(["forms"], "readwrite", ([forms], give) => work(forms, give));

  /* The member's own forms that wait, in the order in which they were written; those that waited too long are forgotten. */
  const listForms = async () => {
    const kept = await changeForms((forms, give) => {
      forms.getAll().onsuccess = (event) => {
        const isOver = ({ writtenAt }) => Date.now() - new Date(writtenAt) > KEPT_DAYS * 86400000;
        for (const form of event.target.result.filter(isOver)) forms.delete(form.key);
        give(event.target.result.filter((form) => !isOver(form)));
      };
    });
    return kept.filter((form) => form.owner === member).sort((one, other) => one.writtenAt.localeCompare(other.writtenAt));
  };

  const keepForm = (form) => changeForms((forms) => forms.put({ ...form, owner: member }));

  const dropForm = (key) => changeForms((forms) => forms.delete(key));

  const changeForm = (key, facts) =>
    changeForms((forms) => {
      forms.get(key).onsuccess = ({ target }) => {
        if (target.result) forms.put({ ...target.result, ...facts }); // nothing, where it was taken back meanwhile
      };
    });

  const eraseSheets = async () => {
    localStorage.removeItem(OWNER);
    await caches.delete(CACHE);
  };

  /* This browser keeps sheets of its member from now on. */
  const noteOwner = () => localStorage.setItem(OWNER, member);

  /* End the session at the server. `TypeError`: there is no line. */
  const endSession = async () => {
    const body = new URLSearchParams({ csrf });
    await fetchInTime("/staff/sign-out", { method: "POST", body, redirect: "manual" });
    localStorage.removeItem(ENDING);
    location.replace(SIGN_IN);
  };

  /* Nothing stays here, and the server hears of it as soon as there is a line. */
  const signOut = async () => {
    const waiting = await listForms();
    if (waiting.length && !confirm(lost)) return false;
    for (const form of waiting) await dropForm(form.key);
    await eraseSheets();
    localStorage.setItem(ENDING, csrf);
    await endSession().catch(() => {
      document.querySelector("main").textContent = erased;
      self.addEventListener("online", () => endSession().catch(() => {}));
    });
    return true;
  };

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches('[action="/staff/sign-out"]') || !localStorage.getItem(OWNER)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await signOut();
  }, true);

  const begin = async () => {
    if (localStorage.getItem(ENDING) === csrf) await endSession();
    localStorage.removeItem(ENDING);
    const owner = localStorage.getItem(OWNER);
    if (owner && owner !== member) await eraseSheets();
  };

  if ("caches" in self) begin().catch(() => {});
  self.keptSheets = { CACHE, listForms, keepForm, changeForm, dropForm, noteOwner };
})();
