// What is put into the model: LoRAs, learned words, an IP-Adapter and a control. All of it is of the server's list.
import {about, CONTROLLED, kindOf} from '../form.js';
import {bytes} from '../format.js';
import {html, live, nothing} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';

// The kinds of parts that the page has places for.
const SHOWN = ['lora', 'embedding', 'adapter', 'control'];

class Put extends Part {
  static parts = ['form', 'parts', 'annotators', 'fault'];

  render() {
    const {form, parts} = store.state;
    const used = form.loras.length > 0 || form.embeddings.length > 0 || form.like.adapter !== '' || form.control.net !== '';
    const some = parts.some(one => SHOWN.includes(one.kind));
    if (!some && !used) return nothing;
    return html`
      <details class="put" ?open=${used}>
        <summary>LoRAs, words and control</summary>
        <div class="put-body" role="group" aria-label="LoRAs, words and control">
          ${form.loras.map((one, i) => this.#lora(one, i))}
          <p><button class="quiet" id="lora-add" @click=${() => this.#add()}>+ LoRA</button></p>
          ${form.embeddings.map((one, i) => this.#word(one, i))}
          ${this.#has('embedding') ? html`<p><button class="quiet" id="word-add" @click=${() => this.#addWord()}>+ learned word</button></p>` : nothing}
          ${this.#like(form.like)}
          ${this.#control(form)}
        </div>
      </details>
    `;
  }

  // Those of a kind; what the form names and the server does not have is there, too, and says so.
  #options(kind, chosen, none) {
    const all = store.state.parts.filter(one => one.kind === kind);
    const missing = chosen !== '' && !all.some(one => one.ref === chosen);
    return html`
      <option value="" ?selected=${chosen === ''}>${none}</option>
      ${missing ? html`<option value=${chosen} selected>${chosen.split('/').pop()} (not here)</option>` : nothing}
      ${all.map(one => html`<option value=${one.ref} ?selected=${one.ref === chosen}>${one.name}, ${bytes(one.bytes)}</option>`)}`;
  }

  #lora(one, i) {
    const name = one.file.split('/').pop() || 'LoRA';
    const wrong = about(store.state.fault, 'loras');
    return html`
      <div class="put-row">
        <div class="field grow">
          <label for="lora-${i}">LoRA</label>
          <select id="lora-${i}" @change=${e => this.#put(i, {file: e.target.value})}>${this.#options('lora', one.file, 'choose one')}</select>
        </div>
        <div class="field">
          <label for="lora-scale-${i}">scale</label>
          <input id="lora-scale-${i}" autocomplete="off" placeholder="1" title="1 is as it was trained, 0 is nothing" .value=${live(one.scale)}
            aria-label="Scale of ${name}" aria-invalid=${Boolean(wrong)} aria-describedby=${wrong ? 'fault' : nothing}
            @input=${e => this.#put(i, {scale: e.target.value})}>
        </div>
        <button class="quiet square" aria-label="Remove ${name}" @click=${() => this.#drop(i)}>×</button>
      </div>`;
  }

  #has(kind) {
    return store.state.parts.some(one => one.kind === kind);
  }

  // A word that was learned apart: where it is, and what the prompt calls it.
  #word(one, i) {
    const name = one.file.split('/').pop() || 'word';
    return html`
      <div class="put-row">
        <div class="field grow">
          <label for="word-${i}">learned word</label>
          <select id="word-${i}" @change=${e => this.#putWord(i, {file: e.target.value})}>${this.#options('embedding', one.file, 'choose one')}</select>
        </div>
        <div class="field grow">
          <label for="word-name-${i}">in the prompt</label>
          <input id="word-name-${i}" autocomplete="off" placeholder=${name} title="What the prompt calls it" .value=${live(one.name)}
            aria-label="What the prompt calls ${name}" aria-invalid=${Boolean(about(store.state.fault, 'embeddings'))}
            @input=${e => this.#putWord(i, {name: e.target.value})}>
        </div>
        <button class="quiet square" aria-label="Remove ${name}" @click=${() => this.#dropWord(i)}>×</button>
      </div>`;
  }

  // An IP-Adapter, and how much its picture counts.
  #like({adapter, encoder, scale}) {
    if (!this.#has('adapter') && adapter === '') return nothing;
    const change = patch => store.form({like: {...store.state.form.like, ...patch}});
    return html`
      <div class="put-row">
        <div class="field grow">
          <label for="like">like a picture, by</label>
          <select id="like" @change=${e => change({adapter: e.target.value})}>${this.#options('adapter', adapter, 'no IP-Adapter')}</select>
        </div>
        ${adapter === '' ? nothing : html`
          <div class="field grow">
            <label for="like-encoder">its encoder</label>
            <select id="like-encoder" @change=${e => change({encoder: e.target.value})}>${this.#options('encoder', encoder, 'beside it')}</select>
          </div>
          <div class="field">
            <label for="like-scale">scale</label>
            <input id="like-scale" autocomplete="off" placeholder="1" title="1 is as it was trained, 0 is nothing" .value=${live(scale)} aria-label="Scale of the picture"
              aria-invalid=${Boolean(about(store.state.fault, 'pictures'))} @input=${e => change({scale: e.target.value})}>
          </div>`}
      </div>`;
  }

  #control(form) {
    if (!CONTROLLED.includes(kindOf(form))) return html`<p class="soft">A control is shown something in Generate, Animate and Restyle.</p>`;
    const {net, scale, drawn} = form.control;
    const change = patch => store.form({control: {...store.state.form.control, ...patch}});
    return html`
      <div class="put-row">
        <div class="field grow">
          <label for="control">control</label>
          <select id="control" @change=${e => change({net: e.target.value})}>${this.#options('control', net, 'none')}</select>
        </div>
        ${net === '' ? nothing : html`
          <div class="field grow">
            <label for="control-drawn">is shown it</label>
            <select id="control-drawn" @change=${e => change({drawn: e.target.value})}>
              <option value="" ?selected=${drawn === ''}>as it is</option>
              <option value="name" ?selected=${drawn === 'name'}>drawn as its name says</option>
              ${[...new Set([...store.state.annotators, ...(drawn === '' || drawn === 'name' ? [] : [drawn])])].map(one =>
                html`<option value=${one} ?selected=${drawn === one}>drawn: ${one}</option>`)}
            </select>
          </div>
          <div class="field">
            <label for="control-scale">scale</label>
            <input id="control-scale" autocomplete="off" placeholder="1" .value=${live(scale)} aria-label="Scale of the control"
              aria-invalid=${Boolean(about(store.state.fault, 'controls'))} @input=${e => change({scale: e.target.value})}>
          </div>`}
      </div>`;
  }

  #put(i, patch) {
    store.form({loras: store.state.form.loras.map((one, k) => (k === i ? {...one, ...patch} : one))});
  }

  async #add() {
    const {form, parts} = store.state;
    const free = parts.filter(one => one.kind === 'lora' && !form.loras.some(other => other.file === one.ref));
    store.form({loras: [...form.loras, {file: free[0]?.ref ?? '', scale: '1'}]});
    await this.updateComplete;
    this.querySelector(`#lora-${form.loras.length}`)?.focus();
  }

  #putWord(i, patch) {
    store.form({embeddings: store.state.form.embeddings.map((one, k) => (k === i ? {...one, ...patch} : one))});
  }

  async #addWord() {
    const {form, parts} = store.state;
    const free = parts.filter(one => one.kind === 'embedding' && !form.embeddings.some(other => other.file === one.ref));
    store.form({embeddings: [...form.embeddings, {file: free[0]?.ref ?? '', name: ''}]});
    await this.updateComplete;
    this.querySelector(`#word-${form.embeddings.length}`)?.focus();
  }

  async #dropWord(i) {
    store.form({embeddings: store.state.form.embeddings.filter((_, k) => k !== i)});
    await this.updateComplete;
    this.querySelector('#word-add')?.focus();
  }

  async #drop(i) {
    store.form({loras: store.state.form.loras.filter((_, k) => k !== i)});
    await this.updateComplete;
    this.querySelector('#lora-add')?.focus();
  }
}
customElements.define('zt-put', Put);
