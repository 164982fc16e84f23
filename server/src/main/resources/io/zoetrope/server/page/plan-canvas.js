// How a plan looks: tracks above, the matrix below, frames across.
import {colour, shade} from './colours.js';
import {level as said} from './format.js';

export const TRACKS = ['level', 'prompts', 'given']; // upwards from the matrix: rows -1, -2, -3

// Where everything is, in CSS pixels.
export function layout(width, plan, {pictures = null} = {}) {
  const count = plan.levels[0].length;
  const rows = plan.levels.length;
  const left = width < 480 ? 52 : 72;
  const col = (width - left - 10) / count;
  let y = 4;
  const place = height => {
    const at = {y, height};
    y += height + 6;
    return at;
  };
  const at = {left, col, count, rows, width};
  at.numbers = place(12);
  if (pictures) at.pictures = place(Math.max(12, Math.min(54, (col - 1) / pictures)));
  at.given = place(20);
  at.prompts = place(22);
  at.level = place(48);
  at.row = Math.max(3, Math.min(13, 250 / rows));
  at.matrix = place(at.row * rows);
  at.height = y;
  at.x = frame => left + frame * col;
  return at;
}

// What lies at a point: {part, frame, row, level}; null if nothing.
export function hit(at, x, y, clamp = null) {
  const frame = Math.max(0, Math.min(at.count - 1, Math.floor((x - at.left) / at.col)));
  for (const part of clamp ? [clamp] : ['given', 'prompts', 'level', 'matrix', 'pictures']) {
    const track = at[part];
    if (!track || (!clamp && (y < track.y - 2 || y >= track.y + track.height + 2))) continue;
    if (!clamp && x < at.left && part !== 'matrix') return null;
    const inside = Math.max(0, Math.min(1, (y - track.y) / track.height));
    return {
      part, frame,
      row: part === 'matrix' ? Math.min(at.rows - 1, Math.floor(inside * at.rows)) : -1 - TRACKS.indexOf(part),
      level: 1 - inside,
      low: inside > 0.5,
      position: (x - at.left) / at.col,
    };
  }
  return null;
}

function text(context, words, x, y, {ink = '--soft', align = 'left', bold = false, size = 11} = {}) {
  context.fillStyle = colour(ink);
  context.font = `${bold ? 600 : 400} ${size}px system-ui, sans-serif`;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillText(words, x, y);
}

function diamond(context, x, y, r) {
  context.beginPath();
  context.moveTo(x, y - r);
  context.lineTo(x + r, y);
  context.lineTo(x, y + r);
  context.lineTo(x - r, y);
  context.closePath();
}

const BANDS = ['--band-a', '--band-b', '--band-c', '--band-d'];

// Draws all of it. `look`: {tracks, cell, focused, unlocked, editable, marked, faults, now, pictures, cues, blend, letters}.
export function draw(context, at, plan, look) {
  const {left, col, count, rows} = at;
  const right = at.x(count);
  context.clearRect(0, 0, at.width, at.height);

  const every = Math.max(1, Math.ceil(26 / col));
  const nice = [1, 2, 4, 5, 8, 10, 16, 20, 25, 50].find(n => n >= every) ?? 100;
  for (let f = 0; f < count; f += nice) text(context, String(f), at.x(f) + col / 2, at.numbers.y + 6, {align: 'center'});
  text(context, 'frame', left - 8, at.numbers.y + 6, {align: 'right'});

  if (at.pictures && look.pictures) {
    const {y, height} = at.pictures;
    for (let f = 0; f < count; f++) {
      const from = Math.floor((f * look.pictures.count) / count);
      look.pictures.draw(context, from, at.x(f) + 0.5, y, Math.max(1, col - 1), height);
    }
  }

  drawGiven(context, at, plan, look);
  drawPrompts(context, at, plan, look);
  drawLevel(context, at, look);

  const gap = at.row > 5 && col > 6 ? 1 : 0;
  const {y} = at.matrix;
  for (let r = 0; r < rows; r++) {
    for (let f = 0; f < count; f++) {
      const u = plan.levels[r][f];
      context.fillStyle = shade(u);
      context.fillRect(at.x(f), y + r * at.row, col - gap, at.row - gap);
      if (r > 0 && u > plan.levels[r - 1][f] && at.row > 4) {
        context.fillStyle = colour('--accent');
        context.beginPath();
        const cx = at.x(f) + col / 2;
        context.moveTo(cx, y + r * at.row + 1);
        context.lineTo(cx + 3, y + (r + 1) * at.row - 2);
        context.lineTo(cx - 3, y + (r + 1) * at.row - 2);
        context.fill();
      }
    }
  }
  const label = Math.max(1, Math.ceil(14 / at.row));
  for (let r = 0; r < rows; r += label) {
    if (look.now !== null && Math.abs(r - look.now) < label && r !== look.now) continue;
    text(context, r === 0 ? 'step 0' : String(r), left - 8, y + (r + 0.5) * at.row, {align: 'right'});
  }
  if (look.marked) {
    const [from, to] = look.marked;
    context.strokeStyle = colour('--accent');
    context.setLineDash([4, 3]);
    context.strokeRect(left - 2, y + from * at.row - 1, right - left + 3, (to - from + 1) * at.row + 1);
    context.setLineDash([]);
  }
  if (look.now !== null && look.now < rows) {
    const top = y + look.now * at.row;
    context.save();
    context.shadowColor = colour('--accent');
    context.shadowBlur = 12;
    context.strokeStyle = colour('--accent');
    context.lineWidth = 2;
    context.strokeRect(left - 2, top - 1.5, right - left + 3, at.row + 2);
    context.restore();
    text(context, `▶ ${look.now}`, left - 8, top + at.row / 2, {align: 'right', ink: '--accent', bold: true});
  }
  for (const fault of look.faults) {
    const f = fault.frame ?? 0;
    const r = fault.row ?? 0;
    context.strokeStyle = colour('--bad');
    context.lineWidth = 2;
    context.strokeRect(at.x(f) - 0.5, y + r * at.row - 0.5, col, at.row);
    text(context, '!', at.x(f) + col / 2, y + (r + 0.5) * at.row, {align: 'center', ink: '--bad', bold: true, size: 12});
  }
  if (look.focused) drawCell(context, at, look.cell);
}

function drawGiven(context, at, plan, look) {
  const {y, height} = at.given;
  const middle = y + height / 2;
  text(context, 'given', at.left - 8, middle, {align: 'right'});
  context.strokeStyle = colour('--line');
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(at.left, middle);
  context.lineTo(at.x(at.count), middle);
  context.stroke();
  for (let f = 0; f < at.count; f++) {
    const x = at.x(f) + at.col / 2;
    const r = Math.min(7, at.col / 2);
    if (plan.given[f]) {
      const held = look.tracks.given[f];
      diamond(context, x, middle, r);
      context.fillStyle = held === undefined ? colour('--page') : colour('--accent');
      context.strokeStyle = colour('--accent');
      context.fill();
      context.lineWidth = 1.5;
      context.stroke();
      if (held > 0 && at.col > 26) text(context, said(held), x + 9, middle, {ink: '--ink', size: 10});
    } else {
      context.fillStyle = colour('--faint');
      context.beginPath();
      context.arc(x, middle, 1.5, 0, 7);
      context.fill();
    }
  }
}

function drawPrompts(context, at, plan, look) {
  const {y, height} = at.prompts;
  text(context, 'prompts', at.left - 8, y + height / 2, {align: 'right'});
  const several = plan.weights[0].length > 1;
  for (let f = 0; f < at.count; f++) {
    const weight = plan.weights[Math.min(f, plan.weights.length - 1)];
    let top = y + height;
    weight.forEach((w, p) => {
      if (w === 0) return;
      top -= w * height;
      context.fillStyle = colour(BANDS[p % BANDS.length]);
      context.fillRect(at.x(f), top, at.col + 0.5, w * height);
    });
  }
  const cues = several ? look.cues : [0];
  cues.forEach((cue, p) => {
    const end = cues[p + 1] ?? at.count;
    const x = at.x(cue);
    if (p > 0) {
      context.fillStyle = colour('--ink');
      context.fillRect(x - 1, y - 2, 2, height + 4);
    }
    context.save();
    context.beginPath();
    context.rect(x, y, (end - cue) * at.col, height);
    context.clip();
    const letter = String.fromCharCode(65 + (p % 26));
    text(context, several ? `${letter}  ${look.words[p] ?? ''}` : look.words[0] ?? '', x + 7, y + height / 2, {ink: '--band-ink', bold: several});
    context.restore();
  });
}

function drawLevel(context, at, look) {
  const {y, height} = at.level;
  text(context, at.left < 60 ? 'start' : 'start level', at.left - 8, y + height / 2, {align: 'right'});
  context.fillStyle = colour('--well');
  context.fillRect(at.left, y, at.count * at.col, height);
  const top = f => y + (1 - (look.tracks.start[f] ?? look.tracks.given[f] ?? 1)) * height;
  context.beginPath();
  context.moveTo(at.left, y + height);
  for (let f = 0; f < at.count; f++) {
    context.lineTo(at.x(f), top(f));
    context.lineTo(at.x(f + 1), top(f));
  }
  context.lineTo(at.x(at.count), y + height);
  context.fillStyle = colour('--curve');
  context.fill();
  context.beginPath();
  for (let f = 0; f < at.count; f++) {
    if (f === 0) context.moveTo(at.left, top(f));
    context.lineTo(at.x(f), top(f));
    context.lineTo(at.x(f + 1), top(f));
  }
  context.strokeStyle = colour('--accent');
  context.lineWidth = 1.5;
  context.stroke();
}

function drawCell(context, at, cell) {
  const part = cell.row >= 0 ? null : at[TRACKS[-1 - cell.row]];
  const y = part ? part.y : at.matrix.y + cell.row * at.row;
  const height = part ? part.height : at.row;
  context.lineWidth = 2;
  context.strokeStyle = colour('--page');
  context.strokeRect(at.x(cell.frame) - 2, y - 2, at.col + 3, height + 3);
  context.strokeStyle = colour('--ink');
  context.strokeRect(at.x(cell.frame) - 1, y - 1, at.col + 1, height + 1);
}
