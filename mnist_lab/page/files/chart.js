"use strict";
// Lines of the classes' outputs over an axis on which each class has its bands.

const SVG = "http://www.w3.org/2000/svg";
// As dark as the page's night side.
const LIGHTER = { "#1a1a6e": "#8f8fff", "#7f7f7f": "#b0b0b0", "#8c564b": "#c08578" };

function svgElement(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round numbers in a range, at most so many. */
function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(Number((k * step).toPrecision(6)));
  return found;
}

class LineChart {
  /**
   * @param place Gets the picture and the legend.
   * @param axis positions, bands [class, start, end], classes, colours, label, measured.
   * @param accuracyName Of the red line; null: there is none.
   */
  constructor(place, axis, accuracyName) {
    this.axis = axis;
    this.accuracyName = accuracyName;
    const ends = [...axis.positions, ...axis.bands.flatMap(([, start, end]) => [start, end])];
    [this.low, this.high] = extremes(ends);
    if (this.low === this.high) this.high = this.low + 1;
    this.svg = svgElement("svg", { role: "img", "aria-label": axis.label });
    this.legend = element("ul", "legend");
    place.append(this.svg, this.legend);
    this.scores = null;
    this.marked = null;
    new ResizeObserver(() => this.draw()).observe(place);
    this.place = place;
  }

  colour(label) {
    const colour = this.axis.colours[label];
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return (dark && LIGHTER[colour]) || colour;
  }

  /** Show scores, class by class, between `low` and `high`. */
  show(scores, [low, high], accuracy) {
    Object.assign(this, { scores, bottom: low - 1, top: high + 1, accuracy });
    this.draw();
  }

  mark(position) {
    this.marked = position;
    this.draw();
  }

  draw() {
    const width = this.place.clientWidth;
    if (!this.scores || !width) return;
    const height = Math.round(Math.min(440, Math.max(250, width * 0.5)));
    const area = { left: 40, right: width - (this.accuracyName ? 44 : 12), top: 22, bottom: height - 42 };
    this.x = (value) => area.left + ((value - this.low) / (this.high - this.low)) * (area.right - area.left);
    this.y = (value) => area.bottom - ((value - this.bottom) / (this.top - this.bottom)) * (area.bottom - area.top);
    this.svg.replaceChildren();
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawBands(area);
    this.drawAxes(area, width, height);
    this.drawLines(area);
    this.drawLegend();
  }

  add(tag, attributes, text) {
    this.svg.append(svgElement(tag, attributes, text));
  }

  drawBands(area) {
    for (const [label, start, end] of this.axis.bands) {
      const [left, right] = [this.x(start), this.x(end)];
      const name = this.axis.classes[label];
      const size = { y: area.top, height: area.bottom - area.top };
      this.add("rect", { x: left, width: Math.max(0, right - left), fill: this.colour(label), opacity: 0.13, ...size });
      if (name.length * 7 < right - left + 4) {
        const y = this.axis.measured ? area.top - 7 : area.bottom + 16;
        this.add("text", { x: (left + right) / 2, y, "text-anchor": "middle" }, name);
      }
    }
  }

  drawAxes(area, width, height) {
    for (const value of ticks(this.bottom, this.top, 6)) {
      const y = this.y(value);
      this.add("line", { class: "axis", x1: area.left, x2: area.right, y1: y, y2: y });
      this.add("text", { x: area.left - 6, y: y + 4, "text-anchor": "end" }, String(value).replace("-", "−"));
    }
    if (this.axis.measured) {
      for (const value of ticks(this.low, this.high, Math.max(3, width / 110))) {
        const text = String(value).replace("-", "−");
        this.add("text", { x: this.x(value), y: area.bottom + 16, "text-anchor": "middle" }, text);
      }
    }
    const middle = { x: (area.left + area.right) / 2, "text-anchor": "middle" };
    this.add("text", { ...middle, y: height - 8 }, this.axis.label);
    for (const share of this.accuracyName ? [0, 0.5, 1] : []) {
      const y = area.bottom - share * (area.bottom - area.top);
      this.add("text", { class: "alarm", x: area.right + 6, y: y + 4 }, share.toFixed(1));
    }
  }

  drawLines(area) {
    const xs = Array.from(this.axis.positions, this.x);
    this.scores.forEach((row, label) => {
      const points = xs.map((x, k) => `${x.toFixed(1)},${this.y(row[k]).toFixed(1)}`).join(" ");
      this.add("polyline", { points, fill: "none", stroke: this.colour(label), "stroke-width": 1.7, "stroke-linejoin": "round" });
    });
    if (this.accuracyName) {
      const y = area.bottom - this.accuracy * (area.bottom - area.top);
      this.add("line", { class: "alarm", x1: area.left, x2: area.right, y1: y, y2: y, "stroke-width": 2.4 });
    }
    if (this.marked !== null) {
      const x = this.x(Math.min(this.high, Math.max(this.low, this.marked)));
      this.add("line", { class: "marker", x1: x, x2: x, y1: area.top, y2: area.bottom });
    }
  }

  drawLegend() {
    const entries = this.axis.classes.map((name, label) => [name, this.colour(label)]);
    if (this.accuracyName) entries.push([`${this.accuracyName} ${this.accuracy.toFixed(3)}`, "var(--alarm)"]);
    this.legend.replaceChildren(
      ...entries.map(([name, colour]) => {
        const entry = element("li");
        const line = element("i");
        line.style.background = colour;
        entry.append(line, name);
        return entry;
      }),
    );
  }
}
