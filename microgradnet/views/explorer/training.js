// @ts-check
// Training: play, step, rewind; the curve of the loss, and an earlier run beside it.
import { short } from "./model.js";
import { make, table } from "./values.js";
import { curve } from "./curve.js";
import { Surface } from "./surface.js";

const MOST = 4e6; // numbers that are kept to rewind to
const PACE = 30; // milliseconds of computing between two pictures

export class Training {
  /** @param {import("./model.js").Model} model @param {HTMLElement} place */
  constructor(model, place) {
    this.model = model;
    this.place = place;
    this.rate = model.page.step;
    this.playing = false;
    /** @type {{losses: number[], kept: any[][]}[]} */
    this.earlier = [];
    this.frame = 0;
    /** @type {number[]} the loss at each iteration */
    this.losses = [];
    /** @type {any[][]} the numbers of every `every`-th iteration */
    this.kept = [];
    this.every = 1;
    this.now = 0;
    this.own = false;
    this.window = { row: 0, column: 0 };
    this.watched = -1;
    place.hidden = !this.rate || !model.trained.length;
    if (place.hidden) return;
    this.build();
    this.begin();
  }

  build() {
    this.play = make("button", { type: "button", text: "▶ Train", click: () => this.toggle() });
    const one = make("button", { type: "button", text: "One iteration", click: () => this.go(1) });
    const back = make("button", { type: "button", text: "Rewind", click: () => this.to(0) });
    this.keep = make("button", { type: "button", text: "Keep this run", click: () => { this.earlier = [{ losses: this.losses.slice(), kept: this.kept.slice() }]; this.to(0); this.show(); } });
    const rate = make("input", { type: "text", inputmode: "decimal", value: String(this.rate), size: 6, "aria-label": "learning rate" });
    rate.addEventListener("input", () => {
      const typed = Number(rate.value);
      rate.setAttribute("aria-invalid", String(!(typed > 0)));
      if (typed > 0) this.rate = typed;
    });
    this.slider = make("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "iteration" });
    this.slider.addEventListener("input", () => this.to(Number(this.slider.value)));
    this.count = make("output", {});
    this.plot = make("div", {});
    this.watched = this.predictions();
    this.watch = make("select", { "aria-label": "value to watch", change: () => { this.watched = Number(this.watch.value); this.look(); } });
    for (const i of this.named()) this.watch.append(make("option", { value: i, text: this.model.entries[i].symbol, selected: i === this.watched }));
    this.values = make("div", { class: "pair" });
    this.surface = new Surface(this.model, () => [this.passed(), ...this.earlier.map((run) => run.kept)]);
    this.place.replaceChildren(
      make("h2", { text: "Training" }),
      make("p", { class: "controls" }, [this.play, one, back, this.keep, make("label", {}, ["rate ", rate])]),
      this.plot,
      make("p", { class: "controls" }, [make("label", {}, ["iteration ", this.slider]), this.count]),
      ...(this.watched >= 0 ? [make("p", { class: "controls" }, [make("label", {}, ["watch ", this.watch])]), this.values] : []),
      ...(this.surface.numbers.length > 1 ? [this.surface.place] : []),
    );
  }

  /** What can be watched: values of the forward pass that have a name. */
  named() {
    const { model } = this, { seed, output } = model.page;
    return model.entries.map((_, i) => i).filter((i) => i < seed && i !== output && model.count(i) > 1 && model.entries[i].operation
      && !/^[vt]\d+$|[ (·⊙ᵀ]/.test(model.entries[i].symbol)).slice(-100);
  }

  /** What is compared with what was wanted: the last of them that is as large as an input. */
  predictions() {
    const { model } = this, shapes = new Set([...model.leaves].filter((i) => model.entries[i].kind === "input").map((i) => String(model.shape(i))));
    const named = this.named();
    return named.findLast((i) => shapes.has(String(model.shape(i)))) ?? named[named.length - 1] ?? -1;
  }

  /** Show what is watched, and beside it an input of its shape. */
  look() {
    const { model, watched: i } = this;
    if (i < 0) return;
    const wanted = [...model.leaves].findLast((j) => model.entries[j].kind === "input" && String(model.shape(j)) === String(model.shape(i)));
    this.values.replaceChildren(...[i, ...(wanted === undefined ? [] : [wanted])].map((j) => make("div", { class: "beside" }, [
      make("h3", { text: model.entries[j].symbol }), table(model, j, { label: model.entries[j].symbol, window: this.window, moved: () => this.look() }),
    ])));
  }

  /** Start from the numbers that the leaves have now. */
  begin() {
    this.stop();
    this.losses = [this.model.loss()];
    this.every = 1;
    this.kept = [this.numbers()];
    this.now = 0;
    this.show();
  }

  /** The numbers from the start of the run to where it is. */
  passed() {
    return [...this.kept.slice(0, Math.floor(this.now / this.every) + 1), this.numbers()];
  }

  numbers() {
    return this.model.trained.map(([i]) => this.model.state.values(i));
  }

  toggle() {
    if (this.playing) return this.stop();
    this.playing = true;
    this.play.textContent = "■ Stop";
    const turn = () => {
      if (!this.playing) return;
      this.go(0);
      this.frame = requestAnimationFrame(turn);
    };
    turn();
  }

  stop() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    if (this.play) this.play.textContent = "▶ Train";
    this.surface?.changed(false);
  }

  /** Go on by some iterations; by none: as many as a picture takes. @param {number} count */
  go(count) {
    if (this.now < this.losses.length - 1) {  // from somewhere in the run: what came after is forgotten
      this.losses.length = this.now + 1;
      this.kept.length = Math.floor(this.now / this.every) + 1;
    }
    const start = performance.now();
    for (let n = 0; count ? n < count : performance.now() - start < PACE; n++) {
      this.model.descend(this.rate);
      this.now += 1;
      this.losses.push(this.model.loss());
      if (this.now % this.every === 0) this.kept.push(this.numbers());
      if (this.kept.length * this.kept[0].reduce((n, a) => n + a.length, 0) > MOST) this.thin();
      if (!Number.isFinite(this.model.loss())) { this.stop(); break; }
    }
    this.tell();
  }

  /** Keep every second of what can be rewound to. */
  thin() {
    this.kept = this.kept.filter((_, n) => n % 2 === 0);
    this.every *= 2;
  }

  /** Put the numbers of an iteration back. @param {number} iteration */
  to(iteration) {
    this.stop();
    const place = Math.min(Math.floor(iteration / this.every), this.kept.length - 1);
    this.model.trained.forEach(([i], n) => this.model.restore(i, this.kept[place][n]));
    this.model.state.run();
    this.now = place * this.every;
    while (this.now < Math.min(iteration, this.losses.length - 1)) {
      this.model.descend(this.rate);
      this.now += 1;
    }
    this.tell();
  }

  tell() {
    this.own = true;
    this.model.run();
    this.own = false;
    this.show();
  }

  /** The numbers were changed by somebody else: a new run begins there. */
  edited() {
    if (!this.own && !this.place.hidden) this.begin();
  }

  show() {
    this.slider.max = String(this.losses.length - 1);
    this.slider.value = String(this.now);
    this.count.textContent = `${this.now} · loss ${short(this.losses[this.now] ?? this.model.loss(), 6)}`;
    const runs = [{ losses: this.losses, name: "loss" }, ...this.earlier.map(({ losses }) => ({ losses, name: "earlier" }))];
    const lines = runs.map(({ losses, name }) => ({ name, points: thinned(losses) }));
    this.plot.replaceChildren(curve(lines, { at: [this.now, this.losses[this.now]], from: 0, label: "the loss at each iteration" }));
    this.look();
    this.surface?.changed(this.playing);
  }
}

/** At most some hundred points of a curve. @param {number[]} losses */
function thinned(losses) {
  const by = Math.max(1, Math.ceil(losses.length / 400));
  return losses.map((x, n) => [n, x]).filter(([n]) => n % by === 0 || n === losses.length - 1);
}
