// Every batch with how far it is, and what can be done about it as a whole.

import { getJson, postJson, remove, ROOT } from "../calls.js";
import { button, chip, duration, make, many, replace } from "./parts.js";

const STATES = { loading: "Loading", waiting: "Waiting", running: "Running", finished: "Finished", cancelled: "Cancelled" };
const isGoing = (batch) => ["loading", "waiting", "running"].includes(batch.state);

export class Listing {
  /** `page` says things, asks whether one is sure, and opens a batch. */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.batches = [];
    this.opened = null;
  }

  async refresh() {
    this.batches = (await getJson("/batches")).batches;
    this.show();
    return this.batches;
  }

  get going() {
    return this.batches.some(isGoing);
  }

  show() {
    if (!this.batches.length) return replace(this.element, make("p", { className: "hint", textContent: "There are no batches yet." }));
    replace(this.element, ...this.batches.map((batch) => this.row(batch)));
  }

  row(batch) {
    const name = batch.name || "Without a name";
    const ended = batch.done + batch.failed + batch.cancelled;
    const heading = make("h2", { id: `name-${batch.id}`, textContent: name });
    const bar = make("progress", { max: Math.max(1, batch.total), value: ended, label: `${name}: ${ended} of ${batch.total} finished` });
    const row = make(
      "article",
      { className: "card batch" },
      make("div", { className: "row spread" }, heading, chip(batch.state, STATES[batch.state])),
      bar,
      make("p", { className: "hint counts" }, counts(batch)),
      make("p", { className: "hint" }, pace(batch)),
      this.acts(batch, name),
    );
    row.setAttribute("aria-labelledby", heading.id);
    row.classList.toggle("open", batch.id === this.opened);
    return row;
  }

  acts(batch, name) {
    const act = (words, what, focus) => {
      const made = button(words, what, "button small", `${words}: ${name}`);
      made.dataset.focus = `${focus}-${batch.id}`;
      return made;
    };
    const mails = make("a", { className: "button small", href: `${ROOT}/batches/${batch.id}/mails.zip`, textContent: "Download the mails", label: `Download the mails: ${name}`, download: "", data: { focus: `mails-${batch.id}` } });
    return make(
      "div",
      { className: "row acts" },
      act("Open", () => this.page.open(batch.id, true), "open"),
      batch.done ? mails : null,
      batch.failed && batch.state !== "loading" ? act(`Retry ${many(batch.failed, "failed item")}`, () => this.retry(batch), "retry") : null,
      isGoing(batch) && batch.state !== "loading" ? act("Cancel", () => this.cancel(batch, name), "cancel") : null,
      act("Delete", () => this.delete(batch, name), "delete"),
    );
  }

  async retry(batch) {
    await this.page.trying(async () => {
      const { again } = await postJson(`/batches/${batch.id}/retry`, {});
      this.page.say(`${many(again, "item")} will be asked for again.`);
    });
  }

  async cancel(batch, name) {
    if (!(await this.page.sure(`Cancel “${name}”?`, "What is done stays. What is not will never be written.", "Cancel the batch"))) return;
    await this.page.trying(async () => {
      await postJson(`/batches/${batch.id}/cancel`, {});
      this.page.say("Cancelled. What was done is still here.");
    });
  }

  async delete(batch, name) {
    if (!(await this.page.sure(`Delete “${name}”?`, "Its notes and messages, corrections too, are gone for good.", "Delete it"))) return;
    await this.page.trying(async () => {
      await remove(`/batches/${batch.id}`);
      this.page.deleted(batch.id);
      this.page.say("Deleted.");
    });
  }
}

function counts(batch) {
  const parts = [["done", batch.done], ["being written", batch.in_hand], ["waiting", batch.waiting], ["failed", batch.failed], ["cancelled", batch.cancelled]];
  return `${many(batch.total, "item")}: ${parts.filter(([, n]) => n).map(([words, n]) => `${n.toLocaleString("en")} ${words}`).join(", ") || "none yet"}`;
}

function pace(batch) {
  const parts = [];
  if (batch.per_minute) parts.push(`${batch.per_minute.toLocaleString("en", { maximumFractionDigits: 0 })} a minute`);
  if (batch.seconds_left) parts.push(`about ${duration(batch.seconds_left)} left`);
  const { calls, prompt_tokens, completion_tokens } = batch.usage;
  if (calls) parts.push(`${many(calls, "call")} to the model, ${many(prompt_tokens + completion_tokens, "token")}`);
  if (batch.expires_at) parts.push(`kept until ${new Date(batch.expires_at).toLocaleDateString("en-GB", { day: "numeric", month: "long" })}`);
  return parts.join(" · ");
}
