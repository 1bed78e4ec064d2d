"use strict";
// The operations of a network for one sample, written out. A value is {shape, data}; its numbers lie in rows, as in
// PyTorch. Sums are taken in double precision; what an operation leaves is float32.

const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);

/** Channels, height and width; a series has the height 1. */
const planes = (shape) => (shape.length === 2 ? [shape[0], 1, shape[1]] : shape);

/** The places of a window along one side that lie inside. */
function inside(start, steps, step, side) {
  const places = [];
  for (let k = 0; k < steps; k++) {
    const place = start + k * step;
    if (place >= 0 && place < side) places.push(place);
  }
  return places;
}

/** Of each channel, what `combine` makes of the numbers of each window. */
function pooled(input, shape, window, combine) {
  const [channels, height, width] = planes(input.shape);
  const [, outHeight, outWidth] = planes(shape);
  const data = new Float32Array(sizeOf(shape));
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < outHeight; y++) {
      const [rows, countY] = window(0, y, height, outHeight);
      for (let x = 0; x < outWidth; x++) {
        const [columns, countX] = window(1, x, width, outWidth);
        data[at++] = combine(input.data, c * height * width, rows, columns, width, countY * countX);
      }
    }
  }
  return data;
}

function largest(data, offset, rows, columns, width) {
  let most = -Infinity;
  for (const y of rows) {
    for (const x of columns) {
      const value = data[offset + y * width + x];
      if (value > most || value !== value) most = value;
    }
  }
  return most;
}

function average(data, offset, rows, columns, width, count) {
  let sum = 0;
  for (const y of rows) for (const x of columns) sum += data[offset + y * width + x];
  return sum / count;
}

const adaptiveWindow = (axis, place, side, outSide) => {
  const start = Math.floor((place * side) / outSide);
  const end = Math.ceil(((place + 1) * side) / outSide);
  return [inside(start, end - start, 1, side), end - start];
};

/** The error function: a series whose terms are all positive, so that nothing cancels. */
function erf(x) {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  let term = size;
  let sum = size;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * Math.exp(-size * size) * sum) / Math.sqrt(Math.PI);
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** What happens to each number by itself. */
const ACTIVATIONS = {
  relu: () => (x) => (x > 0 ? x : x !== x ? x : 0),
  clamp: (s) => (x) => clamp(x, s.min_val, s.max_val),
  leaky_relu: (s) => (x) => (x > 0 ? x : s.negative_slope * x),
  elu: (s) => (x) => (x > 0 ? x : s.alpha * Math.expm1(x)),
  selu: () => (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
  gelu: (s) =>
    s.approximate === "tanh"
      ? (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  silu: () => (x) => x * sigmoid(x),
  mish: () => (x) => x * Math.tanh(softplus(x)),
  softplus: (s) => (x) => (s.beta * x > s.threshold ? x : softplus(s.beta * x) / s.beta),
  softsign: () => (x) => x / (1 + Math.abs(x)),
  hardsigmoid: () => (x) => clamp(x / 6 + 0.5, 0, 1),
  hardswish: () => (x) => x * clamp(x / 6 + 0.5, 0, 1),
  sigmoid: () => sigmoid,
  tanh: () => Math.tanh,
};

const BINARY = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: (a, b) => Math.max(a, b),
};

/** How far one has to go in the numbers of `shape` for a step along each axis of `out`; 0 where it is repeated. */
function strides(shape, out) {
  const found = new Array(out.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] > 1) found[axis + out.length - shape.length] = step;
    step *= shape[axis];
  }
  return found;
}

/** Call `visit(place in out, place in each of several shapes)` for all numbers of `out`. */
function walk(out, shapes, visit) {
  const steps = shapes.map((shape) => strides(shape, out));
  const count = sizeOf(out);
  const index = new Array(out.length).fill(0);
  const places = new Array(shapes.length).fill(0);
  for (let at = 0; at < count; at++) {
    visit(at, places);
    for (let axis = out.length - 1; axis >= 0; axis--) {
      index[axis]++;
      for (let k = 0; k < places.length; k++) places[k] += steps[k][axis];
      if (index[axis] < out[axis]) break;
      for (let k = 0; k < places.length; k++) places[k] -= steps[k][axis] * out[axis];
      index[axis] = 0;
    }
  }
}

function binary(combine) {
  return (operands, shape) => {
    const [a, b] = operands;
    const data = new Float32Array(sizeOf(shape));
    walk(shape, [a.shape, b.shape], (at, places) => {
      data[at] = combine(a.data[places[0]], b.data[places[1]]);
    });
    return data;
  };
}

/** Sums along axes, divided by how many numbers each has of (mean) or by 1. */
function summed(input, axes, shape, divide) {
  const kept = input.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const sums = new Float64Array(sizeOf(shape));
  walk(input.shape, [kept], (at, places) => {
    sums[places[0]] += input.data[at];
  });
  const count = divide ? sizeOf(axes.map((axis) => input.shape[axis])) : 1;
  return Float32Array.from(sums, (sum) => sum / count);
}

/** Bring equal pieces of the numbers to mean 0 and variance 1. */
function normalised(data, pieces, eps) {
  const out = new Float32Array(data.length);
  const count = data.length / pieces;
  for (let piece = 0; piece < pieces; piece++) {
    const [from, to] = [piece * count, (piece + 1) * count];
    let mean = 0;
    for (let at = from; at < to; at++) mean += data[at] / count;
    let variance = 0;
    for (let at = from; at < to; at++) variance += (data[at] - mean) ** 2 / count;
    const scale = 1 / Math.sqrt(variance + eps);
    for (let at = from; at < to; at++) out[at] = (data[at] - mean) * scale;
  }
  return out;
}

/** Scale and shift each number by those at `which(place)`; either may be missing. */
function scaled(data, which, scale, shift) {
  return data.map((value, at) => value * (scale ? scale.data[which(at)] : 1) + (shift ? shift.data[which(at)] : 0));
}

function softmax(input, axis, logarithm) {
  const data = new Float32Array(input.data.length);
  const side = input.shape[axis];
  const step = sizeOf(input.shape.slice(axis + 1));
  for (let start = 0; start < data.length; start++) {
    if (Math.floor(start / step) % side) continue; // not the first along the axis
    let most = -Infinity;
    for (let k = 0; k < side; k++) most = Math.max(most, input.data[start + k * step]);
    let sum = 0;
    for (let k = 0; k < side; k++) sum += Math.exp(input.data[start + k * step] - most);
    for (let k = 0; k < side; k++) {
      const value = input.data[start + k * step] - most;
      data[start + k * step] = logarithm ? value - Math.log(sum) : Math.exp(value) / sum;
    }
  }
  return data;
}

function convolved(input, shape, settings, weight, bias) {
  const [, height, width] = planes(input.shape);
  const [outChannels, outHeight, outWidth] = planes(shape);
  const [, perGroup, kernelHeight, kernelWidth] = weight.shape;
  const { stride, padding, dilation, groups } = settings;
  const data = new Float32Array(outChannels * outHeight * outWidth);
  const sums = new Float64Array(outHeight * outWidth);
  for (let out = 0; out < outChannels; out++) {
    sums.fill(bias ? bias.data[out] : 0);
    const first = Math.floor((out * groups) / outChannels) * perGroup;
    for (let channel = 0; channel < perGroup; channel++) {
      const plane = (first + channel) * height * width;
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const factor = weight.data[((out * perGroup + channel) * kernelHeight + ky) * kernelWidth + kx];
          // From x places on, for every output column, as long as the input has one there.
          const shift = kx * dilation[1] - padding[1];
          const from = Math.max(0, Math.ceil(-shift / stride[1]));
          const to = Math.min(outWidth, Math.floor((width - 1 - shift) / stride[1]) + 1);
          for (let y = 0; y < outHeight; y++) {
            const row = y * stride[0] - padding[0] + ky * dilation[0];
            if (row < 0 || row >= height) continue;
            const source = plane + row * width + shift;
            const target = y * outWidth;
            for (let x = from; x < to; x++) sums[target + x] += factor * input.data[source + x * stride[1]];
          }
        }
      }
    }
    data.set(sums, out * outHeight * outWidth);
  }
  return data;
}

function linear(input, shape, weight, bias) {
  const [outs, ins] = weight.shape;
  const data = new Float32Array(sizeOf(shape));
  for (let row = 0; row < data.length / outs; row++) {
    for (let out = 0; out < outs; out++) {
      let sum = bias ? bias.data[out] : 0;
      for (let k = 0; k < ins; k++) sum += weight.data[out * ins + k] * input.data[row * ins + k];
      data[row * outs + out] = sum;
    }
  }
  return data;
}

function joined(operands, axis, shape) {
  const data = new Float32Array(sizeOf(shape));
  const inner = sizeOf(shape.slice(axis + 1));
  const row = shape[axis] * inner;
  let before = 0;
  for (const operand of operands) {
    const length = operand.shape[axis] * inner;
    for (let at = 0; at * length < operand.data.length; at++) {
      data.set(operand.data.subarray(at * length, (at + 1) * length), at * row + before);
    }
    before += length;
  }
  return data;
}

/** By kind: of operands, shape of the result, settings and weights, the result's numbers. */
const OPERATIONS = {
  conv: ([input], shape, settings, weights) => convolved(input, shape, settings, weights.weight, weights.bias),
  linear: ([input], shape, settings, weights) => linear(input, shape, weights.weight, weights.bias),
  max_pool: ([input], shape, s) =>
    pooled(
      input,
      shape,
      (axis, place, side) => [
        inside(place * s.stride[axis] - s.padding[axis], s.kernel[axis], s.dilation[axis], side),
        1,
      ],
      largest,
    ),
  avg_pool: ([input], shape, s) =>
    pooled(
      input,
      shape,
      (axis, place, side) => {
        const start = place * s.stride[axis] - s.padding[axis];
        const places = inside(start, s.kernel[axis], 1, side);
        // Padding counts as far as it reaches, and no further.
        const counted = s.count_padding ? Math.min(start + s.kernel[axis], side + s.padding[axis]) - start : places.length;
        return [places, s.divisor ? (axis ? 1 : s.divisor) : counted];
      },
      average,
    ),
  adaptive_max_pool: ([input], shape) => pooled(input, shape, adaptiveWindow, largest),
  adaptive_avg_pool: ([input], shape) => pooled(input, shape, adaptiveWindow, average),
  affine: ([input], shape, settings, weights) => {
    const plane = sizeOf(shape.slice(1));
    return scaled(input.data, (at) => Math.floor(at / plane), weights.scale, weights.shift);
  },
  layer_norm: ([input], shape, { count, eps }, weights) =>
    scaled(normalised(input.data, input.data.length / count, eps), (at) => at % count, weights.weight, weights.bias),
  group_norm: ([input], shape, { groups, eps }, weights) => {
    const plane = sizeOf(shape.slice(1));
    const channel = (at) => Math.floor(at / plane);
    return scaled(normalised(input.data, groups, eps), channel, weights.weight, weights.bias);
  },
  prelu: ([input], shape, settings, weights) => {
    const slopes = weights.weight.data;
    const plane = sizeOf(shape.slice(1));
    return input.data.map((x, at) => (x > 0 ? x : x * slopes[slopes.length > 1 ? Math.floor(at / plane) : 0]));
  },
  softmax: ([input], shape, { axis }) => softmax(input, axis, false),
  log_softmax: ([input], shape, { axis }) => softmax(input, axis, true),
  reshape: ([input]) => input.data,
  gather: ([input], shape, settings, weights) => Float32Array.from(weights.places.data, (place) => input.data[place]),
  cat: (operands, shape, { axis }) => joined(operands, axis, shape),
  mean: ([input], shape, { axes }) => summed(input, axes, shape, true),
  sum: ([input], shape, { axes }) => summed(input, axes, shape, false),
  ...Object.fromEntries(Object.entries(BINARY).map(([kind, combine]) => [kind, binary(combine)])),
  ...Object.fromEntries(
    Object.entries(ACTIVATIONS).map(([kind, make]) => [kind, ([input], shape, settings) => input.data.map(make(settings))]),
  ),
};

/** Compute every value of a program: the first is the input, the one at place k + 1 the result of operation k. */
function valuesOf(program, input) {
  const values = [{ shape: program.input_shape, data: input }];
  for (const operation of program.operations) {
    const { kind, inputs, shape, settings, weights } = operation;
    let operands = inputs.map((number) => values[number]);
    if (settings.operands) {
      // Constants stand among the operands at the places that are their names.
      const given = operands[Symbol.iterator]();
      operands = Array.from({ length: settings.operands }, (_, place) => weights[place] ?? given.next().value);
    }
    values.push({ shape, data: OPERATIONS[kind](operands, shape, settings, weights) });
  }
  return values;
}

/** Put the numbers in the places of a packed program's weights. */
function unpacked(program, numbers) {
  for (const operation of program.operations) {
    for (const weight of Object.values(operation.weights)) {
      weight.data = numbers.subarray(weight.at, weight.at + sizeOf(weight.shape));
    }
  }
  return program;
}
