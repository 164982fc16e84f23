// The models that are here, what they can and what they like.
import {TASKS} from '../form.js';
import {bytes} from '../format.js';
import {html, nothing} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';

class Models extends Part {
  static parts = ['models', 'usual', 'form'];

  render() {
    const {models, usual, form} = store.state;
    const chosen = form.model || usual;
    return html`
      <ul class="models">
        ${models.map(model => html`
          <li class="model-card" ?data-chosen=${model.name === chosen}>
            <h3>${model.name}</h3>
            <p class="soft">${[model.kind, bytes(model.bytes)].filter(Boolean).join(' · ')}</p>
            ${model.fault ? html`<p class="fault">${model.fault}</p>` : html`
              <p>${model.usual?.width}×${model.usual?.height}, ${model.usual?.frames} frames at ${model.usual?.fps} fps, ${model.usual?.steps} steps</p>
              <p class="soft">${(model.tasks ?? []).map(one => TASKS[one]?.label ?? one).join(', ')}</p>
              ${model.name === chosen ? html`<p><strong>in use</strong></p>` : html`
                <button class="quiet" @click=${() => store.form({model: model.name === usual ? '' : model.name})}>Use it</button>`}`}
          </li>`)}
      </ul>
      ${models.length === 0 ? html`<p class="soft quiet-line">No model is here yet: <code>./zoetrope models</code> says where they are looked for.</p>` : nothing}
    `;
  }
}
customElements.define('zt-models', Models);
