// Photos are made smaller on the phone before they travel. Whatever cannot be done here is sent as it is: the server
// takes every photo that phones make.
"use strict";

const LONGEST_SIDE = 2000; // pixels: a page of a deed stays easy to read
const QUALITY = 0.85;
const SMALL_ENOUGH = 700000; // bytes

const drawSmaller = async (file) => {
  const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(photo.width, photo.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(photo.width * scale);
  canvas.height = Math.round(photo.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(photo, 0, 0, canvas.width, canvas.height);
  photo.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
};

const shrinkPhoto = async (file) => {
  if (!file.type.startsWith("image/") || file.size <= SMALL_ENOUGH) return file;
  try {
    const smaller = await drawSmaller(file);
    if (!smaller || smaller.size >= file.size) return file;
    return new File([smaller], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file; // no photo, or of a kind that this browser cannot open
  }
};

const prepareInput = async (input) => {
  const originals = Array.from(input.files);
  const chosen = await Promise.all(originals.map(shrinkPhoto));
  if (input.files.length !== originals.length || originals.some((file, at) => file !== input.files[at])) return;
  const basket = new DataTransfer();
  chosen.forEach((file) => basket.items.add(file));
  input.files = basket.files;
};

// Forms whose files travel as uploads, and the staff's photos, have them made smaller by their own scripts.
document.querySelectorAll("form:not([data-uploads], [data-photos]) input[type=file]").forEach((input) => {
  // Its own words for «nothing chosen» are in the language of the browser.
  const markEmpty = () => input.classList.toggle("empty", !input.files.length);
  markEmpty();
  input.addEventListener("change", () => {
    markEmpty();
    prepareInput(input);
  });
});
