// Calls to the service. EventSource can only GET, and notes do not belong in a URL, so the stream is read by fetch.

export class Problem extends Error {
  constructor(title, detail, { type = "", status = 0, again = true, faults = [] } = {}) {
    super(detail || title);
    Object.assign(this, { title, detail, type, status, again, faults });
  }
}

const BY_STATUS = {
  403: ["This page has been open too long", "Reload it. Your notes are kept in this browser."],
  413: ["That is too long", "Keep the part about this interview, at most 20,000 characters."],
  429: ["A little too fast", "Wait a moment, then try again."],
  502: ["The model gave no usable answer", "Try again. If it happens twice, the outline can still write for you."],
  503: ["The model is not ready yet", "Give it a minute, then try again."],
  504: ["The model took too long", "Try again, or ask for fewer messages at once."],
};
// Repeating the same request cannot help with these.
const NEEDS_A_CHANGE = new Set(["notes-unusable", "notes-too-long", "unsupported-language", "dates-contradict", "invalid-request", "unknown-prompt"]);

export function asProblem(data, status = 0) {
  const [title, detail] = BY_STATUS[status] ?? ["Something went wrong", "Your notes are safe. Try again in a moment."];
  const type = String(data?.type ?? "").split("/").pop().split(":").pop();
  return new Problem(data?.title || title, data?.detail || detail, { type, status: status || data?.status, again: !NEEDS_A_CHANGE.has(type), faults: data?.errors ?? [] });
}

// A proxy may have put the service under a path of its own, which the page was told.
export const ROOT = globalThis.document?.querySelector('meta[name="afterword-root"]')?.content ?? "";

async function send(url, options) {
  let answer;
  try {
    answer = await fetch(ROOT + url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("Afterword cannot be reached", "Check your connection and try again. Nothing you typed is lost.");
  }
  if (answer.ok) return answer;
  throw asProblem(await answer.json().catch(() => null), answer.status);
}

const asJson = (body, accept = "application/json", signal = undefined) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", Accept: accept },
  body: JSON.stringify(body),
  signal,
});

export const postJson = async (url, body, signal) => (await send(url, asJson(body, "application/json", signal))).json();

export const postForFile = async (url, body) => (await send(url, asJson(body, "*/*"))).blob();

export const putJson = async (url, body) => (await send(url, { ...asJson(body), method: "PUT" })).json();

export const remove = (url) => send(url, { method: "DELETE" });

/** A file as it is; `headers` go with it. */
export const sendFile = async (url, file, headers) => (await send(url, { method: "POST", headers, body: file })).json();

export const getJson = async (url) => (await send(url, { headers: { Accept: "application/json" } })).json();

export async function postFile(url, file, csrf) {
  const form = new FormData();
  form.append("file", file);
  return (await send(url, { method: "POST", body: form, headers: { "X-CSRF-Token": csrf } })).json();
}

/** The events of one draft, in order. Ends early, with the connection closed, when `signal` aborts. */
export async function* draftEvents(body, signal) {
  const answer = await send("/draft", asJson(body, "text/event-stream", signal));
  let last = "";
  for await (const event of parseEvents(answer.body.pipeThrough(new TextDecoderStream()))) {
    last = event.name;
    if (event.name === "error") throw asProblem(event.data, event.data?.status);
    yield event;
  }
  if (last !== "done") throw new Problem("The connection broke off", "What had arrived is kept. Try again for the rest.");
}

export async function* parseEvents(stream) {
  const reader = stream.getReader();
  let buffer = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value.replaceAll("\r", "");
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop();
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // the stream may be closed or aborted already
  }
}

function parseBlock(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}
