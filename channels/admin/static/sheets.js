/* A day sheet whose forms are kept before they are sent, so that nothing is lost when the line drops; what waits is shown,
   can be taken back, and is sent once there is a line, each form once (docs/staff-site.md, «Without a line»). Without this
   file, and where browsers have no workers, the forms are sent as every other. */
(() => {
  "use strict";

  const board = document.getElementById("waiting");
  if (!("serviceWorker" in navigator) || !("caches" in self)) return;
  const { LedElsewhere, RETRY_MS, fetchInTime, fill, newKey, postKept } = self.keptLine;
  const { CACHE, listForms, keepForm, changeForm, dropForm, noteOwner, mayKeepSheets } = self.keptSheets;
  const { sheet: path, hour, isKept } = board.dataset;
  const { member } = document.querySelector("[data-member]").dataset;
  const OWN_FIELDS = ["csrf", "form_key", "written_at"];

  const state = board.querySelector("[role=status]");
  const list = board.querySelector("ul");
  const texts = document.getElementById("waiting-texts").content;
  const text = (name) => texts.querySelector(`[data-text="${name}"]`).textContent.trim();
  let token = isKept === undefined ? document.querySelector("[data-member]").dataset.csrf : "";
  let said = "";

  const say = (name, facts = {}) => {
    said = name;
    state.textContent = name ? fill(text(name), facts) : "";
    if (name === "sign_in") {
      const link = Object.assign(document.createElement("a"), { href: path, textContent: text("sign_in_link") });
      state.append(" ", link);
    }
    board.hidden = !name && !list.children.length;
  };

  /* --- the sheet itself --------------------------------------------------------------------------------------------- */

  /* Ask for the sheet anew, keep it, and return the token of its forms; empty where its member has to sign in first.
     `TypeError`: there is no line. */
  const refresh = async () => {
    const response = await fetchInTime(path, { redirect: "manual", cache: "no-store" });
    if (response.type === "opaqueredirect") return "";
    if (!response.ok) throw new TypeError("no answer of ours");
    const page = new DOMParser().parseFromString(await response.clone().text(), "text/html");
    const fresh = page.querySelector("[data-member]");
    if (!fresh || fresh.dataset.member !== member) return "";
    if (!mayKeepSheets()) return "";
    await (await caches.open(CACHE)).put(path, response);
    return fresh.dataset.csrf;
  };

  /* Keep what the sheet loads, and, before the worker does so by itself, the sheet. */
  const keepSheet = async () => {
    await navigator.serviceWorker.register("/staff/sheet-worker.js", { scope: "/staff/" });
    if (!mayKeepSheets()) return;
    noteOwner();
    const cache = await caches.open(CACHE);
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const assets = loaded.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"));
    for (const address of new Set(assets.map(({ href }) => href))) if (!(await cache.match(address))) await cache.add(address);
    if (location.search || !(await cache.match(path))) await refresh();
  };

  /* --- what waits --------------------------------------------------------------------------------------------------- */

  const labelOf = (control) => {
    const label = control.labels[0].cloneNode(true);
    for (const part of label.querySelectorAll("input, select, textarea, small, .optional")) part.remove();
    return label.textContent.trim();
  };

  const wordsOf = (control) => {
    if (control.type === "checkbox") return control.checked ? "✓" : "";
    return control.tagName === "SELECT" ? control.selectedOptions[0]?.textContent.trim() : control.value.trim();
  };

  /* What a form says, in words: labels and values of what is typed into it. */
  const describe = (form) =>
    [...form.elements]
      .filter((control) => control.labels?.length && control.type !== "file" && wordsOf(control))
      .map((control) => [labelOf(control), wordsOf(control)]);

  const facts = (pairs) =>
    pairs.map(([label, value]) => {
      const [row, term, definition] = ["div", "dt", "dd"].map((name) => document.createElement(name));
      [term.textContent, definition.textContent] = [label, value];
      definition.dir = /\p{L}/u.test(value) ? "auto" : "rtl"; // without letters browsers would take it for left-to-right
      row.append(term, definition);
      return row;
    });

  const filesOf = (item) => item.fields.map(([, value]) => value).filter((value) => value instanceof File);

  const sumBytes = (files) => files.reduce((sum, file) => sum + file.size, 0);

  const findKept = async (key) => (await listForms()).find((item) => item.key === key);

  /* The form of the sheet in which something was written; the sheet has it no more once it is done or another's. */
  const findForm = (item) => document.getElementById(item.form);

  /* Put what was written back into its form, unless it was sent meanwhile: in view of what stands now, where that was
     shown. */
  const takeBack = async ({ key }) => {
    const item = await findKept(key);
    if (!item) return showWaiting();
    await dropForm(key);
    await showWaiting();
    const form = findForm(item);
    fillForm(form, item);
    if (item.version && form.elements.version) form.elements.version.value = item.version;
  };

  /* Fold or unfold a form, with what unfolds inside it. */
  const setOpen = (form, isOpen) => {
    for (const fold of [form.closest("details"), ...form.querySelectorAll("details")]) if (fold) fold.open = isOpen;
  };

  const fillForm = (form, item) => {
    form.dataset.isTyped = "yes";
    for (const control of form.elements) {
      if (control.type === "hidden" || !control.name) continue;
      const values = item.fields.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "file") {
        const basket = new DataTransfer();
        for (const file of values) basket.items.add(file);
        control.files = basket.files;
        control.dispatchEvent(new Event("change"));
      } else if (control.type === "checkbox") control.checked = values.includes(control.value);
      else if (values.length) [control.value] = values;
    }
    setOpen(form, true);
    form.scrollIntoView({ block: "center" });
  };

  const hourOf = (moment) =>
    new Date(moment).toLocaleTimeString("fa-IR", { timeZone: "Asia/Tehran", hour: "2-digit", minute: "2-digit" });

  const buildFile = (file) => {
    const [entry, name] = ["li", "bdi"].map((tag) => document.createElement(tag));
    name.textContent = file.name;
    entry.append(name);
    drawThumbnail(file).then((picture) => entry.prepend(picture), () => {}); // no photo has none
    return entry;
  };

  const buildItem = (item) => {
    const row = document.getElementById("waiting-form").content.cloneNode(true);
    const part = (name) => row.querySelector(`[data-part="${name}"]`);
    part("title").textContent = item.title;
    part("state").textContent = item.refusal ? fill(text("refused"), { reason: item.refusal }) : fill(text("waits"), { hour: hourOf(item.writtenAt) });
    part("state").classList.toggle("problem", Boolean(item.refusal));
    part("written").replaceChildren(...facts(item.words));
    part("files").replaceChildren(...filesOf(item).map(buildFile));
    part("present").hidden = !item.present.length;
    part("present").querySelector("dl").replaceChildren(...facts(item.present));
    part("take-back").hidden = !findForm(item);
    part("take-back").onclick = () => alone(() => takeBack(item));
    part("send").hidden = !item.maySend;
    part("send").onclick = async () => {
      const fields = item.fields.map(([name, value]) => [name, name === "version" ? item.version : value]);
      await changeForm(item.key, { fields, refusal: "", present: [], maySend: false });
      await sendAll();
    };
    part("drop").hidden = !item.refusal;
    part("drop").onclick = async () => {
      if (!confirm(text("drop_sure"))) return;
      await dropForm(item.key);
      await showWaiting();
    };
    return row;
  };

  /* Show what waits; a step that waits is not asked for a second time. */
  const showWaiting = async () => {
    const items = await listForms();
    list.replaceChildren(...items.map(buildItem));
    for (const form of document.querySelectorAll("form[data-kept='once']")) {
      form.closest("details").hidden = items.some((item) => item.form === form.id);
    }
    board.hidden = !said && !items.length;
  };

  /* --- keeping and sending ------------------------------------------------------------------------------------------ */

  const isTyping = () => Boolean(document.querySelector("form[data-is-typed]"));

  /* Keep a form, written now, whenever it is sent; true where there was room. */
  const keep = async (form) => {
    const fields = [...new FormData(form)].filter(([name, value]) => !OWN_FIELDS.includes(name) && (!(value instanceof File) || value.size));
    const item = {
      key: newKey(), form: form.id, action: form.getAttribute("action"), title: form.dataset.title, words: describe(form), fields,
      writtenAt: new Date().toISOString(), refusal: "", present: [], version: "", maySend: false,
    };
    if (sumBytes(filesOf(item)) > Number(form.dataset.mostBytes)) return say("too_large");
    const isRoom = await keepForm(item).then(() => true, () => false);
    if (!isRoom) return say("full");
    delete form.dataset.isTyped;
    form.reset();
    setOpen(form, false);
    await showWaiting();
    board.scrollIntoView({ block: "nearest" });
    return true;
  };

  const post = (item) => {
    const body = new FormData();
    for (const [name, value] of item.fields) body.append(name, value);
    for (const [name, value] of Object.entries({ csrf: token, form_key: item.key, written_at: item.writtenAt })) body.append(name, value);
    return postKept(item.action, body, sumBytes(filesOf(item))).catch((error) => {
      if (error instanceof LedElsewhere) return { state: "refused", message: "" };
      throw error;
    });
  };

  /* What a form is about: the request, or one operator's work for it. */
  const subjectOf = (id) => id.slice(id.indexOf("-"));

  /* What this device did itself is no colleague's doing: its other forms of the same, written in view of the version
     before, go on in view of the one that came of it. */
  const moveOn = async (subject, before, after) => {
    for (const { key, form, fields } of await listForms()) {
      if (subjectOf(form) !== subject) continue;
      const moved = fields.map(([name, value]) => [name, name === "version" && value === before ? after : value]);
      await changeForm(key, { fields: moved });
    }
    for (const form of document.querySelectorAll("form[data-kept]")) {
      const { version } = form.elements;
      if (version?.value === before && subjectOf(form.id) === subject) version.value = after;
    }
  };

  /* Send one form; whether the server has it. An answer that is none of ours: the session is another one by now. */
  const send = async (item) => {
    let answer = await post(item);
    if (answer.state === "refused" && !answer.message) {
      token = await refresh();
      if (!token) return false;
      answer = await post(item);
    }
    if (answer.state === "done") {
      await dropForm(item.key);
      if (answer.versions) await moveOn(subjectOf(item.form), ...answer.versions);
    }
    if (answer.state === "refused") {
      const { message, now, version, may_send: maySend } = answer;
      await changeForm(item.key, { refusal: message || text("no_answer"), present: now || [], version, maySend });
    }
    return answer.state === "done";
  };

  const alone = (work) => navigator.locks.request("pishkhan-sheets", work);

  /* Show the sheet anew: of the same day and officer. To load it again meanwhile would give that up. */
  let isLeaving = false;
  const showDone = () => {
    isLeaving = true;
    const shown = new URLSearchParams(location.search);
    shown.set("done", "sheet");
    location.replace(`${path}?${shown}`);
  };

  const sendWaiting = async () => {
    const items = (await listForms()).filter((item) => !item.refusal);
    if (!items.length) return;
    token ||= await refresh();
    let sent = 0;
    for (const { key } of token ? items : []) {
      const item = await findKept(key); // as the one before may have left it
      if (item) sent += await send(item);
    }
    if (!token) say("sign_in");
    else say(sent ? "sent" : "", { count: sent.toLocaleString("fa-IR") });
    await showWaiting();
    if (sent && !isTyping()) showDone();
  };

  /* Send whatever waits, once no other page does; whether there is a line, as far as that was tried. */
  const sendAll = () =>
    alone(sendWaiting).then(() => true, () => {
      say("gone", { hour });
      return false;
    });

  /* Send what waits, and show the sheet as it is by now, once there is a line again. */
  const goOnline = async () => {
    if (!(await sendAll()) || isLeaving) return;
    if (isKept !== undefined && !isTyping()) {
      if (await refresh()) location.reload();
      else say("sign_in");
    } else if (said === "gone") say("");
  };

  const lookAgain = async () => {
    const waits = (await listForms()).some((item) => !item.refusal);
    if (said === "gone" || waits) await goOnline().catch(() => {});
  };

  const beingKept = new Set();
  for (const form of document.querySelectorAll("form[data-kept]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; // its photos are still being made smaller (photos.js)
      event.preventDefault();
      event.stopPropagation();
      if (beingKept.has(form)) return; // pressed twice while large photos are written
      beingKept.add(form);
      keep(form).finally(() => beingKept.delete(form)).then((isKeptNow) => isKeptNow && sendAll());
    });
  }
  document.addEventListener("input", ({ target }) => {
    if (target.form?.matches("[data-kept]")) target.form.dataset.isTyped = "yes";
  });
  self.addEventListener("offline", () => say("gone", { hour }));
  self.addEventListener("online", () => goOnline().catch(() => {}));
  setInterval(lookAgain, RETRY_MS);
  if (isKept !== undefined || !navigator.onLine) say("gone", { hour });
  showWaiting().then(sendAll);
  self.addEventListener("load", () => keepSheet().catch(() => {}));
})();
