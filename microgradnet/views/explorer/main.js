// @ts-check
// The page: one step at a time, everything in agreement.
import { Model, short, shapeText } from "./model.js";
import { make } from "./values.js";
import { Picture } from "./picture.js";
import { Inspector } from "./inspector.js";
import { Training } from "./training.js";
import { Listing } from "./listing.js";
import { asPython, understood, written } from "./state.js";

/** @param {string} id @returns {any} */
const by = (id) => document.getElementById(id);

const page = JSON.parse(by("data").textContent);
const model = new Model(page, KERNELS);
const inspector = new Inspector(model, by("inspector"), go);
const listing = new Listing(page.listing, by("listing"), go); // before the picture, which has the room that is left
const picture = new Picture(model, by("picture"), chosen, (text) => { by("where").textContent = text; });
const training = new Training(model, by("training"));

/** What is stepped through: not the numbers in formulas. */
const steps = model.entries.map((_, i) => i).filter((i) => !(model.entries[i].kind === "constant" && !model.shape(i).length));
let at = page.output;

/** @param {number} i */
function go(i, element = 0) {
  at = Math.max(0, Math.min(model.size - 1, i));
  inspector.show(at, element);
  lights();
  const n = steps.indexOf(at);
  by("position").value = String(Math.max(0, n));
  by("back").disabled = n === 0;
  by("on").disabled = n === steps.length - 1;
  tell();
  remember();
}

/** Say in words where the step is, and what is there. */
function tell() {
  const way = at < page.seed ? "forward" : "back";
  const value = inspector.isHidden(at) ? "?" : model.count(at) === 1 ? short(model.at(at, 0)) : shapeText(model.shape(at));
  by("where").textContent = `${way}, step ${steps.indexOf(at) + 1} of ${steps.length}: ${model.entries[at].symbol}, ${value}`;
}

/** @param {number} by how many steps */
function move(by) {
  const n = steps.findIndex((i) => i >= at);
  go(steps[Math.max(0, Math.min(steps.length - 1, n + by))]);
}

function lights() {
  listing.light(at);
  picture.light(at);
}

/** A box of the picture was clicked. @param {number[]} inside */
function chosen(inside) {
  const next = inside.find((i) => i > at);
  go(inside.includes(at) && next !== undefined ? next : inside[0]);
}

function changed() {
  inspector.draw();
  picture.mark();
  const now = model.loss(), before = model.before(page.output, 0);
  by("loss").textContent = short(now, 6);
  by("loss-change").textContent = Object.is(now, before) ? "" : `was ${short(before, 6)}`;
  if (!training.playing) tell(); // or it would be read out at every picture of a training
  training.edited();
  remember();
}

let waiting = 0;

/** Write into the address what is seen; not at every picture of a training. */
function remember() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const edits = model.edits();
    const told = edits.length > 60 ? [] : edits.map(([i, k]) => /** @type {[number, number, number]} */ ([i, k, model.at(i, k)]));
    try {
      history.replaceState(null, "", written({ at, element: inspector.element, edits: told }));
    } catch { /* a page within a page may have no address of its own */ }
  }, 300);
}

function listen() {
  model.listeners.push(changed);
  by("inspector").addEventListener("chosen", remember);
  by("back").addEventListener("click", () => move(-1));
  by("on").addEventListener("click", () => move(1));
  by("position").addEventListener("input", () => go(steps[Number(by("position").value)]));
  by("reset").addEventListener("click", () => model.reset());
  by("predict").addEventListener("click", () => {
    inspector.predict = !inspector.predict;
    inspector.revealed = -1;
    by("predict").setAttribute("aria-pressed", String(inspector.predict));
    go(at, inspector.element);
  });
  by("copy").addEventListener("click", copy);
  by("help-button").addEventListener("click", () => {
    by("help").hidden = !by("help").hidden;
    by("help-button").setAttribute("aria-expanded", String(!by("help").hidden));
  });
  by("search").addEventListener("submit", (/** @type {Event} */ e) => { e.preventDefault(); find(); });
  by("find").addEventListener("change", find);
  document.addEventListener("keydown", keys);
}

function find() {
  const text = by("find").value.trim().toLowerCase();
  if (!text) return;
  const name = (/** @type {number} */ i) => model.entries[i].symbol.toLowerCase();
  const found = steps.find((i) => name(i) === text) ?? steps.find((i) => name(i).includes(text))
    ?? steps.find((i) => model.entries[i].operation.toLowerCase().includes(text));
  if (found !== undefined) {
    picture.frame.reveal(found);
    go(found);
  } else by("where").textContent = `nothing is called ${by("find").value}`;
}

/** @param {KeyboardEvent} e */
function keys(e) {
  const target = /** @type {HTMLElement} */ (e.target);
  if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
  /** @type {Record<string, () => void>} */
  const does = {
    ArrowRight: () => move(1), ArrowLeft: () => move(-1), Home: () => go(steps[0]), End: () => go(steps[steps.length - 1]),
    "/": () => by("find").focus(),
    ...(target.tagName !== "BUTTON" && !by("training").hidden ? { " ": () => training.toggle() } : {}),
  };
  if (!does[e.key]) return;
  e.preventDefault();
  does[e.key]();
}

async function copy() {
  const text = asPython(model), said = by("copy");
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied";
    setTimeout(() => { said.textContent = "Copy as Python"; }, 1500);
  } catch { // not allowed here: it is shown, to be copied by hand
    const box = make("textarea", { readonly: true, rows: 8, "aria-label": "these numbers as Python" });
    box.value = text;
    by("help").hidden = false;
    by("help").replaceChildren(box);
    box.select();
  }
}

function begin() {
  by("position").max = String(steps.length - 1);
  const names = new Set(steps.map((i) => model.entries[i].symbol));
  by("known").append(...[...names].slice(0, 500).map((value) => make("option", { value })));
  const given = understood(location.hash);
  for (const [i, k, x] of given.edits) if (model.leaves.has(i) && k < model.count(i)) model.state.set(i, k, x);
  if (given.edits.length) model.state.run();
  listen();
  picture.wrong = new Set(listing.wrong);
  go(given.at ?? page.output, given.element ?? 0);
  changed();
}

begin();
// for the console: explorer.model.set(2, 0, 0.5)
Object.assign(globalThis, { explorer: { model, inspector, picture, training, go } });
