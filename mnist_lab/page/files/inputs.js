"use strict";
// Where the input comes from: a pad to draw on, test samples, a slider for each feature.

const PEN_SHARE = 0.075;
const KEY_STEP = 0.025;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** A pad for mouse, finger, pen and keyboard; calls `changed(strokes)`. Points are shares of its side. */
class Pad {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.pen = [0.5, 0.5];
    this.isDown = false;
    this.byKeys = false;
    this.pointer = null;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (this.pointer = null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.leave());
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  begin(event) {
    if (this.pointer !== null || event.button) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.pointer = event.pointerId;
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that a script invents cannot be held.
    }
    this.leave();
    this.strokes.push([this.at(event)]);
    this.update();
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.strokes.at(-1).push(this.at(part));
    this.update();
  }

  key(event) {
    const arrow = ARROWS[event.key];
    const named = { " ": () => this.toggle(), Delete: () => this.clear(), Backspace: () => this.undo() }[event.key];
    if ((!arrow && !named) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.byKeys = true;
    if (arrow) {
      this.pen = this.pen.map((place, axis) => Math.min(1, Math.max(0, place + arrow[axis] * KEY_STEP)));
      if (this.isDown) this.strokes.at(-1).push([...this.pen]);
    } else {
      named();
    }
    this.update();
  }

  toggle() {
    this.isDown = !this.isDown;
    if (this.isDown) this.strokes.push([[...this.pen]]);
  }

  leave() {
    this.isDown = this.byKeys = false;
    this.draw();
  }

  clear() {
    this.strokes = [];
    this.isDown = false;
    this.pointer = null;
    this.update();
  }

  undo() {
    this.strokes.pop();
    this.isDown = false;
    this.pointer = null;
    this.update();
  }

  update() {
    this.draw();
    this.changed(this.strokes);
  }

  draw() {
    const side = Math.round(this.canvas.clientWidth * (window.devicePixelRatio || 1));
    if (!side) return;
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    const style = getComputedStyle(document.documentElement);
    context.strokeStyle = context.fillStyle = style.getPropertyValue("--ink");
    context.lineWidth = PEN_SHARE * side;
    context.lineCap = context.lineJoin = "round";
    for (const [first, ...others] of this.strokes) {
      context.beginPath();
      context.moveTo(first[0] * side, first[1] * side);
      for (const [x, y] of others.length ? others : [first]) context.lineTo(x * side, y * side);
      context.stroke();
    }
    if (!this.byKeys) return;
    context.beginPath();
    context.arc(this.pen[0] * side, this.pen[1] * side, 0.03 * side, 0, 2 * Math.PI);
    context.strokeStyle = style.getPropertyValue(this.isDown ? "--negative" : "--accent");
    context.lineWidth = 0.01 * side;
    context.stroke();
  }
}

/** Bytes of a text in base64. */
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Buttons of test samples; calls `chosen(grey levels)`. */
class Examples {
  constructor(place, examples, { height, width, bright_is_shown_dark }, classes, words, chosen) {
    this.pictures = examples.map(({ label, pixels }) => {
      const grey = Float32Array.from(bytesOf(pixels));
      const button = element("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-label", filled(words.example, { name: classes[label] }));
      button.title = classes[label];
      const canvas = picture(height, width, "");
      button.append(canvas);
      button.addEventListener("click", () => {
        chosen(grey);
        this.press(button);
      });
      place.append(button);
      return { button, draw: () => paintGrey(canvas, grey, bright_is_shown_dark) };
    });
    this.draw();
  }

  press(pressed) {
    for (const { button } of this.pictures) button.setAttribute("aria-pressed", String(button === pressed));
  }

  draw() {
    for (const { draw } of this.pictures) draw();
  }
}

/** A slider and a number field for each number, a choice for each column of texts; calls `changed(values)`. */
class Features {
  constructor(place, features, changed) {
    this.values = features.flatMap(({ texts, start }) => texts?.map((_, at) => Number(at === start)) ?? [start]);
    this.changed = changed;
    let number = 0;
    for (const feature of features) {
      place.append(feature.texts ? this.choice(feature, number) : this.number(feature, number));
      number += feature.texts?.length ?? 1;
    }
  }

  /** Texts, each of which is a value of 1 where it is chosen, else 0. */
  choice({ name, texts, start }, first) {
    const row = element("div", "feature choice");
    const [label, select] = [element("label", "", name), element("select")];
    select.id = `feature-${first}`;
    label.htmlFor = select.id;
    select.append(...texts.map((text) => element("option", "", text)));
    select.selectedIndex = start;
    select.addEventListener("change", () => {
      texts.forEach((_, at) => (this.values[first + at] = Number(at === select.selectedIndex)));
      this.changed(this.values);
    });
    row.append(label, select);
    return row;
  }

  /** A number by its slider and its field. */
  number({ name, low, high, start }, number) {
    const row = element("div", "feature");
    const [label, slider, field] = [element("label", "", name), element("input"), element("input")];
    field.id = `feature-${number}`;
    label.htmlFor = field.id;
    slider.setAttribute("aria-label", name);
    Object.assign(slider, { type: "range", min: low, max: high, step: "any", value: start });
    Object.assign(field, { type: "number", step: "any", value: Number(start.toPrecision(5)) });
    const set = (value, other) => {
      if (!Number.isFinite(value)) return;
      this.values[number] = value;
      other.value = other === field ? Number(value.toPrecision(5)) : value;
      this.changed(this.values);
    };
    slider.addEventListener("input", () => set(slider.valueAsNumber, field));
    field.addEventListener("input", () => set(field.valueAsNumber, slider));
    row.append(label, slider, field);
    return row;
  }
}
