// Keys that work anywhere. What has the focus may take one first: a field its letters, the plan its cells.
import {escape, make} from './actions.js';
import {star} from './history.js';
import {tried} from './notices.js';
import {player} from './player.js';
import {store} from './store.js';

export const KEYS = [
  ['Ctrl Enter', 'make it'],
  ['Ctrl Shift Enter', 'make it before all others'],
  ['Esc', 'cancel the last that waits; twice: the one that runs'],
  ['Space', 'play or stop'],
  ['J K', 'a frame back, a frame on'],
  ['[ ]', 'a step of the making back, on'],
  ['S', 'star the video that is shown'],
  ['/', 'search what was made'],
  ['?', 'these keys'],
];

export const PLAN_KEYS = [
  ['Arrows', 'another cell; above row 0 lie the tracks'],
  ['Home End', 'first and last frame; with Ctrl first and last row'],
  ['0 to 9', 'level in tenths: where the frame starts, or of the cell once unlocked'],
  ['Del', 'level 1: pure noise again'],
  ['G', 'give this frame, or take it away'],
  ['H', 'hold it: clean, then at a level'],
  ['P', 'a prompt begins here'],
  ['U', 'unlock the cells'],
  ['Shift with arrows', 'a line of cells, once unlocked'],
  ['R C', 'fill the row, the column, once unlocked'],
  ['N', 'noise again: the marked rows once more'],
  ['Ctrl Z', 'undo'],
  ['Ctrl Y', 'redo'],
  ['Esc', 'lock the cells, then leave'],
];

const typing = target => target.closest?.('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]');
const pressing = target => target.closest?.('button, summary, a, [role=slider], [role=grid]');

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.isComposing) return;
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key === 'Enter') {
    event.preventDefault();
    tried(() => make({first: event.shiftKey}));
    return;
  }
  if (event.key === 'Escape') {
    if (store.state.help) store.set({help: false});
    else if (typing(event.target)) event.target.blur();
    else if (store.state.editing) store.set({editing: null});
    else tried(escape);
    return;
  }
  if (mod || event.altKey || typing(event.target)) return;
  const deed = {
    ' ': () => !pressing(event.target) && player.toggle(),
    j: () => player.step(-1),
    k: () => player.step(1),
    '[': () => player.row(-1),
    ']': () => player.row(1),
    s: () => store.shown && tried(() => star(store.shown)),
    '/': () => {
      store.set({shelf: 'history'});
      setTimeout(() => document.getElementById('search')?.focus());
    },
    '?': () => store.set({help: !store.state.help}),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (deed && deed() !== false) event.preventDefault();
});

