// The whole of it.
import {html} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';
import './header.js';
import './tasks.js';
import './words.js';
import './sources.js';
import './settings.js';
import './put.js';
import './make.js';
import './plan.js';
import './result.js';
import './shelves.js';
import './notices.js';
import './help.js';
import './login.js';

class Studio extends Part {
  static parts = ['locked', 'help'];

  render() {
    if (store.state.locked) return html`<zt-header></zt-header><main><zt-login></zt-login></main>`;
    return html`
      <a class="skip" href="#prompt-0">To the words</a>
      <zt-header></zt-header>
      <main>
        ${store.state.help ? html`<zt-help></zt-help>` : ''}
        <div class="desk">
          <section class="maker" aria-label="What to make">
            <zt-tasks></zt-tasks>
            <zt-words></zt-words>
            <zt-sources></zt-sources>
            <zt-settings></zt-settings>
            <zt-put></zt-put>
            <zt-make></zt-make>
            <zt-plan></zt-plan>
          </section>
          <zt-result></zt-result>
        </div>
        <zt-shelves></zt-shelves>
      </main>
      <zt-notices></zt-notices>
      <div class="drop-veil" aria-hidden="true"><p>Drop it: settings come back, pictures and videos become sources</p></div>
    `;
  }
}
customElements.define('zt-studio', Studio);
