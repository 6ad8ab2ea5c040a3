// @ts-check
// The loss over two numbers of the parameters, all others as they are, with the way that the training takes.
import { short } from "./model.js";
import { indices, make } from "./values.js";
import { drawn, word } from "./curve.js";

const BANDS = 10, SIDE = 300, LEFT = 44, BELOW = 20;
const TIME = 250; // milliseconds that a surface may take
const NUMBERS = 300; // that can be chosen

export class Surface {
  /** @param {import("./model.js").Model} model @param {() => number[][][]} runs the numbers of the parameters, run by run */
  constructor(model, runs) {
    this.model = model;
    this.runs = runs;
    /** What can be chosen: entry, element, and place among the parameters. @type {[number, number, number][]} */
    this.numbers = model.trained.flatMap(([i], n) =>
      Array.from({ length: Math.min(NUMBERS, model.count(i)) }, (_, k) => /** @type {[number, number, number]} */ ([i, k, n])));
    this.chosen = [0, 1];
    this.waiting = 0;
    /** Of each axis, from where to where. */
    this.range = [[0, 1], [0, 1]];
    /** The losses, row by row from below. @type {number[]} */
    this.losses = [];
    this.side = 0;
    this.place = make("details", { class: "surface", toggle: () => this.compute() });
    if (this.numbers.length < 2) return;
    const chooser = (/** @type {number} */ axis) => {
      const select = make("select", { "aria-label": axis ? "number upwards" : "number to the right",
        change: () => { this.chosen[axis] = Number(select.value); this.compute(); } });
      this.numbers.forEach((_, n) => select.append(make("option", { value: n, text: this.name(n), selected: n === this.chosen[axis] })));
      return select;
    };
    this.picture = make("div", { tabindex: 0, role: "group", keydown: (/** @type {KeyboardEvent} */ e) => this.key(e),
      click: (/** @type {MouseEvent} */ e) => this.click(e) });
    this.said = make("output", {});
    this.table = make("details", {}, [make("summary", { text: "as a table" })]);
    this.place.append(make("summary", { text: "The loss over two numbers" }),
      make("p", { class: "controls" }, [make("label", {}, ["→ ", chooser(0)]), make("label", {}, ["↑ ", chooser(1)])]), this.picture, this.said, this.table);
  }

  /** @param {number} n */
  name(n) {
    const [i, k] = this.numbers[n], index = indices(this.model.shape(i), k);
    return this.model.entries[i].symbol + (index.length ? `[${index.join(", ")}]` : "");
  }

  /** The two numbers as they are. @returns {number[]} */
  now() {
    return this.chosen.map((n) => this.model.at(this.numbers[n][0], this.numbers[n][1]));
  }

  /** Where runs went, in these two numbers. @returns {number[][][]} */
  ways() {
    return this.runs().map((run) => run.map((/** @type {any} */ kept) => this.chosen.map((n) => kept[this.numbers[n][2]][this.numbers[n][1]])));
  }

  /** Something has changed: the way at once, the surface when nothing has for a while. @param {boolean} soon */
  changed(soon) {
    clearTimeout(this.waiting);
    if (!this.place.open) return;
    if (this.losses.length) this.draw();
    if (!soon) this.waiting = setTimeout(() => this.compute(), 200);
  }

  compute() {
    if (!this.place.open) return;
    const now = this.now(), points = [now, ...this.ways().flat()].filter((p) => p.every(Number.isFinite));
    this.range = [0, 1].map((axis) => {
      const at = points.map((p) => p[axis]), low = Math.min(...at), high = Math.max(...at);
      const room = Math.max(1, 0.2 * (high - low));
      return [low - room, high + room];
    });
    const places = this.chosen.map((n) => /** @type {[number, number]} */ ([this.numbers[n][0], this.numbers[n][1]]));
    const start = performance.now();
    this.model.lossesAt(places, [now]);
    const side = Math.max(7, Math.min(41, Math.floor(Math.sqrt(TIME / Math.max(0.01, performance.now() - start)))));
    const [xs, ys] = this.range.map(([low, high]) => Array.from({ length: side }, (_, n) => low + ((n + 0.5) / side) * (high - low)));
    this.losses = this.model.lossesAt(places, ys.flatMap((y) => xs.map((x) => [x, y])));
    this.side = side;
    this.tabulate(xs, ys);
    this.draw();
  }

  /** @param {number[]} point @returns {number[]} */
  to(point) {
    const [x, y] = point.map((v, axis) => (v - this.range[axis][0]) / (this.range[axis][1] - this.range[axis][0]));
    return [LEFT + x * SIDE, (1 - y) * SIDE];
  }

  draw() {
    const finite = this.losses.filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
    const cell = SIDE / this.side, half = 0.3; // which hides the seams between the cells
    const squares = Array.from({ length: BANDS }, () => "");
    this.losses.forEach((loss, n) => {
      if (!Number.isFinite(loss)) return;
      const band = Math.min(BANDS - 1, Math.floor(BANDS * Math.sqrt((loss - low) / (high - low || 1))));
      const x = LEFT + (n % this.side) * cell, y = SIDE - (Math.floor(n / this.side) + 1) * cell;
      squares[band] += `M${(x - half).toFixed(1)} ${(y - half).toFixed(1)}h${(cell + 2 * half).toFixed(1)}v${(cell + 2 * half).toFixed(1)}h${(-cell - 2 * half).toFixed(1)}z`;
    });
    const picture = drawn("svg", { viewBox: `0 0 ${LEFT + SIDE + 6} ${SIDE + BELOW}`, class: "curve" });
    picture.append(drawn("rect", { x: LEFT, y: 0, width: SIDE, height: SIDE, class: "area" }));
    squares.forEach((d, band) => {
      const path = drawn("path", { d, class: "band" });
      path.style.setProperty("--band", String(band / (BANDS - 1)));
      if (d) picture.append(path);
    });
    this.ways().forEach((way, n) => {
      const points = way.map((p) => this.to(p).map((v) => v.toFixed(1)).join(" "));
      if (points.length > 1) picture.append(drawn("path", { d: `M ${points.join(" L ")}`, class: n ? "line earlier" : "line" }));
    });
    const now = this.now(), [x, y] = this.to(now);
    if (Number.isFinite(x + y)) picture.append(drawn("circle", { cx: x, cy: y, r: 4.5, class: "dot" }));
    const [[x0, x1], [y0, y1]] = this.range;
    picture.append(word(LEFT, SIDE + 14, short(x0, 3), "start"), word(LEFT + SIDE, SIDE + 14, short(x1, 3), "end"),
      word(LEFT - 5, SIDE, short(y0, 3), "end"), word(LEFT - 5, 10, short(y1, 3), "end"));
    const names = this.chosen.map((n) => this.name(n));
    picture.setAttribute("aria-hidden", "true");
    this.picture.setAttribute("aria-label", `the loss over ${names[0]} and ${names[1]}, from ${short(low)} to ${short(high)}; arrow keys move the two`);
    this.picture.replaceChildren(picture);
    this.said.textContent = `${names.map((name, axis) => `${name} ${short(now[axis])}`).join(", ")} · loss ${short(this.model.loss(), 6)}`;
  }

  /** Every few rows and columns as numbers. @param {number[]} xs @param {number[]} ys */
  tabulate(xs, ys) {
    const every = Math.max(1, Math.floor((this.side - 1) / 4)), places = xs.map((_, n) => n).filter((n) => n % every === 0);
    const head = make("tr", {}, [make("td"), ...places.map((c) => make("th", { scope: "col", text: short(xs[c], 3) }))]);
    const rows = places.map((_, n) => places[places.length - 1 - n]).map((r) => make("tr", {}, [
      make("th", { scope: "row", text: short(ys[r], 3) }),
      ...places.map((c) => make("td", { text: short(this.losses[r * this.side + c], 3) })),
    ]));
    const caption = make("caption", { class: "hidden", text: `the loss: ${this.name(this.chosen[0])} to the right, ${this.name(this.chosen[1])} upwards` });
    const table = make("table", { class: "values" }, [caption, make("thead", {}, [head]), make("tbody", {}, rows)]);
    this.table.replaceChildren(this.table.firstChild, make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "the loss as a table" }, [table]));
  }

  /** @param {number[]} point */
  move(point) {
    const [first, second] = this.chosen.map((n) => this.numbers[n]);
    this.model.state.set(first[0], first[1], point[0]);
    this.model.set(second[0], second[1], point[1]);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!way || !this.losses.length) return;
    e.preventDefault();
    e.stopPropagation(); // which would step through the values
    this.move(this.now().map((v, axis) => Number((v + way[axis] * (this.range[axis][1] - this.range[axis][0]) / 40).toPrecision(12))));
  }

  /** @param {MouseEvent} e */
  click(e) {
    const picture = this.picture.querySelector("svg");
    if (!this.losses.length || !picture) return;
    const at = new DOMPoint(e.clientX, e.clientY).matrixTransform(picture.getScreenCTM()?.inverse());
    const part = [(at.x - LEFT) / SIDE, 1 - at.y / SIDE];
    if (part.every((p) => p >= 0 && p <= 1)) this.move(part.map((p, axis) => this.range[axis][0] + p * (this.range[axis][1] - this.range[axis][0])));
  }
}
