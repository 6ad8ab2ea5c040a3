// @ts-check
// Numbers as a table in which size and sign are seen: a window of what is large, and its statistics.
import { read, short } from "./model.js";

const ROWS = 12, COLUMNS = 8;

/**
 * @param {string} tag
 * @param {Record<string, any>} [given] attributes; `text` is its text, and functions are listeners
 * @param {(Node | string)[]} [inside]
 * @returns {any}
 */
export function make(tag, given = {}, inside = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "text") element.textContent = value;
    else if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

/**
 * @typedef {object} Shown
 * @property {string} label what the table shows, for those who can't see it
 * @property {number} [selected] the chosen element
 * @property {Set<number>} [marked] elements that the chosen one is computed from
 * @property {(k: number) => void} [choose]
 * @property {(k: number, x: number) => void} [edit]
 * @property {{row: number, column: number}} [window] where the window begins; it is moved in place
 * @property {() => void} [moved]
 */

/**
 * A table of the values of an entry.
 * @param {import("./model.js").Model} model @param {number} i @param {Shown} shown
 */
export function table(model, i, shown) {
  const shape = model.shape(i), columns = shape.length ? shape[shape.length - 1] : 1;
  const n = model.count(i), rows = columns ? n / columns : 0;
  if (!n) return make("p", { class: "quiet", text: "no elements" });
  const at = shown.window ?? { row: 0, column: 0 };
  const last = [Math.min(rows, at.row + ROWS), Math.min(columns, at.column + COLUMNS)];
  const most = largest(model, i);
  const body = make("tbody");
  for (let r = at.row; r < last[0]; r++) {
    const line = make("tr");
    if (rows > 1) line.append(make("th", { scope: "row", text: indices(shape.slice(0, -1), r).join(",") }));
    for (let c = at.column; c < last[1]; c++) line.append(cell(model, i, r * columns + c, most, shown));
    body.append(line);
  }
  const head = make("tr", {}, rows > 1 ? [make("td")] : []);
  for (let c = at.column; c < last[1]; c++) head.append(make("th", { scope: "col", text: String(c) }));
  const whole = make("table", { class: "values" }, [
    make("caption", { class: "hidden", text: shown.label }),
    ...(columns > 1 ? [make("thead", {}, [head])] : []),
    body,
  ]);
  const parts = [make("div", { class: "scroll" }, [whole])];
  if (rows > ROWS || columns > COLUMNS) parts.push(moves(model, i, rows, columns, at, last, shown));
  return make("div", { class: "array" }, parts);
}

/** @param {import("./model.js").Model} model @param {number} i @param {number} k @param {number} most @param {Shown} shown */
function cell(model, i, k, most, shown) {
  const x = model.at(i, k), box = make("td");
  box.style.setProperty("--size", String(Number.isFinite(x) && most ? Math.abs(x) / most : 0));
  box.classList.toggle("negative", x < 0);
  box.classList.toggle("odd", !Number.isFinite(x));
  box.classList.toggle("selected", k === shown.selected);
  box.classList.toggle("marked", shown.marked?.has(k) ?? false);
  box.classList.toggle("changed", model.isChanged(i, k));
  const name = `${shown.label}, element ${k}`;
  if (shown.edit) box.append(field(x, k, name, shown));
  else if (shown.choose) {
    box.append(make("button", { type: "button", text: short(x), "aria-label": `${name}: ${short(x)}`, "data-k": k,
      "aria-pressed": String(k === shown.selected), click: () => shown.choose?.(k) }));
  } else box.textContent = short(x);
  return box;
}

/** @param {number} x @param {number} k @param {string} name @param {Shown} shown */
function field(x, k, name, shown) {
  const input = make("input", { type: "text", inputmode: "decimal", "aria-label": name, value: short(x, 6), size: 7,
    autocomplete: "off", "data-k": k });
  input.addEventListener("focus", () => { if (k !== shown.selected) shown.choose?.(k); });
  input.addEventListener("input", () => {
    const typed = read(input.value);
    input.setAttribute("aria-invalid", String(Number.isNaN(typed) && input.value.trim() !== "nan"));
    if (!Number.isNaN(typed) || input.value.trim() === "nan") shown.edit?.(k, typed);
  });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[e.key];
    if (!way) return;
    e.preventDefault();
    const by = e.shiftKey ? 1 : e.altKey ? 0.01 : 0.1, typed = read(input.value);
    const next = Number(((Number.isNaN(typed) ? 0 : typed) + way * by).toPrecision(12));
    input.value = short(next, 6);
    shown.edit?.(k, next);
  });
  return input;
}

/** What is said of an array that is larger than the window, and buttons that move it. */
function moves(model, i, rows, columns, at, last, shown) {
  const go = (row, column) => () => {
    at.row = Math.max(0, Math.min(rows - 1, row));
    at.column = Math.max(0, Math.min(columns - 1, column));
    shown.moved?.();
  };
  const button = (text, label, target, possible) =>
    make("button", { type: "button", text, "aria-label": label, disabled: !possible, click: target });
  return make("div", { class: "window" }, [
    make("span", { class: "quiet", text: `rows ${at.row}–${last[0] - 1} of ${rows}, columns ${at.column}–${last[1] - 1} of ${columns}` }),
    button("↑", "rows before", go(at.row - ROWS, at.column), at.row > 0),
    button("↓", "rows after", go(at.row + ROWS, at.column), last[0] < rows),
    button("←", "columns before", go(at.row, at.column - COLUMNS), at.column > 0),
    button("→", "columns after", go(at.row, at.column + COLUMNS), last[1] < columns),
    make("span", { class: "quiet", text: statistics(model, i) }),
  ]);
}

/** @param {import("./model.js").Model} model @param {number} i */
function largest(model, i) {
  let most = 0;
  for (const x of model.state.values(i)) if (Number.isFinite(x) && Math.abs(x) > most) most = Math.abs(x);
  return most;
}

/** @param {import("./model.js").Model} model @param {number} i */
export function statistics(model, i) {
  let sum = 0, low = Infinity, high = -Infinity, odd = 0;
  const values = model.state.values(i);
  for (const x of values) {
    if (!Number.isFinite(x)) odd += 1;
    sum += x;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const more = odd ? `, ${odd} not finite` : "";
  return `mean ${short(sum / values.length, 3)}, from ${short(low, 3)} to ${short(high, 3)}${more}`;
}

/** The index of an element, counted in the order of rows, in each axis. @param {number[]} shape @param {number} k */
export function indices(shape, k) {
  const index = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(k % shape[axis]);
    k = Math.floor(k / shape[axis]);
  }
  return index;
}
