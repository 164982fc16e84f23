// Plans as the server has them, and their arithmetic: what tracks say becomes a matrix at once.
//
// A base is the plan of the task, as the server draws it: {levels, given, weights, snap}. What people
// draw over it: {start: {frame: level}, given: {frame: level}, delay, cells, marks, weights}.
import {prompts, TASKS} from './form.js';

export const EMPTY_PLAN = {start: {}, given: {}, delay: 0, cells: null, marks: null, weights: null};

export const frames = base => base.levels[0].length;

// The tracks that a plan of a task comes from, so that people change it from there on.
export function tracksOf(base) {
  const start = {};
  const given = {};
  base.given.forEach((is, f) => {
    if (!is) return;
    const first = base.levels[0][f];
    if (base.levels.every(row => row[f] === first)) given[f] = first;
    else start[f] = first;
  });
  return {...EMPTY_PLAN, start, given};
}

export const drawn = (base, form) => form.plan ?? tracksOf(base);

// A matrix from tracks: startAt, then stagger, then hold.
export function matrix(snap, count, tracks) {
  const start = Array.from({length: count}, (_, f) => tracks.start[f] ?? 1);
  let rows = snap.map(level => start.map(most => Math.min(level, most)));
  const same = (a, b) => a.every((v, i) => v === b[i]);
  let first = 0;
  while (first < rows.length - 2 && same(rows[first], rows[first + 1])) first++;
  rows = rows.slice(first);
  const delay = tracks.delay ?? 0;
  if (delay > 0) {
    const steps = rows.length - 1;
    const all = [];
    for (let r = 0; r <= steps + delay * (count - 1); r++) {
      all.push(start.map((_, f) => rows[Math.min(steps, Math.max(0, r - delay * f))][f]));
    }
    rows = all;
  }
  for (const [f, level] of Object.entries(tracks.given)) {
    if (Number(f) < count) for (const row of rows) row[Number(f)] = level;
  }
  return rows;
}

// Weights of prompts, [frame][prompt]: a change at p is spread over `blend` frames around it.
export function weights(cues, blend, count) {
  return Array.from({length: count}, (_, frame) => {
    const weight = cues.map((_, i) => (i === 0 ? 1 : 0));
    for (let p = 1; p < cues.length; p++) {
      const from = cues[p] - Math.floor(blend / 2);
      if (frame < from) break;
      const m = frame - from;
      const part = m >= blend ? 1 : (m + 1) / (blend + 1);
      weight[p - 1] = 1 - part;
      weight[p] = part;
    }
    return weight;
  });
}

// What is seen and ordered: {levels, given, weights, drawn}.
export function shownPlan(base, form) {
  const count = frames(base);
  const said = prompts(form);
  const many = TASKS[form.task].many && said.length > 1;
  const track = many ? weights(said.map(one => one.at), Number(form.blend) || 0, count) : base.weights;
  const plan = form.plan;
  if (!plan) return {levels: base.levels, given: base.given, weights: track, drawn: false};
  if (plan.cells) {
    const marks = new Set(plan.marks);
    return {
      levels: plan.cells,
      given: plan.cells[0].map((_, f) => marks.has(f)),
      weights: plan.weights ?? (many ? weights(said.map(one => one.at), Number(form.blend) || 0, plan.cells[0].length) : plan.cells[0].map(() => [1])),
      drawn: true,
    };
  }
  const levels = matrix(base.snap, count, plan);
  const given = levels[0].map((_, f) => f in plan.given || (plan.start[f] ?? 1) < 1);
  return {levels, given, weights: track, drawn: true};
}

// The document that the server reads.
export function planJson(base, form) {
  const plan = shownPlan(base, form);
  const document = {
    format: 'zoetrope-plan-1',
    given: plan.given.flatMap((is, f) => (is ? [f] : [])),
    levels: plan.levels,
  };
  if (plan.weights[0].length > 1) document.prompts = plan.weights;
  return JSON.stringify(document);
}

export function nearest(snap, level) {
  let best = snap[0];
  for (const one of snap) if (Math.abs(one - level) < Math.abs(best - level)) best = one;
  return best;
}

// A matrix in which rows `from` to `to` are walked once more: what moved is noised again.
export function again(levels, from, to) {
  return [...levels.slice(0, to + 1), ...levels.slice(from, to + 1), ...levels.slice(to + 1)].map(row => [...row]);
}

// Faults that need no server: [{row, frame, message}].
export function faults(plan) {
  const found = [];
  plan.levels[0].forEach((level, f) => {
    if (!plan.given[f] && level !== 1) {
      found.push({row: 0, frame: f, message: `frame ${f} starts at ${level} with nothing given: start it at 1, or give it (G)`});
    }
    if (plan.levels.every(row => row[f] === 1)) {
      found.push({row: plan.levels.length - 1, frame: f, message: `frame ${f} stays at level 1: it would end as noise`});
    }
  });
  return found;
}
