// The form and what it orders: from one to the other, both ways.

// What tasks need. `many`: several prompts. `plan`: a drawn one may stand in place of its own.
export const TASKS = {
  generate: {label: 'Generate', says: 'A video from words', words: true, sources: [], fields: [], plan: true},
  animate: {label: 'Animate', says: 'A picture moves', sources: ['image'], fields: ['noise'], plan: true},
  interpolate: {label: 'Interpolate', says: 'What happens between two pictures', sources: ['first', 'last'], fields: []},
  loop: {label: 'Loop', says: 'A picture moves and comes back, without a seam', sources: ['image'], fields: ['noise']},
  extend: {label: 'Extend', says: 'A video goes on', sources: ['video'], fields: ['overlap']},
  restyle: {label: 'Restyle', says: 'A video is made again, by other words', words: true, sources: ['video'], fields: ['strength', 'overlap'], plan: true},
  refine: {label: 'Refine', says: 'A video becomes larger and finer', sources: ['video'], fields: ['scale', 'strength']},
  travel: {label: 'Travel', says: 'Words that change on the way', words: true, many: true, sources: [], fields: ['blend'], plan: true},
  roll: {label: 'Roll', says: 'A video as long as you like', words: true, many: true, sources: [], fields: ['blend', 'context']},
  draw: {label: 'Draw', says: 'Draw when each frame is made, and from what', words: true, many: true, sources: ['image', 'video'], fields: [], plan: true},
};

export const FIELDS = {
  noise: {label: 'noise', help: 'How far the picture may be made again, 0 to 0.99', key: ['task', 'noise']},
  strength: {label: 'strength', help: 'How much of the video is forgotten, 0.01 to 1', key: ['task', 'strength']},
  scale: {label: 'scale', help: 'How many times as large, 1 to 8', key: ['task', 'scale']},
  overlap: {label: 'overlap', help: 'Frames that a clip shares with the one before it', key: ['task', 'join', 'overlap']},
  blend: {label: 'blend', help: 'Frames that a change of words takes', key: ['task', 'cues', 'blend']},
  context: {label: 'context', help: 'Finished frames that the next ones are made from', key: ['task', 'context']},
};

// Tasks in which a control can be shown something.
export const CONTROLLED = ['generate', 'animate', 'restyle'];

// Fields that take a list, as `3, 5, 7`: each value is a column of a comparison.
export const LISTS = ['size', 'frames', 'fps', 'steps', 'guidance', 'sampler', 'seed', 'noise', 'strength', 'scale'];

export const EMPTY_FORM = {
  task: 'generate',
  prompts: [{text: '', at: 0}],
  negative: '',
  model: '',
  size: '',
  frames: '',
  fps: '',
  steps: '',
  guidance: '',
  sampler: '',
  seed: '',
  noise: '',
  strength: '',
  scale: '',
  overlap: '',
  blend: '',
  context: '',
  draftRows: '5',
  sources: {image: null, first: null, last: null, video: null, control: null, like: null},
  loras: [], // {file, scale}: of the server's parts, by their `ref`
  control: {net: '', scale: '', drawn: ''},
  embeddings: [], // {file, name}: words that were learned apart, by their `ref`
  like: {adapter: '', encoder: '', scale: ''}, // an IP-Adapter, which is shown a picture
  plan: null, // what was drawn: see plan.js
  rest: null, // the order that the form came from, for what the form does not show
};

// As orders have it, of `128x96`.
function sizeOf(words) {
  const found = /^\s*(\d+)\s*[x×*]\s*(\d+)\s*$/i.exec(words);
  if (!found) throw new FormError('size', `size is said as 128x96, not '${words}'`);
  return {width: Number(found[1]), height: Number(found[2])};
}

// Whether a fault is about a field, whatever lies around it: `wish.size.width`, `task.join.overlap`.
export const about = (fault, name) => Boolean(fault?.param?.split('.').includes(name));

export const split = text =>
  String(text).split(',').map(one => one.trim()).filter(one => one !== '');

const number = (text, name) => {
  const value = Number(String(text).replace(',', '.'));
  if (!Number.isFinite(value)) throw new FormError(name, `${name} must be a number, not '${text}'`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new FormError(name, `${name} is too large: ${Number.MAX_SAFE_INTEGER} is the most`);
  return value;
};

export class FormError extends Error {
  constructor(param, message) {
    super(message);
    this.param = param;
    this.mends = [];
  }
}

// The task in the order: a drawn plan goes to whichever task has what it is drawn over.
export function kindOf(form) {
  if (form.task !== 'draw') return form.task;
  if (form.sources.video) return 'restyle';
  if (form.sources.image) return 'animate';
  return prompts(form).length > 1 ? 'travel' : 'generate';
}

export function prompts(form) {
  const many = TASKS[form.task].many;
  const list = (many ? form.prompts : form.prompts.slice(0, 1)).filter(one => one.text.trim() !== '');
  return list.map((one, i) => ({text: one.text.trim(), at: i === 0 ? 0 : Number(one.at) || 0}));
}

const sourceRef = source => ({path: source.ref});

function taskOf(form, kind, planRef) {
  const before = form.rest?.task?.kind === kind ? structuredClone(form.rest.task) : {};
  const task = {...before, kind};
  const source = (key, slot, what) => {
    const one = form.sources[slot];
    if (!one) throw new FormError(slot, `give it ${what}: drop one, paste it, or take one of the history`);
    task[key] = sourceRef(one);
  };
  const set = (key, name) => {
    if (form[name] !== '') task[key] = number(form[name], name);
    else delete task[key];
  };
  if (kind === 'animate' || kind === 'loop') {
    source('image', 'image', 'a picture');
    set('noise', 'noise');
  }
  if (kind === 'interpolate') {
    source('first', 'first', 'a first picture');
    source('last', 'last', 'a last picture');
  }
  if (kind === 'extend' || kind === 'restyle' || kind === 'refine') {
    source('video', 'video', 'a video');
    if (form.overlap !== '' && kind !== 'refine') task.join = {...task.join, overlap: number(form.overlap, 'overlap')};
  }
  if (kind === 'restyle' || kind === 'refine') set('strength', 'strength');
  if (kind === 'refine') set('scale', 'scale');
  if (kind === 'travel' || kind === 'roll') {
    const blend = form.blend === '' ? 0 : number(form.blend, 'blend');
    task.cues = {starts: prompts(form).map(one => one.at), blend};
  }
  if (kind === 'roll') set('context', 'context');
  if (TASKS[form.task].plan) {
    if (planRef) task.plan = {path: planRef};
    else delete task.plan;
  }
  return task;
}

// What is put into the model: LoRAs, words, an IP-Adapter and one control. Controls and pictures beside the first stay as they were.
function putIn(form, kind, model) {
  const before = form.rest?.model?.controls ?? [];
  const loras = form.loras.filter(one => one.file !== '')
    .map(one => ({file: one.file, scale: one.scale === '' ? 1 : number(one.scale, 'loras')}));
  if (loras.length > 0) model.loras = loras;
  else delete model.loras;
  const embeddings = form.embeddings.filter(one => one.file !== '')
    .map(one => (one.name.trim() === '' ? {file: one.file} : {file: one.file, name: one.name.trim()}));
  if (embeddings.length > 0) model.embeddings = embeddings;
  else delete model.embeddings;
  putLike(form, model);
  delete model.controls;
  if (!CONTROLLED.includes(kind)) return;
  const controls = before.slice(1);
  const {net, scale, drawn} = form.control;
  if (net !== '') {
    const shown = form.sources.control;
    if (!shown) throw new FormError('control', 'give the control what it is to be shown: drop a picture or a video on its place');
    const same = before[0]?.net === net ? before[0] : {};
    const one = {...same, net, shown: sourceRef(shown), scale: scale === '' ? 1 : number(scale, 'controls')};
    if (drawn === '') delete one.drawn;
    else if (drawn !== same.drawn?.by) one.drawn = drawn === 'name' ? {} : {by: drawn};
    controls.unshift(one);
  }
  if (controls.length > 0) model.controls = controls;
}

// The picture that a video is to be like, by an IP-Adapter.
function putLike(form, model) {
  const before = form.rest?.model?.pictures;
  const {adapter, encoder, scale} = form.like;
  if (adapter === '') {
    // A model that is told pictures as they are has no adapter: what an order says of it stays.
    if (before?.adapter) delete model.pictures;
    return;
  }
  const shown = form.sources.like;
  if (!shown) throw new FormError('like', 'give the IP-Adapter the picture that the video is to be like: drop one on its place');
  const others = before?.shown ?? [];
  model.pictures = {adapter, shown: [{...others[0], picture: sourceRef(shown)}, ...others.slice(1)], scale: scale === '' ? 1 : number(scale, 'pictures')};
  if (encoder !== '') model.pictures.encoder = encoder;
}

// How a control is drawn, as the form has it: not at all, by its name, by a word.
const drawnOf = control => (control?.drawn ? control.drawn.by ?? 'name' : '');

// One order of a form without lists. `planRef` names the drawn plan, once it is uploaded.
export function toOrder(form, planRef = null) {
  const kind = kindOf(form);
  const said = prompts(form);
  const wish = {};
  if (said.length > 0) wish.prompts = (TASKS[form.task].many ? said : said.slice(0, 1)).map(one => one.text);
  if (form.task === 'draw' && kind !== 'travel' && wish.prompts) wish.prompts = wish.prompts.slice(0, 1);
  if (TASKS[form.task].words && !wish.prompts && kind !== 'animate') {
    throw new FormError('prompt', 'say what the video shall show');
  }
  if (form.negative.trim() !== '') wish.negative = form.negative.trim();
  for (const name of ['frames', 'fps', 'steps', 'guidance', 'seed']) {
    if (form[name] !== '') wish[name] = number(form[name], name);
  }
  if (form.size !== '') wish.size = sizeOf(form.size);
  if (form.sampler !== '') wish.sampler = form.sampler;
  const order = {task: taskOf(form, kind, planRef), wish};
  const model = {...form.rest?.model, ...(form.model === '' ? {} : {name: form.model})};
  putIn(form, kind, model);
  if (Object.keys(model).length > 0) order.model = model;
  if (form.rest?.tuning && Object.keys(form.rest.tuning).length > 0) order.tuning = form.rest.tuning;
  return order;
}

// What may differ between the cells of a comparison: [{name, values}].
export function axes(form) {
  const found = [];
  const words = /\{([^{}]*\|[^{}]*)\}/.exec(form.prompts[0]?.text ?? '');
  if (words) found.push({name: 'prompt', values: words[1].split('|').map(one => one.trim()), all: words[0]});
  for (const name of LISTS) {
    const values = split(form[name] ?? '');
    if (values.length > 1) found.push({name, values});
  }
  return found;
}

// All forms of a form with lists, one for each cell; itself if there are none.
export function cells(form) {
  let forms = [form];
  for (const {name, values, all} of axes(form)) {
    forms = forms.flatMap(one => values.map(value =>
      name === 'prompt'
        ? {...one, prompts: one.prompts.map((p, i) => (i === 0 ? {...p, text: p.text.replace(all, value)} : p))}
        : {...one, [name]: value}));
  }
  return forms;
}

const text = value => (value === null || value === undefined ? '' : String(value));

const fileOf = ref => (ref?.path ? {ref: ref.path, name: nameOf(ref.path)} : null);

export function nameOf(ref) {
  if (ref.startsWith('job:')) return 'a result';
  if (ref.startsWith('input:')) return 'a file';
  return ref.split('/').pop();
}

// The form of an order. `usual` is the model that needs no name.
export function fromOrder(order, usual) {
  const task = order.task ?? {kind: 'generate'};
  const wish = order.wish ?? {};
  const form = structuredClone(EMPTY_FORM);
  form.task = task.kind in TASKS ? task.kind : 'generate';
  const starts = task.cues?.starts ?? [];
  const said = wish.prompts ?? [];
  form.prompts = said.length === 0 ? [{text: '', at: 0}] : said.map((one, i) => ({text: one, at: starts[i] ?? 0}));
  form.negative = text(wish.negative);
  const size = wish.size;
  form.size = typeof size === 'object' && size ? `${size.width}x${size.height}` : text(size);
  for (const name of ['frames', 'fps', 'steps', 'guidance', 'sampler', 'seed']) form[name] = text(wish[name]);
  form.noise = text(task.noise);
  form.strength = text(task.strength);
  form.scale = text(task.scale);
  form.overlap = text(task.join?.overlap);
  form.blend = text(task.cues?.blend);
  form.context = text(task.context);
  const control = order.model?.controls?.[0];
  const like = order.model?.pictures;
  form.sources = {image: fileOf(task.image), first: fileOf(task.first), last: fileOf(task.last), video: fileOf(task.video), control: fileOf(control?.shown), like: fileOf(like?.shown?.[0]?.picture)};
  form.loras = (order.model?.loras ?? []).map(one => ({file: one.file, scale: text(one.scale ?? 1)}));
  form.embeddings = (order.model?.embeddings ?? []).map(one => ({file: one.file, name: text(one.name)}));
  form.like = {adapter: like?.adapter ?? '', encoder: like?.encoder ?? '', scale: text(like?.scale)};
  form.control = {net: control?.net ?? '', scale: text(control?.scale), drawn: drawnOf(control)};
  const name = order.model?.name ?? '';
  form.model = name === usual ? '' : name;
  form.rest = {task, model: order.model ?? null, tuning: order.tuning ?? null};
  form.planRef = task.plan?.path ?? null;
  return form;
}

// An order with a value at a key with dots, as `wish.size`.
export function withSet(order, set) {
  const copy = structuredClone(order);
  for (const [key, value] of Object.entries(set)) {
    const path = key.split('.');
    const last = path.pop();
    let at = copy;
    for (const one of path) at = at[one] ??= {};
    if (value === null) delete at[last];
    else at[last] = last === 'size' && typeof value === 'string' ? sizeOf(value) : value;
  }
  return copy;
}
