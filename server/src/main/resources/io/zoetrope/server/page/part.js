// What every component is: drawn in the document itself, and again when its part of the state changes.
import {LitElement} from './lit.js';
import {store} from './store.js';

export class Part extends LitElement {
  // The parts of the state it is drawn from; none is all.
  static parts = null;

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.unlisten = store.listen(() => this.requestUpdate(), this.constructor.parts);
  }

  disconnectedCallback() {
    this.unlisten();
    super.disconnectedCallback();
  }
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
