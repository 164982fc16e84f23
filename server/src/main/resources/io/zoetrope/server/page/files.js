// Files that are dropped or pasted anywhere on the page.
import {drop} from './actions.js';
import {tried} from './notices.js';

let depth = 0;
const carries = event => event.dataTransfer?.types.includes('Files');
const mark = on => document.documentElement.toggleAttribute('data-dropping', on);

document.addEventListener('dragenter', event => {
  if (!carries(event)) return;
  depth++;
  mark(true);
});
document.addEventListener('dragleave', event => {
  if (!carries(event)) return;
  depth = Math.max(0, depth - 1);
  if (depth === 0) mark(false);
});
document.addEventListener('dragover', event => {
  if (carries(event)) event.preventDefault();
});
document.addEventListener('drop', event => {
  depth = 0;
  mark(false);
  if (event.defaultPrevented || !carries(event)) return;
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) tried(() => drop(file));
});
document.addEventListener('paste', event => {
  const [file] = event.clipboardData?.files ?? [];
  if (!file) return;
  event.preventDefault();
  tried(() => drop(file));
});
