"use strict";
// The layers one below the other: what each makes of the input, and what it has learned.

const MOST_MAPS = 64;
const MOST_WEIGHT_TILES = 128;
// Of tiles that are several channels high.
const MOST_HIGH_TILES = 16;
const LARGEST_ROW = 64;
const QUIET = new Set(["reshape", "gather"]);
const WEIGHT_NAMES = { weight: "weight", bias: "bias", scale: "scale", shift: "shift" };

/** Width of a tile in CSS pixels, for so many tiles. */
const tileWidth = (count) => (count <= 1 ? 112 : count <= 8 ? 92 : count <= 16 ? 70 : 48);

/** Pictures of a value: one a channel, or one of all numbers in rows. */
class Maps {
  constructor(shape, words, label) {
    this.place = element("div", "maps");
    this.canvases = [];
    if (shape.length >= 3) {
      const [channels, height, width] = [shape[0], shape[1], sizeOf(shape.slice(2))];
      this.size = height * width;
      const shown = Math.min(channels, MOST_MAPS);
      for (let channel = 0; channel < shown; channel++) {
        this.add(picture(height, width, `${label} ${channel + 1}`), tileWidth(channels));
      }
      if (shown < channels) {
        this.place.append(element("span", "quiet more", filled(words.tiles, { shown, count: channels })));
      }
      return;
    }
    const [rows, count] = shape.length === 2 ? shape : [1, shape[0]];
    const columns = rows > 1 ? count : count <= 16 ? count : Math.min(LARGEST_ROW, Math.ceil(Math.sqrt(count * 8)));
    this.size = rows * count;
    const cell = Math.max(5, Math.min(22, Math.floor(620 / columns)));
    this.add(picture(rows > 1 ? rows : Math.ceil(count / columns), columns, label), columns * cell);
  }

  add(canvas, width) {
    canvas.style.width = `${width}px`;
    this.canvases.push(canvas);
    this.place.append(canvas);
  }

  paint(data, most) {
    this.canvases.forEach((canvas, channel) => paint(canvas, data, channel * this.size, most));
  }
}

/** One entry of the list. */
class LayerView {
  constructor(title, code, shape, words) {
    this.words = words;
    this.place = element("li", "layer");
    this.head = element("div", "head");
    this.head.append(element("span", "what", title));
    if (code) this.head.append(element("code", "", code));
    const count = counted(sizeOf(shape));
    const text = shape.length > 1 ? filled(words.values_of, { shape: shape.join("×"), count }) : filled(count === "1" ? words.one_value : words.value_count, { count });
    this.head.append(element("span", "", text));
    this.place.append(this.head);
    this.maps = null;
  }

  withMaps(shape, label) {
    this.range = element("span", "");
    this.head.append(this.range);
    this.maps = new Maps(shape, this.words, label);
    this.place.append(this.maps.place);
    return this;
  }

  show(data) {
    if (!this.maps) return;
    const [low, high] = extremes(data);
    this.range.textContent = filled(this.words.range, { low: shortly(low), high: shortly(high) });
    this.maps.paint(data, Math.max(Math.abs(low), Math.abs(high)));
  }
}

/** A matrix, as wide as it was high: a high and narrow one wastes a page. */
function turned({ shape: [rows, columns], data }) {
  const numbers = new Float32Array(data.length);
  data.forEach((value, at) => (numbers[(at % columns) * rows + Math.floor(at / columns)] = value));
  return { shape: [columns, rows], data: numbers };
}

/** Tiles of a weight: how many, their height and width, for readers. */
function tilesOf(operation, name, weight, program) {
  const { shape } = weight;
  if (operation.kind === "conv" && name === "weight") {
    return [shape[0] * shape[1], shape[2], shape[3]];
  }
  if (operation.kind === "linear" && name === "weight") {
    const seen = seenAs(operation, program);
    if (seen.length === 3 && sizeOf(seen) === shape[1]) return [shape[0], seen[0] * seen[1], seen[2]];
    return [1, shape[0], shape[1]];
  }
  const count = sizeOf(shape);
  const columns = Math.min(count, 32);
  return [1, Math.ceil(count / columns), columns];
}

/** The shape of what arrives at a layer, before it was brought into one row. */
function seenAs(operation, program) {
  let number = operation.inputs[0];
  while (number > 0 && program.operations[number - 1].kind === "reshape") number = program.operations[number - 1].inputs[0];
  return number ? program.operations[number - 1].shape : program.input_shape;
}

/** What a layer has learned, drawn when it is opened. */
function parametersOf(operation, program, words) {
  const details = element("details");
  details.append(element("summary", "", words.show_parameters));
  const place = element("div", "weights");
  details.append(place);
  const draw = () => {
    if (!details.open) return;
    place.replaceChildren();
    for (const [name, learned] of Object.entries(operation.weights)) {
      const isHigh = operation.kind === "linear" && name === "weight" && learned.shape[0] > 2 * learned.shape[1];
      const weight = isHigh && seenAs(operation, program).length < 3 ? turned(learned) : learned;
      const [count, height, width] = tilesOf(operation, name, weight, program);
      const shown = Math.min(count, height > width ? MOST_HIGH_TILES : MOST_WEIGHT_TILES);
      const [low, high] = extremes(weight.data);
      const range = filled(words.range, { low: shortly(low), high: shortly(high) });
      const title = `${words[WEIGHT_NAMES[name] ?? "constant"]} ${learned.shape.join("×")}: ${range}`;
      const of = shown < count ? ` (${filled(words.tiles, { shown, count: counted(count) })})` : "";
      place.append(element("h4", "", title + of));
      const row = element("div", "maps");
      for (let tile = 0; tile < shown; tile++) {
        const canvas = picture(height, width, "");
        const most = count > 1 ? (height < 8 ? 34 : 64) : Math.min(640, Math.max(width * 12, 12));
        canvas.style.width = `${count > 1 ? most : width > 50 ? 640 : most}px`;
        paint(canvas, weight.data, tile * height * width, Math.max(Math.abs(low), Math.abs(high)));
        row.append(canvas);
      }
      place.append(row);
    }
  };
  details.addEventListener("toggle", draw);
  return { details, draw };
}

/** All of them. */
class Layers {
  constructor(place, program, words) {
    const input = new LayerView(words.input, words.input_hint, program.input_shape, words);
    this.views = [input.withMaps(program.input_shape, words.input)];
    this.parameters = [];
    for (const operation of program.operations) {
      const view = new LayerView(operation.text, operation.name, operation.shape, words);
      if (operation.parameters) {
        view.head.append(element("span", "", filled(words.parameters, { count: counted(operation.parameters) })));
      }
      if (!QUIET.has(operation.kind)) view.withMaps(operation.shape, operation.text);
      if (!QUIET.has(operation.kind) && Object.keys(operation.weights).length) {
        const { details, draw } = parametersOf(operation, program, words);
        view.place.append(details);
        this.parameters.push(draw);
      }
      this.views.push(view);
    }
    place.append(...this.views.map((view) => view.place));
  }

  show(values) {
    this.views.forEach((view, number) => view.show(values[number].data));
  }

  /** Draw what does not change with the input, in other colours. */
  recolour() {
    for (const draw of this.parameters) draw();
  }
}
