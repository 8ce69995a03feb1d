// One item: its notes, and its messages to read, correct, copy and save.

import { putJson } from "../calls.js";
import { copyPlain, mailtoLink } from "../sending.js";
import { charCount, wordCount } from "../text.js";
import { button, chip, make, STATES } from "./parts.js";

const KINDS = { thank_you: "Thank-you email", linkedin: "LinkedIn note", check_in: "Check-in" };

export class Item {
  constructor(batchId, data, page) {
    this.n = data.n;
    this.name = data.ref ?? `Line ${data.n + 1}`;
    const messages = data.draft?.messages ?? [];
    this.count = messages.length;
    this.messages = messages.map((message, k) => new Message(`/batches/${batchId}/items/${data.n}/messages/${k}`, message, page, `${data.n}-${k}`));
    const missing = data.draft?.warnings?.map((warning) => make("p", { className: "notice gentle", textContent: warning.detail })) ?? [];
    const notes = make("details", { className: "notes-of", open: !messages.length }, make("summary", { textContent: "The notes" }), make("pre", { textContent: data.notes, tabIndex: 0, role: "region", label: "Notes" }));
    this.element = make(
      "section",
      { className: "card item" },
      make("div", { className: "row spread" }, make("h2", { tabIndex: -1, textContent: this.name }), chip(data.state, STATES[data.state])),
      data.problem && make("p", { className: "notice problem" }, make("b", { className: "title", textContent: data.problem.title }), ` ${data.problem.detail}`),
      ...missing,
      notes,
      ...this.messages.map((message) => message.element),
    );
    this.element.setAttribute("aria-label", this.name);
  }

  get unsaved() {
    return this.messages.some((message) => message.unsaved);
  }
}

class Message {
  constructor(url, message, page, id) {
    this.url = url;
    this.page = page;
    this.message = message;
    this.isNote = message.subject === null;
    this.subject = make("input", { className: "subject", id: `subject-${id}`, value: message.subject ?? "", maxLength: 500 });
    this.body = make("textarea", { className: "body", id: `body-${id}`, value: message.body, maxLength: 10_000, rows: Math.min(24, message.body.split("\n").length + 4) });
    this.counts = make("span", { className: "count" });
    this.found = make("ul", { className: "findings" });
    this.state = make("span", { className: "count", role: "status" });
    this.save = button("Save the correction", () => this.keep(), "button primary");
    this.back = button("Undo", () => this.undo(), "button");
    const whom = message.recipient.name ? `${KINDS[message.kind]} to ${message.recipient.name}` : KINDS[message.kind];
    const field = (words, input) => make("label", { htmlFor: input.id, className: "field" }, make("span", { textContent: words }), input);
    this.mail = make("a", { className: "button small", textContent: "Open in mail" });
    const copies = [
      button("Copy the text", () => this.copy(this.body.value, "Text copied."), "button small"),
      this.isNote ? null : button("Copy the subject", () => this.copy(this.subject.value, "Subject copied."), "button small"),
      this.isNote ? null : this.mail,
    ];
    this.element = make(
      "article",
      { className: "message", label: whom },
      make("h3", { textContent: whom }),
      this.isNote ? null : field("Subject", this.subject),
      field("Message", this.body),
      make("div", { className: "row spread" }, this.counts, this.state),
      this.found,
      make("div", { className: "row" }, this.save, this.back, ...copies),
    );
    for (const input of [this.subject, this.body]) input.addEventListener("input", () => this.show());
    this.show();
  }

  get unsaved() {
    return this.body.value !== this.message.body || (!this.isNote && this.subject.value !== this.message.subject);
  }

  show() {
    const { value } = this.body;
    this.counts.textContent = this.isNote ? `${charCount(value)} characters` : `${wordCount(value)} words`;
    this.save.disabled = !this.unsaved || !value.trim() || (!this.isNote && !this.subject.value.trim());
    this.back.disabled = !this.unsaved;
    this.state.textContent = this.unsaved ? "Not saved yet" : this.message.written_by === "person" ? "Corrected by hand" : "";
    const link = this.isNote ? null : mailtoLink(this.subject.value, value);
    this.mail.hidden = !link;
    if (link) this.mail.href = link;
    const { violations } = this.message.scorecard;
    this.found.replaceChildren(...(this.unsaved ? [] : violations.map((one) => make("li", { textContent: one.detail }))));
  }

  undo() {
    this.body.value = this.message.body;
    this.subject.value = this.message.subject ?? "";
    this.show();
    this.body.focus();
  }

  async keep() {
    await this.page.trying(async () => {
      this.message = await putJson(this.url, { subject: this.isNote ? null : this.subject.value, body: this.body.value });
      this.show();
      this.page.say("Saved. The download has this text now.");
      this.body.focus();
    });
  }

  async copy(text, words) {
    try {
      await copyPlain(text);
      this.page.say(words);
    } catch {
      this.body.select();
      this.page.say("The browser did not allow it. The text is marked: copy it with the keyboard.");
    }
  }
}
