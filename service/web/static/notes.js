// The left sheet: notes in, by pasting, dropping, opening or answering; what was understood; what to write.

import { postFile, Problem, ROOT } from "./calls.js";
import { charCount, localNow } from "./text.js";
import { clearKept, keep, kept } from "./keeping.js";
import { EXAMPLE } from "./example.js";

const MOST = 20_000;
const READ_HERE = /\.(txt|md)$/i;
// Fields that the server puts into the panel: they come back with it and are kept until it is there.
const IN_PANEL = /^(person_|item|kept$|candidate|company|role|interview_|decision_date|since)/;
const PAUSE_MS = 250; // without a key: short enough to be felt as at once, and longer than the gap between two keys

export class NotesSheet extends EventTarget {
  constructor(form) {
    super();
    this.form = form;
    this.notes = form.elements.notes;
    this.understoodFor = null;
    this.waiting = 0;
    this.typing();
    this.files();
    this.answers();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.dispatchEvent(new Event("draft"));
    });
    document.getElementById("example").addEventListener("click", () => this.fill(EXAMPLE));
    document.getElementById("clear").addEventListener("click", () => this.clear());
    form.addEventListener("click", (event) => event.target.dataset.me && this.isMe(event.target.dataset.me));
  }

  get panel() {
    return document.getElementById("understood");
  }

  /** What the candidate states beside the notes, as the server worked it out. */
  get given() {
    return JSON.parse(this.panel.dataset.given || "{}");
  }

  get text() {
    return this.notes.value;
  }

  choices() {
    const data = new FormData(this.form);
    return {
      kinds: data.getAll("kinds"),
      tone: data.get("tone"),
      length: data.get("length"),
      linkedin_limit: Number(data.get("linkedin_limit")),
    };
  }

  typing() {
    this.notes.addEventListener("input", () => {
      this.count();
      this.say("");
      this.later(PAUSE_MS);
    });
    this.form.addEventListener("input", (event) => {
      if (IN_PANEL.test(event.target.name)) this.changed = true; // asked about once the field is left, or before a draft
    });
    this.form.addEventListener("change", (event) => {
      keep({ form: this.pairs() });
      if (IN_PANEL.test(event.target.name)) this.later(0);
    });
    document.body.addEventListener("htmx:configRequest", (event) => {
      event.detail.parameters.set?.("now", localNow()) ?? (event.detail.parameters.now = localNow());
    });
    document.body.addEventListener("htmx:beforeSwap", () => this.beforeSwap());
    document.body.addEventListener("htmx:afterSwap", () => this.afterSwap());
    document.body.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.requestConfig?.path !== `${ROOT}/understood` || this.replacing) return;
      if (event.detail.xhr?.status === 403) this.say("This page has been open too long. Reload it; your notes are kept.");
      this.answered(event.detail.successful);
    });
    this.count();
  }

  beforeSwap() {
    this.wasOpen = this.panel.querySelector("details")?.open;
    const { id, value, type, defaultValue } = document.activeElement;
    this.typed = this.panel.contains(document.activeElement) && type === "text" && value !== defaultValue ? { id, value } : null;
  }

  /** On a phone the panel begins folded; once opened by hand it stays as it was left. What was typed meanwhile stays too. */
  afterSwap() {
    const details = this.panel.querySelector("details");
    if (details) details.open = this.wasOpen ?? matchMedia("(min-width: 40rem)").matches;
    const field = this.typed && document.getElementById(this.typed.id);
    if (!field || field.value === this.typed.value) return;
    field.value = this.typed.value;
    field.setSelectionRange(field.value.length, field.value.length);
    this.changed = true;
  }

  /** One of those in the notes is the candidate. */
  isMe(name) {
    this.set("candidate", name);
    this.ask();
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
    this.changed = true;
  }

  ask() {
    clearTimeout(this.timer);
    this.changed = false;
    keep({ form: this.pairs() });
    this.asked = this.text;
    this.answer ??= new Promise((resolve) => (this.resolve = resolve));
    this.replacing = true; // a request that is given up for this one ends within the next line, and answers nothing
    document.body.dispatchEvent(new Event("understand"));
    this.replacing = false;
    return this.answer;
  }

  answered(successful) {
    if (successful) this.understoodFor = this.asked;
    keep({ form: this.pairs() });
    this.resolve?.(successful);
    this.answer = this.resolve = null;
    this.dispatchEvent(new Event("understood"));
  }

  /** Resolves when the panel speaks of the notes and of every correction as they now are, also of one made a moment ago. */
  async upToDate() {
    if (this.answer && !this.changed) await this.answer;
    if (this.changed || this.understoodFor !== this.text) await Promise.race([this.ask(), new Promise((r) => setTimeout(r, 4000))]);
  }

  count() {
    const count = charCount(this.text);
    const shown = document.getElementById("notes-count");
    shown.textContent = `${count.toLocaleString("en")} of 20,000`;
    shown.classList.toggle("over", count > MOST);
    document.getElementById("clear").disabled = !count && !document.documentElement.classList.contains("has-draft");
  }

  fill(text) {
    const over = text.length - MOST;
    this.notes.value = text.slice(0, MOST);
    this.show("paste");
    this.count();
    this.say(over > 0 ? `The text was ${over.toLocaleString("en")} characters too long; its end was left out.` : "");
    this.ask();
    this.notes.setSelectionRange(0, 0);
    this.notes.scrollTop = 0;
  }

  say(words) {
    document.getElementById("notes-problem").textContent = words;
  }

  files() {
    const drop = document.getElementById("paste");
    document.getElementById("file").addEventListener("change", (event) => {
      this.open(event.target.files[0]);
      event.target.value = "";
    });
    for (const name of ["dragover", "dragleave", "drop"]) {
      document.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name === "drop") this.open(event.dataTransfer.files[0]);
      });
    }
  }

  async open(file) {
    if (!file) return;
    try {
      const local = READ_HERE.test(file.name) && file.size < 2_000_000;
      this.fill(local ? await file.text() : (await postFile("/notes/import", file, this.form.elements.csrf.value)).text);
    } catch (error) {
      this.say(error instanceof Problem ? error.detail : "The file could not be opened. Copy its text and paste it instead.");
    }
  }

  answers() {
    for (const button of document.querySelectorAll("[data-mode]")) button.addEventListener("click", () => this.show(button.dataset.mode, true));
    document.getElementById("use-answers").addEventListener("click", () => {
      const notes = this.reflection();
      if (notes) this.fill(notes);
      else document.getElementById("reflect-talked").focus();
    });
  }

  reflection() {
    const fields = [...document.querySelectorAll("#reflect textarea")].filter((f) => f.value.trim());
    return fields.map((f) => `${f.dataset.heading}\n${f.value.trim()}`).join("\n\n");
  }

  show(mode, focus = false) {
    const reflect = mode === "reflect";
    for (const button of document.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    document.getElementById("reflect").open = reflect;
    document.getElementById("paste").hidden = reflect;
    if (focus) (reflect ? document.getElementById("reflect-talked") : this.notes).focus();
  }

  set(name, value) {
    const field = this.form.elements[name];
    if (!field) return false;
    field.value = value;
    return true;
  }

  pairs() {
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && name !== "csrf" && name !== "now");
  }

  restore() {
    const pairs = kept().form ?? [];
    const values = new Map();
    for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of this.form.elements) {
      if (!values.has(field.name) || field.type === "hidden") {
        if (field.type === "checkbox" && field.name === "kinds" && pairs.length) field.checked = false;
      } else if (["checkbox", "radio"].includes(field.type)) field.checked = values.get(field.name).includes(field.value);
      else field.value = values.get(field.name)[0];
    }
    this.count();
    if (!this.text.trim()) return;
    for (const [name, value] of pairs.filter(([n]) => IN_PANEL.test(n))) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      this.panel.append(field);
    }
    this.ask();
  }

  clear() {
    const bringBack = clearKept();
    this.form.reset();
    this.notes.value = "";
    for (const field of document.querySelectorAll("#reflect textarea")) field.value = "";
    this.panel.replaceChildren();
    this.panel.dataset.given = "{}";
    this.wasOpen = undefined;
    this.show("paste", true);
    this.say("");
    this.dispatchEvent(new CustomEvent("cleared", { detail: bringBack }));
    this.count();
    this.ask();
  }
}
