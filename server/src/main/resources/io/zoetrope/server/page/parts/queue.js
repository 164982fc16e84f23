// What is made and what waits: in order, and in another one if you like.
import {answered, cancel, edit} from '../actions.js';
import {api} from '../api.js';
import {seconds} from '../format.js';
import {TASKS} from '../form.js';
import {html, nothing, repeat, styled} from '../lit.js';
import {tried} from '../notices.js';
import {Part} from '../part.js';
import {store} from '../store.js';

class Queue extends Part {
  static parts = ['queue', 'jobs', 'editing'];

  render() {
    const {queue} = store.state;
    const all = [...queue.running, ...queue.waiting].map(id => store.job(id)).filter(Boolean);
    if (all.length === 0) return html`<p class="soft quiet-line">Nothing waits. Queue ahead as much as you like: it survives reloads and restarts.</p>`;
    return html`
      ${queue.paused ? html`<p class="quiet-line">The queue is paused. <button class="link" @click=${() => tried(async () => store.set({queue: await api.pause(false)}))}>Go on</button></p>` : nothing}
      <ol class="queue-list">
        ${repeat(all, job => job.id, job => this.#row(job, queue))}
      </ol>
      <p class="soft workers">${queue.workers.map(one => `${one.name}: ${one.state} on ${one.device}`).join(' · ')}</p>
    `;
  }

  #row(job, queue) {
    const place = queue.waiting.indexOf(job.id) + 1;
    const running = place === 0;
    const name = job.prompt || TASKS[job.task]?.label || job.task;
    return html`
      <li class="queue-row" data-job=${job.id} draggable=${!running} @dragstart=${e => e.dataTransfer.setData('text/x-zoetrope-queue', job.id)}
        @dragover=${e => e.dataTransfer.types.includes('text/x-zoetrope-queue') && e.preventDefault()} @drop=${e => this.#drop(e, place)}>
        <span class="place">${running ? '▶' : place}</span>
        <button class="link name" @click=${() => store.set({shown: job.id, row: null, frame: 0, follow: running})}>${name}</button>
        <span class="soft facts">${TASKS[job.task]?.label ?? job.task}${job.draft_rows ? ', draft' : ''}${job.batch ? ', comparison' : ''}</span>
        ${running ? html`
          <span class="meter"><span ${styled({width: `${Math.max(2, job.progress ?? 0)}%`})}></span></span>
          <span class="soft">${seconds(job.eta_seconds) || job.phase || ''}</span>` : html`
          <span class="moves">
            <button class="quiet square" aria-label="Earlier: ${name}" ?disabled=${place === 1} @click=${e => this.#move(e, job, place - 1)}>↑</button>
            <button class="quiet square" aria-label="Later: ${name}" ?disabled=${place === queue.waiting.length} @click=${e => this.#move(e, job, place + 1)}>↓</button>
            <button class="quiet" @click=${() => edit(job)}>${store.state.editing === job.id ? 'in the form' : 'Edit'}</button>
          </span>`}
        <button class="quiet" aria-label="Cancel ${name}" @click=${() => tried(() => cancel(job))}>Cancel</button>
      </li>
    `;
  }

  #move(event, job, position) {
    tried(() => answered(() => api.change(job.id, {position})));
  }

  #drop(event, place) {
    const id = event.dataTransfer.getData('text/x-zoetrope-queue');
    if (!id || place === 0) return;
    event.preventDefault();
    tried(() => answered(() => api.change(id, {position: place})));
  }
}
customElements.define('zt-queue', Queue);
