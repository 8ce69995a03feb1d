// Text as the page needs it. The service counts spans in code points, the browser in UTF-16 units: they are turned into
// each other here and nowhere else.

export function unitsOf(text, points) {
  let unit = 0;
  for (let n = 0; n < points && unit < text.length; n++) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  return unit;
}

export function pointsOf(text, units) {
  let points = 0;
  for (let unit = 0; unit < units && unit < text.length; points++) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  return points;
}

export const spanInUnits = (text, span) => ({ ...span, start: unitsOf(text, span.start), end: unitsOf(text, span.end) });

export const wordCount = (text) => text.split(/\s+/u).filter(Boolean).length;

// LinkedIn counts UTF-16 units, and so does String.length.
export const charCount = (text) => text.length;

const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter("en", { granularity: "sentence" }) : null;

/** Sentences as {start, end} without the white space around them; a line break always ends one. */
export function sentences(text) {
  const found = [];
  for (const line of text.matchAll(/[^\n]+/gu)) {
    for (const part of inLine(line[0])) {
      const lead = part.text.length - part.text.trimStart().length;
      const start = line.index + part.at + lead;
      const end = start + part.text.trim().length;
      if (end > start) found.push({ start, end });
    }
  }
  return found;
}

function inLine(line) {
  if (segmenter) return Array.from(segmenter.segment(line), (s) => ({ text: s.segment, at: s.index }));
  return Array.from(line.matchAll(/[^.!?]+[.!?]*\s*/gu), (m) => ({ text: m[0], at: m.index }));
}

/** The one stretch in which two texts differ: before[start, end) became after[start, newEnd). */
export function changed(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, end: before.length - tail, newEnd: after.length - tail };
}

/** Spans after an edit: shifted, stretched when the edit was inside, gone when all their text is gone. */
export function moveSpans(spans, before, after) {
  const { start, end, newEnd } = changed(before, after);
  const shift = newEnd - end;
  return spans.flatMap((span) => {
    if (span.end <= start) return [span];
    if (span.start >= end) return [{ ...span, start: span.start + shift, end: span.end + shift }];
    const from = Math.min(span.start, start);
    const to = Math.max(span.end, end) + shift;
    // A single letter left over is an accident of where two texts happen to be alike.
    const swallowed = (start <= span.start && end >= span.end) || to - from < 2;
    return swallowed ? [] : [{ ...span, start: span.start < start ? span.start : Math.max(from, span.start), end: to }];
  });
}

const HONORIFIC = /^(mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|sister|rev|cllr)\.?$/i;

/** What somebody is called: 'Priya' of 'Priya Raman', but the whole of 'Mr Davies'. */
export function calledName(name) {
  const [first] = name.trim().split(/\s+/u);
  return HONORIFIC.test(first) ? name : first;
}

export const overlaps = (a, b) => a.start < b.end && b.start < a.end;

/** The wall clock with its offset, as the service wants it: 2026-11-17T18:00:00+01:00. */
export function localNow(now = new Date()) {
  const two = (n) => String(n).padStart(2, "0");
  const offset = -now.getTimezoneOffset();
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const clock = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${day}T${clock}${zone}`;
}
