// Runs a program of compiler/javascript.py: arrays, the kernels that fill them, and the functions that these call
// beside those of Math. It touches no page and keeps nothing: whoever shows something asks `State`.

const ARRAYS = {
  float64: Float64Array, float32: Float32Array, int64: Float64Array, uint64: Float64Array, int32: Int32Array,
  int16: Int16Array, int8: Int8Array, uint32: Uint32Array, uint16: Uint16Array, uint8: Uint8Array, bool: Uint8Array,
  float16: Float64Array,
};

/**
 * Make the arrays of a program and put the values of its leaves into them. Nothing is computed before `run`.
 * @param {object} data what `Script.data()` gave
 * @param {Function[]} kernels what `Script.source()` gave
 * @returns {State}
 */
export function open(data, kernels) {
  return new State(data, kernels);
}

export class State {
  constructor(data, kernels) {
    this.data = data;
    /** The array that a cell lies in, by the position of the cell that has it for itself. */
    this.memory = data.cells.map(([layout, memory], i) => {
      if (memory !== i) return null;
      const [dtype, shape] = data.layouts[layout];
      const value = data.values[i];
      return value === undefined ? new ARRAYS[dtype](count(shape)) : decoded(value, ARRAYS[dtype]);
    });
    this.calls = [];
    data.cells.forEach(([, , , kernel, inputs, numbers = []], i) => {
      if (kernel < 0) return;
      const read = inputs.flatMap((k) => [this.memory[data.cells[k][1]], data.cells[k][2]]);
      this.calls.push([kernels[kernel], [this.memory[i], ...read, ...numbers.map(Number)]]);
    });
  }

  /** Compute every value from those of the leaves, in the order of the graph. */
  run() {
    for (const [kernel, given] of this.calls) kernel(...given);
  }

  /** Where element k of a cell, counted in the order of rows, lies in its memory. */
  place(cell, k) {
    const [layout, , offset] = this.data.cells[cell];
    const [, shape, strides] = this.data.layouts[layout];
    let place = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (k % shape[axis]) * strides[axis];
      k = Math.floor(k / shape[axis]);
    }
    return place;
  }

  /** Element k of a cell, counted in the order of rows. */
  at(cell, k) {
    return this.memory[this.data.cells[cell][1]][this.place(cell, k)];
  }

  /** Write element k of a leaf. */
  set(cell, k, value) {
    this.memory[this.data.cells[cell][1]][this.place(cell, k)] = value;
  }

  /** All elements of a cell in the order of rows, as an array of their own. */
  values(cell) {
    const [dtype, shape] = this.data.layouts[this.data.cells[cell][0]];
    const result = new ARRAYS[dtype](count(shape));
    for (let k = 0; k < result.length; k++) result[k] = this.at(cell, k);
    return result;
  }
}

function count(shape) {
  return shape.reduce((n, m) => n * m, 1);
}

function decoded(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Kind(bytes.buffer);
}

// --- what NumPy has and Math hasn't --------------------------------------------------------------------------

export function power(a, b) {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

export function sign(x) {
  return x > 0 ? 1 : x < 0 ? -1 : Number.isNaN(x) ? NaN : 0;
}

export function signbit(x) {
  return x < 0 || Object.is(x, -0);
}

export function copysign(a, b) {
  return signbit(b) ? -Math.abs(a) : Math.abs(a);
}

export function heaviside(x, half) {
  return x === 0 ? half : x < 0 ? 0 : x > 0 ? 1 : NaN;
}

/** x · 2ⁿ, in two steps, so that 2ⁿ may be beyond the range. */
export function ldexp(x, n) {
  const half = Math.trunc(Math.max(-2200, Math.min(2200, n)) / 2);
  return x * 2 ** half * 2 ** (n - half);
}

/** Round to the nearest integer; a half to the even one. */
export function rint(x) {
  const below = Math.floor(x);
  const rounded = x - below < 0.5 || (x - below === 0.5 && below % 2 === 0) ? below : below + 1;
  return rounded === 0 ? copysign(0, x) : rounded;
}

/** Round to a number of float16, of which two neighbours are 2⁻¹⁰ of the power of 2 below apart. */
export function half(x) {
  if (x === 0 || !Number.isFinite(x)) return x;
  let exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -14);
  if (exponent > -14 && 2 ** exponent > Math.abs(x)) exponent -= 1;
  const unit = 2 ** (exponent - 10);
  const rounded = rint(x / unit) * unit;
  return Math.abs(rounded) > 65504 ? rounded * Infinity : rounded;
}

export function logaddexp(a, b) {
  if (a === b) return a + Math.LN2;
  const d = a - b;
  return d > 0 ? a + Math.log1p(Math.exp(-d)) : d <= 0 ? b + Math.log1p(Math.exp(d)) : d;
}

export function logaddexp2(a, b) {
  if (a === b) return a + 1;
  const d = a - b;
  return d > 0 ? a + Math.log1p(2 ** -d) / Math.LN2 : d <= 0 ? b + Math.log1p(2 ** d) / Math.LN2 : d;
}

/** What is left of a beside the multiples of b, with the sign of b. */
export function remainder(a, b) {
  const rest = a % b;
  if (rest === 0) return copysign(0, b);
  return rest < 0 !== b < 0 ? rest + b : rest;
}

export function floorDivide(a, b) {
  if (b === 0) return a / b;
  const rest = a % b;
  let ratio = (a - rest) / b;
  if (rest !== 0 && rest < 0 !== b < 0) ratio -= 1;
  if (ratio === 0) return copysign(0, a / b);
  const below = Math.floor(ratio);
  return ratio - below > 0.5 ? below + 1 : below;
}

/** ⌊a / b⌋ of integers; 0 where b is. */
export function quotient(a, b) {
  return b === 0 ? 0 : Math.floor(a / b) + 0;
}

/** a − b·⌊a / b⌋ of integers; 0 where b is. */
export function modulo(a, b) {
  if (b === 0) return 0;
  const rest = a % b + 0;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
