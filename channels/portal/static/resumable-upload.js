/* One file in chunks (tus 1.0): where the line broke it goes on from the byte that the server has. The page of papers
   and what was kept without a line send by it; what becomes of a broken line is theirs to decide. */
(() => {
  "use strict";

  const CHUNK_BYTES = 256 * 1024;
  const SMALLEST_CHUNK = 32 * 1024; // each failure halves it: a line that breaks often takes small ones
  const CALL_MS = 90000;

  /* The server takes no such upload: the file goes with a form, or not at all. */
  class Refused extends Error {}

  /* An upload of a file to be begun at `uploads`; `address`: where it was begun before. */
  const buildUpload = (file, uploads, csrf, address = "") => ({
    file, uploads, csrf, address, offset: 0, failures: address ? 1 : 0, isDisputed: false, chunkBytes: CHUNK_BYTES, stop: null,
    showProgress: () => {},
  });

  const call = async (item, method, address, headers = {}, body = undefined) => {
    item.stop = new AbortController();
    const timer = setTimeout(() => item.stop.abort(), CALL_MS);
    try {
      const own = { "Tus-Resumable": "1.0.0", "X-CSRF-Token": item.csrf };
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
    const response = await call(item, "POST", item.uploads, headers);
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
    item.showProgress();
  };

  /* Send what is not there yet. `Refused`; any other error: the line broke, and the same upload goes on later. */
  const sendRest = async (item) => {
    if (!item.address) await createUpload(item);
    else if (item.failures) await askOffset(item);
    while (item.offset < item.file.size) await sendChunk(item);
  };

  const noteFailure = (item) => {
    item.failures += 1;
    item.chunkBytes = Math.max(SMALLEST_CHUNK, item.chunkBytes / 2);
  };

  /* The server forgets it; else it is erased in the night. */
  const forgetUpload = (item) => call(item, "DELETE", item.address).catch(() => {});

  self.resumableUpload = { CHUNK_BYTES, Refused, buildUpload, createUpload, sendRest, noteFailure, forgetUpload };
})();
