// Notes and messages light each other up: a sentence its point, a point the sentences made from it.

const wordsOf = (piece) => piece.querySelector(".words").textContent;

const pieces = () => [...document.querySelectorAll(".piece[data-item]")];

export function lightNotes(text) {
  for (const piece of pieces()) piece.classList.toggle("lit", text !== null && wordsOf(piece) === text);
}

export function markUsed(evidence) {
  for (const piece of pieces()) piece.classList.toggle("used", evidence.some((e) => e.item.text === wordsOf(piece)));
}

/** Calls `light` with the text of the point under the pointer or the focus, and with "" when it is left. */
export function watchNotes(light) {
  for (const [name, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
    document.addEventListener(name, (event) => {
      const piece = event.target.closest?.(".piece[data-item]");
      if (piece) light(on ? wordsOf(piece) : "");
    });
  }
}
