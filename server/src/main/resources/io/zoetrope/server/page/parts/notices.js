// What happened, said once, in a corner.
import {html, nothing, repeat} from '../lit.js';
import {hush, tried} from '../notices.js';
import {Part} from '../part.js';
import {store} from '../store.js';

class Notices extends Part {
  static parts = ['notices'];

  render() {
    return html`
      <div class="notices" role="status" aria-live="polite">
        ${repeat(store.state.notices, one => one.id, one => html`
          <div class="notice ${one.bad ? 'bad' : ''}">
            <span>${one.text}</span>
            ${one.deeds.map(deed => html`<button class="link" @click=${() => {
              hush(one.id);
              tried(deed.run);
            }}>${deed.label}</button>`)}
            <button class="link" aria-label="Hide this" @click=${() => hush(one.id)}>×</button>
          </div>`)}
      </div>
      ${nothing}
    `;
  }
}
customElements.define('zt-notices', Notices);
