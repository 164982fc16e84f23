// The hand that draws in a plan: mouse, touch and keys do the same things.
import {giveSource, upload} from './actions.js';
import {prompts, TASKS} from './form.js';
import {level as said} from './format.js';
import {say, tried} from './notices.js';
import {store} from './store.js';

export class PlanPen {
  constructor(plan) {
    this.plan = plan;
    this.drag = null;
  }

  // --- with the mouse ---

  down(event) {
    if (event.button !== 0) return;
    const at = this.plan.hit(event);
    this.plan.querySelector('[role=grid]').focus({preventScroll: true});
    if (!at) return;
    if (at.part !== 'pictures') this.plan.cell = {row: at.row, frame: at.frame};
    if (at.part === 'pictures' || (at.part === 'matrix' && !this.plan.unlocked)) {
      this.plan.visit(at.part === 'matrix' ? at.row : null, at.frame);
      this.plan.tell();
      return;
    }
    if (!this.plan.editable) {
      this.plan.told = `The plan of ${TASKS[store.state.form.task].label} is as it is. 'Draw from here' takes it over.`;
      return;
    }
    event.target.setPointerCapture(event.pointerId);
    this.drag = {...at, last: at, moved: false};
    if (at.part === 'level') {
      this.plan.remember();
      this.#level(at, at, event);
    } else if (at.part === 'matrix') {
      this.plan.remember();
      if (event.shiftKey && this.plan.anchor) this.#line(this.plan.anchor, at, this.plan.brush);
      else this.#paint(at, at, event);
      this.plan.anchor = {row: at.row, frame: at.frame};
    } else if (at.part === 'prompts') {
      this.drag.cue = this.#cueNear(at.position);
      if (this.drag.cue > 0) this.plan.remember();
    }
  }

  move(event) {
    const {drag, plan} = this;
    if (!drag) {
      const at = plan.hit(event);
      this.#hover(at, event);
      return;
    }
    const at = plan.hit(event, drag.part);
    if (at.frame !== drag.frame || Math.abs(at.level - drag.level) > 0.06) drag.moved = true;
    if (drag.part === 'level') this.#level(drag.last, at, event);
    if (drag.part === 'matrix') this.#paint(drag.last, at, event);
    if (drag.part === 'given' && drag.moved) this.#hold(drag.frame, plan.snap(at.level, event), !drag.begun);
    if (drag.part === 'prompts' && drag.cue > 0) {
      if (drag.low) this.#blend(drag.cue, at.position);
      else this.#cue(drag.cue, Math.round(at.position));
    }
    drag.begun ||= drag.moved;
    drag.last = at;
    plan.tell();
  }

  up(event) {
    const {drag, plan} = this;
    this.drag = null;
    if (!drag || event.type === 'pointercancel') return;
    if (drag.part === 'given' && !drag.moved) this.give(drag.frame);
    plan.tell();
  }

  leave() {
    if (!this.drag) this.#hover(null);
  }

  twice(event) {
    const at = this.plan.hit(event);
    if (at?.part === 'prompts') this.plan.addCue(at.frame);
  }

  // A picture or a video on a frame: it is a source, and the frame is given.
  drop(event) {
    const at = this.plan.hit(event, 'given');
    const job = store.job(event.dataTransfer.getData('text/x-zoetrope-job'));
    const [file] = event.dataTransfer.files;
    if (!at || (!job && !file)) return;
    event.preventDefault();
    document.documentElement.removeAttribute('data-dropping');
    const {sources} = TASKS[store.state.form.task];
    const film = job || file.type.startsWith('video/') || file.type === 'image/gif';
    const half = at.frame < this.plan.plan.given.length / 2 ? 'first' : 'last';
    const slot = film ? 'video' : sources.includes('first') ? half : 'image';
    tried(async () => {
      if (job) giveSource(slot, {ref: `job:${job.id}`, job: job.id, kind: 'mp4', name: job.prompt || 'a result'});
      else await upload(file, slot);
      await this.plan.updateComplete;
      if (this.plan.editable && !this.plan.plan.given[at.frame]) this.give(at.frame);
    });
  }

  #hover(at, event) {
    const {plan} = this;
    const canvas = plan.querySelector('canvas');
    const line = plan.querySelector('.hover');
    if (!at || !plan.editable) canvas.style.cursor = '';
    else canvas.style.cursor = {given: 'pointer', level: 'crosshair', matrix: plan.unlocked ? 'crosshair' : 'pointer', prompts: this.#cueNear(at.position) > 0 ? 'ew-resize' : ''}[at.part] ?? '';
    if (!at) {
      line.textContent = '';
      return;
    }
    if (at.part === 'matrix') {
      const {levels} = plan.plan;
      const next = levels[at.row + 1]?.[at.frame];
      line.textContent = `frame ${at.frame}, step ${at.row}: ${said(levels[at.row][at.frame])}${next === undefined ? '' : ` → ${said(next)}`}`;
    } else if (at.part === 'level') line.textContent = `frame ${at.frame} starts at ${said(plan.snap(at.level, event))}`;
    else if (at.part === 'given') line.textContent = `frame ${at.frame}: click gives it, drag up holds it at a level`;
    else if (at.part === 'prompts') line.textContent = TASKS[store.state.form.task].many ? 'drag an edge: above moves it, below blends; double click: a prompt begins here' : '';
  }

  // --- what is done ---

  #level(from, to, event) {
    const {plan} = this;
    const start = {...plan.tracks.start};
    const given = {...plan.tracks.given};
    const span = Math.max(1, Math.abs(to.frame - from.frame));
    for (let i = 0; i <= span; i++) {
      const f = Math.round(from.frame + ((to.frame - from.frame) * i) / span);
      const level = plan.snap(from.level + ((to.level - from.level) * i) / span, event);
      delete given[f];
      if (level >= 1) delete start[f];
      else start[f] = level;
    }
    plan.track({start, given}, {fresh: false});
  }

  start(frame, level) {
    const start = {...this.plan.tracks.start};
    const given = {...this.plan.tracks.given};
    delete given[frame];
    if (level >= 1) delete start[frame];
    else start[frame] = level;
    this.plan.track({start, given});
  }

  // Gives a frame, held clean, or takes it away.
  give(frame) {
    const {plan} = this;
    const shown = plan.plan;
    if (plan.unlocked && store.state.form.plan?.cells) {
      const marks = shown.given.flatMap((is, f) => ((f === frame) !== is ? [f] : []));
      plan.setMarks(marks);
      return;
    }
    const given = {...plan.tracks.given};
    const start = {...plan.tracks.start};
    const was = shown.given[frame];
    delete given[frame];
    delete start[frame];
    if (!was) given[frame] = 0;
    plan.track({given, start});
  }

  #hold(frame, level, fresh) {
    const given = {...this.plan.tracks.given};
    const start = {...this.plan.tracks.start};
    delete start[frame];
    given[frame] = Math.min(0.95, level);
    this.plan.track({given, start}, {fresh});
  }

  #cueNear(position) {
    const cues = prompts(store.state.form).map(one => one.at);
    const slack = Math.max(0.4, 9 / this.plan.at.col);
    let best = 0;
    for (let p = 1; p < cues.length; p++) {
      if (Math.abs(cues[p] - position) <= slack && (best === 0 || Math.abs(cues[p] - position) < Math.abs(cues[best] - position))) best = p;
    }
    return best;
  }

  #cue(p, frame) {
    const {form} = store.state;
    const said = prompts(form).map(one => one.at);
    const blend = Math.max(1, Number(form.blend) || 0);
    const least = said[p - 1] + blend;
    const most = (said[p + 1] ?? this.plan.at.count + blend - 1) - blend;
    const at = Math.max(least, Math.min(most, frame));
    let n = -1;
    store.form({prompts: form.prompts.map(one => (one.text.trim() === '' ? one : (++n === p ? {...one, at} : one)))});
  }

  #blend(p, position) {
    const cues = prompts(store.state.form).map(one => one.at);
    const gaps = cues.slice(1).map((cue, i) => cue - cues[i]);
    const blend = Math.min(...gaps, Math.round(2 * Math.abs(position - cues[p])));
    store.form({blend: String(blend)});
  }

  #paint(from, to, event) {
    const {plan} = this;
    const level = plan.snap(plan.brush, event);
    this.#line(from, to, level);
  }

  #line(from, to, level, fresh = false) {
    const levels = this.plan.plan.levels.map(row => [...row]);
    const span = Math.max(1, Math.abs(to.frame - from.frame), Math.abs(to.row - from.row));
    for (let i = 0; i <= span; i++) {
      const f = Math.round(from.frame + ((to.frame - from.frame) * i) / span);
      const r = Math.round(from.row + ((to.row - from.row) * i) / span);
      if (r >= 0) levels[r][f] = level;
    }
    this.plan.setCells(levels, {fresh});
  }

  fillRow() {
    const {plan} = this;
    const level = plan.snap(plan.brush);
    if (plan.cell.row < 0) return;
    plan.setCells(plan.plan.levels.map((row, r) => (r === plan.cell.row ? row.map(() => level) : [...row])));
  }

  fillColumn() {
    const {plan} = this;
    const level = plan.snap(plan.brush);
    plan.setCells(plan.plan.levels.map(row => row.map((u, f) => (f === plan.cell.frame ? level : u))));
  }

  noiseAgain() {
    const {plan} = this;
    const to = Math.min(Math.max(plan.cell.row, plan.anchor?.row ?? 0), plan.plan.levels.length - 1);
    const from = plan.anchor && plan.anchor.row !== plan.cell.row ? Math.min(plan.cell.row, plan.anchor.row) : Math.max(0, to - 3);
    if (to <= from) {
      say('Mark the rows to be walked again: Shift with the arrows.');
      return;
    }
    plan.again(from, to);
    plan.told = `Rows ${from} to ${to} are walked once more.`;
  }

  // --- with keys ---

  key(event) {
    const {plan} = this;
    const mod = event.ctrlKey || event.metaKey;
    const deed = mod ? this.#modified(event) : this.#plainKey(event);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
    plan.requestUpdate();
  }

  #modified(event) {
    const {plan} = this;
    return {
      z: () => (event.shiftKey ? plan.redo() : plan.undo()),
      y: () => plan.redo(),
      Home: () => this.#go({row: 0}),
      End: () => this.#go({row: plan.plan.levels.length - 1}),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  }

  #plainKey(event) {
    const {plan} = this;
    const {row, frame} = plan.cell;
    const last = plan.plan.levels[0].length - 1;
    const move = {
      ArrowLeft: {frame: frame - 1},
      ArrowRight: {frame: frame + 1},
      ArrowUp: {row: row - 1},
      ArrowDown: {row: row + 1},
      Home: {frame: 0},
      End: {frame: last},
      PageUp: {row: row - 5},
      PageDown: {row: row + 5},
    }[event.key];
    if (move) return () => this.#go(move, event.shiftKey);
    if (event.key === 'Escape') return plan.unlocked ? () => plan.lock() : () => plan.querySelector('[role=grid]').blur();
    if (event.key === 'Enter' || event.key === ' ') return row >= 0 && !plan.unlocked ? () => plan.visit(row, frame) : null;
    if (!plan.editable) return null;
    if (event.key === 'Delete' || event.key === 'Backspace') return () => this.#digit(10);
    if (/^[0-9]$/.test(event.key)) return () => this.#digit(Number(event.key));
    return {
      g: () => this.#then(() => this.give(frame)),
      h: () => this.#then(() => this.#holdKey(frame)),
      p: () => plan.addCue(frame),
      u: () => plan.unlock(),
      r: plan.unlocked ? () => this.#then(() => this.fillRow()) : null,
      c: plan.unlocked ? () => this.#then(() => this.fillColumn()) : null,
      n: plan.unlocked ? () => this.noiseAgain() : null,
    }[event.key.toLowerCase()];
  }

  #then(deed) {
    deed();
    this.plan.tell();
  }

  #go(to, marking = false) {
    const {plan} = this;
    const {levels} = plan.plan;
    const before = plan.cell;
    const least = plan.unlocked ? 0 : -3;
    const cell = {
      row: Math.max(least, Math.min(levels.length - 1, to.row ?? before.row)),
      frame: Math.max(0, Math.min(levels[0].length - 1, to.frame ?? before.frame)),
    };
    if (plan.unlocked && marking) plan.anchor ??= before;
    else if (plan.unlocked) plan.anchor = null;
    plan.cell = cell;
    plan.tell();
  }

  // Tenths: 0 is clean, 10 is noise, where frames begin of which nothing is given.
  #digit(tenths) {
    const {plan} = this;
    const {row, frame} = plan.cell;
    const level = plan.snap(tenths / 10);
    if (!plan.unlocked) {
      if (row >= 0) {
        plan.told = 'Cells are locked: U unlocks them. Above row 0 lies the start level.';
        return;
      }
      if (row === -3) this.#hold(frame, level, true);
      else this.start(frame, level);
    } else {
      plan.brush = level;
      this.#line(plan.anchor ?? plan.cell, plan.cell, level, true);
    }
    plan.tell();
  }

  // Clean at first, then at a tenth, then clean again; unlocked, the frame stays at the cell's level.
  #holdKey(frame) {
    const {plan} = this;
    if (plan.unlocked) {
      const level = plan.plan.levels[plan.cell.row][frame];
      plan.setCells(plan.plan.levels.map((row, r) => row.map((u, f) => (f === frame && r >= plan.cell.row ? level : u))));
      return;
    }
    const held = plan.tracks.given[frame];
    this.#hold(frame, held === 0 ? plan.snap(0.1) : 0, true);
  }
}
