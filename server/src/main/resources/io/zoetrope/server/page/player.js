// The film that is seen: which frame, which row of its making, whether it plays. The parts that draw
// it follow; keys and buttons come here.
import {calm} from './part.js';
import {store} from './store.js';

export const framesOf = job => Math.max(1, job?.frames || 1);

// Rows of which there is a picture, rising: those that the job tells of, and those told of since.
export function rowsOf(job) {
  const seen = store.state.walks.get(job?.id)?.previews ?? [];
  return [...new Set([...(job?.preview_rows ?? []), ...seen])].sort((a, b) => a - b);
}

export const player = {
  toggle() {
    store.set({playing: !store.state.playing});
  },
  seek(frame) {
    const count = framesOf(store.shown);
    store.set({playing: false, frame: ((frame % count) + count) % count});
  },
  step(by) {
    if (store.shown) this.seek(store.state.frame + by);
  },
  row(by) {
    const job = store.shown;
    const rows = rowsOf(job);
    if (rows.length === 0) return;
    const {row} = store.state;
    const at = row === null ? rows.length : rows.indexOf(row);
    const to = Math.max(0, at + by);
    store.set({row: to >= rows.length ? null : rows[to]});
  },
  begin() {
    store.set({playing: !calm()});
  },
};
