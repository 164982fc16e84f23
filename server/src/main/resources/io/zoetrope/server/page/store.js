// The state of the page: one object, changed in one place, told to whoever listens.
import {EMPTY_FORM} from './form.js';

const FORM = 'zoetrope.form';
const SHOWN = 'zoetrope.shown';

function kept(key, otherwise) {
  for (const place of [sessionStorage, localStorage]) {
    try {
      const text = place.getItem(key);
      if (text !== null) return JSON.parse(text);
    } catch {
      // What cannot be read is as if it were not there.
    }
  }
  return otherwise;
}

// Of this tab first, then of whichever tab wrote last: a new tab begins where the last one was.
function keep(key, value) {
  const text = JSON.stringify(value);
  for (const place of [sessionStorage, localStorage]) {
    try {
      place.setItem(key, text);
    } catch {
      // Full or forbidden: the page works on without a memory.
    }
  }
}

function formKept() {
  const form = kept(FORM, {});
  return {
    ...structuredClone(EMPTY_FORM),
    ...form,
    sources: {...EMPTY_FORM.sources, ...form.sources},
  };
}

class Store {
  #state = {
    form: formKept(),
    editing: null, // id of the queued job that the form changes
    jobs: new Map(),
    walks: new Map(), // of running jobs: {rows, levels, offset, previews}
    queue: {paused: false, waiting: [], running: [], workers: [], eta_seconds: null},
    models: [],
    parts: [], // what can be put into them
    annotators: [], // by what can be drawn what a control is shown
    usual: null, // the default model's name
    presets: [],
    boards: [],
    session: {needed: false, role: 'admin'},
    locked: false, // a log-in is needed
    online: true,
    estimate: null,
    fault: null, // why the last order was refused
    notices: [],
    shown: kept(SHOWN, null),
    follow: true,
    row: null, // of the shown job that is looked at; null is the newest
    frame: 0,
    playing: true,
    shelf: kept('zoetrope.shelf', 'history'),
    filter: {q: '', star: false, board: '', until: ''},
    found: {ids: [], more: false, loading: true},
    compare: kept('zoetrope.compare', null), // {ids}, in the order of their values
    picked: [],
    help: false,
    base: null, // the plan of the task as the server draws it
  };
  #listeners = new Set();
  #told = new Map(); // id -> when the server last told of it

  // Told when a job goes from one state to another: then the queue is another one. Set by live.js.
  turned = () => {};

  get state() {
    return this.#state;
  }

  set(patch) {
    this.#state = {...this.#state, ...patch};
    if ('form' in patch) keep(FORM, this.#state.form);
    if ('shown' in patch) keep(SHOWN, this.#state.shown);
    if ('shelf' in patch) keep('zoetrope.shelf', this.#state.shelf);
    if ('compare' in patch) keep('zoetrope.compare', this.#state.compare);
    const keys = Object.keys(patch);
    for (const {told, only} of this.#listeners) {
      if (!only || keys.some(key => only.includes(key))) told(keys);
    }
  }

  // What was said of the last order is not said of what was typed since.
  form(patch) {
    const form = {...this.#state.form, ...patch};
    this.set(this.#state.fault ? {form, fault: null} : {form});
  }

  // Tells of changes of these parts, or of all; returns what ends it.
  listen(told, only) {
    const one = {told, only};
    this.#listeners.add(one);
    return () => this.#listeners.delete(one);
  }

  job(id) {
    return this.#state.jobs.get(id) ?? null;
  }

  get shown() {
    return this.job(this.#state.shown);
  }

  takeJobs(jobs) {
    if (jobs.length === 0) return;
    const all = new Map(this.#state.jobs);
    let turned = false;
    for (const job of jobs) {
      const before = all.get(job.id);
      turned ||= job.state !== undefined && job.state !== before?.state;
      all.set(job.id, {...before, ...job});
    }
    this.set({jobs: all});
    if (turned) this.turned();
  }

  // Jobs as an answer has them that was asked for at a time: what was told meanwhile is newer.
  answered(jobs, asked) {
    this.takeJobs(jobs.filter(job => !(this.#told.get(job.id) > asked)));
    jobs.forEach(job => this.#arrived(job));
  }

  // A job as the server tells of it by itself.
  toldOf(job) {
    this.#told.set(job.id, performance.now());
    this.takeJobs([job]);
    this.#arrived(job);
  }

  // What is newer than all that was found stands before it, unless something else is looked for.
  #arrived(job) {
    const {found, filter} = this.#state;
    const newest = found.ids[0];
    if (filter.q || filter.star || filter.board || filter.until || found.ids.includes(job.id)) return;
    if (newest === undefined || job.id > newest) this.set({found: {...found, ids: [job.id, ...found.ids]}});
  }

  dropJob(id) {
    const jobs = new Map(this.#state.jobs);
    jobs.delete(id);
    const found = {...this.#state.found, ids: this.#state.found.ids.filter(one => one !== id)};
    this.set({jobs, found, shown: this.#state.shown === id ? null : this.#state.shown});
  }

  get model() {
    const {models, usual, form} = this.#state;
    return models.find(model => model.name === (form.model || usual)) ?? null;
  }
}

export const store = new Store();
