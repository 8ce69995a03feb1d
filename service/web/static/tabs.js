// The row of messages: one tab for each, walked along with the arrow keys.

import { KIND_NAMES } from "./card.js";

export class Tabs {
  constructor(choose) {
    this.choose = choose;
    this.element = Object.assign(document.createElement("div"), { className: "tabs" });
    this.element.setAttribute("role", "tablist");
    this.element.setAttribute("aria-label", "Messages");
    this.element.addEventListener("keydown", (event) => this.arrow(event));
  }

  add(card, index) {
    const tab = Object.assign(document.createElement("button"), { type: "button", className: "tab", id: `tab-${index}` });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", `message-${index}`);
    tab.append(
      Object.assign(document.createElement("b"), { textContent: KIND_NAMES[card.made.kind] }),
      Object.assign(document.createElement("small"), { textContent: card.made.recipient?.name ?? "to whoever you met" }),
    );
    tab.addEventListener("click", () => this.choose(index));
    card.tab = tab;
    card.element.id = `message-${index}`;
    card.element.setAttribute("aria-labelledby", tab.id);
    this.element.append(tab);
  }

  show(cards, chosen) {
    for (const [index, { tab, element }] of cards.entries()) {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      element.hidden = index !== chosen;
    }
  }

  arrow(event) {
    const tabs = [...this.element.children];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step && (tabs.indexOf(event.target) + step + tabs.length) % tabs.length;
    if (to === undefined) return;
    event.preventDefault();
    this.choose(to);
    tabs[to].focus();
  }
}
