// @ts-check
// A derivation by hand, line by line: what each computes, where it is in the graph, and where it is wrong.
import { make } from "./values.js";

export class Listing {
  /** @param {any[]} lines @param {HTMLElement} place @param {(entry: number) => void} go */
  constructor(lines, place, go) {
    this.place = place;
    place.hidden = !lines.length;
    /** @type {[number | null, HTMLElement][]} */
    this.rows = lines.map((line) => [line[3], row(line, go)]);
    /** @type {number[]} the values at which the wrong lines part from the graph */
    this.wrong = lines.filter((line) => line[4].length && line[3] !== null).map((line) => line[3]);
    const wrong = lines.filter((line) => line[4].length).length;
    const words = wrong ? `${wrong} of its lines ${wrong > 1 ? "are" : "is"} wrong` : "every gradient is right";
    place.replaceChildren(
      make("h2", { text: "By hand" }), make("p", { class: "quiet", text: `${words}; a line leads to its value in the graph` }),
      make("ol", { class: "lines" }, this.rows.map(([, element]) => element)),
    );
  }

  /** @param {number} entry */
  light(entry) {
    for (const [of, element] of this.rows) {
      const now = of === entry;
      element.classList.toggle("now", now);
      if (now) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
    }
  }
}

/** @param {any} line @param {(entry: number) => void} go */
function row([number, code, said, entry, wrong], go) {
  const text = make("code", { text: code || " " });
  const parts = [make("span", { class: "line-number", text: String(number) }),
    entry === null ? text : make("button", { type: "button", class: "line-code", click: () => go(entry) }, [text])];
  for (const [words, mathml] of said) {
    const told = make("span", { class: "told" });
    if (mathml) told.innerHTML = mathml; // made in Python, of escaped names
    else told.textContent = words;
    parts.push(told);
  }
  if (wrong.length) {
    parts.push(make("span", { class: "wrong" }, ["✗ ", make("strong", { text: wrong[0] }), ...wrong.slice(1).flatMap(
      (/** @type {string} */ words) => [make("code", { text: words })])]));
  }
  return make("li", { class: wrong.length ? "is-wrong" : "" }, parts);
}
