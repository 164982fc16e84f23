// The plan: when each frame is made, from what, by which words. Drawn with the mouse or with keys.
import {api} from '../api.js';
import {kindOf, prompts, TASKS, toOrder} from '../form.js';
import {framesAt} from '../film.js';
import {level as said} from '../format.js';
import {html, nothing} from '../lit.js';
import {say, tried} from '../notices.js';
import {Part} from '../part.js';
import {draw, hit, layout} from '../plan-canvas.js';
import {ascii, command, java} from '../plan-text.js';
import {again, faults, frames, matrix, nearest, planJson, shownPlan, tracksOf} from '../plan.js';
import {pictureAt, picturesOf, player} from '../player.js';
import {store} from '../store.js';
import {named} from '../actions.js';
import {PlanPen} from '../plan-pen.js';
import {addPrompt} from './words.js';

const VIEWS = {json: 'JSON', ascii: 'ASCII', command: 'as command', java: 'as Java'};

class Plan extends Part {
  static parts = ['form', 'base', 'walks', 'shown', 'row', 'jobs', 'theme'];
  static properties = {
    view: {state: true},
    unlocked: {state: true},
    cell: {state: true},
    brush: {state: true},
    told: {state: true},
    checked: {state: true},
    open: {state: true},
  };

  constructor() {
    super();
    this.view = null;
    this.unlocked = false;
    this.cell = {row: 0, frame: 0};
    this.anchor = null;
    this.brush = 0.5;
    this.told = '';
    this.checked = [];
    this.open = (localStorage.getItem('zoetrope.plan') ?? (innerWidth > 640 ? 'open' : 'folded')) === 'open';
    this.past = [];
    this.future = [];
    this.pen = new PlanPen(this);
  }

  get editable() {
    return Boolean(TASKS[store.state.form.task].plan);
  }

  get plan() {
    return shownPlan(store.state.base, store.state.form);
  }

  get tracks() {
    const {form, base} = store.state;
    if (!form.plan) return tracksOf(base);
    if (!form.plan.cells) return form.plan;
    const {levels, given} = this.plan;
    return {...tracksOf({levels, given}), delay: 0};
  }

  render() {
    const {base, form} = store.state;
    if (!base) return nothing;
    const plan = this.plan;
    const found = this.#faults(plan);
    const task = TASKS[form.task];
    return html`
      <section class="plan" aria-labelledby="plan-title">
        <div class="plan-head">
          <h2 id="plan-title"><button class="fold" aria-expanded=${this.open} @click=${this.#fold}>Plan</button></h2>
          <span class="soft">${plan.levels.length - 1} steps down, ${plan.levels[0].length} frames across${plan.drawn ? ', drawn' : ''}</span>
          <span class="gap"></span>
          ${!this.open ? nothing : this.editable ? this.#tools(form) : html`
            <button class="quiet" @click=${this.#takeOver}>Draw from here</button>`}
        </div>
        ${this.open ? this.#body(plan, found, task) : nothing}
      </section>
    `;
  }

  #fold = () => {
    this.open = !this.open;
    localStorage.setItem('zoetrope.plan', this.open ? 'open' : 'folded');
  };

  #body(plan, found, task) {
    return html`
        ${this.unlocked ? this.#brushes() : nothing}
        <div class="plan-grid" role="grid" tabindex="0" aria-label="Plan of ${task.label}"
          aria-rowcount=${plan.levels.length + 3} aria-colcount=${plan.levels[0].length}
          aria-activedescendant="plan-cell" aria-describedby="plan-how" aria-readonly=${!this.editable}
          @keydown=${e => this.pen.key(e)} @focus=${() => this.#paint()} @blur=${() => this.#paint()}>
          <div role="row" aria-rowindex=${this.cell.row + 4}>
            <div role="gridcell" id="plan-cell" aria-colindex=${this.cell.frame + 1}>${this.describe(plan)}</div>
          </div>
          <canvas aria-hidden="true" data-unlocked=${this.unlocked}
            @pointerdown=${e => this.pen.down(e)} @pointermove=${e => this.pen.move(e)} @pointerup=${e => this.pen.up(e)}
            @pointercancel=${e => this.pen.up(e)} @pointerleave=${() => this.pen.leave()} @dblclick=${e => this.pen.twice(e)}
            @dragover=${e => e.preventDefault()} @drop=${e => this.pen.drop(e)}></canvas>
        </div>
        <p class="readout"><span aria-live="polite">${this.told}</span><span class="hover soft"></span></p>
        <p id="plan-how" class="hidden">Arrow keys move between cells; above row 0 lie start level, prompts and given frames. Question mark lists all keys.</p>
        ${found.length > 0 ? html`
          <ul class="faults" aria-label="Faults of the plan">${found.slice(0, 4).map(one => html`
            <li><button class="link" @click=${() => this.#show(one)}>${one.message}</button></li>`)}
            ${found.length > 4 ? html`<li class="soft">and ${found.length - 4} more</li>` : nothing}</ul>` : nothing}
        <div class="views">
          ${Object.entries(VIEWS).map(([name, label]) => html`
            <button class="quiet" aria-pressed=${this.view === name} @click=${() => (this.view = this.view === name ? null : name)}>${label}</button>`)}
        </div>
        ${this.view ? this.#text(plan) : nothing}
    `;
  }

  #tools(form) {
    return html`
      <button class="quiet" ?disabled=${this.past.length === 0} @click=${() => this.undo()} title="Ctrl Z">Undo</button>
      <button class="quiet" ?disabled=${this.future.length === 0} @click=${() => this.redo()} title="Ctrl Y">Redo</button>
      ${form.plan ? html`<button class="quiet" @click=${() => this.edit({plan: null})} title="As the task has it">Reset</button>` : nothing}
      <label class="joined small" title="Each frame so many steps behind the one before it">delay
        <input class="short" inputmode="numeric" aria-label="Steps that each frame is behind the one before it" .value=${String(form.plan?.delay ?? 0)}
          @change=${e => this.track({delay: Math.max(0, Math.min(32, Math.round(Number(e.target.value)) || 0))})}></label>
      <button class="quiet" aria-pressed=${this.unlocked} @click=${() => (this.unlocked ? this.lock() : this.unlock())}>${this.unlocked ? 'Lock' : 'Unlock'} cells</button>
    `;
  }

  #brushes() {
    return html`
      <div class="brushes" role="group" aria-label="Brush">
        <label>level <input type="range" min="0" max="1" step="0.01" .value=${String(this.brush)} aria-valuetext=${said(this.brush)}
          @input=${e => (this.brush = Number(e.target.value))}> <output>${said(this.brush)}</output></label>
        <button class="quiet" @click=${() => this.pen.fillRow()}>Fill row</button>
        <button class="quiet" @click=${() => this.pen.fillColumn()}>Fill column</button>
        <button class="quiet" @click=${() => this.pen.noiseAgain()}>Noise again</button>
        <span class="soft">Shift draws a line, Alt leaves levels as they are drawn</span>
      </div>
    `;
  }

  #text(plan) {
    let words;
    try {
      words = this.#words(plan);
    } catch (e) {
      words = e.message;
    }
    return html`
      <div class="as-text">
        <pre tabindex="0" aria-label="The plan, ${VIEWS[this.view]}">${words}</pre>
        <button class="quiet copy" @click=${() => tried(async () => {
          await navigator.clipboard.writeText(words);
          say('Copied.');
        })}>Copy</button>
      </div>
    `;
  }

  #words(plan) {
    const {base, form} = store.state;
    if (this.view === 'json') return planJson(base, form);
    if (this.view === 'ascii') return ascii(plan);
    const sources = Object.fromEntries(Object.entries(form.sources).map(([key, one]) => [key, one ?? {ref: `your-${key}`, name: `your-${key}`}]));
    const order = named(toOrder({...form, sources, prompts: form.prompts.map((one, i) => (i === 0 && one.text === '' ? {...one, text: 'a red ball moves right'} : one))}));
    if (this.view === 'command') return command({...form, sources}, order, plan);
    return java(order, plan, form);
  }

  // What is told of a cell.
  describe(plan) {
    const {row, frame} = this.cell;
    const tracks = this.tracks;
    if (row === -3) return `given, frame ${frame}: ${plan.given[frame] ? (frame in tracks.given ? `held at ${said(tracks.given[frame])}` : 'given') : 'not given'}`;
    if (row === -2) {
      const weight = plan.weights[frame] ?? [1];
      return `prompts, frame ${frame}: ${weight.map((w, p) => (w > 0 ? `${String.fromCharCode(65 + p)} ${said(w)}` : '')).filter(Boolean).join(', ')}`;
    }
    if (row === -1) return `start level, frame ${frame}: ${said(plan.levels[0][frame])}`;
    const now = plan.levels[Math.min(row, plan.levels.length - 1)][frame];
    const next = plan.levels[row + 1]?.[frame];
    return `step ${row}, frame ${frame}: ${said(now)}${next === undefined ? '' : ` to ${said(next)}`}${this.unlocked ? '' : ''}`;
  }

  tell() {
    this.told = this.describe(this.plan);
  }

  #faults(plan) {
    if (!plan.drawn) return [];
    const own = faults(plan);
    const kind = kindOf(store.state.form);
    if ((kind === 'generate' || kind === 'travel') && plan.given.some(Boolean)) {
      own.push({row: 0, frame: plan.given.indexOf(true), message: `frame ${plan.given.indexOf(true)} is given, and ${TASKS[kind].label} has nothing to give: add a picture or a video in Draw, or take the mark away (G)`});
    }
    if ((kind === 'animate' || kind === 'restyle') && !plan.given.some(Boolean)) {
      own.push({row: 0, frame: 0, message: 'no frame is given, so the source would not be seen: mark some (G)'});
    }
    const same = (a, b) => a.row === b.row && a.frame === b.frame;
    return [...own, ...this.checked.filter(one => !own.some(other => same(one, other)))];
  }

  #show(fault) {
    this.cell = {row: fault.row ?? 0, frame: fault.frame ?? 0};
    this.querySelector('[role=grid]').focus();
    this.told = fault.message;
  }

  #takeOver = () => {
    const tracks = tracksOf(store.state.base);
    store.form({task: 'draw', plan: tracks, frames: String(frames(store.state.base))});
  };

  // Changes what is drawn, so that it can be undone.
  edit(patch, {fresh = true} = {}) {
    if (fresh) this.remember();
    store.form(patch);
  }

  // Changes the tracks; cells that were drawn by hand give way.
  track(patch, {fresh = true} = {}) {
    const {form} = store.state;
    const lost = form.plan?.cells ? this.#byHand() : 0;
    this.edit({plan: {...this.tracks, cells: null, marks: null, weights: null, ...patch}}, {fresh});
    if (lost > 0) say(`${lost} cells drawn by hand gave way to the tracks.`, {deeds: [{label: 'Undo', run: () => this.undo()}]});
  }

  #byHand() {
    const {levels} = this.plan;
    const own = matrix(store.state.base.snap, levels[0].length, this.tracks);
    return levels.reduce((sum, row, r) => sum + row.filter((u, f) => u !== own[r]?.[f]).length, 0);
  }

  setCells(levels, {fresh = true} = {}) {
    const plan = this.plan;
    const marks = plan.given.flatMap((is, f) => (is ? [f] : []));
    this.edit({plan: {...(store.state.form.plan ?? tracksOf(store.state.base)), cells: levels, marks, weights: plan.weights[0].length > 1 ? plan.weights : null}}, {fresh});
  }

  setMarks(marks, levels) {
    const plan = store.state.form.plan;
    this.edit({plan: {...plan, cells: levels ?? plan.cells, marks}});
  }

  unlock() {
    if (!this.editable) return;
    this.unlocked = true;
    this.told = 'Cells are unlocked: 0 to 9 sets a level, Escape locks.';
    if (this.cell.row < 0) this.cell = {...this.cell, row: 0};
  }

  lock() {
    this.unlocked = false;
    this.anchor = null;
    const cells = store.state.form.plan?.cells;
    const count = cells ? this.#byHand() : 0;
    if (cells && count === 0) store.form({plan: {...store.state.form.plan, cells: null, marks: null, weights: null}});
    this.told = count > 0 ? `Locked. ${count} cells are drawn by hand: moving a track loses them.` : 'Locked. Nothing is lost.';
  }

  #snapshot() {
    const {plan, prompts: words, blend} = store.state.form;
    return {plan, prompts: words, blend};
  }

  remember() {
    this.past = [...this.past.slice(-99), this.#snapshot()];
    this.future = [];
  }

  undo() {
    if (this.past.length === 0) return;
    this.future = [...this.future, this.#snapshot()];
    this.#restore(this.past.at(-1));
    this.past = this.past.slice(0, -1);
  }

  redo() {
    if (this.future.length === 0) return;
    this.past = [...this.past, this.#snapshot()];
    this.#restore(this.future.at(-1));
    this.future = this.future.slice(0, -1);
  }

  #restore({plan, prompts: words, blend}) {
    const typed = store.state.form.prompts;
    // Places go back, words stay as they are typed.
    store.form({plan, blend, prompts: words.map((one, i) => ({...one, text: typed[i]?.text ?? one.text}))});
  }

  addCue(frame) {
    if (!TASKS[store.state.form.task].many) {
      say('Words change on the way in Travel, Roll and Draw.');
      return;
    }
    if (frame === 0 || store.state.form.prompts.some(one => Number(one.at) === frame)) return;
    this.remember();
    const i = addPrompt(frame);
    say(`Prompt ${String.fromCharCode(65 + i)} begins at frame ${frame}.`, {deeds: [{label: 'Write it', run: () => document.getElementById(`prompt-${i}`)?.focus()}]});
  }

  // The row that the shown video is at, if it goes by this plan.
  #now(plan) {
    const job = store.shown;
    if (!job) return null;
    const walk = store.state.walks.get(job.id);
    if (job.state === 'running' && walk && walk.rows === plan.levels.length - 1) return store.state.row === null ? walk.row : pictureAt(job, store.state.row).row;
    return store.state.row !== null && job.steps === plan.levels.length - 1 ? pictureAt(job, store.state.row).row : null;
  }

  // A click on a row shows the film as it was then; of several clips, the last that was there.
  visit(row, frame) {
    const all = picturesOf(store.shown);
    const before = all.filter(one => one.row <= (row ?? 0));
    const most = Math.max(...before.map(one => one.row));
    const near = before.filter(one => one.row === most).at(-1)?.step;
    if (store.shown && near) store.set({row: near === all.at(-1).step && store.shown.state === 'running' ? null : near});
    if (store.shown && frame < store.shown.frames) player.seek(frame);
  }

  #pictures(plan) {
    const job = store.shown;
    if (!job || Math.abs(job.frames - plan.levels[0].length) > 1) return null;
    const row = store.state.row ?? (job.state === 'running' ? job.preview_step : null);
    if (job.state !== 'running' && job.state !== 'completed' && job.state !== 'draft') return null;
    return framesAt(job, row || (job.state === 'running' ? undefined : null), () => this.requestUpdate());
  }

  updated() {
    this.#paint();
    this.#check();
    const grid = this.querySelector('.plan-grid');
    if (grid && this.watched !== grid) {
      this.sized?.disconnect();
      this.watched = grid;
      this.sized = new ResizeObserver(() => this.#paint());
      this.sized.observe(grid);
    }
  }

  #paint() {
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    const plan = this.plan;
    const width = canvas.parentElement.clientWidth;
    if (width === 0) return;
    const pictures = this.#pictures(plan);
    this.at = layout(width, plan, {pictures: pictures ? pictures.w / pictures.h : null});
    const ratio = devicePixelRatio || 1;
    const w = Math.round(width * ratio);
    const h = Math.round(this.at.height * ratio);
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.height = `${this.at.height}px`;
    }
    this.cell = this.#inside(plan);
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const words = prompts(store.state.form);
    draw(context, this.at, plan, {
      tracks: this.tracks,
      cell: this.cell,
      focused: this.querySelector('[role=grid]') === document.activeElement,
      marked: this.unlocked && this.anchor ? [Math.min(this.anchor.row, this.cell.row), Math.max(this.anchor.row, this.cell.row)] : null,
      faults: this.#faults(plan),
      now: this.#now(plan),
      pictures,
      cues: words.map(one => one.at),
      words: words.map(one => one.text),
    });
  }

  #inside(plan) {
    const row = Math.min(this.cell.row, plan.levels.length - 1);
    const frame = Math.min(this.cell.frame, plan.levels[0].length - 1);
    return row === this.cell.row && frame === this.cell.frame ? this.cell : {row, frame};
  }

  // The server looks as well: it knows the sampler and the model.
  #check() {
    const {form, base} = store.state;
    const key = form.plan ? planJson(base, form) : '';
    if (key === this.asked) return;
    this.asked = key;
    clearTimeout(this.soon);
    if (key === '') {
      this.checked = [];
      return;
    }
    this.soon = setTimeout(async () => {
      try {
        const answer = await api.check({plan: JSON.parse(key), task: kindOf(form), model: form.model || store.state.usual});
        if (key === this.asked) this.checked = answer.faults;
      } catch {
        this.checked = []; // What is wrong is said when it is made.
      }
    }, 250);
  }

  snap(level, event) {
    return event?.altKey ? Math.round(level * 1000) / 1000 : nearest(store.state.base.snap, level);
  }

  again(from, to) {
    this.setCells(again(this.plan.levels, from, to));
  }

  hit(event, clamp) {
    const box = this.querySelector('canvas').getBoundingClientRect();
    return hit(this.at, event.clientX - box.left, event.clientY - box.top, clamp);
  }
}

customElements.define('zt-plan', Plan);
