"use strict";
// The scores that were drawn while the network learned, one moment after the other.

const MOMENT_MS = 250;

class Film {
  constructor(film, words, { place, title, slider, button }) {
    Object.assign(this, { film, words, title, slider, button, timer: null });
    this.chart = new LineChart(place, film, words.accuracy);
    slider.max = film.frames.length - 1;
    slider.value = slider.max;
    slider.addEventListener("input", () => {
      this.stop();
      this.show();
    });
    button.addEventListener("click", () => (this.timer === null ? this.play() : this.stop()));
    this.show();
  }

  show() {
    const { title, accuracy, low, high, scores } = this.film.frames[this.slider.valueAsNumber];
    const steps = new Uint16Array(bytesOf(scores).buffer);
    const count = this.film.positions.length;
    const rows = this.film.classes.map((_, label) =>
      Array.from(steps.subarray(label * count, (label + 1) * count), (step) => low + (step / 65535) * (high - low)),
    );
    this.title.textContent = title;
    this.slider.setAttribute("aria-valuetext", title);
    this.chart.show(rows, [low, high], accuracy);
  }

  play() {
    if (this.slider.value === this.slider.max) this.slider.value = 0;
    this.button.textContent = this.words.pause;
    this.show();
    this.timer = setInterval(() => {
      this.slider.valueAsNumber += 1;
      this.show();
      if (this.slider.value === this.slider.max) this.stop();
    }, MOMENT_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = this.words.play;
  }
}
