/* What this browser keeps of day sheets: the sheets themselves (sheet-worker.js), and forms of them that wait for a line.
   On every page of the staff's site, so that signing out erases it wherever that is done, and nobody finds a colleague's. */
(() => {
  "use strict";

  const { RETRY_MS, fetchInTime, openStores } = self.keptLine;
  const { member, csrf, lost, erased } = document.querySelector("[data-member]").dataset;
  const CACHE = "pishkhan-sheets";
  const OWNER = "pishkhan-sheets-owner"; // who keeps sheets here
  const ENDING = "pishkhan-sheets-ending"; // whose session was ended here, until the server said that it is
  const KEPT_DAYS = 7;
  const [SIGN_IN, ACCOUNT] = ["/staff/sign-in", "/staff/account"];
  const SIGN_INS = [SIGN_IN, "/staff/second-factor"];
  let isEnding = false;

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

  /* Whether this page follows a sign-in by hand, which ended the session before it; not where it is loaded again later. */
  const followsSignIn = () => {
    const [{ type }] = performance.getEntriesByType("navigation");
    return type === "navigate" && document.referrer && SIGN_INS.includes(new URL(document.referrer).pathname);
  };

  /* End the session at the server. `TypeError`: nobody has said that it is ended. */
  const endSession = async () => {
    isEnding = true;
    const body = new URLSearchParams({ csrf });
    const answer = await fetchInTime("/staff/sign-out", { method: "POST", body, redirect: "manual" });
    const isOfEarlierSession = answer.status === 403 && location.pathname !== ACCOUNT;
    if (isOfEarlierSession) return location.replace(ACCOUNT); // whose page knows the present one, and ends that
    if (answer.type !== "opaqueredirect") throw new TypeError("no answer of ours");
    await eraseSheets(); // the worker may have kept the page that this is done on
    localStorage.removeItem(ENDING);
    location.replace(SIGN_IN);
  };

  /* End the session; while that cannot be done the page shows nothing, and tries again. */
  const endSoon = () =>
    endSession().catch(() => {
      document.querySelector("main").textContent = erased;
      const tryAgain = () => endSession().catch(() => {});
      self.addEventListener("online", tryAgain);
      setInterval(tryAgain, RETRY_MS);
    });

  /* Nothing stays here, and the server hears of it as soon as there is a line. */
  const signOut = async () => {
    const waiting = await listForms().catch(() => []); // a browser that keeps no forms
    if (waiting.length && !confirm(lost)) return;
    localStorage.setItem(ENDING, member);
    for (const form of waiting) await dropForm(form.key);
    await eraseSheets();
    await endSoon();
  };

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches('[action="/staff/sign-out"]') || !localStorage.getItem(OWNER)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await signOut();
  }, true);

  const begin = async () => {
    if (localStorage.getItem(ENDING) === member && !followsSignIn()) return endSoon();
    localStorage.removeItem(ENDING);
    const owner = localStorage.getItem(OWNER);
    if (owner && owner !== member) await eraseSheets();
  };

  const mayKeepSheets = () => !isEnding && !localStorage.getItem(ENDING);

  if ("caches" in self) begin().catch(() => {});
  self.keptSheets = { CACHE, listForms, keepForm, changeForm, dropForm, noteOwner, mayKeepSheets };
})();
