// Name, model, queue, and the looks of the page.
import {api} from '../api.js';
import {seconds} from '../format.js';
import {html, icon, nothing, styled} from '../lit.js';
import {tried} from '../notices.js';
import {Part} from '../part.js';
import {store} from '../store.js';

const THEMES = {auto: 'light', light: 'dark', dark: 'auto'};

class Header extends Part {
  static parts = ['queue', 'jobs', 'models', 'form', 'online', 'help', 'locked', 'usual', 'session'];

  render() {
    const {online, help, locked} = store.state;
    return html`
      <header class="top">
        <h1><img src="/page/icon.svg" alt="" width="24" height="24">Zoetrope</h1>
        ${locked ? nothing : this.#model()}
        <span class="gap"></span>
        ${online ? nothing : html`<span class="chip bad" role="status">offline, trying again</span>`}
        ${locked ? nothing : this.#queue()}
        ${store.state.session.needed && !locked ? html`
          <button class="quiet" title="Your role is ${store.state.session.role}" @click=${() => tried(async () => {
            await api.logOut();
            store.set({locked: true});
          })}>Leave</button>` : nothing}
        <button class="quiet square" @click=${() => this.#theme()} aria-label="Colours: ${this.theme}" title="Colours: ${this.theme}">
          ${{auto: '◐', light: '○', dark: '●'}[this.theme]}
        </button>
        <button class="quiet square" aria-expanded=${help} aria-label="Keys" title="Keys (?)" @click=${() => store.set({help: !help})}>?</button>
      </header>
    `;
  }

  get theme() {
    return document.documentElement.dataset.theme ?? 'auto';
  }

  #theme() {
    const next = THEMES[this.theme];
    if (next === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem('zoetrope.theme', next);
    store.set({theme: next});
    this.requestUpdate();
  }

  #model() {
    const {models, usual, form} = store.state;
    return html`
      <select class="model" aria-label="Model" .value=${form.model || usual || ''}
        @change=${e => store.form({model: e.target.value === usual ? '' : e.target.value})}>
        ${models.map(model => html`
          <option value=${model.name} ?selected=${model.name === (form.model || usual)} ?disabled=${Boolean(model.fault)}>
            ${model.name}${model.fault ? ' (not whole)' : ''}
          </option>`)}
      </select>
    `;
  }

  #queue() {
    const {queue} = store.state;
    const count = queue.waiting.length + queue.running.length;
    const running = store.job(queue.running[0]);
    const left = queue.eta_seconds ?? running?.eta_seconds;
    const words = count === 0 ? 'queue empty' : `queue ${count}`;
    return html`
      <button class="queue" @click=${() => store.set({shelf: 'queue'})} aria-label="Show the queue: ${words}${left ? `, ${seconds(left)} left` : ''}">
        <span>${words}</span>
        ${count > 0 && left ? html`<span class="soft">${seconds(left)}</span>` : nothing}
        ${running ? html`<span class="meter" aria-hidden="true"><span ${styled({width: `${Math.max(3, running.progress)}%`})}></span></span>` : nothing}
      </button>
      <button class="quiet" aria-pressed=${queue.paused} @click=${() => tried(async () => store.set({queue: await api.pause(!queue.paused)}))}>
        ${queue.paused ? html`${icon('play')}<span class="wide">Go on</span>` : html`${icon('pause')}<span class="wide">Pause</span>`}
        <span class="hidden">the queue</span>
      </button>
    `;
  }
}
customElements.define('zt-header', Header);
