// The video that is shown: while it is made, and when it is.
import {cancel, finish, mendJob, remove, retry, takeSettings, useAs} from '../actions.js';
import {change, star} from '../history.js';
import {bytes, clock, day, seconds} from '../format.js';
import {TASKS} from '../form.js';
import {html, icon, live, nothing, styled} from '../lit.js';
import {tried} from '../notices.js';
import {Part} from '../part.js';
import {pictureAt, player, rowsOf, stepWords} from '../player.js';
import {store} from '../store.js';
import './screen.js';
import './filmstrip.js';

const TRIES = ['a red ball moves right', 'a blue cube spins', 'a green ball bounces', 'a yellow star grows'];
const PHASES = {loading: 'loading the model', reading: 'reading the sources', encoding: 'reading the words', sampling: 'denoising', decoding: 'making pictures', writing: 'writing the file'};

class Result extends Part {
  static parts = ['shown', 'jobs', 'walks', 'row', 'frame', 'playing', 'queue', 'boards', 'form'];

  render() {
    const job = store.shown;
    return html`
      <section class="result panel" aria-label="Result">
        ${job ? this.#job(job) : this.#nothing()}
        <div class="hidden" role="status" aria-live="polite">${job ? this.#spoken(job) : ''}</div>
      </section>
    `;
  }

  #nothing() {
    return html`
      <div class="empty">
        <svg viewBox="0 0 120 60" aria-hidden="true">${[0, 1, 2, 3, 4].map(i => html`<svg x=${i * 24} width="24" height="60" viewBox="0 0 24 60"><rect x="3" y="8" width="18" height="44" rx="4" fill="currentColor" opacity=${0.12 + i * 0.14}></rect></svg>`)}</svg>
        <p>Say what you would like to see. It appears here while it is made.</p>
        <p class="tries">${TRIES.map(words => html`
          <button class="quiet" @click=${() => {
            store.form({prompts: [{text: words, at: 0}]});
            document.getElementById('make')?.focus();
          }}>${words}</button>`)}</p>
      </div>
    `;
  }

  // Said at turns only: nobody wants to hear every step.
  #spoken(job) {
    const quarter = Math.floor((job.progress ?? 0) / 25) * 25;
    return {
      queued: `waits, number ${job.queue_position ?? ''}`,
      running: quarter > 0 ? `${quarter} percent` : 'is being made',
      draft: 'the draft is there',
      completed: 'the video is there',
      failed: `failed: ${job.error?.message ?? ''}`,
      cancelled: 'cancelled',
    }[job.state];
  }

  #job(job) {
    return html`
      <zt-screen></zt-screen>
      ${this.#state(job)}
      ${this.#controls(job)}
      <zt-filmstrip></zt-filmstrip>
      ${job.state === 'completed' || job.state === 'draft' ? this.#use(job) : nothing}
      ${this.#about(job)}
    `;
  }

  #state(job) {
    if (job.state === 'running') {
      const step = job.steps ? `step ${job.step} of ${job.steps}` : '';
      return html`
        <div class="state">
          <div class="meter wide-meter" role="progressbar" aria-label="Progress" aria-valuenow=${job.progress ?? 0} aria-valuemin="0" aria-valuemax="100">
            <span ${styled({width: `${Math.max(2, job.progress ?? 0)}%`})}></span></div>
          <p><strong>${job.phase === 'sampling' ? step : PHASES[job.phase] ?? 'beginning'}</strong>
            ${job.eta_seconds !== null && job.eta_seconds !== undefined ? html`<span class="soft">${seconds(job.eta_seconds)} left</span>` : nothing}
            ${job.preview_step && pictureAt(job, job.preview_step).row < job.step ? html`<span class="soft">seen at ${stepWords(job, job.preview_step)}</span>` : nothing}
            ${job.attempt > 1 ? html`<span class="soft">attempt ${job.attempt}</span>` : nothing}
            <span class="gap"></span><button class="quiet" @click=${() => tried(() => cancel(job))}>Cancel</button></p>
        </div>`;
    }
    if (job.state === 'queued') {
      const place = store.state.queue.waiting.indexOf(job.id) + 1 || job.queue_position;
      return html`<div class="state"><p><strong>${store.state.queue.paused ? 'The queue is paused' : place === 1 ? 'Next' : `Number ${place ?? ''} in the queue`}</strong>
        <span class="gap"></span><button class="quiet" @click=${() => tried(() => cancel(job))}>Cancel</button></p></div>`;
    }
    if (job.state === 'draft') {
      return html`<div class="state"><p><strong>Draft</strong> <span class="soft">${job.step || job.draft_rows} of ${job.steps} steps</span>
        <span class="gap"></span><button class="main" @click=${() => tried(() => finish(job))}>Finish</button></p></div>`;
    }
    if (job.state === 'failed' || job.state === 'cancelled') {
      const mends = job.error?.mends ?? [];
      return html`
        <div class="state ${job.state === 'failed' ? 'fault' : ''}">
          <p>${job.state === 'failed' ? job.error?.message ?? 'It failed.' : 'Cancelled.'}</p>
          <p>${mends.map(one => html`<button class="mend" @click=${() => tried(() => mendJob(job, one.set))}>Make with ${one.label}</button>`)}
            <button class="quiet" @click=${() => tried(() => retry(job))}>Try again</button></p>
        </div>`;
    }
    return nothing;
  }

  #controls(job) {
    const {row, playing} = store.state;
    const rows = rowsOf(job);
    const shown = job.state === 'completed' || job.state === 'draft';
    if (rows.length === 0 && !shown) return nothing;
    const at = row === null ? rows.length : rows.indexOf(row);
    const value = row ?? (shown ? 'film' : rows.at(-1));
    const most = shown ? rows.length : Math.max(0, rows.length - 1);
    return html`
      <div class="controls">
        <button class="quiet square" aria-label=${playing ? 'Stop' : 'Play'} title="Space" @click=${() => player.toggle()}>${icon(playing ? 'pause' : 'play')}</button>
        <button class="quiet square" aria-label="A frame back" title="J" @click=${() => player.step(-1)}>‹</button>
        <button class="quiet square" aria-label="A frame on" title="K" @click=${() => player.step(1)}>›</button>
        ${rows.length > 1 ? html`
          <label class="scrub"><span class="soft">${value === 'film' ? 'the film' : stepWords(job, value)}</span>
            <input type="range" min="0" max=${most} .value=${live(String(Math.min(at, most)))} aria-label="How far it was made"
              aria-valuetext=${value === 'film' ? 'the film' : `${stepWords(job, value)}, of ${job.steps} steps`}
              @input=${e => store.set({row: Number(e.target.value) >= (shown ? rows.length : rows.length - 1) ? null : rows[Number(e.target.value)]})}></label>` : html`<span class="gap"></span>`}
        <span class="soft count">${store.state.frame + 1}/${job.frames || '?'}</span>
      </div>
    `;
  }

  #use(job) {
    const media = () => this.querySelector('zt-screen').media;
    const one = (what, label, title) => html`
      <button class="quiet" title=${title} @click=${() => tried(() => useAs(what, job, media(), store.state.frame))}>${label}</button>`;
    return html`
      <div class="use" role="group" aria-label="Use it as">
        <span class="label">use as</span>
        ${one('first', 'first', 'The frame that you see is the first of the next one')}
        ${one('last', 'last', 'The frame that you see is the last of the next one')}
        ${one('source', 'source', 'Make it again by other words')}
        ${one('more', 'more', 'It goes on')}
        ${one('refine', 'refine', 'Larger and finer')}
        ${one('same', 'same again', 'The very same order once more')}
        ${one('other', 'another seed', 'The same order, other noise')}
        <button class="quiet" @click=${() => takeSettings(job)}>settings</button>
      </div>
    `;
  }

  #about(job) {
    const {boards} = store.state;
    const facts = [
      TASKS[job.task]?.label ?? job.task,
      job.width ? `${job.width}×${job.height}` : null,
      job.frames ? `${job.frames} frames` : null,
      job.fps ? `${job.fps} fps` : null,
      job.steps ? `${job.steps} steps` : null,
      job.model,
      bytes(job.bytes),
    ].filter(Boolean);
    return html`
      <div class="about">
        <p class="said">${job.prompts?.length > 0 ? job.prompts.join(' → ') : html`<span class="soft">no words</span>`}</p>
        <p class="soft">${facts.join(' · ')} · <span title="Its seed">seed ${job.seed}</span> · ${day(job.created_at).toLowerCase()} ${clock(job.created_at)}</p>
        ${(job.notes ?? []).map(note => html`<p class="soft">${note.replace(/\b[0-9a-f]{64}\b/g, 'the source')}</p>`)}
        <div class="about-deeds">
          <button class="quiet" aria-pressed=${job.star} title="S" @click=${() => tried(() => star(job))}>${job.star ? '★ starred' : '☆ star'}</button>
          <label class="joined"><span class="label">board</span>
            <input class="board" list="boards" placeholder="none" .value=${live(job.board ?? '')} @change=${e => tried(() => change(job.id, {board: e.target.value.trim()}))}></label>
          <label class="joined grow"><span class="label">note</span>
            <input class="grow" .value=${live(job.note ?? '')} maxlength="2000" @change=${e => tried(() => change(job.id, {note: e.target.value}))}></label>
          ${job.video ? html`<a class="button quiet" href=${job.video} download="${(job.prompt || job.task).slice(0, 60)}.mp4">Save</a>` : nothing}
          <button class="quiet" @click=${() => tried(() => this.#remove(job))}>${this.sure === job.id ? 'Really delete' : 'Delete'}</button>
        </div>
        <datalist id="boards">${boards.map(one => html`<option value=${one.name}></option>`)}</datalist>
      </div>
    `;
  }

  // Two presses in place of a question.
  async #remove(job) {
    if (this.sure !== job.id) {
      this.sure = job.id;
      this.requestUpdate();
      setTimeout(() => {
        this.sure = null;
        this.requestUpdate();
      }, 3000);
      return;
    }
    this.sure = null;
    await remove(job);
    const next = store.state.found.ids[0];
    if (!store.state.shown && next) store.set({shown: next, row: null, frame: 0});
  }
}
customElements.define('zt-result', Result);
