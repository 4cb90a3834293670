// Keeps the phone's and the chat's page fresh without reloading it: what is being typed stays. Without this file the
// pages work too.
"use strict";
(() => {
  const EVERY = 1500; // milliseconds
  const LISTS = ["thread", "requests", "replies"]; // a page has those that it needs
  const thread = document.getElementById("thread");
  if (!thread) return;
  const screen = thread.parentElement;
  const lost = document.getElementById("lost");
  const composer = document.querySelector(".composer");
  const box = composer.elements.text;
  const refresh = document.querySelector(".refresh");
  const address = refresh.href;
  let turn = 0; // of the newest request: what it overtook is dropped
  let waiting = 0; // requests under way

  // Makes `list` equal to `fresh`, touching only the items that differ: screen readers then read only what is new.
  function renew(list, fresh) {
    const before = new Map([...list.children].map((item) => [item.id, item]));
    let place = list.firstElementChild;
    for (const item of fresh.children) {
      let node = before.get(item.id);
      before.delete(item.id);
      if (node?.querySelector("details[open]")) item.querySelector("details")?.setAttribute("open", "");
      if (!node?.isEqualNode(item)) {
        const copy = document.importNode(item, true);
        if (place && place === node) place = copy;
        node?.replaceWith(copy);
        node = copy;
      }
      if (node === place) place = place.nextElementSibling;
      else list.insertBefore(node, place);
    }
    for (const gone of before.values()) gone.remove();
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const id of LISTS) {
      const list = fresh.getElementById(id);
      if (list) renew(document.getElementById(id), list);
    }
  }

  async function load(options) {
    const mine = ++turn;
    let sent = false;
    waiting += 1;
    try {
      const response = await fetch(address, options);
      const html = await response.text();
      if (response.ok && mine === turn) show(html);
      sent = response.ok;
      lost.textContent = sent ? "" : lost.dataset.words;
    } catch {
      lost.textContent = lost.dataset.words;
    }
    waiting -= 1;
    return sent;
  }

  async function send(event) {
    event.preventDefault();
    const { target: form, submitter } = event;
    const file = form.elements.file;
    if (form === composer && !box.value.trim() && !file?.value) return;
    const fields = new FormData(form);
    if (submitter?.name) fields.set(submitter.name, submitter.value);
    const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
    if (submitter) submitter.disabled = true;
    const sent = await load({ method: "POST", body });
    if (submitter) submitter.disabled = false;
    screen.scrollTop = 0; // the column is reversed: 0 is its end
    if (form === composer) {
      if (sent) form.reset();
      box.focus();
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches(".chips, .composer, .keyboard")) send(event);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit(composer.querySelector("button"));
  });
  // Whoever chose a file has sent it, as in a messenger.
  composer.elements.file?.addEventListener("change", () => composer.requestSubmit(composer.querySelector("button")));
  refresh.hidden = true;
  setInterval(() => {
    if (!waiting && !document.hidden) load();
  }, EVERY);
})();
