"use strict";
// A drawing, as lines on a pad, brought to the form of the network's pictures: fitted into a box with its aspect ratio
// kept, its centre of mass put where theirs lies, its lines as wide as theirs.

/** Below this share of the pad's side a drawing is not enlarged further: a dot stays a dot. */
const SMALLEST_DRAWING = 0.2;

/** Square of the distance of a point from the line between two others. */
function squaredDistance(x, y, x1, y1, x2, y2) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
  return (x - x1 - share * dx) ** 2 + (y - y1 - share * dy) ** 2;
}

/** Ink of each pixel, 0 to 1: how far the pen reaches into it. Lines are [x1, y1, x2, y2] in pixels. */
function inked(lines, height, width, pen) {
  const reach = pen / 2 + 0.5;
  const ink = new Float32Array(height * width);
  for (const [x1, y1, x2, y2] of lines) {
    const left = Math.max(0, Math.floor(Math.min(x1, x2) - reach));
    const right = Math.min(width - 1, Math.ceil(Math.max(x1, x2) + reach));
    const top = Math.max(0, Math.floor(Math.min(y1, y2) - reach));
    const bottom = Math.min(height - 1, Math.ceil(Math.max(y1, y2) + reach));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const distance = Math.sqrt(squaredDistance(x + 0.5, y + 0.5, x1, y1, x2, y2));
        const share = Math.min(1, Math.max(0, reach - distance));
        if (share > ink[y * width + x]) ink[y * width + x] = share;
      }
    }
  }
  return ink;
}

/** Row and column of the centre of mass, the middle of the first pixel being 0.5. */
function centreOfMass(ink, height, width) {
  let [sum, down, across] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = ink[y * width + x];
      sum += share;
      down += share * (y + 0.5);
      across += share * (x + 0.5);
    }
  }
  return sum ? [down / sum, across / sum] : [height / 2, width / 2];
}

/**
 * Grey levels, 0 to 255, of a drawing.
 *
 * @param strokes Each a list of points [x, y], in shares of the pad's side.
 * @param form As the page's data have it.
 */
function pictureOf(strokes, form) {
  const { height, width, box, centre, pen, bright_is_ink } = form;
  const points = strokes.flat();
  const grey = (ink) => Float32Array.from(ink, (share) => Math.round(255 * (bright_is_ink ? share : 1 - share)));
  if (!points.length) return grey(new Float32Array(height * width));
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = Math.max(0, box - pen) / Math.max(right - left, bottom - top, SMALLEST_DRAWING);
  const placed = (dx, dy) =>
    strokes.flatMap((stroke) =>
      stroke.map(([x, y], k) => {
        const [px, py] = stroke[Math.max(0, k - 1)];
        return [
          (px - (left + right) / 2) * scale + width / 2 + dx,
          (py - (top + bottom) / 2) * scale + height / 2 + dy,
          (x - (left + right) / 2) * scale + width / 2 + dx,
          (y - (top + bottom) / 2) * scale + height / 2 + dy,
        ];
      }),
    );
  // Twice as large, so that nothing is cut off before it is centred.
  const roomy = placed(width / 2, height / 2);
  const [down, across] = centreOfMass(inked(roomy, 2 * height, 2 * width, pen), 2 * height, 2 * width);
  const lines = placed(centre[1] - (across - width / 2), centre[0] - (down - height / 2));
  return grey(inked(lines, height, width, pen));
}
