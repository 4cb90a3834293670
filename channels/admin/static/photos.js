// Photos for a request: shots of the camera are gathered in their form, made smaller (web/shrink.js) and shown before they
// are sent, and each can be taken out again. Without this file the form sends what was chosen and the last shot.
"use strict";

const THUMBNAIL_HEIGHT = 96;
const drawThumbnail = async (file) => {
  const photo = await createImageBitmap(file, { resizeHeight: THUMBNAIL_HEIGHT });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [photo.width, photo.height];
  canvas.getContext("2d").drawImage(photo, 0, 0);
  photo.close();
  return canvas;
};

(() => {
  for (const form of document.querySelectorAll("form[data-photos]")) {
    const words = form.dataset;
    form.classList.add("lists-files");
    const [list, status] = [form.querySelector(".thumbnails"), form.querySelector("[role=status]")];
    const photosByInput = new Map([...form.querySelectorAll("input[type=file]")].map((input) => [input, []]));
    let unready = 0; // photos that are still being made smaller
    let send = null; // what sends the form once none is, where that was asked for too early
    const show = () => {
      for (const [input, photos] of photosByInput) {
        const basket = new DataTransfer();
        for (const { file } of photos) basket.items.add(file);
        input.files = basket.files;
      }
      const photos = [...photosByInput.values()].flat();
      list.hidden = !photos.length;
      status.textContent = unready ? words.shrinking : `${photos.length.toLocaleString("fa")} ${words.chosen}`;
    };
    const nameItem = ({ file, name, button }) => {
      name.textContent = file.name;
      button.setAttribute("aria-label", `${words.remove} ${file.name}`);
    };
    const remove = (input, photo) => {
      const photos = photosByInput.get(input);
      photos.splice(photos.indexOf(photo), 1);
      const neighbour = photo.item.nextElementSibling || photo.item.previousElementSibling;
      photo.item.remove();
      show();
      (neighbour?.querySelector("button") || input).focus(); // what had the focus is gone: the next has it
    };
    const addPhoto = (input, file) => {
      const [item, name, button] = ["li", "bdi", "button"].map((tag) => document.createElement(tag));
      const photo = { file, item, name, button };
      button.type = "button";
      button.className = "outline";
      button.textContent = words.remove;
      button.addEventListener("click", () => remove(input, photo));
      nameItem(photo);
      item.append(name, button);
      list.append(item);
      photosByInput.get(input).push(photo);
      return photo;
    };
    const makeReady = async (photo) => {
      photo.file = await shrinkPhoto(photo.file);
      nameItem(photo);
      const picture = await drawThumbnail(photo.file).catch(() => null); // a PDF, or a kind that this browser cannot open
      if (picture) photo.item.prepend(picture);
    };
    for (const input of photosByInput.keys()) {
      input.addEventListener("change", async () => {
        const added = [...input.files].map((file) => addPhoto(input, file));
        unready += added.length;
        show();
        for (const photo of added) {
          await makeReady(photo);
          unready -= 1;
        }
        show();
        if (!unready) send?.();
      });
    }
    form.addEventListener("reset", () => {
      for (const photos of photosByInput.values()) photos.length = 0;
      list.replaceChildren();
      list.hidden = true;
      status.textContent = "";
    });
    form.addEventListener("submit", (event) => {
      if (!unready) return;
      event.preventDefault();
      event.stopPropagation(); // it is not on its way yet
      send = () => form.requestSubmit(event.submitter);
      status.textContent = words.shrinking;
    });
  }
})();
