// @ts-check
// What is seen, in the address, so that it can be sent and come back to; and what was edited, as Python.

/** @param {{at: number, element: number, edits: [number, number, number][]}} now */
export function written(now) {
  const parts = [`at=${now.at}`];
  if (now.element) parts.push(`element=${now.element}`);
  if (now.edits.length && now.edits.length <= 60) parts.push(`edits=${now.edits.map(([i, k, x]) => `${i}.${k}:${x}`).join(",")}`);
  return `#${parts.join("&")}`;
}

/** @param {string} text */
export function understood(text) {
  const given = new Map(text.replace(/^#/, "").split("&").map((part) => /** @type {[string, string]} */ (part.split("=", 2))));
  const edits = [];
  for (const part of (given.get("edits") ?? "").split(",")) {
    const found = /^(\d+)\.(\d+):(.+)$/.exec(part);
    if (found) edits.push([Number(found[1]), Number(found[2]), Number(found[3])]);
  }
  const whole = (/** @type {string} */ name) => (/^\d+$/.test(given.get(name) ?? "") ? Number(given.get(name)) : null);
  return { at: whole("at"), element: whole("element"), edits };
}

/**
 * The numbers of all parameters and edited leaves, to be pasted into a program.
 * @param {import("./model.js").Model} model
 */
export function asPython(model) {
  const edited = new Set(model.edits().map(([i]) => i));
  const chosen = [...new Set([...model.trained.map(([i]) => i), ...edited])].sort((a, b) => a - b);
  const taken = new Set();
  const lines = chosen.map((i) => {
    let name = model.entries[i].symbol.replace(/[^\p{L}\p{N}_]+/gu, "_").replace(/^(\d|$)/, "_$1");
    while (taken.has(name)) name += "_";
    taken.add(name);
    const dtype = model.dtype(i) === "float64" ? "" : `, dtype=np.${model.dtype(i)}`;
    return `${name} = np.array(${nested([...model.state.values(i)], model.shape(i))}${dtype})`;
  });
  return `import numpy as np\n\n${lines.join("\n")}\n`;
}

/** @param {number[]} values @param {number[]} shape @returns {string} */
function nested(values, shape) {
  if (!shape.length) return number(values[0]);
  const rows = [];
  const by = values.length / shape[0];
  for (let k = 0; k < shape[0]; k++) rows.push(nested(values.slice(k * by, (k + 1) * by), shape.slice(1)));
  return `[${rows.join(", ")}]`;
}

/** @param {number} x */
function number(x) {
  if (Number.isFinite(x)) return Object.is(x, -0) ? "-0.0" : Number.isInteger(x) && Math.abs(x) < 1e15 ? `${x}.0` : String(x);
  return Number.isNaN(x) ? "np.nan" : x > 0 ? "np.inf" : "-np.inf";
}
