// The picture itself: the film when it is there, else the strip of a row, played in a loop.
import {framesAt} from '../film.js';
import {html, nothing, styled} from '../lit.js';
import {calm, Part} from '../part.js';
import {pictureAt, rowsOf} from '../player.js';
import {store} from '../store.js';

class Screen extends Part {
  static parts = ['shown', 'jobs', 'row', 'frame', 'playing'];

  connectedCallback() {
    super.connectedCallback();
    this.last = 0;
    const tick = now => {
      this.tick = requestAnimationFrame(tick);
      this.#advance(now);
    };
    this.tick = requestAnimationFrame(tick);
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.tick);
    super.disconnectedCallback();
  }

  // What is seen now, to be taken as a picture.
  get media() {
    return this.querySelector('video') ?? this.querySelector('canvas');
  }

  get film() {
    const job = store.shown;
    return Boolean(job?.video) && store.state.row === null;
  }

  render() {
    const job = store.shown;
    if (!job) return nothing;
    const aspect = job.width && job.height ? `${job.width} / ${job.height}` : '1 / 1';
    const words = job.prompt || job.task;
    return html`
      <div class="screen" ${styled({aspectRatio: aspect})} data-state=${job.state}>
        ${this.film
          ? html`<video .src=${job.video} loop playsinline .muted=${true} preload="auto" aria-label="Video: ${words}"
              @loadeddata=${() => this.#follow()} @click=${() => store.set({playing: !store.state.playing})}></video>`
          : html`<canvas role="img" aria-label="Preview: ${words}"></canvas>`}
        ${job.state === 'running' && store.state.row === null && !job.preview_step ? html`<div class="shimmer" aria-hidden="true"></div>` : nothing}
      </div>
    `;
  }

  updated() {
    const job = store.shown;
    if (job?.id !== this.id_) {
      this.id_ = job?.id;
      this.kept = null;
      if (job && !calm()) store.set({playing: true, frame: 0});
      if (job && calm()) store.set({playing: false, frame: 0});
    }
    this.#follow();
    this.#paint();
  }

  #follow() {
    const video = this.querySelector('video');
    if (!video || !video.src) return;
    const {playing, frame} = store.state;
    if (playing && video.paused) video.play().catch(() => {}); // Not before somebody has done something.
    if (!playing) {
      video.pause();
      const at = (frame + 0.5) / (store.shown.fps || 8);
      if (Math.abs(video.currentTime - at) > 0.4 / (store.shown.fps || 8)) video.currentTime = at;
    }
  }

  #advance(now) {
    const job = store.shown;
    const {playing, frame} = store.state;
    if (!job || !playing) return;
    const fps = job.fps || 8;
    const count = Math.max(1, job.frames || this.kept?.count || 1);
    if (this.film) {
      const video = this.querySelector('video');
      if (!video || video.readyState < 2) return;
      const at = Math.min(count - 1, Math.floor(video.currentTime * fps + 0.01));
      if (at !== frame) store.set({frame: at});
    } else if (now - this.last > 1000 / fps) {
      this.last = now;
      if (this.kept) store.set({frame: (frame + 1) % count});
    }
  }

  #paint() {
    const canvas = this.querySelector('canvas');
    const job = store.shown;
    if (!canvas || !job) return;
    const rows = rowsOf(job);
    const row = store.state.row ?? rows.at(-1);
    const frames = row === undefined ? null : framesAt(job, row, () => this.requestUpdate());
    // Until the next strip is there, the one before stays.
    if (frames) this.kept = {...frames, from: pictureAt(job, row).frame};
    if (!this.kept) return;
    const {w, h, count, from} = this.kept;
    if (canvas.width !== Math.round(w) || canvas.height !== Math.round(h)) {
      canvas.width = Math.round(w);
      canvas.height = Math.round(h);
    }
    this.kept.draw(canvas.getContext('2d'), (((store.state.frame - from) % count) + count) % count, 0, 0, canvas.width, canvas.height);
  }
}
customElements.define('zt-screen', Screen);
