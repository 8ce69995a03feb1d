// Run by tests/web/test_text_module.py with node --test; the browser runs the same modules in tests/e2e.

import assert from "node:assert/strict";
import test from "node:test";

import { asProblem, parseEvents } from "../../service/web/static/calls.js";
import { History } from "../../service/web/static/history.js";
import { asRichText, mailtoLink } from "../../service/web/static/sending.js";
import { calledName, changed, localNow, moveSpans, pointsOf, sentences, unitsOf } from "../../service/web/static/text.js";

const cut = (text, span) => text.slice(span.start, span.end);

test("code points and UTF-16 units are turned into each other", () => {
  const text = "a🥐b𝒫c";
  assert.equal(unitsOf(text, 2), 3);
  assert.equal(pointsOf(text, 3), 2);
  for (let n = 0; n <= [...text].length; n++) assert.equal(pointsOf(text, unitsOf(text, n)), n);
});

test("sentences end at full stops and at line breaks, and carry no white space", () => {
  const text = "Hi Ines,\n\nOne here. Two 🥐 there!  \nMika";
  assert.deepEqual(sentences(text).map((s) => cut(text, s)), ["Hi Ines,", "One here.", "Two 🥐 there!", "Mika"]);
});

test("spans follow an edit before, inside and over them", () => {
  const before = "one two three";
  const span = [{ start: 4, end: 7 }];
  const after = (text) => moveSpans(span, before, text).map((s) => cut(text, s));
  assert.deepEqual(after("zero one two three"), ["two"]);
  assert.deepEqual(after("one twoo three"), ["two"]); // what is added at its end is not yet part of it
  assert.deepEqual(after("one tXo three"), ["tXo"]);
  assert.deepEqual(after("one three"), []);
  assert.deepEqual(after("one two"), ["two"]);
});

test("a change is the one stretch that differs", () => {
  assert.deepEqual(changed("abcd", "abXcd"), { start: 2, end: 2, newEnd: 3 });
  assert.deepEqual(changed("aa", "aaa"), { start: 2, end: 2, newEnd: 3 });
  assert.deepEqual(changed("", "x"), { start: 0, end: 0, newEnd: 1 });
});

test("the clock carries its offset", () => assert.match(localNow(new Date()), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/));

test("typing goes on as one step, anything else is its own", () => {
  const history = new History("a");
  history.push("ab", { typing: true, at: 1000 });
  history.push("abc", { typing: true, at: 1500 });
  history.push("abcd", { typing: true, at: 9000 });
  assert.equal(history.undo(), "abc");
  assert.equal(history.undo(), "a");
  assert.equal(history.undo(), null);
  assert.equal(history.redo(), "abc");
  history.push("new");
  assert.equal(history.redo(), null);
});

async function events(...chunks) {
  const stream = new ReadableStream({ start(c) { chunks.forEach((chunk) => c.enqueue(chunk)); c.close(); } });
  const found = [];
  for await (const event of parseEvents(stream)) found.push(event);
  return found;
}

test("events are read across broken chunks, comments and carriage returns", async () => {
  const found = await events(": still writing\n\nevent: del", 'ta\r\ndata: {"te', 'xt":"a"}\r\n\r\nevent: done\ndata: {}\n\n', "event: torn\ndata: {");
  assert.deepEqual(found, [{ name: "delta", data: { text: "a" } }, { name: "done", data: {} }]);
});

test("a mail link encodes line breaks as pairs and gives way when too long", () => {
  assert.equal(mailtoLink("A & B", "x\ny'"), "mailto:?subject=A%20%26%20B&body=x%0D%0Ay%27");
  assert.equal(mailtoLink("s", "ö".repeat(400)), null);
  assert.equal(mailtoLink("s", "\ud800"), null);
});

test("rich text is escaped paragraphs", () => {
  assert.equal(asRichText("Hi <b>,\n\none\ntwo & 3"), "<p>Hi &lt;b&gt;,</p><p>one<br>two &amp; 3</p>");
});

test("a problem without a document is said in our words, and says whether trying again can help", () => {
  assert.match(asProblem(null, 503).title, /not ready/);
  assert.equal(asProblem({ type: "/problems/notes-too-long", title: "t", detail: "d" }, 413).again, false);
  assert.equal(asProblem({ type: "/problems/model-timeout", title: "t", detail: "d" }, 504).again, true);
});

test("somebody is called by the first name, unless a title stands before it", () => {
  assert.equal(calledName("Priya Raman"), "Priya");
  assert.equal(calledName("Mr Davies"), "Mr Davies");
  assert.equal(calledName("Mrs. Okonkwo"), "Mrs. Okonkwo");
});
