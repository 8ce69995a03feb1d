// One batch, open: who has what, and one item of it to read and to correct.

import { getJson } from "../calls.js";
import { Alike } from "./alike.js";
import { Item } from "./item.js";
import { button, chip, make, many, replace, STATES } from "./parts.js";

const FILTERS = { "": "Everything", ...STATES };
const PAGE = 100;

export class Items {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.batch = null;
    this.state = "";
    this.shown = PAGE;
    this.item = null;
    this.asked = 0;
  }

  async open(batch) {
    this.close();
    this.batch = batch;
    this.lay();
    this.element.hidden = false;
    await this.refresh();
  }

  close() {
    this.batch = null;
    this.item = null;
    this.state = "";
    this.shown = PAGE;
    this.was = "";
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  get unsaved() {
    return Boolean(this.item?.unsaved);
  }

  lay() {
    const choice = make("select", { id: "state" }, ...Object.entries(FILTERS).map(([value, words]) => make("option", { value, textContent: words })));
    choice.addEventListener("change", () => {
      Object.assign(this, { state: choice.value, shown: PAGE });
      this.page.trying(() => this.refresh());
    });
    this.list = make("div", { className: "scroll", tabIndex: 0, role: "region", label: "Items" });
    this.more = make("div", { className: "row" });
    this.place = make("div", { className: "item-place" });
    this.alike = new Alike(this.page, this.batch, (n) => this.openItem(n), (n) => this.reopen(n));
    const close = button("Close", () => this.page.close());
    this.element.replaceChildren(
      make(
        "section",
        { className: "card items" },
        make("div", { className: "row spread" }, make("h2", { id: "batch-title", tabIndex: -1, textContent: this.batch.name || "Without a name" }), close),
        this.alike.element,
        make("label", { className: "hint" }, "Show ", choice),
        this.list,
        this.more,
      ),
      this.place,
    );
  }

  /** The list anew, at the length it had; an open item that may be in the middle of a correction is left alone. */
  async refresh() {
    const { batch, state } = this;
    const turn = ++this.asked;
    const items = [];
    let next = -1;
    while (next !== null && items.length < this.shown) {
      const query = new URLSearchParams({ after: next, limit: PAGE, ...(state && { state }) });
      const page = await getJson(`/batches/${batch.id}/items?${query}`);
      items.push(...page.items);
      next = page.next;
    }
    if (batch !== this.batch || turn !== this.asked) return;
    const as = this.page.listing.batches.find(({ id }) => id === batch.id) ?? batch;
    await this.alike.follow(as);
    if (batch !== this.batch || turn !== this.asked) return;
    const now = JSON.stringify([items, next, this.item?.n]);
    if (now === this.was) return;
    this.was = now;
    this.show(items, next);
  }

  show(items, next) {
    const rows = items.map((item) => this.row(item));
    const head = make("tr", {}, ...["Item", "For", "To", "State"].map((words) => make("th", { scope: "col", textContent: words })));
    const table = make("table", {}, make("caption", { className: "unseen", textContent: "Items of the batch" }), make("thead", {}, head), make("tbody", {}, ...rows));
    replace(this.list, items.length ? table : make("p", { className: "hint", textContent: "There are none." }));
    const more = next === null ? [] : [button(`Show ${PAGE} more`, () => this.longer())];
    for (const each of more) each.dataset.focus = "more";
    replace(this.more, ...more);
  }

  row(item) {
    const name = item.ref ?? `Line ${item.n + 1}`;
    const open = button(name, () => this.page.trying(() => this.openItem(item.n)), "link", `Open ${name}`);
    open.dataset.focus = `item-${item.n}`;
    if (this.item?.n === item.n) open.setAttribute("aria-current", "true");
    const to = item.recipients.join(", ");
    const company = item.company && `${to ? ", " : ""}${item.company}`;
    const problem = item.problem && make("span", { className: "why", textContent: item.problem });
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, open),
      make("td", {}, item.candidate ?? "–"),
      make("td", {}, to || company ? `${to}${company ?? ""}` : "–"),
      make("td", {}, chip(item.state, STATES[item.state]), item.corrected ? " " : null, item.corrected ? chip("corrected", "Corrected") : null, problem),
    );
  }

  longer() {
    this.shown += PAGE;
    return this.page.trying(() => this.refresh());
  }

  /** The item as it is now, where it is open and nothing that was typed would be lost. */
  async reopen(n) {
    if (this.item?.n !== n || this.unsaved) return;
    const data = await getJson(`/batches/${this.batch.id}/items/${n}`);
    if (this.item?.n !== n || this.unsaved) return;
    this.item = new Item(this.batch.id, data, this.page);
    this.place.replaceChildren(this.item.element);
  }

  async openItem(n) {
    if (this.unsaved && !(await this.page.sure("Leave without saving?", "A message was changed and not saved.", "Leave it unsaved"))) return;
    const batch = this.batch;
    const data = await getJson(`/batches/${batch.id}/items/${n}`);
    if (batch !== this.batch) return;
    this.item = new Item(batch.id, data, this.page);
    this.place.replaceChildren(this.item.element);
    this.item.element.querySelector("h2").focus();
    this.page.announce(`${this.item.name}, ${many(this.item.count, "message")}`);
    await this.refresh();
  }
}
