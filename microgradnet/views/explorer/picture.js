// @ts-check
// The picture: what was passed, what is computed now, what flows into it, what has changed; and all of it, small.
import { drawn, put } from "./curve.js";
import { Frame } from "./frame.js";

export class Picture {
  /**
   * @param {import("./model.js").Model} model @param {HTMLElement} figure
   * @param {(entries: number[]) => void} choose @param {(text: string) => void} tell
   */
  constructor(model, figure, choose, tell) {
    this.model = model;
    this.figure = figure;
    this.choose = choose;
    this.tell = tell;
    const { boxes, edges, opens, insides } = model.page;
    /** @type {any[]} */
    this.insides = insides;
    /** @type {Set<number>} entries at which a derivation by hand parts from the graph */
    this.wrong = new Set();
    this.at = -1;
    const part = { boxes, edges, opens, of: model.entries.map((entry) => entry.box) };
    const svg = /** @type {SVGSVGElement} */ (figure.querySelector("svg"));
    this.frame = new Frame(svg, part, model.entries.map((_, i) => i), 0, this);
    this.map = this.small(svg);
    this.fit();
    addEventListener("resize", () => this.fit());
    figure.addEventListener("scroll", () => this.seen());
  }

  /** @param {number} entry */
  symbol(entry) {
    return this.model.entries[entry].symbol;
  }

  /** What stands in a box, with the formula where there is room for it. @param {number} entry @param {number} most */
  label(entry, most) {
    const { symbol, formula, inputs } = this.model.entries[entry];
    const filled = formula.replace(/⟦(\d+)⟧/g, (_, k) => this.symbol(inputs[Number(k)])), text = `${symbol} = ${filled}`;
    return formula && filled !== symbol && text.length <= most ? text : symbol;
  }

  /** Something was opened or closed. @param {string} text */
  changed(text) {
    this.frame.arrange();
    this.fit();
    this.mark();
    this.tell(text);
  }

  /** Make a picture that is hardly too wide as wide as its frame; a wider one is scrolled. */
  fit() {
    this.figure.classList.toggle("fitted", this.frame.size[0] < 1.3 * this.figure.clientWidth);
    this.seen();
  }

  /** @param {number} at */
  light(at) {
    const moved = at !== this.at;
    this.at = at;
    this.mark();
    if (moved) this.show();
  }

  /** Mark what was passed, what has changed since it was recorded, and where a derivation by hand parts. */
  mark() {
    const { model, wrong, at } = this;
    this.frame.light((entries) => ({
      passed: (entries[0] ?? Infinity) <= at,
      changed: entries.some((i) => model.changed(i)),
      parted: entries.some((i) => wrong.has(i)),
    }), at);
  }

  /** Scroll the picture, not the page, to the box of this step. */
  show() {
    const box = this.frame.find(this.at)?.getBoundingClientRect();
    if (!box) return;
    const frame = this.figure.getBoundingClientRect();
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (box.left >= frame.left + 20 && box.right <= frame.right - 20 && box.top >= frame.top && box.bottom <= frame.bottom) return;
    this.figure.scrollBy({
      left: (box.left + box.right - frame.left - frame.right) / 2,
      top: (box.top + box.bottom - frame.top - frame.bottom) / 2,
      behavior: quiet ? "auto" : "smooth",
    });
  }

  /** All of the picture, small, with what is seen of it framed; a click goes there. @param {SVGSVGElement} whole */
  small(whole) {
    const map = drawn("svg", { class: "map", "aria-hidden": "true" }), window = drawn("rect", { class: "window" });
    whole.firstElementChild?.setAttribute("id", "whole");
    map.append(drawn("use", { href: "#whole" }), window);
    const go = (/** @type {MouseEvent} */ e) => {
      if (e.type === "pointermove" && !e.buttons) return;
      const box = map.getBoundingClientRect(), { scrollWidth, scrollHeight, clientWidth, clientHeight } = this.figure;
      this.figure.scrollTo((e.clientX - box.left) / box.width * scrollWidth - clientWidth / 2, (e.clientY - box.top) / box.height * scrollHeight - clientHeight / 2);
    };
    map.addEventListener("pointerdown", go);
    map.addEventListener("pointermove", go);
    this.figure.after(map);
    return { map, window };
  }

  /** Show in the small picture what is seen of the large one. */
  seen() {
    if (!this.map) return;
    const { map, window } = this.map, { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = this.figure;
    const [width, height] = this.frame.size;
    map.toggleAttribute("hidden", scrollWidth <= 1.2 * clientWidth && scrollHeight <= 1.2 * clientHeight);
    const scale = Math.min(170 / width, 100 / height);
    put(map, { viewBox: `0 0 ${width} ${height}`, width: scale * width, height: scale * height });
    put(window, { x: scrollLeft / scrollWidth * width, y: scrollTop / scrollHeight * height,
      width: Math.min(1, clientWidth / scrollWidth) * width, height: Math.min(1, clientHeight / scrollHeight) * height });
  }
}
