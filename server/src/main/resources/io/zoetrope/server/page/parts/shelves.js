// Below the desk: queue, history, comparison, models.
import {html} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';
import './queue.js';
import './history.js';
import './compare.js';
import './models.js';

const SHELVES = {
  queue: {label: 'Queue', part: () => html`<zt-queue></zt-queue>`},
  history: {label: 'History', part: () => html`<zt-history></zt-history>`},
  compare: {label: 'Compare', part: () => html`<zt-compare></zt-compare>`},
  models: {label: 'Models', part: () => html`<zt-models></zt-models>`},
};

class Shelves extends Part {
  static parts = ['shelf', 'queue'];

  render() {
    const {queue} = store.state;
    const shelf = store.state.shelf in SHELVES ? store.state.shelf : 'history';
    const count = queue.waiting.length + queue.running.length;
    return html`
      <section class="shelves" aria-label="Shelves">
        <div class="tabs" role="tablist" aria-label="Shelves" @keydown=${this.#keys}>
          ${Object.entries(SHELVES).map(([name, {label}]) => html`
            <button role="tab" id="tab-${name}" aria-selected=${shelf === name} aria-controls="shelf" tabindex=${shelf === name ? 0 : -1}
              @click=${() => store.set({shelf: name})}>${label}${name === 'queue' && count > 0 ? html` <span class="badge">${count}</span>` : ''}</button>`)}
        </div>
        <div id="shelf" role="tabpanel" aria-labelledby="tab-${shelf}">${SHELVES[shelf].part()}</div>
      </section>
    `;
  }

  #keys = event => {
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!by) return;
    event.preventDefault();
    const names = Object.keys(SHELVES);
    const next = names[(names.indexOf(store.state.shelf) + by + names.length) % names.length];
    store.set({shelf: next});
    setTimeout(() => document.getElementById(`tab-${next}`)?.focus());
  };
}
customElements.define('zt-shelves', Shelves);
