/* The page of papers without a line: files are chosen or taken, made smaller, kept, listed and taken out again. What
   `goOn` gives is done after a change: where there is a line, what is kept is sent. */
(() => {
  "use strict";

  const forms = self.offlineForms;
  const { addPapers, removePapers } = self.offlinePapers;
  const { root, service, sections, template, text, address, quietly, show } = self.offlineScreen;
  const { fill } = self.keptLine;
  const hasPapers = Boolean(template("papers"));

  const sizeWords = (bytes) => {
    const size = new Intl.NumberFormat(`${document.documentElement.lang}-IR`, { maximumFractionDigits: 0 });
    return fill(text("paper_size"), { size: size.format(Math.max(1, bytes / 1024)) });
  };

  const buildFileRow = (paper) => {
    const row = template("file").content.cloneNode(true);
    row.querySelector("bdi").textContent = paper.name;
    row.querySelector("span small").textContent = sizeWords(paper.size);
    row.querySelector("button .unseen").textContent = ` ${paper.name}`;
    const problem = row.querySelector(".problem");
    problem.hidden = !paper.isRefused;
    problem.textContent = paper.isRefused ? fill(text("paper_refused"), { reason: paper.refusal }) : "";
    return row;
  };

  /* Take a file out again; with the last one of a form that was sent nothing of it is left to be kept. */
  const removePaper = async (place, paper, goOn) => {
    await removePapers(place.draft, [paper.id]);
    const form = await forms.findForm(place.draft);
    if (form && form.sent && !form.papers.length) {
      await forms.forgetForm(place.draft);
      location.hash = "";
    } else {
      await listPapers(place, goOn);
      root.querySelector(`#file-${paper.paper}`).focus();
      goOn();
    }
  };

  /* List what is kept of each paper, on the page that is shown. */
  const listPapers = async (place, goOn) => {
    const form = await forms.findForm(place.draft);
    for (const field of root.querySelectorAll("[data-paper]")) {
      const kept = ((form && form.papers) || []).filter((paper) => paper.paper === field.dataset.paper);
      const list = field.querySelector("ul");
      const facts = JSON.stringify(kept);
      if (list.dataset.facts === facts) continue; // whoever is at one of its buttons stays there
      list.dataset.facts = facts;
      list.replaceChildren(...kept.map((paper) => {
        const row = buildFileRow(paper);
        row.querySelector("button").onclick = () => quietly(removePaper(place, paper, goOn));
        return row;
      }));
      list.hidden = !kept.length;
    }
  };

  const sayOfPaper = (field, words) => {
    const problem = field.querySelector(":scope > .problem");
    problem.hidden = !words;
    problem.textContent = words;
    field.classList.toggle("wrong", Boolean(words));
  };

  /* Keep the files of an input, made smaller, and say which one cannot be kept and why. */
  const keepChosen = async (place, field, input, goOn) => {
    const form = field.closest("form");
    const { files, bytes, fileBytes } = form.dataset;
    const chosen = await Promise.all([...input.files].map((file) => shrinkPhoto(file)));
    input.value = "";
    const [large, small] = [chosen.filter((file) => file.size > fileBytes), chosen.filter((file) => file.size <= fileBytes)];
    const names = (each) => each.map((file) => file.name).join(" ");
    let words = large.length ? fill(text("paper_too_large"), { name: names(large) }) : "";
    const limits = { files: Number(files), bytes: Number(bytes) };
    const pairs = small.map((file) => [field.dataset.paper, file]);
    const added = await addPapers(service, place.draft, pairs, limits).catch(() => "full");
    if (added === "full") words = text("store_full");
    else if (!added) words = text("papers_too_many");
    else if (small.length) form.querySelector("[data-kept-file]").textContent = fill(text("paper_kept"), { name: names(small) });
    sayOfPaper(field, words);
    await listPapers(place, goOn);
  };

  let keeping = Promise.resolve();

  /* Files that were chosen are kept once this is over. */
  const finishKeeping = () => keeping;

  const watchPapers = (place, goOn) => {
    for (const field of root.querySelectorAll("[data-paper]")) {
      for (const input of field.querySelectorAll("input")) {
        input.onchange = () => {
          keeping = keeping.then(() => quietly(keepChosen(place, field, input, goOn)));
        };
      }
    }
    root.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      const countWrong = () => root.querySelectorAll("[data-paper].wrong").length;
      const before = countWrong();
      await keeping;
      if (countWrong() > before) return; // what was just chosen cannot be kept: nobody has read so yet
      const form = await forms.changeForm(service, place.draft, (stored) => {
        stored.isPapersLeft = true;
      });
      if (!form) {
        location.hash = "ended";
        return;
      }
      const isLater = event.submitter && event.submitter.name === "later";
      location.hash = address(form.name, isLater ? "kept" : "summary");
      goOn();
    };
  };

  const showPapers = async (place, goOn) => {
    if (!hasPapers) {
      location.replace(address(place.draft, "summary"));
      return;
    }
    const form = await forms.findForm(place.draft);
    const content = template("papers").content.cloneNode(true);
    const isSent = Boolean(form && form.sent);
    content.querySelector(".back a").href = address(place.draft, `form/${sections[sections.length - 1]}`);
    content.querySelector("[data-sent]").hidden = !isSent;
    if (isSent) content.querySelector("[data-sent] a").href = form.sent.address;
    for (const part of content.querySelectorAll(".lead, label, input, .camera, form > .acts-column")) part.hidden = isSent;
    content.querySelector("[data-earlier]").hidden = isSent || !(form && form.draft);
    show(content, content.querySelector("h1").textContent);
    watchPapers(place, goOn);
    if (place.section === "full") sayOfPaper(root.querySelector("[data-paper]"), text("store_full"));
    await listPapers(place, goOn);
  };

  const addPaperSummary = (part, form, draft) => {
    if (!hasPapers) return;
    part.querySelector("[data-papers-link]").href = address(draft, "papers");
    const list = part.querySelector("ul.file-list");
    for (const paper of form.papers) {
      const row = buildFileRow(paper);
      const field = template("papers").content.querySelector(`[data-paper="${paper.paper}"] legend`);
      row.querySelector("bdi").before(field ? `${field.textContent.trim()}: ` : "");
      row.querySelector("button").remove();
      list.append(row);
    }
    list.hidden = !list.children.length;
    part.querySelector("[data-no-papers]").hidden = !list.hidden || form.savedSections.includes("papers");
  };

  self.offlinePaperPage = { hasPapers, listPapers, showPapers, finishKeeping, addPaperSummary };
})();
