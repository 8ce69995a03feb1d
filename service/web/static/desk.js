// The right side: one draft and all that happens to it.

import { Card, KIND_NAMES } from "./card.js";
import { draftEvents, postJson, Problem } from "./calls.js";
import { keep, kept } from "./keeping.js";
import { download } from "./sending.js";
import { localNow, overlaps, sentences, spanInUnits } from "./text.js";

const SLOW_MS = 15_000;
const TONES = ["warm", "neutral", "formal"];
// Which kinds depend on a missing fact: only these are written again when it is given.
const ASKS = {
  candidate: { words: "What is your name, for the signature?", field: "candidate", kinds: ["thank_you", "check_in", "linkedin"] },
  company: { words: "Which company was it?", field: "company", kinds: ["thank_you", "check_in", "linkedin"] },
  role: { words: "Which role was it for?", field: "role", kinds: ["thank_you", "check_in", "linkedin"] },
  interviewer: { words: "Who did you speak with?", field: "person_name", kinds: ["thank_you", "check_in", "linkedin"], everything: true },
  interview_at: { words: "Which day was the interview?", field: "interview_day", type: "date", kinds: ["thank_you", "check_in", "linkedin"] },
  decision_date: { words: "When do they decide?", field: "decision_date", type: "date", kinds: ["check_in", "thank_you"] },
};

export class Desk {
  constructor(sheet, model) {
    this.sheet = sheet;
    this.model = model;
    this.cards = [];
    this.facts = null;
    this.results = document.getElementById("results");
    this.messages = document.getElementById("messages");
    this.empty = document.getElementById("empty");
    this.cancel = document.getElementById("cancel");
    sheet.addEventListener("draft", () => this.draft());
    sheet.addEventListener("cleared", () => this.clear());
    sheet.addEventListener("understood", () => this.used());
    this.cancel.addEventListener("click", () => this.running?.abort());
    document.getElementById("retry").addEventListener("click", () => this.again?.());
    document.addEventListener("click", (event) => event.target.closest('[data-export="ics"]') && this.calendar());
    this.linkNotes();
  }

  /** One request's body: what the sheet says, and what this request wants otherwise. */
  request(other = {}) {
    return { notes: this.sheet.text, now: localNow(), ...this.sheet.choices(), ...this.sheet.given, ...other };
  }

  async draft() {
    if (!this.sheet.text.trim()) return this.nothingToRead();
    const choices = this.sheet.choices();
    if (!choices.kinds.length) return this.say("Tick at least one message to write.");
    await this.run(async (signal) => {
      this.start(); // at once, while the page may still move under the pressed button
      await this.sheet.upToDate();
      for await (const event of draftEvents(this.request(), signal)) this.take(event);
    }, () => this.draft());
  }

  nothingToRead() {
    this.sheet.say("Your notes go here first. A few rough lines are enough, or try the example.");
    this.sheet.notes.focus();
  }

  /** One thing at a time; whatever goes wrong is said, and can be tried again. */
  async run(work, again) {
    if (this.running) return;
    const running = (this.running = new AbortController());
    this.problem(null);
    this.busy(true);
    const slow = setTimeout(() => this.say("Still at it. A model on this machine takes its time; every sentence is checked."), SLOW_MS);
    try {
      await work(running.signal);
    } catch (error) {
      if (error.name === "AbortError") this.say("Stopped. What had arrived is kept.");
      else this.problem(error, again);
    } finally {
      clearTimeout(slow);
      this.running = null;
      this.busy(false);
      this.settle();
      this.save();
    }
  }

  busy(on) {
    const button = document.getElementById("draft");
    button.disabled = on;
    button.querySelector(".label").textContent = on ? "Writing…" : this.cards.length ? "Write them again" : "Write my messages";
    this.cancel.hidden = !on;
  }

  start() {
    this.previous = { cards: this.cards, facts: this.facts, items: this.items, tabs: this.tabs, active: this.active };
    this.active = 0;
    this.cards = [];
    this.facts = null;
    this.tabs = Object.assign(document.createElement("div"), { className: "tabs" });
    this.tabs.setAttribute("role", "tablist");
    this.tabs.setAttribute("aria-label", "Messages");
    this.tabs.addEventListener("keydown", (event) => this.arrow(event));
    const reading = Object.assign(document.createElement("p"), { className: "progress reading", id: "reading" });
    reading.append(Object.assign(document.createElement("span"), { className: "spinner", ariaHidden: "true" }), "Reading your notes…");
    this.messages.replaceChildren(this.tabs, reading);
    document.documentElement.classList.add("has-draft");
    document.getElementById("asks").replaceChildren();
    if (!matchMedia("(min-width: 62rem)").matches) this.results.scrollIntoView({ block: "start" });
    this.announce("Reading your notes.");
  }

  take({ name, data }) {
    if (name === "facts") this.tookFacts(data.facts ?? data);
    else if (name === "progress") this.card(data).working(progress(data));
    else if (name === "delta") this.delta(data);
    else if (name === "message") this.ready(data);
    else if (name === "done") this.done(data);
  }

  tookFacts(facts) {
    this.facts = facts;
    this.items = new Map(facts.items.map((i) => [i.id, { ...i }]));
    this.asks();
  }

  card(data) {
    const index = data.index;
    if (!this.cards[index]) {
      const recipient = data.message?.recipient ?? this.recipient(data.recipient);
      this.place(index, { kind: data.kind ?? data.message.kind, recipient });
      this.announce(`Writing ${label(this.cards[index].made)}.`);
    }
    return this.cards[index];
  }

  recipient(named) {
    return typeof named === "string" || !named ? { name: named ?? null } : named;
  }

  place(index, made) {
    document.getElementById("reading")?.remove();
    const choices = this.sheet.choices();
    const card = new Card({ tone: choices.tone, length: choices.length, limit: choices.linkedin_limit, avoid: [], ...made });
    this.cards[index] = card;
    card.before = this.previous?.cards.find((old) => old.key === card.key)?.history;
    this.attach(card, index);
    card.working(`Writing${made.recipient?.name ? ` for ${first(made.recipient.name)}` : ""}…`);
    if (index === 0) this.select(0);
    return card;
  }

  attach(card, index) {
    const tab = Object.assign(document.createElement("button"), { type: "button", className: "tab", id: `tab-${index}` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", `message-${index}`);
    tab.append(
      Object.assign(document.createElement("b"), { textContent: KIND_NAMES[card.made.kind] }),
      Object.assign(document.createElement("small"), { textContent: card.made.recipient?.name ?? "to whoever you met" }),
    );
    tab.addEventListener("click", () => this.select(index));
    card.tab = tab;
    card.element.id = `message-${index}`;
    card.element.setAttribute("aria-labelledby", tab.id);
    this.tabs.append(tab);
    this.messages.append(card.element);
    this.mark(tab, card.element, index === this.active);
    card.addEventListener("edited", () => this.scoreSoon(card));
    card.addEventListener("changed", () => this.save());
    card.addEventListener("lit", (event) => this.lightNotes(event.detail));
    card.addEventListener("say", (event) => this.say(event.detail));
    card.addEventListener("change-asked", (event) => this.change(card, event.detail));
  }

  select(index, focus = false) {
    this.active = index;
    this.cards.forEach((card, n) => this.mark(card.tab, card.element, n === index));
    if (focus) this.cards[index].tab.focus();
    this.used();
    keep({ active: index });
  }

  mark(tab, element, on) {
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    element.hidden = !on;
  }

  arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? this.cards.length - 1 : step && (this.active + step + this.cards.length) % this.cards.length;
    if (to === undefined) return;
    event.preventDefault();
    this.select(to, true);
  }

  delta(data) {
    const card = this.card(data);
    card.arrive(data.text, this.items?.get(data.item_id));
    card.tab.classList.add("working");
    this.announce(data.text);
  }

  ready(data) {
    const message = data.message ?? data;
    const card = this.card(data);
    card.made.recipient = message.recipient;
    card.finish(message, this.items ?? new Map());
    card.tab.classList.remove("working");
    this.announce(`${label(card.made)} is ready.`);
    this.used();
    this.save();
  }

  done(draft) {
    this.drafted = { id: draft.id, model: draft.model };
    this.announce(`All done: ${this.cards.length} ${this.cards.length === 1 ? "message" : "messages"}.`);
  }

  /** After the end, good or bad: a message that never got finished keeps what had arrived, and can be edited. */
  settle() {
    document.getElementById("reading")?.remove();
    for (const card of this.cards.filter(Boolean)) {
      if (!card.ready && card.state.body) {
        card.ready = true;
        card.history.amend(card.state);
        card.show();
        this.scoreSoon(card);
      }
      card.tab.classList.remove("working");
      card.working(null);
    }
    this.cards = this.cards.filter(Boolean);
    if (!this.cards.length) this.bringBack();
    this.previous = null;
  }

  /** Nothing new came: what was there before is still the best there is. */
  bringBack() {
    if (!this.previous?.cards.length) return this.showEmpty();
    const { active } = this.previous;
    Object.assign(this, this.previous);
    this.messages.replaceChildren(this.tabs, ...this.cards.map((card) => card.element));
    this.busy(false);
    this.select(active);
  }

  showEmpty() {
    this.messages.replaceChildren(...(this.empty ? [this.empty] : []));
    document.documentElement.classList.remove("has-draft");
  }

  // Changing one message ------------------------------------------------------------------------------------------

  async change(card, what) {
    const { made } = card;
    const at = TONES.indexOf(made.tone);
    if (what === "shorter") return this.redraft(card, { length: "short" });
    if (what === "warmer") return this.redraft(card, { tone: TONES[Math.max(0, at - 1)] });
    if (what === "formal") return this.redraft(card, { tone: TONES[Math.min(TONES.length - 1, at + 1)] });
    if (what === "another") return this.another(card);
    if (what === "rewrite") return this.rewrite(card);
  }

  redraft(card, other, say = "Done. Undo brings the last version back.") {
    return this.run(async (signal) => {
      card.working("Writing it anew…");
      const made = { ...card.made, ...other };
      const { message, items } = await this.oneMessage(made, signal);
      card.made = made;
      card.finish(message, items, { asStep: true });
      this.say(say);
    }, () => this.redraft(card, other, say));
  }

  /** The message of this card, drafted again beside the others of its kind, so that no two readers get the same. */
  async oneMessage(made, signal) {
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort());
    let items = new Map();
    try {
      for await (const { name, data } of draftEvents(this.requestFor(made), stop.signal)) {
        if (name === "facts") items = new Map((data.facts ?? data).items.map((i) => [i.id, i]));
        const message = name === "message" ? (data.message ?? data) : null;
        if (message && (message.recipient?.name ?? null) === (made.recipient?.name ?? null)) return { message, items };
      }
    } finally {
      stop.abort();
    }
    throw new Problem("Nothing new could be written", "The notes no longer lead to this message. Write them all again.");
  }

  requestFor(made) {
    const given = this.sheet.given;
    const corrections = [...(given.corrections ?? []).filter((c) => !made.avoid.some((a) => overlaps(a, c))), ...made.avoid];
    return this.request({
      kinds: [made.kind],
      tone: made.tone,
      length: made.length,
      linkedin_limit: made.limit,
      ...(corrections.length ? { corrections } : {}),
    });
  }

  another(card) {
    const used = card.itemOf(card.active) ?? card.state.evidence[0]?.item;
    if (!used) return this.say("This message uses no point of your notes yet. Add one to your notes and write it again.");
    const avoid = [...card.made.avoid, { start: used.start, end: used.end, owner: "private" }];
    return this.run(async (signal) => {
      card.working("Looking for another point…");
      const made = { ...card.made, avoid };
      const { message, items } = await this.oneMessage(made, signal);
      if (!message.evidence.length) return this.say("There is no other point in your notes that fits here. Add one, and I can use it.");
      card.made = made;
      card.finish(message, items, { asStep: true });
      this.say("Another point, from your notes. Undo brings the last one back.");
    }, () => this.another(card));
  }

  /** The sentence at the caret as another tone would put it; the rest stays to the letter. */
  rewrite(card) {
    const target = card.active ?? sentences(card.state.body)[1];
    if (!target) return undefined;
    const item = card.itemOf(target);
    const place = sentences(card.state.body).findIndex((s) => s.start === target.start);
    const old = card.state.body.slice(target.start, target.end);
    card.tried = new Set(card.tried ?? []).add(old);
    return this.run(async (signal) => {
      card.working("Finding other words…");
      for (const tone of TONES.filter((t) => t !== card.made.tone)) {
        const { message, items } = await this.oneMessage({ ...card.made, tone }, signal);
        const fresh = counterpart(message, items, item, place);
        if (fresh && !card.tried.has(fresh)) return this.replaceSentence(card, target, fresh, item);
      }
      this.say("No other safe wording came up. Try ‘Use another point’, or change the words yourself.");
    }, () => this.rewrite(card));
  }

  replaceSentence(card, target, fresh, item) {
    const { body, evidence } = card.state;
    const shift = fresh.length - (target.end - target.start);
    const moved = evidence.filter((e) => !overlaps(e, target)).map((e) => (e.start >= target.end ? { ...e, start: e.start + shift, end: e.end + shift } : e));
    const now = { start: target.start, end: target.start + fresh.length };
    card.take({ ...card.state, body: body.slice(0, target.start) + fresh + body.slice(target.end), evidence: item ? [...moved, { ...now, item }] : moved });
    card.active = now;
    card.working(null);
    card.show();
    card.ground(now);
    this.scoreSoon(card);
    this.say("One sentence rewritten. Undo brings the last one back.");
  }

  scoreSoon(card) {
    clearTimeout(card.timer);
    card.timer = setTimeout(() => this.score(card), 350);
  }

  async score(card) {
    const { body, subject } = card.state;
    if (!body.trim()) return;
    const { given } = this.sheet;
    const about = { notes: this.sheet.text, now: localNow(), kind: card.made.kind, recipient: card.made.recipient, linkedin_limit: card.made.limit };
    card.scoring?.abort();
    card.scoring = new AbortController();
    try {
      const answer = await postJson("/score", { ...given, ...about, subject: card.isNote ? undefined : subject, body }, card.scoring.signal);
      card.scored(answer.scorecard ?? answer, body);
      this.save();
    } catch (error) {
      if (error.name !== "AbortError" && error.status !== 422) this.say("The score could not be brought up to date.");
    }
  }

  // Notes and messages light each other up ------------------------------------------------------------------------

  pieces() {
    return [...document.querySelectorAll(".piece[data-item]")];
  }

  lightNotes(text) {
    for (const piece of this.pieces()) piece.classList.toggle("lit", text !== null && wordsOf(piece) === text);
  }

  used() {
    const evidence = this.cards[this.active]?.state.evidence ?? [];
    for (const piece of this.pieces()) piece.classList.toggle("used", evidence.some((e) => e.item.text === wordsOf(piece)));
  }

  linkNotes() {
    const item = (event) => {
      const piece = event.target.closest?.(".piece[data-item]");
      return piece ? wordsOf(piece) : null;
    };
    for (const [name, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
      document.addEventListener(name, (event) => {
        const text = item(event);
        if (text !== null) this.cards[this.active]?.lightItem(on ? text : "");
      });
    }
  }

  // What is missing, the calendar, words to the reader -------------------------------------------------------------

  asks() {
    const missing = this.facts.missing.filter((name) => ASKS[name]);
    document.getElementById("asks").replaceChildren(...missing.slice(0, 3).map((name) => this.ask(name)));
  }

  ask(name) {
    const { words, field, type = "text", kinds, everything } = ASKS[name];
    const line = Object.assign(document.createElement("li"), { className: "ask-line" });
    const form = Object.assign(document.createElement("form"), { className: "ask" });
    const input = Object.assign(document.createElement("input"), { type, id: `ask-${name}`, required: true, maxLength: 120 });
    const label = Object.assign(document.createElement("label"), { textContent: words, htmlFor: input.id });
    const add = Object.assign(document.createElement("button"), { className: "button small", textContent: "Add" });
    form.append(label, input, add);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      line.remove();
      this.told(field, input.value, kinds, everything);
    });
    line.append(form);
    return line;
  }

  /** A missing fact was given: it goes to the panel as if typed there, and what depends on it is written again. */
  async told(field, value, kinds, everything) {
    const fields = this.sheet.form.elements[field];
    const target = fields instanceof RadioNodeList ? [...fields].at(-1) : fields;
    if (target) target.value = value;
    await this.sheet.ask();
    if (everything || !this.cards.length) return this.draft();
    for (const card of this.cards.filter((c) => kinds.includes(c.made.kind))) await this.redraft(card, {}, "Added, and written again where it matters.");
  }

  async calendar() {
    try {
      await download("/exports/ics", this.request({ kinds: ["thank_you"] }), "afterword-reminders.ics");
      this.say("Reminders saved. Open the file to add them to your calendar.");
    } catch (error) {
      this.problem(error, () => this.calendar());
    }
  }

  problem(error, again = null) {
    const box = document.getElementById("problem");
    box.hidden = !error;
    if (!error) return;
    const known = error instanceof Problem ? error : new Problem("Something went wrong on this page", "Your notes are safe. Reload the page and try again.");
    if (!(error instanceof Problem)) console.error(error);
    box.querySelector(".title").textContent = known.title;
    box.querySelector(".detail").textContent = known.detail;
    this.again = again;
    document.getElementById("retry").hidden = !again || !known.again;
  }

  say(words) {
    const toast = document.getElementById("toast");
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.hidden = true), 5000);
  }

  announce(words) {
    document.getElementById("said").textContent = words.trim();
  }

  save() {
    keep({ facts: this.facts, cards: this.cards.filter((c) => c?.ready).map((c) => c.saved()) });
  }

  restore() {
    const { cards = [], facts, active = 0 } = kept();
    this.sheet.restore();
    if (!cards.length || !facts) return;
    this.start();
    this.tookFacts(facts);
    cards.forEach(({ made, state, window, warnings }, index) => {
      const card = this.place(index, made);
      Object.assign(card, { window, warnings, ready: true, state });
      card.history.amend(state);
      card.working(null);
      card.show();
    });
    this.select(Math.min(active, cards.length - 1));
    this.busy(false);
    this.announce("Your last drafts are back.");
    scrollTo(0, 0);
  }

  clear() {
    this.running?.abort();
    this.cards = [];
    this.previous = null;
    this.facts = null;
    document.getElementById("asks").replaceChildren();
    this.problem(null);
    this.showEmpty();
    this.busy(false);
    this.say("Cleared. Nothing of it is left in this browser.");
  }
}

const wordsOf = (piece) => piece.querySelector(".words").textContent;

const first = (name) => name.split(" ")[0];

const label = (made) => `${KIND_NAMES[made.kind]}${made.recipient?.name ? ` to ${made.recipient.name}` : ""}`;

const progress = ({ step, recipient }) => {
  const name = typeof recipient === "string" ? recipient : recipient?.name;
  return step === "checking" ? "Checking every line against your notes…" : `Writing${name ? ` for ${first(name)}` : ""}…`;
};

/** What stands in the other draft where ours stands: the sentence on the same item, else the one in the same place. */
function counterpart(message, items, item, place) {
  const found = sentences(message.body);
  if (!item) return found[place] && message.body.slice(found[place].start, found[place].end);
  const on = message.evidence.map((e) => ({ ...spanInUnits(message.body, e), text: items.get(e.item_id)?.text })).find((e) => e.text === item.text);
  const sentence = on && found.find((s) => overlaps(s, on));
  return sentence && message.body.slice(sentence.start, sentence.end);
}
