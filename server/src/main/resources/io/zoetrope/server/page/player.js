// The film that is seen: which frame, which row of its making, whether it plays. The parts that draw
// it follow; keys and buttons come here.
import {calm} from './part.js';
import {store} from './store.js';

export const framesOf = job => Math.max(1, job?.frames || 1);

// Pictures of steps, rising: those that the job tells of, and those told of since.
export function picturesOf(job) {
  const seen = store.state.walks.get(job?.id)?.previews ?? [];
  const all = new Map([...(job?.pictures ?? []), ...seen].map(one => [one.step, one]));
  return [...all.values()].sort((a, b) => a.step - b.step);
}

// Their steps, counted over all clips: by these a picture is asked for.
export const rowsOf = job => picturesOf(job).map(one => one.step);

// One of them by its step; what is not known lies in the first clip.
export const pictureAt = (job, step) => picturesOf(job).find(one => one.step === step) ?? {step, row: step, frame: 0};

// A step in words: of a later clip also where that begins.
export function stepWords(job, step) {
  const {row, frame} = pictureAt(job, step);
  return frame > 0 ? `step ${row}, from frame ${frame}` : `step ${row}`;
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
