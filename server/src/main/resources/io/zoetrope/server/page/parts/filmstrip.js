// All frames in a line: a slider over them.
import {colour} from '../colours.js';
import {framesAt} from '../film.js';
import {html, nothing} from '../lit.js';
import {Part} from '../part.js';
import {player, rowsOf} from '../player.js';
import {store} from '../store.js';

const HEIGHT = 44;

class Filmstrip extends Part {
  static parts = ['shown', 'jobs', 'row', 'frame', 'theme'];

  render() {
    const job = store.shown;
    if (!job || !this.#frames(job)) return nothing;
    const {frame} = store.state;
    return html`
      <div class="filmstrip" role="slider" tabindex="0" aria-label="Frame" aria-valuemin="0" aria-valuemax=${Math.max(0, job.frames - 1)}
        aria-valuenow=${frame} aria-valuetext="frame ${frame} of ${job.frames}" @keydown=${this.#key}
        @pointerdown=${this.#point} @pointermove=${e => e.buttons === 1 && this.#point(e)}>
        <canvas aria-hidden="true"></canvas>
      </div>
    `;
  }

  #frames(job) {
    const shown = job.state === 'completed' || job.state === 'draft';
    const row = store.state.row ?? (shown ? null : rowsOf(job).at(-1));
    if (row === undefined) return null;
    const frames = framesAt(job, row, () => this.requestUpdate());
    if (frames) this.kept = {frames, id: job.id};
    return frames ?? (this.kept?.id === job.id ? this.kept.frames : null);
  }

  #key = event => {
    const by = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[event.key];
    if (by) player.step(by);
    else if (event.key === 'Home') player.seek(0);
    else if (event.key === 'End') player.seek(store.shown.frames - 1);
    else return;
    event.preventDefault();
  };

  #point = event => {
    const box = event.currentTarget.getBoundingClientRect();
    const count = Math.max(1, store.shown.frames);
    const frame = Math.floor(((event.clientX - box.left) / box.width) * count);
    player.seek(Math.max(0, Math.min(count - 1, frame)));
  };

  updated() {
    const canvas = this.querySelector('canvas');
    const job = store.shown;
    if (!canvas || !job) return;
    const frames = this.#frames(job);
    if (!frames) return;
    const ratio = devicePixelRatio || 1;
    const width = canvas.parentElement.clientWidth;
    if (width === 0) return;
    canvas.width = width * ratio;
    canvas.height = HEIGHT * ratio;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    // As many as fit whole, evenly chosen.
    const ideal = HEIGHT * (frames.w / frames.h);
    const fit = Math.max(1, Math.min(frames.count, Math.round(width / Math.max(18, ideal))));
    const each = width / fit;
    for (let i = 0; i < fit; i++) {
      const f = Math.floor((i * frames.count) / fit);
      context.save();
      context.beginPath();
      context.rect(i * each, 0, each - 1, HEIGHT);
      context.clip();
      const w = Math.max(each, ideal);
      const h = w / (frames.w / frames.h);
      frames.draw(context, f, i * each + (each - w) / 2, (HEIGHT - h) / 2, w, h);
      context.restore();
    }
    const x = ((store.state.frame + 0.5) / Math.max(1, job.frames)) * width;
    context.fillStyle = colour('--accent');
    context.fillRect(x - 1.5, 0, 3, HEIGHT);
  }
}
customElements.define('zt-filmstrip', Filmstrip);
