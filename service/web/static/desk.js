// The right side: one draft and all that happens to it.

import { Asks } from "./asks.js";
import { Card, KIND_NAMES } from "./card.js";
import { draftEvents, postJson, Problem } from "./calls.js";
import { Changes } from "./changes.js";
import { keep, kept } from "./keeping.js";
import { lightNotes, markUsed, watchNotes } from "./linking.js";
import { download } from "./sending.js";
import { Tabs } from "./tabs.js";
import { calledName, localNow } from "./text.js";

const SLOW_MS = 15_000;

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
    this.changes = new Changes(this);
    this.asks = new Asks(document.getElementById("asks"));
    this.answering = Promise.resolve();
    this.asks.addEventListener("told", ({ detail }) => (this.answering = this.answering.then(() => this.told(detail))));
    sheet.addEventListener("draft", () => this.draft());
    sheet.addEventListener("cleared", (event) => this.clear(event.detail));
    sheet.addEventListener("understood", () => this.used());
    this.cancel.addEventListener("click", () => this.running?.abort());
    document.getElementById("retry").addEventListener("click", () => this.again?.());
    document.addEventListener("click", (event) => event.target.closest('[data-export="ics"]') && this.calendar());
    watchNotes((text) => this.cards[this.active]?.lightItem(text));
  }

  /** One request's body: what the sheet says, and what this request wants otherwise. */
  request(other = {}) {
    return { notes: this.sheet.text, now: localNow(), time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...this.sheet.choices(), ...this.sheet.given, ...other };
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
  run(work, again) {
    if (this.running) return this.finished;
    this.running = new AbortController();
    return (this.finished = this.carryOut(work, again, this.running));
  }

  async carryOut(work, again, running) {
    this.problem(null);
    this.busy(true);
    const slow = setTimeout(() => this.slow(true), SLOW_MS);
    try {
      await work(running.signal);
    } catch (error) {
      if (error.name === "AbortError") this.say(this.previous?.cards.length ? "Stopped. What you had is still there." : "Stopped. What had arrived is kept.");
      else this.problem(error, again);
    } finally {
      clearTimeout(slow);
      this.slow(false);
      this.running = null;
      this.busy(false);
      this.settle();
      this.save();
    }
  }

  /** It takes long: said once, and beside the progress for as long as it lasts. */
  slow(on) {
    document.documentElement.classList.toggle("slow", on);
    if (on) this.announce("Still at it: every sentence is checked against your notes.");
  }

  busy(on) {
    const button = document.getElementById("draft");
    button.disabled = on;
    button.querySelector(".label").textContent = on ? "Writing…" : this.cards.length ? "Write them again" : "Write my messages";
    this.cancel.hidden = !on;
  }

  start() {
    this.previous = { cards: this.cards, facts: this.facts, items: this.items, active: this.active };
    this.complete = false;
    this.active = 0;
    this.cards = [];
    this.facts = null;
    this.tabs = new Tabs((index) => this.select(index));
    const reading = Object.assign(document.createElement("p"), { className: "progress reading", id: "reading" });
    reading.append(Object.assign(document.createElement("span"), { className: "spinner", ariaHidden: "true" }), "Reading your notes…");
    this.messages.replaceChildren(this.tabs.element, reading);
    document.documentElement.classList.add("has-draft");
    this.asks.clear();
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
    this.asks.show(facts.missing);
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
    card.working(`Writing${made.recipient?.name ? ` for ${calledName(made.recipient.name)}` : ""}…`);
    if (index === 0) this.select(0);
    return card;
  }

  attach(card, index) {
    this.tabs.add(card, index);
    this.messages.append(card.element);
    this.tabs.show(this.cards.filter(Boolean), this.active);
    card.addEventListener("edited", () => this.scoreSoon(card));
    card.addEventListener("changed", () => this.save());
    card.addEventListener("lit", (event) => lightNotes(event.detail));
    card.addEventListener("say", (event) => this.say(event.detail));
    card.addEventListener("change-asked", (event) => this.changes.ask(card, event.detail));
  }

  select(index) {
    this.active = index;
    this.tabs.show(this.cards, index);
    this.used();
    keep({ active: index });
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
    card.made.talk = isAboutTheTalk(card.made.kind, this.facts?.application);
    card.finish(message, this.items ?? new Map());
    card.tab.classList.remove("working");
    this.announce(`${label(card.made)} is ready.`);
    this.used();
    this.save();
  }

  done(draft) {
    this.complete = true;
    this.drafted = { id: draft.id, model: draft.model };
    this.announce(`All done: ${this.cards.length} ${this.cards.length === 1 ? "message" : "messages"}.`);
  }

  /** After the end, good or bad: a message that never got finished keeps what had arrived, and can be edited. */
  settle() {
    document.getElementById("reading")?.remove();
    if (this.previous && !this.complete) this.bringBack(this.previous);
    this.previous = null;
    for (const card of this.cards) {
      if (!card.ready && card.state.body) {
        card.ready = true;
        card.history.amend(card.state);
        card.show();
        this.scoreSoon(card);
      }
      card.tab.classList.remove("working");
      card.working(null);
    }
    if (!this.cards.length) this.showEmpty();
  }

  /** The draft broke off: what was there before stays wherever nothing whole has taken its place. */
  bringBack({ cards: before, facts, items, active }) {
    const now = this.cards.filter(Boolean);
    const old = before.filter((card) => !now.some((other) => other.ready && other.key === card.key));
    const fresh = now.filter((card) => !old.some((other) => other.key === card.key));
    if (!fresh.length) Object.assign(this, { facts, items, active });
    const place = (card) => before.findIndex((other) => other.key === card.key);
    this.cards = [...old, ...fresh].sort((a, b) => place(a) - place(b));
    if (old.length) this.layOut();
  }

  drop(gone) {
    if (!gone.size) return;
    this.cards = this.cards.filter((card) => !gone.has(card));
    this.layOut();
  }

  /** The tabs and messages anew, after some have come or gone. */
  layOut() {
    this.tabs.element.replaceChildren();
    this.cards.forEach((card, index) => this.tabs.add(card, index));
    this.messages.replaceChildren(this.tabs.element, ...this.cards.map((card) => card.element));
    this.busy(Boolean(this.running));
    if (this.cards.length) this.select(Math.min(this.active, this.cards.length - 1));
  }

  showEmpty() {
    this.messages.replaceChildren(...(this.empty ? [this.empty] : []));
    document.documentElement.classList.remove("has-draft");
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

  used() {
    markUsed(this.cards[this.active]?.state.evidence ?? []);
  }

  /** A missing fact was given: it goes to the panel as if typed there, and what depends on it is written again. */
  async told({ field, value, kinds, everything }) {
    const fields = this.sheet.form.elements[field];
    const target = fields instanceof RadioNodeList ? [...fields].at(-1) : fields;
    if (target) target.value = value;
    await this.sheet.ask();
    while (this.running) await this.finished; // what is being written now was asked for without it
    if (everything || !this.cards.length) return this.draft();
    const depending = this.cards.filter((card) => kinds.includes(card.made.kind));
    const own = depending.filter((card) => card.state.written === "you");
    const say = own.length ? "Added. What you edited yourself stays as it is." : "Added, and written again where it matters.";
    return this.changes.redraftAll(depending.filter((card) => !own.includes(card)), say);
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

  /** A word to the reader; `undo` puts a way back beside it and leaves time to take it. */
  say(words, undo = null) {
    const toast = document.getElementById("toast");
    toast.textContent = words;
    if (undo) {
      const back = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: "Undo" });
      back.addEventListener("click", undo);
      toast.append(back);
    }
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.hidden = true), undo ? 12_000 : 5000);
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

  clear(bringBack) {
    this.running?.abort();
    this.cards = [];
    this.previous = null;
    this.facts = null;
    this.asks.clear();
    this.problem(null);
    this.showEmpty();
    this.busy(false);
    this.say("Cleared. Nothing of it is left in this browser.", () => {
      bringBack();
      location.reload();
    });
  }
}

/** After a refusal or an offer a letter is whole without a word about the interview; a LinkedIn note never is. */
const isAboutTheTalk = (kind, application) => kind === "linkedin" || !application || (application.took_place && ["waiting", "answered"].includes(application.state));

const label = (made) => `${KIND_NAMES[made.kind]}${made.recipient?.name ? ` to ${made.recipient.name}` : ""}`;

const progress = ({ step, recipient }) => {
  const name = typeof recipient === "string" ? recipient : recipient?.name;
  return step === "checking" ? "Checking every line against your notes…" : `Writing${name ? ` for ${calledName(name)}` : ""}…`;
};
