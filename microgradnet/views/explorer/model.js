// @ts-check
// Both passes and their values: now, and as they were recorded. Nothing here touches the page.
import { open } from "./program.js";

/**
 * @typedef {object} Entry
 * @property {string} kind parameter, input, constant or operation
 * @property {string} symbol what it is called
 * @property {number[]} inputs
 * @property {string} operation
 * @property {string} formula its inputs written ⟦0⟧, ⟦1⟧
 * @property {string} mathml
 * @property {string} code
 * @property {string} scope
 * @property {number} box which box of the picture it is in
 * @property {number} origin the forward operation that it goes back through, or -1
 */

export class Model {
  /**
   * @param {any} page what Python wrote
   * @param {Function[]} kernels
   */
  constructor(page, kernels) {
    this.page = page;
    this.state = open(page.program, kernels);
    this.state.run();
    /** @type {Entry[]} */
    this.entries = page.entries.map(
      ([kind, symbol, inputs, operation, formula, mathml, code, scope, box, origin]) =>
        ({ kind, symbol, inputs, operation, formula, mathml, code, scope, box, origin }),
    );
    this.leaves = new Set(page.program.leaves.filter((/** @type {number} */ i) => i !== page.seed));
    this.behind = new Set(page.program.behind);
    this.frozen = new Set(page.program.frozen);
    /** Each memory as it was recorded. */
    this.start = this.state.memory.map((/** @type {any} */ a) => a?.slice());
    /** Which call fills a cell. @type {Map<number, number>} */
    this.calls = new Map();
    page.program.cells.forEach((/** @type {any[]} */ cell, /** @type {number} */ i) => cell[3] >= 0 && this.calls.set(i, this.calls.size));
    /** @type {(() => void)[]} */
    this.listeners = [];
    /** Parameters with a gradient, and where that is. @type {[number, number][]} */
    this.trained = Object.entries(page.gradients).map(([i, g]) => [Number(i), /** @type {number} */ (g)]);
    this.cotangents = new Map(Object.entries(page.cotangents).map(([i, g]) => [Number(i), /** @type {number} */ (g)]));
  }

  get size() {
    return this.entries.length;
  }

  /** @param {number} i @returns {number[]} */
  shape(i) {
    return this.page.program.layouts[this.page.program.cells[i][0]][1];
  }

  /** @param {number} i @returns {string} */
  dtype(i) {
    return this.page.program.layouts[this.page.program.cells[i][0]][0];
  }

  /** How many elements. @param {number} i */
  count(i) {
    return this.shape(i).reduce((n, m) => n * m, 1);
  }

  /** @param {number} i @param {number} k @returns {number} */
  at(i, k) {
    return this.state.at(i, k);
  }

  /** Where a value lies, to read it at the start. @param {number} i @param {number} k @returns {number} */
  before(i, k) {
    return this.start[this.page.program.cells[i][1]][this.state.place(i, k)];
  }

  loss() {
    return this.at(this.page.output, 0);
  }

  /** Put a number into a leaf, and compute everything anew. @param {number} i @param {number} k @param {number} x */
  set(i, k, x) {
    this.state.set(i, k, x);
    this.run();
  }

  run() {
    this.state.run();
    for (const listener of this.listeners) listener();
  }

  /**
   * The losses with other numbers in elements of leaves; nothing is changed.
   * @param {[number, number][]} places leaf and element @param {number[][]} points a number for each of them
   */
  lossesAt(places, points) {
    const now = places.map(([i, k]) => this.at(i, k));
    const put = (/** @type {number[]} */ point) => {
      places.forEach(([i, k], n) => this.state.set(i, k, point[n]));
      this.state.run();
    };
    const losses = points.map((point) => {
      put(point);
      return this.loss();
    });
    put(now);
    return losses;
  }

  reset() {
    for (const i of this.leaves) this.state.memory[i]?.set(this.start[i]);
    this.run();
  }

  /** Whether an element isn't as it was recorded. @param {number} i @param {number} k */
  isChanged(i, k) {
    return !Object.is(this.at(i, k), this.before(i, k));
  }

  /** Whether anything of a value isn't as it was recorded. @param {number} i */
  changed(i) {
    const n = this.count(i);
    for (let k = 0; k < n; k++) if (this.isChanged(i, k)) return true;
    return false;
  }

  /** The leaves' numbers that were edited: [leaf, element]. */
  edits() {
    const found = [];
    for (const i of this.leaves) {
      const n = this.count(i);
      for (let k = 0; k < n; k++) if (this.isChanged(i, k)) found.push([i, k]);
    }
    return found;
  }

  /** One step down the gradient, as NumPy does it in this dtype. @param {number} rate */
  descend(rate) {
    const moved = this.trained.map(([i, g]) => {
      const single = this.dtype(i) === "float32";
      const w = this.state.values(i), slope = this.state.values(g), r = single ? Math.fround(rate) : rate;
      return w.map((/** @type {number} */ x, /** @type {number} */ k) =>
        single ? Math.fround(x - Math.fround(r * slope[k])) : x - r * slope[k]);
    });
    this.trained.forEach(([i], n) => this.restore(i, moved[n]));
    this.state.run();
  }

  /** @param {number} i @param {ArrayLike<number>} values */
  restore(i, values) {
    for (let k = 0; k < values.length; k++) this.state.set(i, k, values[k]);
  }

  /**
   * Which elements of its inputs an element of a value is computed from, found by changing each a little: pairs of
   * input and element. Null where that would take too long.
   * @param {number} i @param {number} k
   */
  sources(i, k) {
    const entry = this.entries[i], inputs = [...new Set(entry.inputs)];
    if (inputs.reduce((n, j) => n + this.count(j), 0) > 1000) return null;
    const [, memory, , kernel] = this.page.program.cells[i];
    /** @type {[number, number][]} */
    const found = [];
    if (kernel < 0) {
      const place = this.state.place(i, k);
      for (const j of inputs) {
        if (this.page.program.cells[j][1] !== memory) continue;
        for (let m = 0; m < this.count(j); m++) if (this.state.place(j, m) === place) found.push([j, m]);
      }
      return found;
    }
    const call = this.state.calls[/** @type {number} */ (this.calls.get(i))];
    const held = inputs.map((j) => /** @type {[number, any]} */ ([j, this.state.values(j)]));
    for (const j of inputs) { // what is multiplied by zero counts too
      for (let m = 0; m < this.count(j); m++) if (this.at(j, m) === 0 && /^float/.test(this.dtype(j))) this.state.set(j, m, 0.5);
    }
    call[0](...call[1]);
    const now = this.at(i, k);
    for (const j of inputs) {
      for (let m = 0; m < this.count(j); m++) {
        const x = this.at(j, m);
        for (const other of [x + 0.37 * (1 + Math.abs(x)), x - 0.41 * (1 + Math.abs(x))]) {
          this.state.set(j, m, other);
          call[0](...call[1]);
          const moved = !Object.is(this.at(i, k), now);
          this.state.set(j, m, x);
          if (!moved) continue;
          found.push([j, m]);
          break;
        }
      }
    }
    for (const [j, before] of held) this.restore(j, before);
    call[0](...call[1]); // nothing else was computed meanwhile
    return found;
  }
}

/** Write a number in few digits. @param {number} x @param {number} [digits] */
export function short(x, digits = 4) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "∞" : "−∞";
  if (x === 0) return Object.is(x, -0) ? "−0" : "0";
  const size = Math.abs(x);
  const text = size >= 1e5 || size < 1e-3 ? x.toExponential(Math.max(0, digits - 2)) : String(Number(x.toPrecision(digits)));
  return text.replace("-", "−").replace("e+", "e").replace("e-", "e−");
}

/** Write a shape. @param {number[]} shape */
export function shapeText(shape) {
  return shape.length ? shape.join("×") : "a number";
}

/** Read a number as somebody types it: with a comma, or another minus. @param {string} text */
export function read(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(",", ".").replace(/∞/g, "Infinity");
  return plain === "" ? NaN : Number(plain);
}
