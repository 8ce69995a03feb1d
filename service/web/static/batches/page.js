// The page for batches, put together: a file in, batches live, one of them open.

import { getJson, Problem, sendFile } from "../calls.js";
import { Items } from "./items.js";
import { Listing } from "./listing.js";
import { make } from "./parts.js";

const OFTEN_MS = 1500;
const SELDOM_MS = 15_000;

document.documentElement.classList.add("scripted");

class Page {
  constructor() {
    this.listing = new Listing(document.getElementById("batches"), this);
    this.items = new Items(document.getElementById("batch"), this);
    this.upload = document.getElementById("upload");
    this.takeFiles();
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    addEventListener("hashchange", () => this.follow());
    addEventListener("beforeunload", (event) => this.items.unsaved && event.preventDefault());
  }

  takeFiles() {
    const input = document.getElementById("file");
    input.addEventListener("change", () => {
      if (input.files[0]) this.send(input.files[0]);
      input.value = "";
    });
    for (const name of ["dragover", "dragleave", "drop"]) {
      this.upload.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        this.upload.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files[0]) this.send(event.dataTransfer.files[0]);
      });
    }
  }

  async send(file) {
    const told = document.getElementById("webhook");
    if (told && !told.reportValidity()) return;
    const sending = document.getElementById("sending");
    const lines = /\.(jsonl|ndjson|json)$/i.test(file.name);
    const name = file.name.replace(/\.[^.]+$/, "").slice(0, 120);
    sending.querySelector(".words").textContent = `Sending ${file.name}…`;
    sending.hidden = false;
    await this.trying(async () => {
      const headers = { "Content-Type": lines ? "application/jsonl" : "text/csv", "Idempotency-Key": keyOf() };
      if (told?.value) headers["Webhook-Url"] = new URL(told.value).href;
      const batch = await sendFile(`/batches?${new URLSearchParams({ name })}`, file, headers);
      this.say(`Taken: ${batch.total} items.`);
      await this.listing.refresh();
      await this.open(batch.id, true);
    });
    sending.hidden = true;
  }

  /** Which batch is open stands in the address, so that it can be gone back to and sent to a colleague. */
  async open(id, moves) {
    if (location.hash === `#${id}`) return this.follow(moves);
    this.moves = moves;
    location.hash = id;
  }

  async follow(moves = this.moves) {
    const id = location.hash.slice(1);
    this.moves = false;
    if (id === (this.items.batch?.id ?? "")) return moves ? this.toBatch() : undefined;
    if (this.items.unsaved && !(await this.sure("Leave without saving?", "A message was changed and not saved.", "Leave it unsaved"))) {
      return history.replaceState(null, "", `#${this.items.batch.id}`);
    }
    this.listing.opened = id || null;
    if (!id) this.items.close();
    else await this.trying(async () => this.items.open(await getJson(`/batches/${encodeURIComponent(id)}`)));
    this.listing.show();
    if (moves) this.toBatch();
  }

  toBatch() {
    document.getElementById("batch-title")?.focus({ preventScroll: true });
    document.getElementById("batch").scrollIntoView({ block: "start" });
  }

  close() {
    const { id } = this.items.batch;
    location.hash = "";
    setTimeout(() => document.querySelector(`[data-focus="open-${id}"]`)?.focus());
  }

  deleted(id) {
    if (this.items.batch?.id !== id) return;
    this.items.close();
    this.listing.opened = null;
    history.replaceState(null, "", location.pathname);
  }

  /** Does `work`; what goes wrong is said on the page, and then everything is looked at again. */
  async trying(work) {
    this.problem(null);
    try {
      await work();
    } catch (error) {
      this.problem(error);
    }
    await this.look();
  }

  /** Looks at what has changed, and again later: often while something is going on. */
  async look() {
    clearTimeout(this.timer);
    try {
      await this.listing.refresh();
      if (this.items.batch) await this.items.refresh();
    } catch (error) {
      if (!document.querySelector("#problem:not([hidden])")) this.problem(error);
    }
    clearTimeout(this.timer);
    if (!document.hidden) this.timer = setTimeout(() => this.look(), this.listing.going ? OFTEN_MS : SELDOM_MS);
  }

  problem(error) {
    const box = document.getElementById("problem");
    box.hidden = !error;
    if (!error) return;
    if (!(error instanceof Problem)) console.error(error);
    box.querySelector(".title").textContent = error instanceof Problem ? error.title : "Something went wrong on this page";
    box.querySelector(".detail").textContent = error instanceof Problem ? error.detail : "Reload it; what was saved is kept.";
    const faults = (error.faults ?? []).slice(0, 10);
    box.querySelector(".faults").replaceChildren(...faults.map((f) => make("li", { textContent: `Line ${f.line}: ${f.pointer ? `${f.pointer.slice(1)}: ` : ""}${f.detail}` })));
    box.scrollIntoView({ block: "nearest" });
  }

  say(words) {
    const toast = document.getElementById("toast");
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.hidden = true), 5000);
  }

  announce(words) {
    document.getElementById("said").textContent = words;
  }

  /** Whether the person says yes. */
  sure(title, words, yes) {
    const dialog = document.getElementById("sure");
    document.getElementById("sure-title").textContent = title;
    document.getElementById("sure-words").textContent = words;
    dialog.querySelector('[value="yes"]').textContent = yes;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((tell) => dialog.addEventListener("close", () => tell(dialog.returnValue === "yes"), { once: true }));
  }
}

/** One upload, one key. Where the page is not on a safe address, browsers have no randomUUID. */
const keyOf = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const page = new Page();
await page.look();
await page.follow();
