// What the server tells: all tabs see the same.
import {api} from './api.js';
import {store} from './store.js';
import {search, shelves} from './history.js';

let source = null;
let lost = false;

function step(data) {
  const walks = new Map(store.state.walks);
  const before = walks.get(data.job) ?? {previews: []};
  const picture = data.picture ? {step: data.picture, row: data.row, frame: data.offset ?? 0} : null;
  const previews = picture && !before.previews.some(one => one.step === picture.step) ? [...before.previews, picture] : before.previews;
  walks.set(data.job, {rows: data.rows, row: data.row, levels: data.levels, offset: data.offset ?? 0, previews});
  const job = store.job(data.job);
  store.set({walks});
  if (!job) return;
  store.takeJobs([{
    id: data.job,
    step: data.row,
    steps: job.steps || data.rows,
    progress: data.progress ?? job.progress,
    eta_seconds: data.eta_seconds ?? null,
    preview_step: data.picture ?? job.preview_step,
  }]);
}

// Whoever comes, goes or is done changes the queue.
let soon = 0;
function queueSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => api.queue().then(queue => store.set({queue}), () => {}), 120);
}
store.turned = queueSoon;

function job(data) {
  const before = store.job(data.id);
  store.toldOf(data);
  if (before && before.board !== data.board) shelves().catch(() => {});
  // Whoever looks at nothing in particular sees what is made.
  if (data.state === 'running' && before?.state !== 'running' && store.state.follow) {
    store.set({shown: data.id, row: null, frame: 0});
  }
}

const TOLD = {
  job,
  step,
  queue: data => {
    clearTimeout(soon);
    store.set({queue: data});
  },
  worker: data => {
    const others = store.state.queue.workers.filter(one => one.name !== data.name);
    store.set({queue: {...store.state.queue, workers: [...others, data]}});
  },
  removed: data => {
    store.dropJob(data.job);
    queueSoon();
  },
};

export async function load() {
  const [models, queue, presets] = await Promise.all([api.models(), api.queue(), api.presets()]);
  store.set({models: models.models, usual: models.default, parts: models.parts, annotators: models.annotators, queue, presets: presets.presets});
  const going = await api.jobs({state: 'queued,running', limit: 200});
  store.takeJobs(going.jobs);
  await Promise.all([search(), shelves()]);
  const {shown, jobs, found, follow} = store.state;
  if (shown && !jobs.has(shown)) {
    try {
      store.takeJobs([await api.job(shown)]);
    } catch {
      store.set({shown: null}); // It is no more there.
    }
  }
  const running = store.state.queue.running[0];
  if (running && follow) store.set({shown: running});
  if (!store.state.shown && found.ids[0]) store.set({shown: found.ids[0]});
}

export function listen() {
  source?.close();
  source = api.events();
  source.onopen = () => {
    store.set({online: true});
    if (lost) load().catch(() => {});
    lost = false;
  };
  source.onerror = () => {
    lost = true;
    store.set({online: false});
    // Browsers give up for good when an answer is no stream: try again by hand.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
  for (const [name, told] of Object.entries(TOLD)) {
    source.addEventListener(name, event => told(JSON.parse(event.data)));
  }
  source.addEventListener('bye', () => store.set({online: false}));
}
