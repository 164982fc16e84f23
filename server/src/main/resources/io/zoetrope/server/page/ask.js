// What the server is asked as the form changes: the plan of the task, and whether it fits.
import {named} from './actions.js';
import {api} from './api.js';
import {cells, kindOf, split, toOrder} from './form.js';
import {matrix} from './plan.js';
import {store} from './store.js';

const USUAL_LOOP = 0.2;

let drawing = null;
let weighing = null;
let drawnFor = '';
let drawnBase = null;
let noisedBy = '';
let weighedFor = '';
let soon = 0;

const first = text => split(text)[0];

// What the plan of the task hangs on.
function wishOf(form, model) {
  const wish = {task: kindOf(form)};
  const frames = Number(first(form.frames) ?? model?.usual?.frames ?? 16);
  const steps = Number(first(form.steps) ?? model?.usual?.steps ?? 25);
  wish.frames = form.task === 'travel' || form.task === 'extend' || form.task === 'roll'
    ? Math.min(frames, Math.max(64, model?.usual?.frames ?? 16)) : Math.min(frames, 256);
  wish.steps = steps;
  if (form.model || model) wish.model = form.model || model.name;
  const number = name => Number(first(form[name] ?? ''));
  if ((wish.task === 'restyle' || wish.task === 'refine') && form.strength !== '') wish.strength = number('strength');
  if (wish.task === 'extend' && form.overlap !== '') wish.overlap = number('overlap');
  return wish;
}

// A picture that may be made again a little starts a little noisy, and falls with the others.
function noised(base, task, form) {
  const noise = form.noise === '' ? (task === 'loop' ? USUAL_LOOP : 0) : Number(first(form.noise));
  if ((task !== 'animate' && task !== 'loop') || !(noise > 0 && noise < 1)) return base;
  const start = {};
  base.given.forEach((is, f) => {
    if (is) start[f] = noise;
  });
  return {...base, levels: matrix(base.snap, base.given.length, {start, given: {}, delay: 0})};
}

async function draw() {
  const {form} = store.state;
  const wish = wishOf(form, store.model);
  if (!Number.isFinite(wish.frames) || !Number.isFinite(wish.steps)) return;
  const key = JSON.stringify(wish);
  if (key === drawnFor) {
    if (noisedBy !== form.noise) store.set({base: noised(drawnBase, wish.task, form)});
    noisedBy = form.noise;
    return;
  }
  noisedBy = form.noise;
  drawing?.abort();
  drawing = new AbortController();
  try {
    const base = await api.draw(wish, drawing.signal);
    drawnFor = key;
    drawnBase = base;
    store.set({base: noised(base, wish.task, form)});
  } catch (e) {
    if (e.name !== 'AbortError') drawnFor = ''; // The estimate says what is wrong with it.
  }
}

async function weigh() {
  const {form} = store.state;
  let order;
  try {
    order = named(toOrder(cells(form)[0], form.planRef ?? null));
  } catch {
    weighedFor = '';
    store.set({estimate: null}); // It says nothing yet.
    return;
  }
  const key = JSON.stringify(order);
  if (key === weighedFor) return;
  weighing?.abort();
  weighing = new AbortController();
  try {
    const estimate = await api.estimate(order, weighing.signal);
    weighedFor = key;
    store.set({estimate: {...estimate, cells: cells(form).length}});
  } catch (e) {
    if (e.name === 'AbortError') return;
    store.set({estimate: {error: {message: e.message, mends: e.mends ?? [], param: e.param}}});
  }
}

function ask() {
  clearTimeout(soon);
  soon = setTimeout(() => {
    if (store.state.locked || !store.state.usual) return;
    draw();
    weigh();
  }, 180);
}

store.listen(ask, ['form', 'models', 'session']);
