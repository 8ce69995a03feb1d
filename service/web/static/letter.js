// The layer behind an editable letter: the same text in the same type, unseen, that carries the marks.

import { sentences } from "./text.js";

/** Spans that tile the text, cut at every sentence, evidence and mark, so that each is one or the other throughout. */
export function mirrorPieces(text, evidence, unsupported) {
  const cuts = new Set([0, text.length]);
  for (const span of [...sentences(text), ...evidence, ...unsupported]) cuts.add(span.start).add(span.end);
  const at = [...cuts].filter((n) => n >= 0 && n <= text.length).sort((a, b) => a - b);
  const pieces = at.slice(0, -1).map((start, n) => piece(text, start, at[n + 1], evidence, unsupported));
  // A last line break needs something after it to have its height.
  return text.endsWith("\n") || !text ? [...pieces, document.createTextNode("\u200b")].filter((p) => p.nodeType === 1 || p) : pieces;
}

function piece(text, start, end, evidence, unsupported) {
  const element = document.createElement("span");
  element.textContent = text.slice(start, end);
  element.dataset.start = start;
  const inside = (span) => start >= span.start && end <= span.end;
  if (element.textContent.trim()) {
    element.classList.toggle("evidence", evidence.some(inside));
    element.classList.toggle("unsupported", unsupported.some(inside));
  }
  return element;
}

export const windowWords = (status) => ({ too_early: "not yet", now: "now", overdue: "overdue" })[status] ?? "date needed";
