// Papers travel in chunks (resumable-upload.js): where the line breaks they go on from the byte that the server has, for as
// long as the page is open; once the line broke they are kept in this browser too (offline-papers.js), and go on without the
// page. The form names each upload in place of its file. Whatever cannot travel so goes with the form.
"use strict";

(() => {
  const { Refused, buildUpload, sendRest, noteFailure, forgetUpload } = window.resumableUpload;
  const LONGEST_PAUSE_MS = 30000;

  const form = document.querySelector("form[data-uploads]");
  if (!form || !window.DataTransfer || !window.AbortController) return;
  form.classList.add("lists-files");
  const status = form.querySelector("[data-upload-status]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
  const keeper = document.getElementById("offline");
  const kept = keeper && navigator.locks && "indexedDB" in window ? window.offlinePapers : null;
  const items = [];
  let queue = Promise.resolve();
  let isAllKept = false;
  let waitingButton; // the button that was pressed before all files were there; null: none, by the keyboard

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

  /* --- what a closed page would lose ------------------------------------------------------------------------------- */

  const paperOf = (item) => item.input.name.replace(/^(file|camera)-/, "");

  const shrinkItem = (item) => {
    item.shrinking = item.shrinking || shrinkPhoto(item.file).then((file) => { item.file = file; });
    return item.shrinking;
  };

  /* Have it be this page's to send, for as long as the page is there: a lock ends with it. */
  const holdKept = (item) =>
    new Promise((resolve) => {
      item.keptId = self.keptLine.newKey();
      navigator.locks.request(kept.lockOf(item.keptId), () => {
        resolve();
        return new Promise((release) => { item.release = release; });
      });
    });

  /* Keep a file in this browser. Where it has no room all is as without: the file goes on while the page is open. */
  const keepItem = async (item) => {
    const { service, draft } = keeper.dataset;
    if (item.isRemoved || (item.isSettled && !item.address)) return;
    await shrinkItem(item);
    if (item.keptId) {
      await kept.notePaper(draft, item.keptId, { upload: item.address });
    } else {
      await holdKept(item);
      await kept.addPapers(service, draft, [[paperOf(item), item.file, { id: item.keptId, upload: item.address }]]);
    }
  };

  const keepAll = async () => {
    if (kept) await Promise.all(items.map((item) => keepItem(item).catch(() => {})));
  };

  const dropKept = async (item) => {
    if (!item.keptId) return;
    await kept.removePapers(keeper.dataset.draft, [item.keptId]);
    item.release();
  };

  const waitForLine = async (item) => {
    noteFailure(item);
    show(item, "waiting", item.failures === 1);
    await keepAll();
    await pause(item, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** item.failures));
  };

  const sendFile = async (item) => {
    while (!item.isRemoved) {
      try {
        await sendRest(item);
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
    field.name = `upload-${paperOf(item)}`;
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
    if (item.address) forgetUpload(item);
    dropKept(item).catch(() => {});
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
      paper.insertBefore(list, paper.querySelector(".file-choices"));
    }
    list.append(item.row);
  };

  const sendItem = async (item) => {
    if (item.isRemoved) return;
    await shrinkItem(item);
    if (!item.isRemoved) show(item, "ready");
    try {
      await sendFile(item);
      if (item.isRemoved) return;
      nameUpload(item);
      show(item, "sent");
    } catch (error) {
      putBack(item);
      dropKept(item).catch(() => {});
      show(item, "by_form");
    }
    item.isSettled = true;
    goOnIfSent();
  };

  const addFile = (input, file) => {
    const item = { ...buildUpload(file, form.dataset.uploads, form.elements.csrf.value), input, quarter: 0,
      row: document.createElement("li"), line: document.createElement("small"), isRemoved: false, isSettled: false };
    item.showProgress = () => showProgress(item);
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
      chosen.forEach((file) => addFile(input, file));
    });
  });

  /* Keep what the form names before it is sent, as answers are: the worker forgets it once the server has it. */
  const keepFirst = async (button) => {
    await keepAll();
    isAllKept = true;
    submitBy(button);
  };

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (isOnTheWay()) {
      event.preventDefault();
      waitingButton = event.submitter || null;
      status.textContent = word("until_sent");
    } else if (kept && !isAllKept && items.some((item) => item.address)) {
      event.preventDefault();
      keepFirst(event.submitter);
    }
  });
})();
