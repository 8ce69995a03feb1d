// Small pieces of the page: elements made of words, and numbers as people say them.

/** An element with `properties`; `children` are elements or text, and nothing is read as markup. */
export function make(tag, properties = {}, ...children) {
  const { role, label, data = {}, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  if (role) element.setAttribute("role", role);
  if (label) element.setAttribute("aria-label", label);
  Object.assign(element.dataset, data);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const button = (words, pressed, className = "button small", label = "") => {
  const made = make("button", { type: "button", className, textContent: words, label });
  made.addEventListener("click", () => pressed(made));
  return made;
};

/** Puts `children` in the place of what is there, and the focus back on the control of the same `data-focus`. */
export function replace(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  element.replaceChildren(...children);
  if (focused) element.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export const many = (count, one, more = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

export function duration(seconds) {
  if (seconds < 90) return many(Math.max(1, Math.round(seconds)), "second");
  if (seconds < 5400) return many(Math.round(seconds / 60), "minute");
  return many(Math.round(seconds / 3600), "hour");
}

export const STATES = { waiting: "Waiting", in_hand: "Being written", done: "Done", failed: "Failed", cancelled: "Cancelled" };

export const chip = (state, words) => make("span", { className: `status state-${state}`, textContent: words });
