/* What this browser keeps of forms, as it lies in IndexedDB: one row a form, with what it says of its files; the files
   themselves, each a row; one fact a name. A form and its files change in one transaction (docs/portal.md, «Offline»). */
(() => {
  "use strict";

  const { newKey, openStores } = self.keptLine;
  const KEPT_DAYS = 14;

  const inStores = openStores("pishkhan-forms", 2, (database, oldVersion) => {
    if (oldVersion < 1) {
      database.createObjectStore("forms", { keyPath: "name" });
      database.createObjectStore("facts");
    }
    database.createObjectStore("files");
  });

  const readFact = (name) =>
    inStores(["facts"], "readonly", ([store], give) => {
      store.get(name).onsuccess = (event) => give(event.target.result);
    });

  const writeFact = (name, value) =>
    inStores(["facts"], "readwrite", ([store]) => {
      if (value === undefined) store.delete(name);
      else store.put(value, name);
    });

  const readFile = (id) =>
    inStores(["files"], "readonly", ([store], give) => {
      store.get(id).onsuccess = (event) => give(event.target.result);
    });

  const isOf = (form, draft) => form.name === draft || form.draft === draft;

  const isOver = (form) => Date.now() - form.changedAt > KEPT_DAYS * 86400000;

  const buildForm = (service, draft) => {
    const key = newKey();
    return {
      name: draft || `n${key}`,
      draft: draft || "",
      key,
      service,
      csrf: "",
      owner: "",
      bases: {},
      savedSections: [],
      sections: {},
      papers: [],
      applicant: null,
      send: null,
      sent: null,
      refusal: "",
      changedAt: Date.now(),
    };
  };

  const listForms = async () => {
    const forms = await inStores(["forms"], "readonly", ([store], give) => {
      store.getAll().onsuccess = (event) => give(event.target.result);
    });
    for (const form of forms) form.papers ||= []; // kept before there were files
    return forms.filter((form) => !isOver(form)).sort((one, other) => other.changedAt - one.changedAt);
  };

  const findForm = async (draft) => (await listForms()).find((form) => isOf(form, draft));

  /* Change a form, and its files beside it, in one transaction, and return it; one that is not there is begun. Where a
     session was ended without a line, and the server has not heard of it, a form that was wiped stays away, and nothing is
     returned: a page of that session may be open still. */
  const changeForm = (service, draft, change) =>
    inStores(["forms", "files", "facts"], "readwrite", ([store, files, facts], give) => {
      facts.get("end").onsuccess = (ending) => {
        store.getAll().onsuccess = (event) => {
          const found = event.target.result.find((each) => draft && isOf(each, draft));
          if (!found && draft && ending.target.result) return;
          const form = found || buildForm(service, draft);
          form.papers ||= [];
          change(form, files);
          form.changedAt = Date.now();
          store.put(form);
          give(form);
        };
      };
    });

  /* Forget the forms of which `isDone` says so, with their files. */
  const forgetForms = (isDone) =>
    inStores(["forms", "files"], "readwrite", ([store, files]) => {
      store.getAll().onsuccess = (event) => {
        for (const form of event.target.result.filter(isDone)) {
          for (const paper of form.papers || []) files.delete(paper.id);
          store.delete(form.name);
        }
      };
    });

  const forgetForm = (draft) => forgetForms((form) => isOf(form, draft));

  /* Forget everything; `facts`, by name, are noted in the same transaction. */
  const clearAll = (facts = {}) =>
    inStores(["forms", "files", "facts"], "readwrite", (stores) => {
      for (const store of stores) store.clear();
      for (const [name, value] of Object.entries(facts)) stores[2].put(value, name);
    });

  self.offlineDatabase = {
    readFact, writeFact, readFile, isOver, listForms, findForm, changeForm, forgetForms, forgetForm, clearAll,
  };
})();
