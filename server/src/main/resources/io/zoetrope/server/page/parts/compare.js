// Videos side by side, in step.
import {takeSettings} from '../actions.js';
import {api} from '../api.js';
import {html, icon, nothing, repeat, styled} from '../lit.js';
import {say, tried} from '../notices.js';
import {calm, Part} from '../part.js';
import {recordSheet} from '../sheet.js';
import {store} from '../store.js';

const VALUES = {
  prompt: job => job.prompt,
  size: job => job.order?.wish?.size ?? {width: job.width, height: job.height},
  frames: job => job.order?.wish?.frames ?? job.frames,
  fps: job => job.order?.wish?.fps ?? job.fps,
  steps: job => job.order?.wish?.steps ?? job.steps,
  guidance: job => job.order?.wish?.guidance,
  sampler: job => job.order?.wish?.sampler,
  seed: job => job.seed,
  noise: job => job.order?.task?.noise,
  strength: job => job.order?.task?.strength,
  scale: job => job.order?.task?.scale,
  task: job => job.task,
  model: job => job.model,
};
const shown = value => (value === undefined || value === null ? "the model's" : typeof value === 'object' ? `${value.width}x${value.height}` : String(value));

// What tells the videos apart: [{name, of, values}].
function axesOf(jobs) {
  return Object.entries(VALUES)
    .map(([name, of]) => ({name, of, values: [...new Set(jobs.map(job => shown(of(job))))]}))
    .filter(one => one.values.length > 1)
    .sort((a, b) => b.values.length - a.values.length);
}

class Compare extends Part {
  static parts = ['compare', 'jobs'];
  static properties = {playing: {state: true}, saving: {state: true}};

  constructor() {
    super();
    this.playing = !calm();
    this.known = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.timer = setInterval(() => this.#inStep(), 200);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    super.disconnectedCallback();
  }

  get jobs() {
    const {compare, jobs} = store.state;
    if (!compare) return [];
    return compare.ids.map(id => jobs.get(id)).filter(Boolean);
  }

  render() {
    const jobs = this.jobs;
    if (jobs.length === 0) {
      return html`<p class="soft quiet-line">Give any number as a list, as <code>3, 5, 7</code> in guidance, or words as <code>a {red|blue} ball</code>: every value becomes a video, side by side. Or pick videos in the history.</p>`;
    }
    const axes = axesOf(jobs);
    const [across, down] = axes;
    // A grid if every pair of values has its video; else they stand in a row, each with what is its own.
    const whole = across && axes.length <= 2 && across.values.length * (down?.values.length ?? 1) === jobs.length;
    const columns = whole ? across.values.length : Math.ceil(Math.sqrt(jobs.length));
    const ready = jobs.filter(job => job.video);
    return html`
      <div class="compare-head">
        <span>${whole ? html`<strong>${across.name}</strong>${down ? html` × <strong>${down.name}</strong>` : nothing}` : `${jobs.length} videos`}</span>
        <span class="soft">${ready.length} of ${jobs.length} are there</span><span class="gap"></span>
        <button class="quiet" aria-pressed=${this.playing} @click=${() => this.#toggle()}>${icon(this.playing ? 'pause' : 'play')}${this.playing ? 'Stop' : 'Play'}</button>
        <button class="quiet" ?disabled=${ready.length < 2 || this.saving} @click=${() => tried(() => this.#save(ready, columns))}>${this.saving ? 'Saving…' : 'Save as one video'}</button>
        <button class="quiet" @click=${() => store.set({compare: null})}>Close</button>
      </div>
      <div class="compare" ${styled({gridTemplateColumns: `${whole && down ? 'max-content ' : ''}repeat(${whole ? columns : 'auto-fill'}, minmax(110px, ${whole ? '240px' : '200px'}))`})}>
        ${whole && down ? html`<span></span>` : nothing}
        ${whole ? across.values.map(value => html`<span class="axis">${value}</span>`) : nothing}
        ${whole && down
          ? down.values.map(row => html`<span class="axis">${row}</span>${across.values.map(value =>
              this.#cell(jobs.find(job => shown(across.of(job)) === value && shown(down.of(job)) === row)))}`)
          : repeat(whole ? across.values.map(value => jobs.find(job => shown(across.of(job)) === value)) : jobs, job => job.id, job =>
              this.#cell(job, whole ? null : axes.slice(0, 3).map(one => (one.name === 'prompt' ? shown(one.of(job)) : `${one.name} ${shown(one.of(job))}`)).join(', ')))}
      </div>
    `;
  }

  #cell(job, caption = null) {
    if (!job) return html`<span></span>`;
    return html`
      <div class="cell" data-job=${job.id}>
        ${job.video
          ? html`<video .src=${job.video} .muted=${true} loop playsinline preload="auto" aria-label=${job.prompt || job.task}></video>`
          : html`<div class="cell-wait">${job.state === 'running'
              ? html`${job.preview_step ? html`<span class="cell-strip" ${styled({backgroundImage: `url("${api.preview(job.id, job.preview_step)}")`, backgroundSize: `${(job.frames || 1) * 100}% 100%`})}></span>` : nothing}<span>${job.progress}%</span>`
              : job.state}</div>`}
        ${caption ? html`<p class="caption">${caption}</p>` : nothing}
        <div class="cell-foot">
          <button class="link" @click=${() => store.set({shown: job.id, row: null, frame: 0, follow: false})}>show</button>
          <button class="link" @click=${() => takeSettings(job)}>take this one</button>
        </div>
      </div>
    `;
  }

  updated() {
    const {compare} = store.state;
    const key = JSON.stringify(compare);
    if (key !== this.known) {
      this.known = key;
      if (compare) Promise.all(compare.ids.filter(id => !store.job(id)).map(api.job)).then(found => store.takeJobs(found), () => {});
    }
  }

  #toggle() {
    this.playing = !this.playing;
    this.#inStep();
  }

  // The first leads, the others follow.
  #inStep() {
    const [first, ...others] = this.querySelectorAll('video');
    if (!first) return;
    for (const one of [first, ...others]) {
      if (this.playing && one.paused) one.play().catch(() => {});
      if (!this.playing && !one.paused) one.pause();
    }
    for (const one of others) {
      const most = one.duration || first.duration || 1;
      const want = first.currentTime % most;
      if (Math.abs(one.currentTime - want) > 0.09) one.currentTime = want;
    }
  }

  async #save(jobs, columns) {
    this.saving = true;
    try {
      await recordSheet([...this.querySelectorAll('video')], Math.min(columns, jobs.length), jobs[0]);
      say('The sheet is saved.');
    } finally {
      this.saving = false;
    }
  }
}
customElements.define('zt-compare', Compare);
