// @ts-check
// A picture that is laid out, and can be changed: scopes close, closed boxes open, and what is beside them makes room.
import { drawn, put } from "./curve.js";

const GAP = 36, MARGIN = 10, HEAD = 20; // around and above what is opened

/**
 * @typedef {object} Part what Python wrote of a picture
 * @property {string[]} boxes
 * @property {[number, number, string][]} edges
 * @property {Record<string, [number, number[], number, number]>} opens which picture is inside of a box, with which
 *   entries, how many of them are around what is inside, and in how many scopes that is
 * @property {number[]} of the box of each entry
 *
 * @typedef {[number, number, number, number]} Box left, top, right, bottom
 */

export class Frame {
  /**
   * @param {SVGSVGElement} svg
   * @param {Part} part
   * @param {number[]} entries those that it shows, in the order of `part.of`
   * @param {number} around how many of them are only what the others are computed from
   * @param {import("./picture.js").Picture} picture
   */
  constructor(svg, part, entries, around, picture) {
    this.svg = svg;
    this.part = part;
    this.picture = picture;
    this.group = /** @type {SVGGElement} */ (svg.querySelector("g"));
    this.first = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
    this.size = this.first;
    /** @type {number[][]} */
    this.inside = part.boxes.map(() => []);
    /** @type {Map<number, number>} */
    this.boxOf = new Map();
    entries.forEach((entry, k) => {
      if (part.of[k] < 0) return; // it is not drawn
      if (k >= around) this.boxOf.set(entry, part.of[k]);
      if (k >= around || !this.inside[part.of[k]].length) this.inside[part.of[k]].push(entry);
    });
    this.entries = entries;
    this.boxes = part.boxes.map((key) => this.taken(key));
    this.places = this.boxes.map((box) => corners(box));
    this.arrows = part.edges.map(([source, target, key]) => this.arrow(source, target, this.taken(key)));
    this.scopes = [...svg.querySelectorAll("g.cluster")].map((group) => this.scope(/** @type {SVGGElement} */ (group)));
    for (const named of svg.querySelectorAll("[id]")) named.removeAttribute("id");
    /** @type {Map<number, {frame: Frame, group: Element, outline: Element, title: Element}>} */
    this.opened = new Map();
    this.boxes.forEach((box, b) => this.listen(box, b));
  }

  /** Find an element by the key that Python gave it, which is no longer needed: the same picture may be there twice. */
  taken(key) {
    const found = /** @type {SVGGElement | null} */ (this.svg.querySelector(`[id="${CSS.escape(key)}"]`));
    found?.removeAttribute("id");
    return found;
  }

  /** @param {number} source @param {number} target @param {SVGGElement | null} group */
  arrow(source, target, group) {
    const line = group?.querySelector("path");
    const heads = [...(group?.querySelectorAll("polygon") ?? [])].map((shape) => ({ shape, points: numbers(shape.getAttribute("points")) }));
    return { source, target, group, line, points: numbers(line?.getAttribute("d")), heads };
  }

  /** @param {SVGGElement} group */
  scope(group) {
    const outline = group.querySelector("rect"), label = group.querySelector("text"), name = label?.textContent ?? "";
    const scope = { group, outline, label, name, place: corners(outline), isClosed: false,
      /** @type {SVGElement | null} the box that it is when it is closed */ shown: null,
      toggle: () => {
        scope.isClosed = !scope.isClosed;
        this.picture.changed(`${scope.isClosed ? "closed" : "opened"} ${name}`);
        (scope.isClosed ? scope.shown : label)?.focus({ preventScroll: true }); // where the key will take it back
      } };
    if (label) button(label, `close ${name}`, true, scope.toggle);
    return scope;
  }

  /** @param {SVGGElement | null} box @param {number} b */
  listen(box, b) {
    if (!box) return;
    if (this.part.opens[b]) button(box, `open ${words(box)}`, false, () => this.open(b));
    else box.addEventListener("click", () => this.picture.choose(this.inside[b]));
  }

  /** Show what is inside of a closed box. @param {number} b */
  open(b) {
    const [which, runs, around, depth] = this.part.opens[b], box = this.boxes[b];
    if (this.opened.has(b) || !box) return;
    const part = this.picture.insides[which], entries = unrolled(runs).map((k) => this.entries[k]);
    const group = drawn("g", { class: "inside" }), outline = drawn("rect", { rx: 8 }), title = drawn("text", { class: "title" });
    title.textContent = `${words(box)} ✕`;
    button(title, `close ${words(box)}`, true, () => this.close(b));
    group.innerHTML = part.svg; // made in Python, of escaped names
    const svg = /** @type {SVGSVGElement} */ (group.firstElementChild);
    group.prepend(outline, title);
    this.group.append(group);
    const frame = new Frame(svg, part, entries, around, this.picture);
    frame.rename(depth);
    this.opened.set(b, { frame, group, outline, title });
    this.picture.changed(`opened ${words(box)}: ${frame.boxes.length} boxes`);
    title.focus({ preventScroll: true });
  }

  /** @param {number} b */
  close(b) {
    this.opened.get(b)?.group.remove();
    this.opened.delete(b);
    this.picture.changed(`closed ${words(this.boxes[b])}`);
    this.boxes[b]?.focus({ preventScroll: true });
  }

  /** What looks alike shares a picture: its boxes are called as these entries are. @param {number} depth scopes around all */
  rename(depth) {
    this.boxes.forEach((box, b) => {
      const label = box?.querySelector("text"), own = this.inside[b], text = label?.textContent ?? "";
      if (!label || !own.length) return;
      const [first, last] = [own[0], own[own.length - 1]].map((i) => this.picture.model.entries[i].scope.split(" / ")[depth]);
      let name = first === last ? first : `${first} … ${last}`;
      if (!this.part.opens[b]) {
        name = this.picture.label(own[own.length - 1], text.length);
        if (text.startsWith(`${this.picture.symbol(own[own.length - 1])} = `)) return;
      } else name = first && last ? name + (text.match(/ × [\d,]+$/)?.[0] ?? "") : text;
      if (text === name) return;
      label.textContent = name;
      put(label, { "text-anchor": "middle", x: (this.places[b][0] + this.places[b][2]) / 2 });
      if (this.part.opens[b]) put(/** @type {Element} */ (box), { "aria-label": `open ${name}` });
    });
  }

  /** The box that an entry is in, here or in what is opened: the innermost element. @param {number} entry @returns {Element | null} */
  find(entry) {
    const b = this.boxOf.get(entry);
    if (b === undefined) return null;
    const inside = this.opened.get(b)?.frame.find(entry);
    if (inside) return inside;
    return this.scopes.find((s) => s.isClosed && within(this.places[b], s.place))?.shown ?? this.boxes[b];
  }

  /** Open what an entry is hidden in. @param {number} entry */
  reveal(entry) {
    const b = this.boxOf.get(entry);
    if (b === undefined) return;
    for (const scope of this.scopes) if (scope.isClosed && within(this.places[b], scope.place)) scope.toggle();
    if (this.part.opens[b]) this.open(b);
    this.opened.get(b)?.frame.reveal(entry);
  }

  /** Say of all boxes what they are now. @param {(entries: number[]) => Record<string, boolean>} said @param {number} at */
  light(said, at) {
    const now = this.boxOf.get(at) ?? -1, told = this.inside.map(said);
    this.boxes.forEach((box, b) => {
      for (const [name, is] of Object.entries(told[b])) box?.classList.toggle(name, is);
      box?.classList.toggle("now", b === now);
    });
    for (const { source, target, group } of this.arrows) {
      group?.classList.toggle("live", target === now && source !== now);
      group?.classList.toggle("passed", told[source].passed && told[target].passed);
    }
    for (const scope of this.scopes) scope.shown?.classList.toggle("now", now >= 0 && within(this.places[now], scope.place));
    for (const { frame } of this.opened.values()) frame.light(said, at);
  }

  /** Put everything where it belongs, given what is open. */
  arrange() {
    for (const { frame } of this.opened.values()) frame.arrange();
    const closed = this.scopes.filter((s) => s.isClosed && !this.scopes.some((o) => o !== s && o.isClosed && within(s.place, o.place)));
    const hides = (/** @type {Box} */ place) => closed.find((s) => within(place, s.place));
    const hidden = this.places.map((place) => hides(place));
    const shut = new Map(closed.map((s) => [s, small(s.place, s.name)]));
    const visible = [...this.places.filter((_, b) => !hidden[b]), ...shut.values(), ...this.scopes.filter((s) => !hides(s.place)).map((s) => corners(s.label))];
    const grown = [...this.opened].filter(([b]) => !hidden[b]).map(([b, { frame }]) => ({ place: this.places[b], size: frame.room() }));
    const maps = [0, 1].map((axis) => axisMap(
      visible.map((place) => [place[axis], place[axis + 2]]),
      grown.map(({ place, size }) => [place[axis], place[axis + 2], size[axis]]), closed.length > 0));
    const to = (/** @type {number[]} */ p) => [maps[0](p[0]), maps[1](p[1])];
    const shift = (/** @type {Box} */ place) => {
      const middle = [(place[0] + place[2]) / 2, (place[1] + place[3]) / 2], [x, y] = to(middle);
      return [x - middle[0], y - middle[1]];
    };
    const moved = this.places.map((place) => shift(place));
    this.boxes.forEach((box, b) => {
      box?.setAttribute("transform", `translate(${moved[b]})`);
      box?.toggleAttribute("hidden", Boolean(hidden[b]) || this.opened.has(b));
    });
    for (const arrow of this.arrows) this.redraw(arrow, to, moved, hidden, shut);
    for (const scope of this.scopes) this.outline(scope, to, shift, shut.has(scope) ? scope : hides(scope.place), shut);
    for (const [b, { frame, group, outline, title }] of this.opened) {
      const [left, top] = to(this.places[b]), [right, bottom] = to(this.places[b].slice(2));
      put(outline, { x: left, y: top, width: right - left, height: bottom - top });
      put(title, { x: left + MARGIN, y: top + 15 });
      put(frame.svg, { x: (left + right - frame.size[0]) / 2, y: (top + HEAD + bottom - frame.size[1]) / 2, width: frame.size[0], height: frame.size[1] });
      group.toggleAttribute("hidden", Boolean(hidden[b]));
    }
    const whole = extent([...this.places, ...this.scopes.map((s) => s.place)]);
    this.size = this.first.map((side, axis) => side + maps[axis](whole[axis + 2]) - whole[axis + 2]);
    put(this.svg, { viewBox: `0 0 ${this.size[0]} ${this.size[1]}`, width: this.size[0], height: this.size[1] });
  }

  /** How much room it takes where it is opened. @returns {number[]} */
  room() {
    return [Math.max(this.size[0] + 2 * MARGIN, 120), this.size[1] + HEAD + MARGIN];
  }

  redraw(arrow, to, moved, hidden, shut) {
    const { source, target, group, line, points, heads } = arrow;
    const inOne = hidden[source] && hidden[source] === hidden[target];
    group?.toggleAttribute("hidden", Boolean(inOne));
    if (inOne || !line || !points.length) return;
    const end = (/** @type {number[]} */ p, /** @type {number} */ b) => {
      if (hidden[b]) return clamped(to(p), shut.get(hidden[b]), to);
      return this.opened.has(b) ? to(p) : [p[0] + moved[b][0], p[1] + moved[b][1]];
    };
    const nearer = (/** @type {number[]} */ p) => distance(p, this.places[source]) < distance(p, this.places[target]) ? source : target;
    const last = points.length - 1, ends = [0, last].map((n) => [points[n], end(points[n], nearer(points[n]))]);
    const next = [ends[0][1], ...points.slice(1, -1).map(to), ends[1][1]];
    line.setAttribute("d", `M${next[0]}C${next.slice(1).join(" ")}`);
    for (const { shape, points: corners } of heads) { // a head goes where the end goes that it is at
      const [[from, at]] = ends.sort((a, b) => far(a[0], corners[0]) - far(b[0], corners[0]));
      shape.setAttribute("points", corners.map((p) => `${p[0] + at[0] - from[0]},${p[1] + at[1] - from[1]}`).join(" "));
    }
  }

  outline(scope, to, shift, hider, shut) {
    const { group, outline, label } = scope, [left, top] = to(scope.place), [right, bottom] = to(scope.place.slice(2));
    put(outline, { x: left, y: top, width: right - left, height: bottom - top });
    if (label) label.setAttribute("transform", `translate(${shift(corners(label))})`);
    group.toggleAttribute("hidden", Boolean(hider));
    if (hider === scope) {
      const place = shut.get(scope), [x, y] = shift(place);
      if (!scope.shown) {
        scope.shown = drawn("g", { class: "node folded passed" });
        const text = drawn("text", { x: (place[0] + place[2]) / 2, y: (place[1] + place[3]) / 2 + 4, "text-anchor": "middle", "font-size": 12 });
        text.textContent = scope.name;
        scope.shown.append(drawn("rect", { x: place[0], y: place[1], width: place[2] - place[0], height: place[3] - place[1], rx: 8 }), text);
        button(scope.shown, `open ${scope.name}`, false, scope.toggle);
        this.group.append(scope.shown);
      }
      scope.shown.setAttribute("transform", `translate(${[x, y]})`);
    }
    scope.shown?.toggleAttribute("hidden", hider !== scope);
  }
}

/** Make something of a picture a button. @param {Element} element @param {string} label @param {boolean} expanded @param {() => void} act */
function button(element, label, expanded, act) {
  put(element, { tabindex: 0, role: "button", "aria-label": label, "aria-expanded": expanded });
  element.addEventListener("click", (e) => { e.stopPropagation(); act(); });
  element.addEventListener("keydown", (/** @type {any} */ e) => {
    if (e.key !== "Enter" && e.key !== " ") return;
    e.preventDefault();
    e.stopPropagation();
    act();
  });
}

/**
 * A map of one axis: what is opened gets more room, and, once something is closed, what is empty less.
 * @param {number[][]} occupied from, to @param {number[][]} grown from, to, and the room that is needed @param {boolean} squeeze
 */
function axisMap(occupied, grown, squeeze) {
  if (!grown.length && !squeeze) return (/** @type {number} */ x) => x;
  const cuts = [...new Set([...occupied, ...grown.map((part) => part.slice(0, 2))].flat())].sort((a, b) => a - b);
  const ends = [cuts[0] ?? 0];
  for (let k = 1; k < cuts.length; k++) {
    const a = cuts[k - 1], b = cuts[k], covers = (/** @type {number[]} */ [p, q]) => p <= a && b <= q;
    const more = Math.max(1, ...grown.filter(covers).map(([p, q, room]) => room / (q - p)));
    const size = squeeze && more === 1 && !occupied.some(covers) ? Math.min(b - a, GAP) : (b - a) * more;
    ends.push(ends[k - 1] + size);
  }
  return (/** @type {number} */ x) => {
    if (!cuts.length || x <= cuts[0]) return x;
    const k = cuts.findIndex((cut) => cut >= x);
    if (k < 0) return x - cuts[cuts.length - 1] + ends[ends.length - 1];
    return ends[k - 1] + ((x - cuts[k - 1]) / (cuts[k] - cuts[k - 1])) * (ends[k] - ends[k - 1]);
  };
}

/** Where an element is, in its own coordinates: before it was moved. @param {Element | null} element @returns {Box} */
function corners(element) {
  if (!(element instanceof SVGGraphicsElement)) return [0, 0, 0, 0];
  const { x, y, width, height } = element.getBBox();
  return [x, y, x + width, y + height];
}

/** @param {Box} inner @param {Box} outer */
function within(inner, outer) {
  const x = (inner[0] + inner[2]) / 2, y = (inner[1] + inner[3]) / 2;
  return outer[0] < x && x < outer[2] && outer[1] < y && y < outer[3] && inner[2] - inner[0] < outer[2] - outer[0];
}

/** The place of a scope when it is closed. @param {Box} place @param {string} name @returns {Box} */
function small(place, name) {
  const x = (place[0] + place[2]) / 2, y = (place[1] + place[3]) / 2;
  const width = Math.min(place[2] - place[0], 7 * name.length + 24) / 2, height = Math.min(place[3] - place[1], 34) / 2;
  return [x - width, y - height, x + width, y + height];
}

/** @param {Box[]} places @returns {Box} */
function extent(places) {
  const side = (/** @type {number} */ k) => places.map((place) => place[k]);
  return places.length ? [Math.min(...side(0)), Math.min(...side(1)), Math.max(...side(2)), Math.max(...side(3))] : [0, 0, 0, 0];
}

/** @param {number[]} p @param {Box} place @param {(p: number[]) => number[]} to */
function clamped(p, place, to) {
  const [left, top] = to(place), [right, bottom] = to(place.slice(2));
  return [Math.max(left, Math.min(right, p[0])), Math.max(top, Math.min(bottom, p[1]))];
}

/** @param {number[]} p @param {Box} place */
function distance([x, y], place) {
  return Math.hypot(Math.max(place[0] - x, 0, x - place[2]), Math.max(place[1] - y, 0, y - place[3]));
}

/** @param {number[]} p @param {number[]} q */
function far(p, q) {
  return Math.hypot(p[0] - q[0], p[1] - q[1]);
}

/** Read points. @param {string | null | undefined} text */
function numbers(text) {
  const all = (text?.match(/-?[\d.]+/g) ?? []).map(Number);
  return Array.from({ length: all.length / 2 }, (_, k) => [all[2 * k], all[2 * k + 1]]);
}

/** Read stretches of integers. @param {number[]} runs */
function unrolled(runs) {
  const all = [];
  for (let k = 0; k < runs.length; k += 2) for (let n = 0; n < runs[k + 1]; n++) all.push(runs[k] + n);
  return all;
}

/** @param {Element | null} box */
function words(box) {
  return box?.querySelector("text")?.textContent ?? "";
}
