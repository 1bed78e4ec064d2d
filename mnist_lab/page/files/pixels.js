"use strict";
// Numbers as pixels: blue above zero, orange below, the paper's colour at zero.

const palette = {};

/** Read the colours of the style, which follow light and dark. */
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["card", "ink", "positive", "negative"]) {
    const value = style.getPropertyValue(`--${name}`).trim();
    palette[name] = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
  }
}

/** The canvas of a picture with that many numbers. */
function picture(height, width, label) {
  const canvas = document.createElement("canvas");
  canvas.height = height;
  canvas.width = width;
  if (label) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    canvas.title = label;
  } else {
    canvas.setAttribute("aria-hidden", "true");
  }
  return canvas;
}

/** Paint numbers from `offset` on; `most` and its negative have the full colours. Missing ones at the end stay empty. */
function paint(canvas, data, offset, most) {
  const context = canvas.getContext("2d");
  canvas.image ??= context.createImageData(canvas.width, canvas.height);
  const pixels = canvas.image.data;
  const { card, positive, negative } = palette;
  const end = Math.min(data.length, offset + canvas.width * canvas.height);
  for (let from = offset, at = 0; from < end; from++, at += 4) {
    const value = most ? data[from] / most : 0;
    const colour = value < 0 ? negative : positive;
    const share = Math.min(1, Math.abs(value)) || 0;
    for (let k = 0; k < 3; k++) pixels[at + k] = card[k] + share * (colour[k] - card[k]);
    pixels[at + 3] = 255;
  }
  context.putImageData(canvas.image, 0, 0);
}

/** Paint grey levels, 0 to 255, with ink in the text's colour. */
function paintGrey(canvas, grey, brightIsInk) {
  const context = canvas.getContext("2d");
  canvas.image ??= context.createImageData(canvas.width, canvas.height);
  const pixels = canvas.image.data;
  const { card, ink } = palette;
  grey.forEach((level, place) => {
    const share = brightIsInk ? level / 255 : 1 - level / 255;
    for (let k = 0; k < 3; k++) pixels[4 * place + k] = card[k] + share * (ink[k] - card[k]);
    pixels[4 * place + 3] = 255;
  });
  context.putImageData(canvas.image, 0, 0);
}

/** Smallest and largest number. */
function extremes(data) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** A number with the digits that a reader needs. */
function shortly(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.01 || size >= 1e5) ? value.toExponential(1) : value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
  return text.replace("-", "−");
}

/** Fill in what stands in brackets. */
function filled(text, fields) {
  return text.replace(/\[(\w+)\]/g, (whole, name) => fields[name] ?? whole);
}

/** An element with a class and a text. */
function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

const counted = (count) => count.toLocaleString("en-US");
