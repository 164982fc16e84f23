// What was made before: found, grouped, changed.
import {api} from './api.js';
import {store} from './store.js';

const PAGE = 48;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
let asked = 0;

// The name that a job of the end of a day would have: names sort by time.
function before(until) {
  if (!until) return undefined;
  const end = new Date(`${until}T23:59:59.999`).getTime() + 1;
  let name = 'video_';
  for (let power = 9; power >= 0; power--) name += DIGITS[Math.floor(end / 32 ** power) % 32];
  return name + '0'.repeat(16);
}

export async function search(more = false) {
  const mine = ++asked;
  const {filter, found} = store.state;
  store.set({found: {...found, loading: true}});
  const last = more ? found.ids.at(-1) : undefined;
  const answer = await api.jobs({
    q: filter.q,
    star: filter.star,
    board: filter.board,
    before: last ?? before(filter.until),
    limit: PAGE,
  });
  if (mine !== asked) return; // A newer question was asked meanwhile.
  store.takeJobs(answer.jobs);
  const ids = answer.jobs.map(job => job.id);
  store.set({found: {ids: more ? [...found.ids, ...ids] : ids, more: answer.has_more, loading: false}});
}

let soon = 0;
export function filter(patch) {
  store.set({filter: {...store.state.filter, ...patch}});
  clearTimeout(soon);
  soon = setTimeout(() => search().catch(() => {}), 'q' in patch ? 220 : 0);
}

export async function shelves() {
  store.set({boards: (await api.boards()).boards});
}

export async function change(id, patch) {
  const asked = performance.now();
  store.answered([await api.change(id, patch)], asked);
  if ('board' in patch) await shelves();
}

export const star = job => change(job.id, {star: !job.star});
