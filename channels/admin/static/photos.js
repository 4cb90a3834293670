// Photos for a request: shots of the camera are gathered in their form, made smaller (web/shrink.js) and shown before they
// are sent, and each can be taken out again. Without this file the form sends what was chosen and the last shot.
"use strict";
(() => {
  const THUMBNAIL_HEIGHT = 96;
  const drawThumbnail = async (file) => {
    const photo = await createImageBitmap(file, { resizeHeight: THUMBNAIL_HEIGHT });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [photo.width, photo.height];
    canvas.getContext("2d").drawImage(photo, 0, 0);
    photo.close();
    return canvas;
  };
  for (const form of document.querySelectorAll("form[data-photos]")) {
    const list = form.querySelector(".thumbnails");
    const photosByInput = new Map([...form.querySelectorAll("input[type=file]")].map((input) => [input, []]));
    const show = () => {
      for (const [input, photos] of photosByInput) {
        const basket = new DataTransfer();
        for (const { file } of photos) basket.items.add(file);
        input.files = basket.files;
      }
      list.replaceChildren(...[...photosByInput.values()].flatMap((photos) => photos.map((photo) => buildItem(photos, photo))));
      list.hidden = !list.children.length;
    };
    const buildItem = (photos, photo) => {
      const [item, name, button] = ["li", "bdi", "button"].map((tag) => document.createElement(tag));
      name.textContent = photo.file.name;
      button.type = "button";
      button.className = "outline";
      button.textContent = form.dataset.remove;
      button.setAttribute("aria-label", `${form.dataset.remove} ${photo.file.name}`);
      button.addEventListener("click", () => {
        photos.splice(photos.indexOf(photo), 1);
        show();
      });
      item.append(...(photo.picture ? [photo.picture] : []), name, button);
      return item;
    };
    for (const [input, photos] of photosByInput) {
      input.addEventListener("change", async () => {
        const added = [...input.files].map((file) => ({ file }));
        photos.push(...added);
        show();
        for (const photo of added) {
          photo.file = await shrinkPhoto(photo.file);
          photo.picture = await drawThumbnail(photo.file).catch(() => null); // a PDF, or a kind that this browser cannot open
        }
        show();
      });
    }
  }
})();
