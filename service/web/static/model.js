// Which model reads the notes, and how far it has come.

import { getJson } from "./calls.js";

const WORDS = {
  ready: (m) => m.name ?? "Ready",
  loading: () => "Model is waking up",
  downloading: (m) => `Model is arriving${m.percent === null ? "" : `, ${m.percent} %`}`,
  failed: (m) => (m.remote ? "Model does not answer" : "Model could not start"),
  outline: () => "Writing without a model",
};
const READER = {
  ready: (m) => (m.remote ? `Your notes are read by ${m.name}, which your operator has set up.` : `Your notes are read by ${m.name}, on the machine that runs Afterword.`),
  failed: (m) => `${m.detail || "The model could not start."} Until then, drafts hold the frame of a message.`,
  outline: () => "No language model reads your notes: drafts hold the frame of a message, and the points to add.",
};
const AT_REST = new Set(["ready", "outline"]);
const SOON = new Set(["loading", "downloading"]);
const MEANWHILE = () => "Your notes are understood already. A draft begins by itself when the model is here.";

export class ModelState {
  constructor(pill, reader) {
    this.pill = pill;
    this.reader = reader;
    this.state = "unknown";
  }

  async watch() {
    try {
      this.show(await getJson("/model"));
    } catch {
      this.show({ state: "unknown" }); // the service is not reachable: the pill says nothing rather than something old
    }
    if (!AT_REST.has(this.state)) setTimeout(() => this.watch(), SOON.has(this.state) ? 2000 : 10_000);
    else if (this.remote) setTimeout(() => this.watch(), 30_000); // an endpoint elsewhere can fail at any time
  }

  show(model) {
    this.state = model.state;
    this.remote = Boolean(model.remote);
    this.pill.dataset.state = model.state;
    setText(this.pill.querySelector(".words"), WORDS[model.state]?.(model) ?? "");
    setText(this.reader, model.state === "unknown" ? "" : (READER[model.state] ?? MEANWHILE)(model));
  }
}

// A live region is read out whenever it is set, so it is set only when it changes.
const setText = (element, text) => element.textContent !== text && (element.textContent = text);
