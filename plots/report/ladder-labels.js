// ladder-labels: where the texts of the ladder stand, so that none overlaps another.
//
// As in the program's own layout a text that has room nowhere is left out: zooming in makes room.

const TEXT_HEIGHT = 13; // px, a line of the ladder's text
const FONT = '11px system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif';

const measure = (() => {
  const context = document.createElement('canvas').getContext('2d');
  const known = new Map();
  return text => {
    if (known.size > 20000)
      known.clear();
    if (!known.has(text)) {
      context.font = FONT;
      known.set(text, context.measureText(text).width);
    }
    return known.get(text);
  };
})();

// The text, cut with an ellipsis to what is `width` wide; '' when hardly a word would be left.
function cutText(text, width) {
  const whole = measure(text);
  if (whole <= width)
    return text;
  const letters = Math.floor(text.length * width / whole) - 1;
  return letters < 3 ? '' : text.slice(0, letters).trimEnd() + '…';
}

// Rectangles, each turned by its angle (radians): {x, y (the centre), w, h, angle}.
class Boxes {
  constructor() {
    this.placed = [];
  }

  // Keeps the box when it overlaps none.
  take(box) {
    box.cos = Math.cos(box.angle);
    box.sin = Math.sin(box.angle);
    if (this.placed.some(other => overlap(box, other)))
      return false;
    this.placed.push(box);
    return true;
  }
}

// Separating axes: those of the sides of both.
function overlap(a, b) {
  const dx = b.x - a.x, dy = b.y - a.y;
  const far = (a.w + a.h + b.w + b.h) / 2;
  if (Math.abs(dx) > far || Math.abs(dy) > far)
    return false;
  for (const [ax, ay] of [[a.cos, a.sin], [-a.sin, a.cos], [b.cos, b.sin], [-b.sin, b.cos]])
    if (Math.abs(dx * ax + dy * ay) >= reach(a, ax, ay) + reach(b, ax, ay))
      return false;
  return true;
}

function reach(box, ax, ay) {
  return Math.abs(box.cos * ax + box.sin * ay) * box.w / 2 +
    Math.abs(-box.sin * ax + box.cos * ay) * box.h / 2;
}

// How far (x, y) is from the line {x0, y0, x1, y1}.
function distanceTo({ x0, y0, x1, y1 }, x, y) {
  const dx = x1 - x0, dy = y1 - y0, square = dx * dx + dy * dy;
  const at = square > 0 ? Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square)) : 0;
  return Math.hypot(x - x0 - at * dx, y - y0 - at * dy);
}

// Is (x, y) nearer to `line` than to any of `others` of that slope, for which a text there could be
// taken? Lines closer than two pixels look like one.
function isNearest(line, others, x, y) {
  const own = distanceTo(line, x, y) - 2;
  const dx = line.x1 - line.x0, dy = line.y1 - line.y0;
  return !others.some(other => y + own > other.y0 && y - own < other.y1 && other !== line &&
    Math.abs(dx * (other.y1 - other.y0) - dy * (other.x1 - other.x0)) <=
      0.17 * Math.hypot(dx, dy) * Math.hypot(other.x1 - other.x0, other.y1 - other.y0) &&
    distanceTo(other, x, y) < own);
}

// A label along an arrow's line {x0, y0, x1, y1} on the way that it goes on: near its sender, else
// further on, where it is nobody else's; null: no such place.
function placeLabel(boxes, line, others, way, text) {
  const length = Math.hypot(way.x1 - way.x0, way.y1 - way.y0);
  const shown = cutText(text, length - 26);
  if (shown === '')
    return null;
  const width = measure(shown);
  const leftward = way.x1 < way.x0;
  const ux = (way.x1 - way.x0) / length, uy = (way.y1 - way.y0) / length;
  const angle = leftward ? Math.atan2(-uy, -ux) : Math.atan2(uy, ux);
  for (const along of [width / 2 + 8, length / 2, length - width / 2 - 14]) {
    for (const side of [-1, 1]) {
      const off = side * TEXT_HEIGHT * 0.62;
      const box = { x: way.x0 + ux * along - Math.sin(angle) * off, y: way.y0 + uy * along + Math.cos(angle) * off,
        w: width + 4, h: TEXT_HEIGHT, angle };
      if (isNearest(line, others, box.x, box.y) && boxes.take(box))
        return { box, text: shown };
    }
  }
  return null;
}

// Texts in a margin, in order of time, one below the other: {y, text} each gets its place or is
// left out when it would be too far from its moment. `put(item, y, text)` draws it.
function stackTexts(boxes, items, { x, width, anchor, top }, put) {
  const furthest = item => (/^(state|call)/.test(item.kind) ? 8 : 3) * TEXT_HEIGHT;
  let next = top;
  for (const item of items) {
    const y = Math.max(item.y, next);
    const text = cutText(item.text, width);
    if (y - item.y > furthest(item) || text === '')
      continue;
    const w = measure(text);
    const centre = anchor === 'end' ? x - w / 2 : x + w / 2;
    if (!boxes.take({ x: centre, y, w, h: TEXT_HEIGHT - 1, angle: 0 }))
      continue;
    put(item, y, text);
    next = y + TEXT_HEIGHT;
  }
}
