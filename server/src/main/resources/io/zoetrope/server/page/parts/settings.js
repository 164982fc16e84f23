// Size, length, steps and the like. What is left open is as the model likes it, and says so.
import {about, axes, FIELDS, fromOrder, TASKS, toOrder} from '../form.js';
import {named, replaceForm} from '../actions.js';
import {api} from '../api.js';
import {plain} from '../format.js';
import {html, live, nothing} from '../lit.js';
import {say, tried} from '../notices.js';
import {Part} from '../part.js';
import {store} from '../store.js';

const USUAL_OF_TASK = {noise: {animate: '0', loop: '0.2'}, strength: {restyle: '0.6', refine: '0.4'}, scale: {refine: '2'}, overlap: {extend: '4', restyle: '4'}, blend: {travel: '0', roll: '0'}, context: {roll: '4'}};

class Settings extends Part {
  static parts = ['form', 'models', 'usual', 'fault', 'presets', 'shown'];

  render() {
    const {form} = store.state;
    const usual = store.model?.usual ?? {};
    const lists = axes(form);
    const size = usual.width ? `${usual.width}x${usual.height}` : '';
    return html`
      <div class="settings" role="group" aria-label="Settings">
        ${this.#text('size', 'size', size, {list: 'sizes', wide: true})}
        <datalist id="sizes">${(store.model?.sizes ?? []).map(one => html`<option value=${one}></option>`)}</datalist>
        ${this.#text('frames', 'frames', usual.frames)}
        ${this.#text('fps', 'fps', usual.fps)}
        ${this.#text('steps', 'steps', usual.steps)}
        ${this.#text('guidance', 'guidance', usual.guidance)}
        ${TASKS[form.task].fields.map(name =>
          this.#text(name, FIELDS[name].label, USUAL_OF_TASK[name]?.[form.task] ?? '', {title: FIELDS[name].help}))}
        ${this.#seed(form)}
        <details class="more">
          <summary>more</summary>
          <div class="settings">
            <div class="field">
              <label for="f-sampler">sampler</label>
              <select id="f-sampler" @change=${e => store.form({sampler: e.target.value})}>
                <option value="" ?selected=${form.sampler === ''}>${usual.sampler ? `${usual.sampler} (the model's)` : "the model's"}</option>
                ${(store.model?.samplers ?? []).map(one => html`<option ?selected=${form.sampler === one}>${one}</option>`)}
              </select>
            </div>
            ${this.#text('draftRows', 'draft steps', 5)}
            ${this.#presets()}
          </div>
        </details>
      </div>
      ${lists.length > 0 ? html`<p class="says">A comparison: ${lists.map(one => `${one.values.length} × ${one.name}`).join(', ')}.</p>` : nothing}
    `;
  }

  #text(name, label, usual, {list = null, wide = false, title = ''} = {}) {
    const {form, fault} = store.state;
    const wrong = about(fault, name);
    return html`
      <div class="field ${wide ? 'wide-field' : ''}">
        <label for="f-${name}" title=${title || nothing}>${label}</label>
        <input id="f-${name}" autocomplete="off" list=${list ?? nothing} placeholder=${usual === undefined || usual === '' ? '' : plainOf(usual)}
          title=${title || nothing} aria-invalid=${Boolean(wrong)} aria-describedby=${wrong ? 'fault' : nothing}
          .value=${live(form[name])} @input=${e => store.form({[name]: e.target.value})}>
      </div>
    `;
  }

  #seed(form) {
    const locked = form.seed !== '';
    return html`
      <div class="field seed">
        <label for="f-seed">seed</label>
        <span class="joined">
          <input id="f-seed" autocomplete="off" inputmode="numeric" placeholder="random" .value=${live(form.seed)}
            @input=${e => store.form({seed: e.target.value})}>
          <button class="quiet square" aria-pressed=${locked} aria-label=${locked ? 'Unlock the seed: another each time' : 'Lock the seed of the shown video'}
            title=${locked ? 'Another seed each time' : 'Keep the seed of the shown video'} @click=${() => this.#lock(locked)}>
            <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d=${locked ? 'M4.5 7V5a3.5 3.5 0 0 1 7 0v2' : 'M4.5 7V5a3.5 3.5 0 0 1 6.8-1.2'} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"></path><rect x="3" y="7" width="10" height="7" rx="1.8" fill="currentColor"></rect></svg>
          </button>
        </span>
      </div>
    `;
  }

  #lock(locked) {
    store.form({seed: locked ? '' : String(store.shown?.seed ?? Math.floor(Math.random() * 2 ** 31))});
  }

  #presets() {
    const {presets} = store.state;
    return html`
      <div class="presets">
        <span class="label">presets</span>
        ${presets.map(one => html`
          <span class="chip">
            <button class="link" @click=${() => this.#take(one)}>${one.name}</button>
            <button class="link" aria-label="Forget the preset ${one.name}" @click=${() => tried(() => this.#forget(one))}>×</button>
          </span>`)}
        <form class="joined" @submit=${this.#keep}>
          <label class="hidden" for="preset-name">Name of a new preset</label>
          <input id="preset-name" name="name" placeholder="a name" autocomplete="off" maxlength="60">
          <button class="quiet">Keep</button>
        </form>
      </div>
    `;
  }

  // The settings of a preset; words and sources stay.
  #take(preset) {
    const {form, usual} = store.state;
    const taken = fromOrder(preset.order, usual);
    const words = preset.order.wish?.prompts?.length ? {} : {prompts: form.prompts};
    replaceForm({...taken, ...words, sources: form.sources, draftRows: form.draftRows}, `Settings of '${preset.name}'.`);
  }

  async #forget(preset) {
    await api.dropPreset(preset.name);
    store.set({presets: store.state.presets.filter(one => one.name !== preset.name)});
    say(`'${preset.name}' is forgotten.`, {
      deeds: [{label: 'Undo', run: async () => {
        await api.keepPreset(preset.name, preset.order);
        store.set({presets: (await api.presets()).presets});
      }}],
    });
  }

  #keep = event => {
    event.preventDefault();
    const input = event.target.elements.name;
    const name = input.value.trim();
    if (name === '') return;
    tried(async () => {
      const {form} = store.state;
      const sources = Object.fromEntries(Object.keys(form.sources).map(key => [key, {ref: `input:${'0'.repeat(64)}`}]));
      const order = named(toOrder({...form, sources, seed: '', prompts: [{text: form.prompts[0].text || name, at: 0}]}));
      await api.keepPreset(name, order);
      store.set({presets: (await api.presets()).presets});
      input.value = '';
      say(`'${name}' is kept.`);
    });
  };
}

const plainOf = value => (typeof value === 'number' ? plain(value) : value);
customElements.define('zt-settings', Settings);
