// Messages of the open batch that are nearly the same: named, read side by side, and one of each pair written again.

import { getJson, postJson } from "../calls.js";
import { button, make, many } from "./parts.js";

const MOST = 20; // pairs at first
const nameOf = ({ n, ref }) => ref ?? `Line ${n + 1}`;

export class Alike {
  /** `open` opens an item by its number; `reopen` shows it anew where it is the open one. */
  constructor(page, batch, open, reopen) {
    Object.assign(this, { page, batch, openItem: open, reopen, anew: [] });
    this.found = make("div", { className: "alike-found" });
    this.ask = button("Look for similar messages", () => this.page.trying(() => this.look()));
    this.told = make("span", { className: "hint" });
    this.element = make("div", { className: "alike" }, this.ask, " ", this.told, this.found);
    this.offer();
  }

  get going() {
    return this.batch.state === "waiting" || this.batch.state === "running";
  }

  offer() {
    this.element.hidden = this.batch.done < 2 && !this.anew.length;
    this.ask.disabled = this.going;
    if (this.going) this.counted = null;
    else if (this.batch.done > 1) this.counted ??= this.count();
    if (!this.counted) this.told.textContent = "";
  }

  /** How many pairs there are, said before anybody asks. */
  async count() {
    const { id } = this.batch;
    const { alike } = await getJson(`/batches/${id}`).catch(() => ({}));
    if (id === this.batch.id && this.counted) this.told.textContent = alike ? `${many(alike, "pair")} of messages nearly the same.` : "";
  }

  /** What has changed of the batch; once what was written again is done, everything is compared once more. */
  async follow(batch) {
    const before = this.batch;
    this.batch = batch;
    this.offer();
    if (!this.anew.length || this.going || before.state === batch.state) return;
    await this.look();
    for (const { n } of this.anew) await this.reopen(n);
  }

  async look() {
    const { batch } = this;
    const { compared, found, pairs, truncated } = await getJson(`/batches/${batch.id}/alike`);
    if (batch.id !== this.batch.id) return;
    this.shown = MOST;
    this.pairs = pairs;
    this.show(
      pairs.length
        ? `Nearly the same: ${truncated ? "at least " : ""}${many(found, "pair")} among ${many(compared, "message")}. Whoever gets both would notice.`
        : `No two of ${many(compared, "message")} to one reader or company are nearly the same.`,
    );
  }

  show(words) {
    const redraft = button("Write one of each pair again", () => this.redraft(), "button primary");
    const more = this.pairs.length > this.shown && button(`Show ${Math.min(MOST, this.pairs.length - this.shown)} more`, () => this.longer(words));
    const rows = this.pairs.slice(0, this.shown).map((pair) => this.row(pair));
    this.found.replaceChildren(
      ...[
        this.anew.length > 0 && this.writtenAgain("Written again:", this.anew),
        make("p", { role: "status", textContent: words }),
        rows.length > 0 && make("ul", { className: "pairs", label: "Similar messages" }, ...rows),
        make("div", { className: "row" }, ...[rows.length > 0 && redraft, more].filter(Boolean)),
      ].filter(Boolean),
    );
    this.page.announce(words);
  }

  longer(words) {
    this.shown += MOST;
    this.show(words);
  }

  row(pair) {
    const [one, other] = [nameOf(pair.first), nameOf(pair.second)];
    const [to, too] = pair.recipients;
    const whom = [to === too ? to : [to, too].filter(Boolean).join(" and "), pair.company].filter(Boolean).join(", ");
    const both = make("details", {}, make("summary", { textContent: "Read both" }));
    both.addEventListener("toggle", () => both.open && both.childElementCount === 1 && this.page.trying(() => this.beside(both, pair)));
    return make(
      "li",
      {},
      make("p", {}, make("b", { textContent: one }), " and ", make("b", { textContent: other }), ` are ${Math.round(pair.per_cent)} % the same`, whom && make("span", { className: "hint", textContent: ` · to ${whom}` })),
      both,
    );
  }

  async beside(place, pair) {
    const texts = await Promise.all([pair.first, pair.second].map((one) => this.text(one)));
    place.append(make("div", { className: "beside" }, ...texts));
  }

  async text(one) {
    const { draft } = await getJson(`/batches/${this.batch.id}/items/${one.n}`);
    const body = draft?.messages[one.message]?.body ?? "It is being written again.";
    const open = button(`Open ${nameOf(one)}`, () => this.page.trying(() => this.openItem(one.n)));
    return make("div", {}, make("h3", { textContent: nameOf(one) }), make("pre", { textContent: body, tabIndex: 0, role: "region", label: `Message of ${nameOf(one)}` }), open);
  }

  async redraft() {
    const yes = await this.page.sure("Write one of each pair again?", "It is written from other lines of its notes, and what it has now is gone. Messages corrected by hand stay.", "Write them again");
    if (!yes) return;
    await this.page.trying(async () => {
      const { redrafted, left } = await postJson(`/batches/${this.batch.id}/redraft-alike`, {});
      this.anew = redrafted;
      const stay = left.length ? ` ${many(left.length, "pair")} stay: corrected by hand, or there is nothing else worth telling in the notes.` : "";
      this.found.replaceChildren(
        redrafted.length > 0 ? this.writtenAgain("Being written again:", redrafted) : make("p", { textContent: "Nothing is written again." }),
        make("p", { role: "status", textContent: `${many(redrafted.length, "item")} will be written again.${stay}` }),
      );
      if (redrafted.length) this.batch = { ...this.batch, state: "running" };
    });
  }

  writtenAgain(words, items) {
    const rows = items.map((item) => {
      const open = button(nameOf(item), () => this.page.trying(() => this.openItem(item.n)), "link", `Open ${nameOf(item)}, written again`);
      return make("li", {}, open, make("span", { className: "hint", textContent: ` without ${item.without.map((line) => `“${line.trim()}”`).join(", ")}` }));
    });
    return make("div", {}, make("p", { textContent: words }), make("ul", { className: "anew", label: words }, ...rows));
  }
}
