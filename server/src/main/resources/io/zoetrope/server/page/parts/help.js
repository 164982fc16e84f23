// All keys.
import {KEYS, PLAN_KEYS} from '../keys.js';
import {html} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';

const list = keys => html`<dl class="keys">${keys.map(([key, does]) => html`
  <div><dt>${key.split(/ (?=\S)/).map(one => (/^(to|with|arrows,?)$/.test(one) ? ` ${one} ` : html`<kbd>${one}</kbd>`))}</dt><dd>${does}</dd></div>`)}</dl>`;

class Help extends Part {
  static parts = ['help'];

  render() {
    return html`
      <section class="help panel" aria-labelledby="help-title">
        <h2 id="help-title">Keys <button class="quiet" @click=${() => store.set({help: false})}>Close</button></h2>
        <div class="help-columns">
          <div><h3>Anywhere</h3>${list(KEYS)}</div>
          <div><h3>In the plan</h3>${list(PLAN_KEYS)}</div>
          <div><h3>Good to know</h3>
            <ul>
              <li>Numbers take lists: <code>3, 5, 7</code> in guidance makes three videos to compare. So do words: <code>a {red|blue} ball</code>.</li>
              <li>Drop a video or picture made here: its settings come back.</li>
              <li>What is typed stays, in this browser and with each video.</li>
              <li>A draft walks the first steps only; <em>Finish</em> goes on from there.</li>
            </ul>
          </div>
        </div>
      </section>
    `;
  }
}
customElements.define('zt-help', Help);
