// Getting a message out of the page: into a mail program, the clipboard, a file.

import { postForFile } from "./calls.js";

const MOST_IN_A_LINK = 1900; // G39

export function mailtoLink(subject, body) {
  const encoded = (text) => encodeURIComponent(text.replace(/\r?\n/g, "\r\n")).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  try {
    const link = `mailto:?subject=${encoded(subject)}&body=${encoded(body)}`;
    return link.length <= MOST_IN_A_LINK ? link : null;
  } catch {
    return null; // half of a surrogate pair, left by an edit, cannot be encoded
  }
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

export const asRichText = (body) =>
  body
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escaped(paragraph).replace(/\n/g, "<br>")}</p>`)
    .join("");

export const copyPlain = (text) => navigator.clipboard.writeText(text);

export async function copyRich(body) {
  if (!globalThis.ClipboardItem) return copyPlain(body);
  const part = (type, text) => new Blob([text], { type });
  await navigator.clipboard.write([
    new ClipboardItem({ "text/plain": part("text/plain", body), "text/html": part("text/html", asRichText(body)) }),
  ]);
}

export async function download(url, body, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await postForFile(url, body));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
