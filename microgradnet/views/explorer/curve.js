// @ts-check
// Lines in a frame, and what other drawings are made of.
import { short } from "./model.js";

/**
 * Draw lines.
 * @param {{points: number[][], name: string}[]} lines @param {{at?: number[], label: string, from?: number}} given
 */
export function curve(lines, given) {
  const width = 320, height = 150, left = 46, below = 18;
  const points = lines.flatMap((line) => (line.name === "tangent" ? [] : line.points)).filter(([, y]) => Number.isFinite(y));
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  const low = given.from ?? Math.min(...ys), x0 = Math.min(...xs), x1 = Math.max(...xs, lines[0].points.length > 1 ? x0 + 1e-12 : x0 + 1);
  const bottom = Math.min(low, ...ys), top = Math.max(...ys, bottom + 1e-12);
  const to = (/** @type {number[]} */ [x, y]) => [left + ((x - x0) / (x1 - x0)) * (width - left - 6), height - below - ((y - bottom) / (top - bottom)) * (height - below - 8)];
  const picture = drawn("svg", { viewBox: `0 0 ${width} ${height}`, class: "curve", role: "img", "aria-label": given.label });
  const area = drawn("rect", { x: left, y: 8, width: width - left - 6, height: height - below - 8, class: "area" });
  picture.append(area);
  for (const [y, anchor] of [[top, "end"], [bottom, "end"]]) {
    const [, at] = to([x0, Number(y)]);
    picture.append(word(left - 5, at + 4, short(Number(y), 3), String(anchor)));
  }
  picture.append(word(left, height - 4, short(x0, 3), "start"), word(width - 6, height - 4, short(x1, 3), "end"));
  for (const line of lines) {
    const path = line.points.filter(([, y]) => Number.isFinite(y)).map((p) => to(p).map((v) => v.toFixed(1)).join(" ")).join(" L ");
    if (path) picture.append(drawn("path", { d: `M ${path}`, class: `line ${line.name}` }));
  }
  if (given.at?.every(Number.isFinite)) {
    const [x, y] = to(given.at);
    picture.append(drawn("circle", { cx: x, cy: y, r: 4, class: "dot" }));
  }
  return picture;
}

/** @param {string} tag @param {Record<string, any>} given */
export function drawn(tag, given) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  put(element, given);
  return element;
}

/** @param {Element} element @param {Record<string, any>} given */
export function put(element, given) {
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, String(value));
}

/** @param {number} x @param {number} y @param {string} text @param {string} anchor */
export function word(x, y, text, anchor) {
  const element = drawn("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
