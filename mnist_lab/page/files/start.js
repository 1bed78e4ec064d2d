"use strict";
// Puts the page together.

/** Bars of the classes. */
class Bars {
  constructor(place, classes) {
    this.rows = classes.map((name) => {
      const row = element("div", "bar");
      const [track, fill] = [element("div", "track"), element("div", "fill")];
      const [share, output] = [element("span", "share"), element("span", "output")];
      track.append(fill);
      const label = element("span", "name", name);
      label.title = name;
      row.append(label, track, share, output);
      place.append(row);
      return { row, fill, share, output };
    });
  }

  /** Show outputs and shares; null: nothing was entered. */
  show(outputs, shares, best) {
    this.rows.forEach(({ row, fill, share, output }, label) => {
      fill.style.transform = `scaleX(${shares ? shares[label] : 0})`;
      share.textContent = shares ? `${(100 * shares[label]).toFixed(1)} %` : "–";
      output.textContent = shares ? shortly(outputs[label]) : "";
      row.classList.toggle("best", shares !== null && label === best);
    });
  }
}

/** The whole page; what it computes can be asked for from outside, as its tests do. */
class Page {
  constructor(data, numbers) {
    this.data = data;
    this.words = data.words;
    this.program = unpacked(data.program, numbers);
    this.bars = new Bars(document.getElementById("bars"), data.classes);
    this.layers = new Layers(document.getElementById("layers"), this.program, data.words);
    this.raw = null;
    this.waiting = null;
    if (data.form) this.beginWithPad(data.form);
    else this.beginWithFeatures(data.features);
    if (data.film) {
      this.film = new Film(data.film, data.words, {
        place: document.getElementById("film"),
        title: document.getElementById("film-title"),
        slider: document.getElementById("moment"),
        button: document.getElementById("play"),
      });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
  }

  beginWithPad(form) {
    this.seen = document.getElementById("seen");
    [this.seen.height, this.seen.width] = [form.height, form.width];
    this.pad = new Pad(document.getElementById("pad"), (strokes) => {
      this.examples.press(null);
      this.later(() => this.draw(strokes));
    });
    const { examples, classes } = this.data;
    this.examples = new Examples(document.getElementById("examples"), examples, form, classes, this.words, (grey) => {
      this.pad.strokes = [];
      this.pad.draw();
      this.later(() => this.show(grey));
    });
    document.getElementById("clear").addEventListener("click", () => this.pad.clear());
    document.getElementById("undo").addEventListener("click", () => this.pad.undo());
    this.draw([]);
  }

  beginWithFeatures(features) {
    const inputs = new Features(document.getElementById("features"), features, (values) => this.later(() => this.show(values)));
    if (inputs.values.length === 1) this.drawCurves(features[0]);
    this.show(inputs.values);
  }

  /** The outputs for one number, wherever it lies. */
  drawCurves({ name, low, high }) {
    const count = 301;
    const positions = Array.from({ length: count }, (_, k) => low + (k / (count - 1)) * (high - low));
    const outputs = positions.map((x) => this.outputs([x]));
    const { classes, colours } = this.data;
    const axis = { positions, bands: this.data.bands, classes, colours, label: name, measured: true };
    this.curves = new LineChart(document.getElementById("curves"), axis, null);
    const rows = classes.map((_, label) => outputs.map((row) => row[label]));
    this.curves.show(rows, extremes(rows.flat()));
  }

  /** Do it with the next picture of the screen; of several in between, the last. */
  later(action) {
    if (this.waiting === null) requestAnimationFrame(() => this.now());
    this.waiting = action;
  }

  now() {
    const action = this.waiting;
    this.waiting = null;
    action();
  }

  /** Every value of the network for a sample in stored units. */
  values(raw) {
    const { mean, std } = this.data.scale;
    const one = mean.length === 1;
    const scaled = Float32Array.from(raw, (value, at) => {
      const place = one ? 0 : at;
      return Math.fround(Math.fround(value) - mean[place]) / std[place];
    });
    return valuesOf(this.program, scaled);
  }

  /** The network's outputs for a sample in stored units, such as grey levels from 0 to 255. */
  outputs(raw) {
    return Array.from(this.values(raw)[this.program.output].data);
  }

  /** Show what the network makes of strokes on the pad. */
  draw(strokes) {
    this.show(pictureOf(strokes, this.data.form), strokes.length > 0);
  }

  /** Show what it makes of a sample in stored units. */
  show(raw, isThere = true) {
    const values = this.values(raw);
    const outputs = values[this.program.output];
    const shares = isThere ? softmax(outputs, 0, false) : null;
    const best = outputs.data.indexOf(Math.max(...outputs.data));
    this.shown = { raw, isThere, best };
    this.bars.show(outputs.data, shares, best);
    const fields = shares && { name: this.data.classes[best], percent: (100 * shares[best]).toFixed(1) };
    document.getElementById("answer").textContent = shares ? filled(this.words.answer, fields) : this.words.nothing;
    this.layers.show(values);
    if (this.seen) paintGrey(this.seen, raw, this.data.form.bright_is_shown_dark);
    this.curves?.mark(raw[0]);
  }

  recolour() {
    readPalette();
    this.layers.recolour();
    this.pad?.draw();
    this.examples?.draw();
    this.curves?.draw();
    this.film?.show();
    this.show(this.shown.raw, this.shown.isThere);
  }
}

readPalette();
window.page = new Page(
  JSON.parse(document.getElementById("data").textContent),
  new Float32Array(bytesOf(document.getElementById("weights").textContent.trim()).buffer),
);
