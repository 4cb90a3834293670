/* The files of a form that this browser keeps until there is a line, and their sending: one after the other, each in
   chunks, so that what came over a bad line has come. The server knows a file again that it has, so each is stored once however
   often it is sent (docs/portal.md, «Offline»). */
(() => {
  "use strict";

  const { newKey, postKept } = self.keptLine;
  const { readFile, findForm, changeForm } = self.offlineDatabase;
  const { CHUNK_BYTES, Refused, buildUpload, createUpload, sendRest } = self.resumableUpload;

  /* --- what is kept ------------------------------------------------------------------------------------------------ */

  const listWaiting = (form) => (form.papers || []).filter((paper) => !paper.isRefused);

  const sumBytes = (papers) => papers.reduce((sum, paper) => sum + paper.size, 0);

  /* Keep files, each with its paper and what else is known of it, and return their ids; null where there would be more than `limits` allows.
     `QuotaExceededError`: the browser has no room for them. */
  const addPapers = async (service, draft, chosen, limits = null) => {
    const form = await findForm(draft);
    const added = chosen.map(([paper, file, facts]) => ({
      id: newKey(), paper, name: file.name, size: file.size, upload: "", isRefused: false, refusal: "", ...facts,
    }));
    const all = [...((form && form.papers) || []), ...added];
    if (limits && (all.length > limits.files || sumBytes(all) > limits.bytes)) return null;
    await changeForm(service, draft, (stored, files) => {
      added.forEach((paper, place) => files.put(chosen[place][1], paper.id));
      stored.papers.push(...added);
    });
    return added.map((paper) => paper.id);
  };

  const removePapers = async (draft, ids) => {
    const form = ids.length ? await findForm(draft) : null;
    if (!form) return;
    await changeForm(form.service, form.name, (stored, files) => {
      stored.papers = stored.papers.filter((paper) => !ids.includes(paper.id));
      for (const id of ids) files.delete(id);
    });
  };

  /* Note something of a file that is kept. */
  const notePaper = async (draft, id, facts) => {
    const form = await findForm(draft);
    if (!form) return;
    await changeForm(form.service, form.name, (stored) => {
      for (const paper of stored.papers) if (paper.id === id) Object.assign(paper, facts);
    });
  };

  /* --- sending ----------------------------------------------------------------------------------------------------- */

  /* The lock of the page that sends a file itself. */
  const lockOf = (id) => `pishkhan-paper-${id}`;

  /* The next file that waits, and that no open page sends itself. */
  const findNext = async (form) => {
    const held = navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : [];
    return listWaiting(form).find((paper) => !held.includes(lockOf(paper.id)));
  };

  const addressOf = (form) => `/services/${form.service}/request/${form.draft}`;

  /* Send a file in chunks and return the upload's number. Its address is kept as soon as it is begun, so that it goes on
     though the page is closed meanwhile. `Refused`: it goes whole. */
  const sendChunks = async (form, paper, file) => {
    const uploads = `${addressOf(form)}/uploads`;
    const upload = buildUpload(file, uploads, form.csrf, paper.upload.startsWith(`${uploads}/`) ? paper.upload : "");
    if (!upload.address) {
      await createUpload(upload);
      await notePaper(form.name, paper.id, { upload: upload.address });
    }
    await sendRest(upload);
    return upload.address.replace(/.*\//, "");
  };

  const sendPaper = async (form, paper) => {
    const file = await readFile(paper.id);
    const body = new FormData();
    body.append("csrf", form.csrf);
    try {
      if (file.size <= CHUNK_BYTES && !paper.upload) throw new Refused(); // one call in place of three
      body.append(`upload-${paper.paper}`, await sendChunks(form, paper, file));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await notePaper(form.name, paper.id, { upload: "" }); // if it does not come whole either, it begins anew
      body.append(`file-${paper.paper}`, file, paper.name);
    }
    return postKept(`${addressOf(form)}/papers/kept`, body, file.size);
  };

  /* Send the files of a form to its draft, one after the other, until none waits or the server wants something else
     first: its answer. */
  const sendPapers = async (draft) => {
    for (;;) {
      const form = await findForm(draft);
      const paper = form && (await findNext(form));
      if (!paper) return { state: "kept" };
      const answer = await sendPaper(form, paper);
      if (answer.state === "kept") await removePapers(form.name, [paper.id]);
      else if (answer.state === "refused") await notePaper(form.name, paper.id, { isRefused: true, refusal: answer.message });
      else return answer;
    }
  };

  self.offlinePapers = {
    lockOf, listWaiting, sumBytes, addPapers, removePapers, notePaper, sendPapers,
  };
})();
