// What people do: make, change, take up again.
import {api, ApiError} from './api.js';
import {cells, fromOrder, FormError, kindOf, TASKS, toOrder, withSet} from './form.js';
import {say} from './notices.js';
import {planJson} from './plan.js';
import {store} from './store.js';

// A job that is asked for, or changed.
export async function answered(ask) {
  const asked = performance.now();
  const job = await ask();
  store.answered([job], asked);
  return job;
}

const MOST_CELLS = 48; // As many as may wait of one.

// The order of a form, with its drawn plan uploaded first.
async function order(form) {
  let planRef = null;
  if (form.plan && TASKS[form.task].plan && store.state.base) {
    const text = planJson(store.state.base, form);
    planRef = (await api.upload(new Blob([text], {type: 'application/json'}))).ref;
  } else if (form.planRef && TASKS[form.task].plan) {
    planRef = form.planRef;
  }
  return named(toOrder(form, planRef));
}

// With the model that is meant when none is named.
export function named(one) {
  return one.model?.name ? one : {...one, model: {...one.model, name: store.state.usual}};
}

// The page is quicker than the list of models when somebody types at once.
async function modelsKnown() {
  if (store.state.usual) return;
  await new Promise(done => {
    const end = store.listen(() => {
      if (!store.state.usual) return;
      end();
      done();
    }, ['usual']);
  });
}

export async function make({draft = false, first = false} = {}) {
  const {form, editing} = store.state;
  store.set({fault: null});
  try {
    await modelsKnown();
    if (editing) return await keepEdit(form, editing);
    const all = cells(form);
    if (all.length > MOST_CELLS) {
      throw new FormError('steps', `that is ${all.length} videos: ${MOST_CELLS} are the most at once`);
    }
    const several = all.length > 1;
    // Cells of a comparison begin with the same noise, or nothing could be told from them.
    const seed = several && form.seed === '' ? String(Math.floor(Math.random() * 2 ** 31)) : null;
    const batch = several ? `compare-${Date.now().toString(36)}` : null;
    const requests = [];
    for (const one of all) {
      const request = {order: await order(seed ? {...one, seed} : one)};
      if (batch) request.batch = batch;
      if (draft) request.draft_rows = Math.max(1, Number(form.draftRows) || 5);
      if (first) request.priority = 100;
      requests.push(request);
    }
    const asked = performance.now();
    const answer = await api.make(several ? requests : requests[0], crypto.randomUUID?.());
    const jobs = several ? answer.jobs : [answer];
    store.answered(jobs, asked);
    if (several) store.set({compare: {batch, ids: jobs.map(job => job.id)}, shelf: 'compare'});
    // Looked at as soon as nothing else is being made.
    if (store.shown?.state !== 'running' || !store.state.follow) {
      store.set({shown: jobs[0].id, row: null, frame: 0, follow: true});
    }
    return jobs;
  } catch (e) {
    if (!(e instanceof ApiError) && !(e instanceof FormError)) throw e;
    store.set({fault: {message: e.message, param: e.param, mends: e.mends}});
    return [];
  }
}

async function keepEdit(form, id) {
  const changed = await order(form);
  const job = await answered(() => api.change(id, {order: changed}));
  store.set({editing: null});
  say('The waiting video was changed.');
  return [job];
}

// Puts a form in place of what is typed, which stays to be had again.
export function replaceForm(form, why) {
  const before = store.state.form;
  store.set({form, fault: null});
  say(why, {deeds: [{label: 'Undo', run: () => store.set({form: before})}]});
}

// A value that mends a fault of the form.
export async function mend(set) {
  const {form, usual} = store.state;
  let now;
  try {
    now = named(toOrder(form, form.planRef ?? null));
  } catch {
    now = {task: {kind: kindOf(form)}, wish: {}};
  }
  const mended = fromOrder(withSet(now, set), usual);
  store.set({form: {...mended, plan: form.plan, draftRows: form.draftRows, sources: form.sources, loras: form.loras, control: form.control, embeddings: form.embeddings, like: form.like}, fault: null});
}

// A failed job once more, with the value that mends it.
export async function mendJob(job, set) {
  const one = withSet(job.order, set);
  const request = {order: one};
  if (job.draft_rows) request.draft_rows = job.draft_rows;
  if (job.board) request.board = job.board;
  const made = await answered(() => api.make(request));
  store.set({shown: made.id, row: null});
}

export function settingsOf(job, {seed = true} = {}) {
  const form = fromOrder(job.order, store.state.usual);
  if (!seed) form.seed = '';
  form.draftRows = store.state.form.draftRows;
  return form;
}

export function takeSettings(job) {
  replaceForm(settingsOf(job), 'Its settings are in the form.');
}

export async function again(job, seed) {
  const one = structuredClone(job.order);
  one.wish ??= {};
  if (seed === 'other') one.wish.seed = Math.floor(Math.random() * 2 ** 31);
  else one.wish.seed = job.seed;
  const request = {order: one};
  if (job.board) request.board = job.board;
  const made = await answered(() => api.make(request));
  store.set({shown: made.id, row: null, frame: 0, follow: true});
}

export async function finish(job) {
  await answered(() => api.tell(job.id, 'continue'));
}

export async function retry(job) {
  await answered(() => api.tell(job.id, 'retry'));
}

export async function cancel(job) {
  await answered(() => api.tell(job.id, 'cancel'));
}

export async function remove(job) {
  await api.remove(job.id);
  store.dropJob(job.id);
}

export function edit(job) {
  replaceForm(settingsOf(job), 'The waiting video is in the form.');
  store.set({editing: job.id});
}

// Gives the form a source; a task that has no place for it becomes one that has.
export function giveSource(slot, source) {
  const {form} = store.state;
  let task = form.task;
  if (slot !== 'control' && slot !== 'like' && !TASKS[task].sources.includes(slot)) {
    task = {image: 'animate', first: 'interpolate', last: 'interpolate', video: 'restyle'}[slot];
  }
  store.form({task, sources: {...form.sources, [slot]: source}});
}

const PICTURES = ['png', 'jpeg', 'webp'];

// Bytes of somebody's: kept by the server, and a source from then on.
export async function upload(file, slot) {
  const input = await api.upload(file);
  const source = {ref: input.ref, sha: input.sha256, kind: input.kind, name: file.name || `pasted.${input.kind}`};
  if (input.kind === 'plan') return takePlan(await file.text(), file.name);
  const still = PICTURES.includes(input.kind) && !(input.frames > 1);
  if (slot) {
    giveSource(slot, source);
    return source;
  }
  const wanted = TASKS[store.state.form.task].sources;
  const {sources} = store.state.form;
  const places = still ? ['image', 'first', 'last'] : ['video'];
  const open = wanted.filter(one => places.includes(one));
  giveSource(open.find(one => !sources[one]) ?? open[0] ?? places[0], source);
  return source;
}

export function takePlan(text, name) {
  const plan = JSON.parse(text);
  if (plan.format !== 'zoetrope-plan-1') throw new Error(`'${name}' is no plan of this program`);
  const task = TASKS[store.state.form.task].plan ? store.state.form.task : 'draw';
  store.form({
    task,
    frames: String(plan.levels[0].length),
    plan: {start: {}, given: {}, delay: 0, cells: plan.levels, marks: plan.given, weights: plan.prompts ?? null},
  });
  say(`The plan of ${name} is drawn below.`);
}

// A file that was dropped anywhere: its settings if it has some, else it is a source.
export async function drop(file) {
  if (/\.json$/i.test(file.name ?? '')) {
    const text = await file.text();
    if (text.includes('zoetrope-plan-1')) return takePlan(text, file.name);
  }
  const known = await api.recall(file).catch(e => {
    if (e.status === 0) throw e;
    return null; // Nothing is remembered in it.
  });
  if (known?.order) {
    const form = fromOrder(known.order, store.state.usual);
    form.draftRows = store.state.form.draftRows;
    const before = store.state.form;
    store.set({form, fault: null});
    const lost = known.inputs?.length > 0 ? ` ${known.inputs.length} of its sources are not here: give them again.` : '';
    say(`The settings of ${file.name} are in the form.${lost}`, {
      deeds: [
        {label: 'Undo', run: () => store.set({form: before})},
        {label: 'Use the file itself', run: () => {
          store.set({form: before});
          return upload(file);
        }},
      ],
    });
    return;
  }
  await upload(file);
  say(`${file.name || 'What you pasted'} is a source now.`);
}

// The frame of a film that is seen now, as a picture of its own.
export async function frameOf(job, media, name) {
  if (media instanceof HTMLVideoElement && media.readyState < 2) {
    await new Promise((done, failed) => {
      media.addEventListener('loadeddata', done, {once: true});
      media.addEventListener('error', () => failed(new Error('the video cannot be played')), {once: true});
    });
  }
  const canvas = document.createElement('canvas');
  canvas.width = media.videoWidth || media.width;
  canvas.height = media.videoHeight || media.height;
  canvas.getContext('2d').drawImage(media, 0, 0);
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  return new File([blob], `${name}.png`, {type: 'image/png'});
}

export async function useAs(what, job, media, frame) {
  if (what === 'same' || what === 'other') return again(job, what);
  const {form} = store.state;
  const video = {ref: `job:${job.id}`, job: job.id, kind: 'mp4', name: job.prompt || job.task};
  if (what === 'first' || what === 'last' || what === 'image') {
    const file = await frameOf(job, media, `frame ${frame}`);
    const task = TASKS[form.task].sources;
    const slot = what === 'first' ? (task.includes('first') ? 'first' : 'image') : what;
    await upload(file, slot);
    say(`Frame ${frame} is the ${what === 'last' ? 'last' : 'first'} frame now.`);
    return undefined;
  }
  const tasks = {source: 'restyle', more: 'extend', refine: 'refine'};
  store.form({
    task: tasks[what],
    sources: {...form.sources, video},
    frames: '',
    size: '',
    plan: null,
    ...(form.prompts[0].text.trim() === '' ? {prompts: [{text: job.prompt ?? '', at: 0}]} : {}),
  });
  say(`${{source: 'Restyle', more: 'Extend', refine: 'Refine'}[what]} begins with it.`);
  return undefined;
}

// Esc: what waits goes at the first, what runs at the second.
let escaped = 0;
export async function escape() {
  const {queue} = store.state;
  const running = queue.running[0];
  const waiting = queue.waiting.at(-1);
  if (escaped > Date.now() - 2500 && running) {
    escaped = 0;
    await cancel({id: running});
    say('The running video is cancelled.');
    return;
  }
  escaped = Date.now();
  if (waiting) {
    await cancel({id: waiting});
    say('The last one that waited is cancelled.', {
      deeds: [{label: 'Undo', run: () => retry({id: waiting})}],
    });
  } else if (running) {
    say('Esc once more cancels the running video.');
  }
}
