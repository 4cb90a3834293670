/* What the pages without a line share: the place in the address, the templates and texts of the empty form, showing a
   page, and saying what becomes of the line. */
(() => {
  "use strict";

  const { fill } = self.keptLine;
  const root = document.getElementById("offline-page");
  const state = document.getElementById("offline-state");
  const { service, sections: sectionList } = root.dataset;
  const sections = (sectionList || "").split(" ").filter(Boolean);
  const template = (id) => document.getElementById(`template-${id}`);
  const text = (name) => template("texts").content.querySelector(`[data-text="${name}"]`).textContent.trim();
  const address = (draft, page) => `#${draft}/${page}`;
  const quietly = (promise) => promise.catch(() => {});

  const readPlace = () => {
    const [draft, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
    const [page, section, step] = rest;
    return { draft, page: page || "", section: section || "", step: step || "" };
  };

  const say = (name, facts = {}) => {
    state.textContent = name ? fill(text(name), facts) : "";
    state.hidden = !name;
  };

  const show = (content, title) => {
    root.replaceChildren(content);
    document.title = title;
    const heading = root.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    scrollTo(0, 0);
  };

  self.offlineScreen = { root, service, sections, template, text, address, quietly, readPlace, say, show };
})();
