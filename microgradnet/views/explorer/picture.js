// @ts-check
// The picture: what was passed, what is computed now, what flows into it, what has changed.

export class Picture {
  /** @param {any} page @param {HTMLElement} figure @param {(box: number) => void} choose */
  constructor(page, figure, choose) {
    this.figure = figure;
    /** @type {(Element | null)[]} */
    this.boxes = page.boxes.map((/** @type {string} */ key) => figure.querySelector(`#${CSS.escape(key)}`));
    this.edges = page.edges.map((/** @type {[number, number, string]} */ [source, target, key]) =>
      ({ source, target, arrow: figure.querySelector(`#${CSS.escape(key)}`) }));
    this.boxes.forEach((box, i) => box?.addEventListener("click", () => choose(i)));
    /** @type {number} */
    this.now = -1;
    this.fit();
    addEventListener("resize", () => this.fit());
  }

  /** Make a picture that is hardly too wide as wide as its frame; a wider one is scrolled. */
  fit() {
    const svg = this.figure.querySelector("svg");
    if (svg) this.figure.classList.toggle("fitted", svg.viewBox.baseVal.width < 1.3 * this.figure.clientWidth);
  }

  /** @param {number} now the box of this step @param {(box: number) => boolean} passed */
  light(now, passed) {
    this.boxes.forEach((box, i) => {
      box?.classList.toggle("passed", passed(i));
      box?.classList.toggle("now", i === now);
    });
    for (const { source, target, arrow } of this.edges) {
      arrow?.classList.toggle("live", target === now && source !== now);
      arrow?.classList.toggle("passed", passed(source) && passed(target));
    }
    if (now !== this.now) this.show(now);
    this.now = now;
  }

  /** @param {(box: number) => boolean} changed */
  mark(changed) {
    this.boxes.forEach((box, i) => box?.classList.toggle("changed", changed(i)));
  }

  /** Mark where a derivation by hand parts from the graph. @param {Set<number>} wrong */
  part(wrong) {
    this.boxes.forEach((box, i) => box?.classList.toggle("parted", wrong.has(i)));
  }

  /** Scroll the picture, not the page, to a box. @param {number} i */
  show(i) {
    const box = this.boxes[i]?.getBoundingClientRect();
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
}
