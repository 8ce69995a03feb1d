// Undo and redo for one message. Typing in one place within a second is one step; everything else is its own.

export class History {
  constructor(state) {
    this.past = [];
    this.future = [];
    this.now = state;
    this.typedAt = 0;
  }

  push(state, { typing = false, at = Date.now() } = {}) {
    const goesOn = typing && at - this.typedAt < 1000;
    if (!goesOn) this.past.push(this.now);
    this.typedAt = typing ? at : 0;
    if (this.past.length > 200) this.past.shift();
    this.future = [];
    this.now = state;
  }

  /** The same step with facts that came later, such as its scorecard. */
  amend(state) {
    this.now = state;
  }

  undo() {
    if (!this.past.length) return null;
    this.future.push(this.now);
    this.typedAt = 0;
    return (this.now = this.past.pop());
  }

  redo() {
    if (!this.future.length) return null;
    this.past.push(this.now);
    this.typedAt = 0;
    return (this.now = this.future.pop());
  }
}
