// Prompts, several where they change on the way, and what not to show.
import {TASKS} from '../form.js';
import {html, live, nothing} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function addPrompt(at) {
  const {form} = store.state;
  const last = form.prompts.at(-1);
  const where = at ?? (Number(last.at) || 0) + 16;
  const prompts = [...form.prompts, {text: '', at: where}].sort((a, b) => a.at - b.at);
  store.form({prompts});
  return prompts.findIndex(one => one.at === where);
}

class Words extends Part {
  static parts = ['form', 'fault', 'models', 'usual'];

  render() {
    const {form, fault} = store.state;
    const task = TASKS[form.task];
    const shown = task.many ? form.prompts : form.prompts.slice(0, 1);
    const several = task.many && shown.length > 1;
    const wrong = fault && /^(prompt|wish\.prompts?)/.test(fault.param ?? '');
    return html`
      <div class="words">
        ${shown.map((one, i) => html`
          <div class="word-row">
            <div class="grow">
              <label for="prompt-${i}">${several ? `Prompt ${LETTERS[i % 26]}` : 'Prompt'}
                ${task.words || i > 0 ? nothing : html`<span class="soft">if you like</span>`}</label>
              <textarea id="prompt-${i}" rows=${several ? 1 : 2} spellcheck="true" maxlength="2000"
                placeholder=${i === 0 ? 'a red ball moves right' : 'a blue ball moves right'}
                aria-invalid=${Boolean(wrong && i === 0)} aria-describedby=${wrong ? 'fault' : nothing}
                .value=${live(one.text)} @input=${e => this.#put(i, {text: e.target.value})}></textarea>
            </div>
            ${several ? html`
              <div>
                <label for="at-${i}">from frame</label>
                <input id="at-${i}" class="short" inputmode="numeric" ?disabled=${i === 0} .value=${live(String(one.at))}
                  @change=${e => this.#put(i, {at: Math.max(i === 0 ? 0 : 1, Math.round(Number(e.target.value)) || 0)}, true)}>
              </div>
              <button class="quiet square" ?hidden=${i === 0} aria-label="Remove prompt ${LETTERS[i % 26]}" @click=${() => this.#drop(i)}>×</button>` : nothing}
          </div>`)}
        ${store.model?.only ? html`<p class="only soft">${store.model.name} knows ${store.model.only.split(';')[0]}.</p>` : nothing}
        <div class="word-foot">
          ${task.many ? html`<button class="quiet" @click=${() => this.#add()}>+ prompt</button>` : nothing}
          <details ?open=${form.negative !== ''}>
            <summary>negative</summary>
            <label for="negative" class="hidden">What not to show</label>
            <textarea id="negative" rows="1" placeholder="what not to show" maxlength="2000"
              .value=${live(form.negative)} @input=${e => store.form({negative: e.target.value})}></textarea>
          </details>
        </div>
      </div>
    `;
  }

  #put(i, patch, sort = false) {
    const prompts = store.state.form.prompts.map((one, k) => (k === i ? {...one, ...patch} : one));
    if (sort) prompts.sort((a, b) => a.at - b.at);
    store.form({prompts});
  }

  #add() {
    const i = addPrompt();
    setTimeout(() => document.getElementById(`prompt-${i}`)?.focus());
  }

  #drop(i) {
    store.form({prompts: store.state.form.prompts.filter((_, k) => k !== i)});
  }
}
customElements.define('zt-words', Words);
