// What this browser remembers until 'Clear': the notes, the choices and the drafts. Nothing of it is on the server.

const KEY = "afterword.v1";
let state = null;
let timer = 0;

export function kept() {
  if (state) return state;
  try {
    state = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    state = {}; // storage is switched off or holds something else: the page works without
  }
  return state;
}

export function keep(part) {
  Object.assign(kept(), part);
  clearTimeout(timer);
  timer = setTimeout(write, 250);
}

/** Forgets everything, and returns what brings it back: it lives in this page's memory alone. */
export function clearKept() {
  clearTimeout(timer);
  const before = kept();
  state = {};
  try {
    localStorage.removeItem(KEY);
  } catch {
    // storage is switched off: there is nothing to remove
  }
  return () => {
    state = before;
    write();
  };
}

function write() {
  clearTimeout(timer);
  if (!state || !Object.keys(state).length) return;
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // full or switched off: the page goes on without a memory
  }
}

addEventListener("pagehide", write);
