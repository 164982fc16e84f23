// The token, once: a cookie keeps it from then on.
import {api} from '../api.js';
import {html, nothing} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';

class Login extends Part {
  static properties = {wrong: {state: true}};

  render() {
    return html`
      <form class="login panel" @submit=${this.#go}>
        <h2>Who are you?</h2>
        <p class="soft">This studio needs a token. It stands where the server was started.</p>
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required>
        ${this.wrong ? html`<p class="fault" role="alert">${this.wrong}</p>` : nothing}
        <button class="main">Come in</button>
      </form>
    `;
  }

  #go = async event => {
    event.preventDefault();
    try {
      await api.logIn(event.target.elements.token.value);
      store.set({locked: false});
      document.dispatchEvent(new Event('zoetrope-start'));
    } catch (e) {
      this.wrong = e.message;
    }
  };
}
customElements.define('zt-login', Login);
