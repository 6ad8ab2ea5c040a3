// @ts-check
// One value: its formula, with its numbers; what it is computed from; its gradient, and that seen by a nudge.
import { short, shapeText } from "./model.js";
import { make, table } from "./values.js";
import { curve } from "./curve.js";

const FEW = 16;

export class Inspector {
  /**
   * @param {import("./model.js").Model} model @param {HTMLElement} place
   * @param {(i: number) => void} go
   */
  constructor(model, place, go) {
    this.model = model;
    this.place = place;
    this.go = go;
    this.at = 0;
    this.element = 0;
    this.h = 0.001;
    /** Whether a value is seen only after somebody has guessed it, and which was revealed. */
    this.predict = false;
    this.revealed = -1;
    /** @type {Map<number, {row: number, column: number}>} */
    this.windows = new Map();
    /** @type {number[][]} who uses each entry */
    this.users = model.entries.map(() => []);
    model.entries.forEach((entry, i) => new Set(entry.inputs).forEach((j) => this.users[j].push(i)));
  }

  /** @param {number} i @param {number} [element] */
  show(i, element = 0) {
    this.at = i;
    this.element = Math.min(element, Math.max(0, this.model.count(i) - 1));
    this.draw();
  }

  /** Write everything anew; a number that is being typed keeps the focus. */
  draw() {
    const active = document.activeElement, inside = active instanceof HTMLElement && this.place.contains(active);
    const field = inside ? { part: active.closest("[data-part]")?.getAttribute("data-part"), k: active.dataset.k, tag: active.tagName,
      start: active instanceof HTMLInputElement && active.type === "text" ? active.selectionStart : null,
      value: active instanceof HTMLInputElement ? active.value : null } : null;
    this.place.replaceChildren(...this.parts());
    if (!field?.part || field.k === undefined) return;
    const again = this.place.querySelector(`[data-part="${field.part}"] ${field.tag}[data-k="${field.k}"]`);
    if (!(again instanceof HTMLElement)) return;
    if (again instanceof HTMLInputElement && field.value !== null && again.type === "text") again.value = field.value;
    again.focus({ preventScroll: true });
    if (again instanceof HTMLInputElement && field.start !== null) again.setSelectionRange(field.start, field.start);
  }

  parts() {
    const { model, at: i } = this, entry = model.entries[i];
    const sources = entry.inputs.length ? model.sources(i, this.element) : null;
    const parts = [this.head(i)];
    if (entry.formula) parts.push(this.formula(i, sources));
    if (model.frozen.has(i)) parts.push(make("p", { class: "note", text: `${entry.operation} isn't computed in this page: its value is the one that was recorded.` }));
    else if (model.behind.has(i)) parts.push(make("p", { class: "note", text: "This depends on what the page doesn't compute; after an edit it may be as it was." }));
    parts.push(this.pair(i));
    const inputs = [...new Set(entry.inputs)].filter((j) => model.count(j) > 1 || model.entries[j].operation);
    if (inputs.length) parts.push(this.inputs(inputs, sources));
    if (model.leaves.has(i) && model.cotangents.has(i)) parts.push(this.nudge(i));
    if (this.users[i].length) parts.push(this.uses(i));
    return parts;
  }

  /** @param {number} i */
  head(i) {
    const { model } = this, entry = model.entries[i];
    const where = i < model.page.seed ? "forward pass" : "reverse pass";
    const what = entry.operation || (i === model.page.seed ? "the seed, 1" : entry.kind);
    const about = [where, what, shapeText(model.shape(i)), model.dtype(i), ...(entry.scope ? [entry.scope] : [])];
    const parts = [make("h2", { text: entry.symbol }), make("p", { class: "quiet", text: about.join(" · ") })];
    if (entry.origin >= 0) {
      parts.push(make("p", { class: "quiet" }, ["back through ", this.link(entry.origin, model.entries[entry.origin].symbol)]));
    }
    return make("header", {}, parts);
  }

  /** @param {number} i @param {[number, number][] | null} sources */
  formula(i, sources) {
    const { model } = this, entry = model.entries[i];
    const formula = make("div", { class: "formula" });
    if (entry.mathml) formula.innerHTML = entry.mathml; // made in Python, of escaped names
    else formula.textContent = `${entry.symbol} = ${this.filled(i, (j) => bracketed(model.entries[j].symbol))}`;
    const parts = [formula];
    const numbers = this.numbers(i, sources);
    if (numbers) parts.push(make("p", { class: "numbers", text: numbers }));
    if (entry.code) parts.push(make("pre", {}, [make("code", { text: entry.code })]));
    return make("div", { "data-part": "formula" }, parts);
  }

  /** The formula with the numbers of the chosen element, where it is computed from one element of each input. */
  numbers(i, sources) {
    const { model } = this, inputs = model.entries[i].inputs;
    if (!sources || model.page.program.cells[i][3] < 0) return ""; // a view computes nothing
    /** @type {Map<number, number[]>} */
    const of = new Map();
    for (const [j, k] of sources) of.set(j, [...(of.get(j) ?? []), k]);
    const whole = model.count(i) > 1 ? `element ${this.element}: ` : "";
    const value = this.isHidden(i) ? "?" : short(model.at(i, this.element));
    const one = inputs.every((j) => (of.get(j) ?? [0]).length === 1);
    if (one) {
      const text = this.filled(i, (j) => {
        const x = short(model.at(j, of.get(j)?.[0] ?? (model.count(j) === 1 ? 0 : this.element)));
        return /^[−-]/.test(x) ? `(${x})` : x;
      });
      return `${whole}${text} = ${value}`;
    }
    const counts = [...of].map(([j, ks]) => `${ks.length} of ${model.entries[j].symbol}`);
    return `${whole}${value}, from ${counts.join(" and ")}`;
  }

  /** @param {number} i @param {(j: number) => string} write */
  filled(i, write) {
    const entry = this.model.entries[i];
    return entry.formula.replace(/⟦(\d+)⟧/g, (_, k) => write(entry.inputs[Number(k)]));
  }

  /** The value, and its gradient beside it. @param {number} i */
  pair(i) {
    const { model } = this, gradient = model.cotangents.get(i);
    const parts = [this.array(i, "value", model.leaves.has(i))];
    if (gradient !== undefined && gradient !== i) {
      const known = model.entries[gradient].symbol;
      const name = known.startsWith("∂") ? known : `${known} = ∂${model.entries[model.page.output].symbol}/∂(this)`;
      parts.push(make("div", { class: "beside" }, [
        make("h3", {}, [this.link(gradient, name)]),
        table(model, gradient, { ...this.shown(gradient, "gradient"), selected: this.element, choose: (k) => this.choose(k) }),
      ]));
    }
    return make("div", { class: "pair" }, parts);
  }

  /** Whether a value is still to be guessed. @param {number} i */
  isHidden(i) {
    return this.predict && this.revealed !== i && this.model.entries[i].operation !== "";
  }

  /** @param {number} i @param {string} part @param {boolean} editable */
  array(i, part, editable) {
    const { model } = this;
    if (this.isHidden(i)) {
      const reveal = make("button", { type: "button", text: "Reveal", click: () => { this.revealed = i; this.choose(this.element); } });
      return make("div", { class: "beside" }, [make("h3", { text: "what will it be?" }), reveal]);
    }
    const title = editable ? "value, to be edited" : "value";
    return make("div", { class: "beside", "data-part": part }, [
      make("h3", { text: title }),
      table(model, i, {
        ...this.shown(i, model.entries[i].symbol), selected: this.element, choose: (k) => this.choose(k),
        ...(editable ? { edit: (/** @type {number} */ k, /** @type {number} */ x) => { this.element = k; model.set(i, k, x); } } : {}),
      }),
    ]);
  }

  /** @param {number} i @param {string} label */
  shown(i, label) {
    const window = this.windows.get(i) ?? { row: 0, column: 0 };
    this.windows.set(i, window);
    return { label, window, moved: () => this.draw() };
  }

  /** @param {number} k */
  choose(k) {
    this.element = k;
    this.draw();
    this.place.dispatchEvent(new CustomEvent("chosen"));
  }

  /** @param {number[]} inputs @param {[number, number][] | null} sources */
  inputs(inputs, sources) {
    const { model } = this;
    const blocks = inputs.map((j) => {
      const marked = new Set((sources ?? []).filter(([s]) => s === j).map(([, k]) => k));
      return make("div", { class: "beside" }, [
        make("h3", {}, [this.link(j, model.entries[j].symbol)]),
        table(model, j, { ...this.shown(j, model.entries[j].symbol), marked }),
      ]);
    });
    const words = sources && this.model.count(this.at) > 1 ? "computed from; framed: what the chosen element is computed from" : "computed from";
    return make("section", { class: "inputs" }, [make("h3", { class: "quiet", text: words }), make("div", { class: "pair" }, blocks)]);
  }

  /** The gradient of one number, seen: the loss a little to both sides. @param {number} i */
  nudge(i) {
    const { model, element: k, h } = this, x = model.at(i, k), gradient = model.cotangents.get(i) ?? 0;
    const [up, down] = model.lossesAt([[i, k]], [[x + h], [x - h]]);
    const slope = (up - down) / (2 * h), known = model.at(gradient, k);
    const size = make("select", { "aria-label": "size of the nudge", "data-k": "h",
      change: (/** @type {any} */ e) => { this.h = Number(e.target.value); this.draw(); } });
    for (const given of [1, 0.1, 0.01, 0.001, 1e-4, 1e-5]) {
      size.append(make("option", { value: given, text: String(given), selected: given === h }));
    }
    const rows = [
      [`loss with + ${h}`, short(up, 8)], [`loss with − ${h}`, short(down, 8)],
      ["their difference by 2 h", short(slope, 8)], ["the gradient", short(known, 8)],
    ];
    const list = make("dl", { class: "facts" }, rows.map(([name, value]) => make("div", {}, [make("dt", { text: name }), make("dd", { text: value })])));
    return make("section", { class: "nudge", "data-part": "nudge" }, [
      make("h3", {}, [`nudge element ${k} by h = `, size]),
      make("div", { class: "pair" }, [list, this.along(i, k, x, known)]),
    ]);
  }

  /** The loss along one number, and the slope that the gradient says. */
  along(i, k, x, slope) {
    const { model } = this, from = x - 3, to = x + 3, few = model.size > 2000 ? 9 : 49;
    const xs = Array.from({ length: few }, (_, n) => from + ((to - from) * n) / (few - 1));
    const losses = model.lossesAt([[i, k]], xs.map((at) => [at])), points = xs.map((at, n) => [at, losses[n]]);
    const now = model.loss();
    const tangent = [[x - 0.8, now - 0.8 * slope], [x + 0.8, now + 0.8 * slope]];
    const sweep = make("input", { type: "range", min: -3, max: 3, step: 0.05, value: 0, "aria-label": "move this number", "data-k": "sweep" });
    sweep.addEventListener("change", () => model.set(i, k, x + Number(sweep.value)));
    return make("div", {}, [
      curve([{ points, name: "loss" }, { points: tangent, name: "tangent" }], { at: [x, now], label: `the loss along this number, from ${short(from)} to ${short(to)}` }),
      make("label", { class: "quiet" }, ["move it ", sweep]),
    ]);
  }

  /** @param {number} i */
  uses(i) {
    const users = this.users[i], links = users.slice(0, FEW).flatMap((j) => [this.link(j, this.model.entries[j].symbol), " "]);
    const more = users.length > FEW ? [`and ${users.length - FEW} more`] : [];
    return make("p", { class: "quiet uses" }, ["used by ", ...links, ...more]);
  }

  /** @param {number} i @param {string} text */
  link(i, text) {
    return make("button", { type: "button", class: "link", text, click: () => this.go(i) });
  }
}

/** @param {string} symbol */
function bracketed(symbol) {
  return symbol.includes(" ") ? `(${symbol})` : symbol;
}
