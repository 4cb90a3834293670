// Papers travel in chunks (tus 1.0): where the line breaks they go on from the byte that the server has, for as long as
// the page is open. The form names each upload in place of its file. Whatever cannot travel so goes with the form.
"use strict";

(() => {
  const CHUNK_BYTES = 256 * 1024;
  const SMALLEST_CHUNK = 32 * 1024; // each failure halves it: a line that breaks often takes small ones
  const CALL_MS = 90000;
  const LONGEST_PAUSE_MS = 30000;

  const form = document.querySelector("form[data-uploads]");
  if (!form || !window.DataTransfer || !window.AbortController) return;
  const status = form.querySelector("[data-upload-status]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
  const items = [];
  let queue = Promise.resolve();
  let waitingButton; // the button that was pressed before all files were there; null: none, by the keyboard

  class Refused extends Error {}

  /* --- words ------------------------------------------------------------------------------------------------------- */

  const word = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, numbers.format(value)), status.dataset[name]);

  const show = (item, name, announces = true) => {
    const percent = Math.floor((item.offset / item.file.size) * 100);
    item.line.textContent = word(name, { percent, size: item.file.size / 1024 });
    if (announces) status.textContent = `${item.file.name}: ${item.line.textContent}`;
  };

  const showProgress = (item) => {
    const quarter = Math.floor((item.offset / item.file.size) * 4);
    show(item, "sending", quarter !== item.quarter); // whoever listens is not told of every chunk
    item.quarter = quarter;
  };

  /* --- the protocol ------------------------------------------------------------------------------------------------ */

  const call = async (item, method, address, headers = {}, body = undefined) => {
    item.stop = new AbortController();
    const timer = setTimeout(() => item.stop.abort(), CALL_MS);
    try {
      const own = { "Tus-Resumable": "1.0.0", "X-CSRF-Token": form.elements.csrf.value };
      const response = await fetch(address, { method, headers: { ...own, ...headers }, body, signal: item.stop.signal });
      if (response.ok) return response;
      if (response.status === 408 || response.status >= 500) throw new Error("nobody answered");
      if (response.status === 409 && method === "PATCH" && !item.isDisputed) {
        item.isDisputed = true;
        throw new Error("another offset");
      }
      throw new Refused();
    } finally {
      clearTimeout(timer);
    }
  };

  const encodeName = (name) => btoa(Array.from(new TextEncoder().encode(name), (byte) => String.fromCharCode(byte)).join(""));

  const createUpload = async (item) => {
    const headers = { "Upload-Length": String(item.file.size), "Upload-Metadata": `filename ${encodeName(item.file.name)}` };
    const response = await call(item, "POST", form.dataset.uploads, headers);
    item.address = response.headers.get("Location");
  };

  const askOffset = async (item) => {
    const response = await call(item, "HEAD", item.address);
    const offset = Number(response.headers.get("Upload-Offset"));
    if (item.isDisputed && offset === item.offset) throw new Refused();
    item.offset = offset;
  };

  const sendChunk = async (item) => {
    const chunk = item.file.slice(item.offset, item.offset + item.chunkBytes);
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(item.offset) };
    const response = await call(item, "PATCH", item.address, headers, chunk);
    item.offset = Number(response.headers.get("Upload-Offset"));
    item.failures = 0;
    item.isDisputed = false;
    showProgress(item);
  };

  const pause = (item, milliseconds) =>
    new Promise((resolve) => {
      item.goOn = () => {
        clearTimeout(timer);
        window.removeEventListener("online", item.goOn);
        resolve();
      };
      const timer = setTimeout(item.goOn, milliseconds);
      window.addEventListener("online", item.goOn);
    });

  const waitForLine = async (item) => {
    item.failures += 1;
    item.chunkBytes = Math.max(SMALLEST_CHUNK, item.chunkBytes / 2);
    show(item, "waiting", item.failures === 1);
    await pause(item, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** item.failures));
  };

  const sendFile = async (item) => {
    while (!item.isRemoved) {
      try {
        if (!item.address) await createUpload(item);
        else if (item.failures) await askOffset(item);
        while (item.offset < item.file.size) await sendChunk(item);
        return;
      } catch (error) {
        if (error instanceof Refused) throw error;
        if (!item.isRemoved) await waitForLine(item);
      }
    }
  };

  /* --- files of the form ------------------------------------------------------------------------------------------- */

  const putBack = (item) => {
    const basket = new DataTransfer();
    [...item.input.files, item.file].forEach((file) => basket.items.add(file));
    item.input.files = basket.files;
  };

  const takeOut = (item) => {
    const basket = new DataTransfer();
    [...item.input.files].filter((file) => file !== item.file).forEach((file) => basket.items.add(file));
    item.input.files = basket.files;
  };

  const nameUpload = (item) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = item.input.name.replace(/^(file|camera)-/, "upload-");
    field.value = item.address.replace(/.*\//, "");
    item.row.append(field);
  };

  const removeItem = (item) => {
    item.isRemoved = true;
    item.row.remove();
    items.splice(items.indexOf(item), 1);
    takeOut(item);
    item.input.focus();
    if (item.stop) item.stop.abort();
    if (item.goOn) item.goOn();
    if (item.address) call(item, "DELETE", item.address).catch(() => {}); // else it is erased in the night
    goOnIfSent();
  };

  const buildRow = (item) => {
    const name = document.createElement("bdi");
    name.className = "file-name";
    name.textContent = item.file.name;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "outline secondary small";
    remove.textContent = word("remove");
    remove.setAttribute("aria-label", `${word("remove")} ${item.file.name}`);
    remove.addEventListener("click", () => removeItem(item));
    item.line.className = "upload-line";
    item.row.append(name, item.line, remove);
    const paper = item.input.closest("fieldset");
    let list = paper.querySelector(".file-list");
    if (!list) {
      list = document.createElement("ul");
      list.className = "file-list";
      paper.insertBefore(list, paper.querySelector("label"));
    }
    list.append(item.row);
  };

  const sendItem = async (item) => {
    if (item.isRemoved) return;
    item.file = await shrinkPhoto(item.file);
    if (!item.isRemoved) show(item, "ready");
    try {
      await sendFile(item);
      if (item.isRemoved) return;
      nameUpload(item);
      show(item, "sent");
    } catch (error) {
      putBack(item);
      show(item, "by_form");
    }
    item.isSettled = true;
    goOnIfSent();
  };

  const addFile = (input, file) => {
    const item = { input, file, row: document.createElement("li"), line: document.createElement("small"), address: "",
      offset: 0, quarter: 0, failures: 0, isDisputed: false, chunkBytes: CHUNK_BYTES, isRemoved: false, isSettled: false };
    items.push(item);
    buildRow(item);
    queue = queue.then(() => sendItem(item));
  };

  /* --- the form ---------------------------------------------------------------------------------------------------- */

  const isOnTheWay = () => items.some((item) => !item.isSettled);

  const submitBy = (button) => {
    if (form.requestSubmit) return form.requestSubmit(button || undefined);
    if (button && button.name) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: button.name, value: button.value });
      form.append(field);
    }
    return form.submit();
  };

  const goOnIfSent = () => {
    if (waitingButton === undefined || isOnTheWay()) return;
    const button = waitingButton;
    waitingButton = undefined;
    submitBy(button);
  };

  form.querySelectorAll("input[type=file]").forEach((input) => {
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files).filter((file) => !items.some((item) => item.input === input && item.file === file));
      const returned = items.filter((item) => item.input === input && item.isSettled && !item.row.querySelector("input"));
      input.value = "";
      returned.forEach(putBack);
      chosen.filter((file) => file.size).forEach((file) => addFile(input, file));
    });
  });

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !isOnTheWay()) return;
    event.preventDefault();
    waitingButton = event.submitter || null;
    status.textContent = word("until_sent");
  });
})();
