// The buttons, what it will cost, and what is wrong.
import {make, mend} from '../actions.js';
import {cells} from '../form.js';
import {bytes, seconds} from '../format.js';
import {html, nothing} from '../lit.js';
import {tried} from '../notices.js';
import {Part} from '../part.js';
import {store} from '../store.js';

class Make extends Part {
  static parts = ['form', 'fault', 'estimate', 'editing', 'session'];
  static properties = {busy: {state: true}};

  render() {
    const {form, editing, session} = store.state;
    if (session.role === 'read') return html`<p class="soft make">Your token may look at all of this, and make nothing.</p>`;
    const count = cells(form).length;
    const rows = form.draftRows || '5';
    return html`
      <div class="make">
        <div class="make-line">${this.#line(count)}</div>
        ${editing ? html`
          <button class="quiet" @click=${() => store.set({editing: null})}>Leave it</button>
          <button class="main" ?disabled=${this.busy} @click=${() => this.#go({})}>Change the waiting video</button>` : html`
          <button class="second" ?disabled=${this.busy} title="Its first ${rows} steps, to be finished later or not" @click=${() => this.#go({draft: true})}>
            Draft<span class="soft"> ${rows} steps</span></button>
          <button class="main" id="make" ?disabled=${this.busy} @click=${() => this.#go({})}>
            Make${count > 1 ? ` ${count}` : ''}<kbd>Ctrl ↵</kbd></button>`}
      </div>
    `;
  }

  #line(count) {
    const {fault, estimate} = store.state;
    const wrong = fault ?? estimate?.error;
    if (wrong) {
      return html`
        <div id="fault" class="fault" role=${fault ? 'alert' : 'status'}>
          <span>${wrong.message}</span>
          ${(wrong.mends ?? []).map(one => html`<button class="mend" @click=${() => mend(one.set)}>${one.label}</button>`)}
        </div>`;
    }
    if (!estimate) return nothing;
    const {width, height, frames, fps, steps} = estimate;
    const time = estimate.seconds ? `about ${seconds(estimate.seconds * count)}` : null;
    const film = frames && fps ? `${width}×${height}, ${frames} frames, ${seconds(frames / fps)} of film` : null;
    return html`<p class="soft estimate">${[film, steps ? `${steps} steps` : null, time, estimate.bytes ? `${bytes(estimate.bytes)} of memory` : null]
      .filter(Boolean).join(' · ')}</p>`;
  }

  async #go(how) {
    this.busy = true;
    await tried(() => make(how));
    this.busy = false;
  }
}
customElements.define('zt-make', Make);
