// One message: its letter, where each sentence comes from, how it scores, and the ways to change and send it.

import { History } from "./history.js";
import { mirrorPieces, windowWords } from "./letter.js";
import { copyPlain, copyRich, download, mailtoLink } from "./sending.js";
import { charCount, moveSpans, overlaps, sentences, spanInUnits, wordCount } from "./text.js";

export const KIND_NAMES = { thank_you: "Thank-you email", linkedin: "LinkedIn note", check_in: "Check-in" };
const ASIDE = { thank_you: "80–150", check_in: "40–90" };
const TONES = ["warm", "neutral", "formal"];
const WORDS_OF_A_POINT = 4; // fewer new words than these tell nothing
const WRITTEN = {
  model: "Written by the model, checked against your notes",
  mixed: "A plain frame with sentences about your talk, checked against your notes",
  outline: "Worded from the facts alone, without a model",
  you: "Edited by you",
};

export class Card extends EventTarget {
  constructor(made) {
    super();
    this.made = made; // kind, recipient, tone, length, limit, avoid, talk: whether it is about the interview
    this.element = document.getElementById("card").content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.element.querySelector(selector);
    this.body = this.find(".body");
    this.subject = this.find(".subject");
    this.state = { subject: null, body: "", evidence: [], scorecard: null };
    this.history = new History(this.state);
    this.active = null;
    this.ready = false;
    this.dress();
    this.listen();
  }

  get key() {
    return `${this.made.kind}/${this.made.recipient?.name ?? ""}`;
  }

  get isNote() {
    return this.made.kind === "linkedin";
  }

  dress() {
    const name = this.made.recipient?.name;
    this.find(".to").textContent = `${KIND_NAMES[this.made.kind]}${name ? ` to ${name}` : ""}`;
    this.find(".subject-line").hidden = this.isNote;
    this.find(".letter").classList.toggle("short", this.isNote);
    this.body.setAttribute("aria-label", `${KIND_NAMES[this.made.kind]}${name ? ` to ${name}` : ""}`);
    this.offer();
  }

  listen() {
    this.body.addEventListener("input", () => this.edited({ body: this.body.value }));
    this.subject.addEventListener("input", () => this.edited({ subject: oneLine(this.subject.value) }));
    this.subject.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), this.body.focus()));
    for (const field of [this.body, this.subject]) {
      field.addEventListener("beforeinput", (event) => this.stepped(event, event.inputType === "historyUndo", event.inputType === "historyRedo"));
      field.addEventListener("keydown", (event) => this.keyed(event));
    }
    for (const name of ["keyup", "click", "focus"]) this.body.addEventListener(name, () => this.caret());
    this.body.addEventListener("mousemove", (event) => this.pointed(event));
    this.body.addEventListener("mouseleave", () => this.light(this.active));
    this.element.addEventListener("click", (event) => {
      const doing = event.target.closest("[data-do]")?.dataset.do;
      if (doing === "undo" || doing === "redo") this.step(doing);
      else if (doing) this.dispatchEvent(new CustomEvent("change-asked", { detail: doing }));
    });
  }

  keyed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    this.stepped(event, key === "z" && !event.shiftKey, key === "y" || (key === "z" && event.shiftKey));
  }

  stepped(event, undo, redo) {
    if (!undo && !redo) return;
    event.preventDefault();
    this.step(undo ? "undo" : "redo");
  }

  /** The text as it arrives, already checked: it is only ever added to. */
  arrive(text, item) {
    const start = this.state.body.length;
    const lead = text.length - text.trimStart().length;
    const evidence = item ? [...this.state.evidence, { start: start + lead, end: start + text.length, item }] : this.state.evidence;
    this.state = { ...this.state, body: this.state.body + text, evidence };
    this.show();
  }

  working(words) {
    this.element.setAttribute("aria-busy", String(Boolean(words)));
    this.find(".progress").hidden = !words;
    this.find(".step").textContent = words ?? "";
    this.body.readOnly = this.subject.readOnly = Boolean(words);
    this.find(".letter").classList.toggle("arriving", Boolean(words));
    for (const button of this.element.querySelectorAll(".refine button, .sends button, .more button, .ground button")) button.disabled = Boolean(words);
    if (!words) this.offer();
  }

  /** A finished message; `asStep` when it takes the place of one that was there, so that Undo brings that back. */
  finish(message, items, { asStep = false } = {}) {
    const state = {
      subject: message.subject,
      body: message.body,
      evidence: message.evidence.map((e) => ({ ...spanInUnits(message.body, e), item: items.get(e.item_id) })).filter((e) => e.item),
      scorecard: message.scorecard,
      written: message.written_by,
      scored: message.body,
      frame: this.made.talk && message.written_by === "outline" ? message.body : null,
      choices: { tone: this.made.tone, length: this.made.length, avoid: this.made.avoid },
    };
    this.window = message.send_window;
    this.warnings = message.warnings ?? [];
    if (asStep) this.take(state);
    else {
      this.state = state;
      this.history = new History(state);
      if (this.before) this.history.past = [...this.before.past, this.before.now];
    }
    this.ready = true;
    this.working(null);
    this.show();
  }

  take(state, options) {
    this.state = state;
    this.history.push(state, options);
    this.dispatchEvent(new Event("changed"));
  }

  edited(part) {
    const evidence = part.body === undefined ? this.state.evidence : moveSpans(this.state.evidence, this.state.body, part.body);
    this.take({ ...this.state, ...part, evidence, written: "you", scorecard: this.state.scorecard }, { typing: true });
    this.show({ keepFields: true });
    this.dispatchEvent(new Event("edited"));
  }

  step(direction) {
    const state = this.history[direction]();
    if (!state) return;
    this.state = state;
    Object.assign(this.made, state.choices);
    this.show();
    this.offer();
    this.dispatchEvent(new Event("changed"));
    if (!state.scorecard || state.scored !== state.body) this.dispatchEvent(new Event("edited"));
  }

  scored(scorecard, body) {
    if (body !== this.state.body) return;
    this.state = { ...this.state, scorecard, scored: body };
    this.history.amend(this.state);
    this.show({ keepFields: true });
  }

  show({ keepFields = false } = {}) {
    const { subject, body, written } = this.state;
    if (!keepFields || this.body.value !== body) this.body.value = body;
    if (subject !== null && (!keepFields || oneLine(this.subject.value) !== this.subject.value)) this.subject.value = subject;
    this.counts();
    this.find('[data-do="undo"]').disabled = !this.history.past.length || !this.ready;
    this.find('[data-do="redo"]').disabled = !this.history.future.length || !this.ready;
    this.find(".written").textContent = this.ready ? (WRITTEN[written] ?? "") : "";
    this.windowLine();
    this.paint();
    this.scores();
    this.links();
  }

  counts() {
    const characters = charCount(this.state.body);
    const limit = this.isNote ? this.made.limit : null;
    const body = this.find(".body-count");
    body.textContent = limit ? `${characters} of ${limit} characters` : `${wordCount(this.state.body)} words · aim for ${ASIDE[this.made.kind]}`;
    body.classList.toggle("over", Boolean(limit) && characters > limit);
    const subject = this.find(".subject-count");
    const length = charCount(this.state.subject ?? "");
    subject.textContent = `${length} of 50`;
    subject.classList.toggle("over", length > 50);
  }

  windowLine() {
    const line = this.find(".window");
    if (!this.window) return;
    const status = Object.assign(document.createElement("span"), { className: `status ${this.window.status}`, textContent: windowWords(this.window.status) });
    line.replaceChildren(status, ` ${this.window.advice}`);
  }

  /** The marks behind the text: what rests on the notes, what does not, and what is lit. */
  paint() {
    const marks = this.state.scorecard?.violations?.filter((v) => v.span && v.where !== "subject" && this.state.scored === this.state.body) ?? [];
    this.unsupported = marks.filter((v) => v.rule === "G35" || /unground/.test(v.check)).map((v) => ({ ...spanInUnits(this.state.body, v.span), detail: v.detail }));
    this.find(".mirror").replaceChildren(...mirrorPieces(this.state.body, this.state.evidence, this.unsupported));
    this.light(this.active);
  }

  sentenceAt(offset) {
    return sentences(this.state.body).find((s) => offset >= s.start && offset <= s.end) ?? null;
  }

  itemOf(sentence) {
    return this.state.evidence.find((e) => sentence && overlaps(e, sentence))?.item ?? null;
  }

  caret() {
    const sentence = this.sentenceAt(this.body.selectionStart);
    this.active = sentence;
    this.light(sentence);
    this.ground(sentence);
  }

  pointed(event) {
    const hit = [...this.find(".mirror").children].find((piece) => [...piece.getClientRects()].some((r) => event.clientX >= r.left && event.clientX <= r.right && event.clientY >= r.top && event.clientY <= r.bottom));
    this.light(hit ? this.sentenceAt(Number(hit.dataset.start)) : this.active);
  }

  light(sentence) {
    for (const piece of this.find(".mirror").children) {
      piece.classList.toggle("lit", Boolean(sentence) && Number(piece.dataset.start) >= sentence.start && Number(piece.dataset.start) < sentence.end);
    }
    const item = this.itemOf(sentence);
    this.dispatchEvent(new CustomEvent("lit", { detail: item?.text ?? null }));
  }

  /** From the notes to the message: lights what rests on the item. */
  lightItem(text) {
    const evidence = this.state.evidence.filter((e) => e.item.text === text);
    for (const piece of this.find(".mirror").children) {
      const at = Number(piece.dataset.start);
      piece.classList.toggle("lit", evidence.some((e) => at >= e.start && at < e.end));
    }
  }

  ground(sentence) {
    const box = this.find(".ground");
    box.hidden = !sentence;
    if (!sentence) return;
    const item = this.itemOf(sentence);
    const bad = this.unsupported.find((u) => overlaps(u, sentence));
    box.className = `ground${bad ? " bad" : item ? "" : " none"}`;
    const words = this.find(".ground-words");
    if (bad) words.textContent = `Not in your notes: ${bad.detail}`;
    else if (item) words.replaceChildren("From your notes: ", Object.assign(document.createElement("q"), { textContent: item.text }));
    else words.textContent = "Courtesy, not fact: this sentence needs nothing from your notes.";
  }

  /** Greeting, thanks and close with nothing of the talk, and next to nothing that was added by hand. */
  isBare() {
    const { frame, body } = this.state;
    if (!frame) return false;
    const had = new Set(wordsOf(frame));
    return wordsOf(body).filter((word) => !had.has(word)).length < WORDS_OF_A_POINT;
  }

  /** The model failed before it had put anything into this message, which may be otherwise the next time. */
  isUnwritten() {
    return this.isBare() && Boolean(this.warnings?.some((w) => w.type === "model_failed"));
  }

  scores() {
    const card = this.state.scorecard;
    this.find(".scorecard").hidden = !card;
    if (!card) return;
    const failed = card.criteria.filter((c) => !c.passed);
    const bare = this.isBare();
    const ready = !failed.length && !card.violations.length; // Scorecard.is_ready
    const level = ready ? "good" : bare || card.overall >= 0.7 ? "fair" : "poor";
    const grade = this.find(".grade");
    grade.className = `grade ${level}`;
    grade.textContent = bare && !ready ? "Only the frame" : { good: "Ready to send", fair: "Nearly there", poor: "Needs a look" }[level];
    this.find(".hint").textContent = `${Math.round(card.overall * 100)} of 100`;
    this.find(".why").textContent = whyNot(failed) || card.violations[0]?.detail || (bare ? "One thing from the talk would make it yours." : "");
    this.find(".criteria").replaceChildren(...card.criteria.map(criterion));
    this.find(".warnings").replaceChildren(...(this.warnings ?? []).filter((w) => this.isTrue(w)).map((w) => Object.assign(document.createElement("li"), { className: "notice gentle", textContent: w.detail })));
  }

  /** What is missing is asked for above; that the model wrote nothing is said where it wrote nothing. */
  isTrue({ type }) {
    return !type.startsWith("missing_") && (type !== "model_failed" || Boolean(this.state.frame));
  }

  offer() {
    const { tone, length } = this.made;
    this.find('[data-do="shorter"]').disabled = !this.ready || length === "short" || this.isNote;
    this.find('[data-do="warmer"]').disabled = !this.ready || tone === TONES[0];
    this.find('[data-do="formal"]').disabled = !this.ready || tone === TONES[2];
    this.find('[data-do="another"]').disabled = !this.ready;
    this.find('[data-do="another"]').textContent = this.isUnwritten() ? "Try again" : "Use another point";
    this.find('[data-do="rewrite"]').disabled = !this.ready;
  }

  /** The buttons that send: made once per message, kept in step with its text. */
  links() {
    const sends = this.find(".sends");
    if (!this.ready) return;
    const link = this.isNote ? null : mailtoLink(this.state.subject ?? "", this.state.body);
    if (sends.dataset.mail !== String(Boolean(link))) {
      sends.dataset.mail = String(Boolean(link));
      sends.replaceChildren(...this.sendButtons(link));
      this.find(".more").replaceChildren(...this.moreButtons(link));
    }
    sends.querySelector("a")?.setAttribute("href", link);
  }

  sendButtons(link) {
    if (this.isNote) return [this.button("Copy note", () => copyPlain(this.state.body), "button primary", "Note copied. Paste it into “Add a note”.")];
    const copy = this.button("Copy message", () => copyRich(this.state.body), `button ${link ? "" : "primary"}`, "Message copied.");
    return link ? [Object.assign(document.createElement("a"), { className: "button primary", textContent: "Open in mail" }), copy] : [copy];
  }

  moreButtons(link) {
    if (this.isNote) return [];
    const tooLong = Object.assign(document.createElement("p"), { className: "note", textContent: "Too long to open in mail by a link. Copy it, or save the draft." });
    const draft = () => download("/exports/eml", { subject: this.state.subject ?? "", body: this.state.body }, "follow-up.eml");
    return [
      ...(link ? [] : [tooLong]),
      this.button("Copy as plain text", () => copyPlain(this.state.body), "link", "Copied as plain text."),
      this.button("Copy subject", () => copyPlain(this.state.subject ?? ""), "link", "Subject copied."),
      this.button("Save as .eml draft", draft, "link", "Draft saved. Open it in your mail program."),
    ];
  }

  button(words, act, kind, done) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: kind, textContent: words });
    button.addEventListener("click", async () => {
      try {
        await act();
        this.dispatchEvent(new CustomEvent("say", { detail: done }));
      } catch (error) {
        this.dispatchEvent(new CustomEvent("say", { detail: error.detail ?? "That did not work here. Select the text and copy it by hand." }));
      }
    });
    return button;
  }

  saved() {
    return { made: this.made, state: this.state, window: this.window, warnings: this.warnings };
  }
}

const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

// A subject wraps like a text, but is one line to whoever reads it.
const oneLine = (text) => text.replace(/\s*[\r\n]\s*/g, " ");

// What is missing is asked for above the message; a score says only what to mend in its words.
const whyNot = (failed) => failed.slice(0, 1).map((c) => plainly(c.reason) + (failed.length > 1 ? ` And ${failed.length - 1} more.` : "")).join("");

// Reasons end in the check's own name, which is for logs.
const plainly = (reason) => reason.replace(/ \([a-z_ ]+\)$/, "");

const named = (name) => name.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase());

function criterion({ name, score, passed, reason, rule }) {
  const line = document.createElement("li");
  line.className = score === null ? "unscored" : passed ? "passed" : "failed";
  const words = document.createElement("span");
  const title = Object.assign(document.createElement("b"), { textContent: named(name) });
  const state = Object.assign(document.createElement("span"), { className: "unseen", textContent: score === null ? "not judged: " : passed ? "passed: " : "not yet: " });
  words.append(title, state, Object.assign(document.createElement("span"), { className: "reason", textContent: plainly(reason) }));
  const mark = score === null ? rule : `${Math.round(score * 100)} · ${rule}`;
  line.append(words, Object.assign(document.createElement("small"), { textContent: mark }));
  return line;
}
