// Facts that the notes do not hold, asked for one line each. What depends on an answer is written again, and nothing else.

const AT_ONCE = 3;
const EVERY = ["thank_you", "check_in", "linkedin"];
const ASKS = {
  candidate: { words: "What is your name, for the signature?", field: "candidate", kinds: EVERY },
  company: { words: "Which company was it?", field: "company", kinds: EVERY },
  role: { words: "Which role was it for?", field: "role", kinds: EVERY },
  interviewer: { words: "Who did you speak with?", field: "person_name", kinds: EVERY, everything: true },
  interview_at: { words: "Which day was the interview?", field: "interview_day", type: "date", kinds: EVERY },
  decision_date: { words: "When do they decide?", field: "decision_date", type: "date", kinds: ["check_in", "thank_you"] },
};

/** Tells 'told' with {field, value, kinds, everything} for each answer. */
export class Asks extends EventTarget {
  constructor(list) {
    super();
    this.list = list;
    this.answered = new Set();
  }

  /** Asks for what is missing now; what is half typed into a line that stays is left alone. */
  show(missing) {
    const wanted = missing.filter((name) => ASKS[name] && !this.answered.has(name)).slice(0, AT_ONCE);
    for (const line of [...this.list.children]) if (!wanted.includes(line.dataset.fact)) line.remove();
    for (const name of wanted) if (!this.list.querySelector(`[data-fact="${name}"]`)) this.list.append(this.line(name));
  }

  clear() {
    this.answered.clear();
    this.list.replaceChildren();
  }

  line(name) {
    const { words, type = "text" } = ASKS[name];
    const line = Object.assign(document.createElement("li"), { className: "ask-line" });
    line.dataset.fact = name;
    const form = Object.assign(document.createElement("form"), { className: "ask" });
    const input = Object.assign(document.createElement("input"), { type, id: `ask-${name}`, required: true, maxLength: 120, autocomplete: "off" });
    const label = Object.assign(document.createElement("label"), { textContent: words, htmlFor: input.id });
    const add = Object.assign(document.createElement("button"), { className: "button small", textContent: "Add" });
    form.append(label, input, add, ...(name === "candidate" ? this.offers(line) : []));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.told(name, input.value.trim(), line);
    });
    line.append(form);
    return line;
  }

  /** Whoever the notes name without a part in the interview may be the candidate: one tap instead of typing. */
  offers(line) {
    return [...document.querySelectorAll("[data-me]")].slice(0, 2).map(({ dataset: { me } }) => {
      const offer = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: `I am ${me}` });
      offer.addEventListener("click", () => this.told("candidate", me, line));
      return offer;
    });
  }

  told(name, value, line) {
    if (!value) return;
    this.answered.add(name);
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    next?.querySelector("input").focus();
    this.dispatchEvent(new CustomEvent("told", { detail: { ...ASKS[name], value } }));
  }
}
