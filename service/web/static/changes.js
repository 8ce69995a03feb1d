// Changing messages that are there: everything goes through POST /draft, so that a changed message has passed the same checks.

import { draftEvents, Problem } from "./calls.js";
import { overlaps, sentences, spanInUnits } from "./text.js";

const TONES = ["warm", "neutral", "formal"];
const NO_SUCH_MESSAGE = ["Nothing new could be written", "The notes no longer lead to this message. Write them all again."];

export class Changes {
  constructor(desk) {
    this.desk = desk;
  }

  ask(card, what) {
    const at = TONES.indexOf(card.made.tone);
    if (what === "shorter") return this.redraft(card, { length: "short" });
    if (what === "warmer") return this.redraft(card, { tone: TONES[Math.max(0, at - 1)] });
    if (what === "formal") return this.redraft(card, { tone: TONES[Math.min(TONES.length - 1, at + 1)] });
    if (what === "another") return this.another(card);
    return this.rewrite(card);
  }

  redraft(card, other) {
    return this.desk.run(async (signal) => {
      card.working("Writing it anew…");
      const made = { ...card.made, ...other };
      const { message, items } = await this.oneMessage(made, signal);
      const same = message.body === card.state.body;
      card.made = made;
      if (!same) card.finish(message, items, { asStep: true });
      this.desk.say(same ? "It comes out the same: your notes leave no other way to say it." : "Done. Undo brings the last version back.");
    }, () => this.redraft(card, other));
  }

  /** All of `cards` in as few requests as their choices allow; each is there as soon as it is written. */
  redraftAll(cards, say) {
    return this.desk.run(async (signal) => {
      for (const card of cards) card.working("Writing it anew…");
      for (const alike of Map.groupBy(cards, (card) => choicesOf(card.made)).values()) await this.redraftAlike(alike, signal);
      this.desk.say(say);
    }, () => this.redraftAll(cards, say));
  }

  async redraftAlike(cards, signal) {
    const kinds = [...new Set(cards.map((card) => card.made.kind))];
    const gone = new Set(cards);
    let items = new Map();
    for await (const { name, data } of draftEvents({ ...this.requestFor(cards[0].made), kinds }, signal)) {
      if (name === "facts") {
        items = itemsOf(data);
        this.desk.tookFacts(data.facts ?? data);
      }
      const message = name === "message" ? (data.message ?? data) : null;
      const card = message && cards.find((c) => c.made.kind === message.kind && isTo(message, c.made));
      card?.finish(message, items, { asStep: true });
      gone.delete(card);
    }
    this.desk.drop(gone); // the answer says that nobody is to be written to here: it was the candidate's own name
  }

  /** The message of this card, drafted again beside the others of its kind, so that no two readers get the same. */
  async oneMessage(made, signal) {
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort());
    let items = new Map();
    try {
      for await (const { name, data } of draftEvents(this.requestFor(made), stop.signal)) {
        if (name === "facts") items = itemsOf(data);
        const message = name === "message" ? (data.message ?? data) : null;
        if (message && isTo(message, made)) return { message, items };
      }
    } finally {
      stop.abort();
    }
    throw new Problem(...NO_SUCH_MESSAGE);
  }

  requestFor(made) {
    const { given } = this.desk.sheet;
    const corrections = [...(given.corrections ?? []).filter((c) => !made.avoid.some((a) => overlaps(a, c))), ...made.avoid];
    return this.desk.request({
      kinds: [made.kind],
      tone: made.tone,
      length: made.length,
      linkedin_limit: made.limit,
      ...(corrections.length ? { corrections } : {}),
    });
  }

  another(card) {
    const { desk } = this;
    if (card.isUnwritten()) return this.redraft(card, {});
    const used = card.itemOf(card.active) ?? card.state.evidence[0]?.item;
    if (!used) return desk.say("This message uses no point of your notes yet. Add one to your notes and write it again.");
    const avoid = [...card.made.avoid, { start: used.start, end: used.end, owner: "private" }];
    return desk.run(async (signal) => {
      card.working("Looking for another point…");
      const made = { ...card.made, avoid };
      const { message, items } = await this.oneMessage(made, signal);
      if (!bringsAnother(message, items, card.state.evidence)) return desk.say("There is no other point in your notes that fits here. Add one, and I can use it.");
      card.made = made;
      card.finish(message, items, { asStep: true });
      desk.say("Another point, from your notes. Undo brings the last one back.");
    }, () => this.another(card));
  }

  /** The sentence at the caret as another tone would put it; the rest stays to the letter. */
  rewrite(card) {
    const { desk } = this;
    const target = card.active ?? sentences(card.state.body)[1];
    if (!target) return undefined;
    const item = card.itemOf(target);
    const place = sentences(card.state.body).findIndex((s) => s.start === target.start);
    card.tried = new Set(card.tried ?? []).add(card.state.body.slice(target.start, target.end));
    return desk.run(async (signal) => {
      card.working("Finding other words…");
      for (const tone of TONES.filter((t) => t !== card.made.tone)) {
        const { message, items } = await this.oneMessage({ ...card.made, tone }, signal);
        const fresh = counterpart(message, items, item, place);
        if (fresh && !card.tried.has(fresh)) return this.replaceSentence(card, target, fresh, item);
      }
      desk.say("No other safe wording came up. Try ‘Use another point’, or change the words yourself.");
    }, () => this.rewrite(card));
  }

  replaceSentence(card, target, fresh, item) {
    const { body, evidence } = card.state;
    const shift = fresh.length - (target.end - target.start);
    const moved = evidence.filter((e) => !overlaps(e, target)).map((e) => (e.start >= target.end ? { ...e, start: e.start + shift, end: e.end + shift } : e));
    const now = { start: target.start, end: target.start + fresh.length };
    card.take({ ...card.state, body: body.slice(0, target.start) + fresh + body.slice(target.end), evidence: item ? [...moved, { ...now, item }] : moved });
    card.active = now;
    card.working(null);
    card.show();
    card.ground(now);
    this.desk.scoreSoon(card);
    this.desk.say("One sentence rewritten. Undo brings the last one back.");
  }
}

const itemsOf = (data) => new Map((data.facts ?? data).items.map((i) => [i.id, i]));

const isTo = (message, made) => (message.recipient?.name ?? null) === (made.recipient?.name ?? null);

const choicesOf = ({ tone, length, limit, avoid }) => JSON.stringify([tone, length, limit, avoid]);

/** Whether the message rests on a point that the one before did not: one point fewer is not another one. */
function bringsAnother(message, items, before) {
  const had = new Set(before.map((e) => e.item.text));
  return message.evidence.some((e) => items.has(e.item_id) && !had.has(items.get(e.item_id).text));
}

/** What stands in the other draft where ours stands: the sentence on the same item, else the one in the same place. */
function counterpart(message, items, item, place) {
  const found = sentences(message.body);
  if (!item) return found[place] && message.body.slice(found[place].start, found[place].end);
  const on = message.evidence.map((e) => ({ ...spanInUnits(message.body, e), text: items.get(e.item_id)?.text })).find((e) => e.text === item.text);
  const sentence = on && found.find((s) => overlaps(s, on));
  return sentence && message.body.slice(sentence.start, sentence.end);
}
