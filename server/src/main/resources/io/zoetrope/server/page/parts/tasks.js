// What kind of video: nine tasks, and drawing.
import {kindOf, TASKS} from '../form.js';
import {html} from '../lit.js';
import {Part} from '../part.js';
import {store} from '../store.js';

class Tasks extends Part {
  static parts = ['form', 'models', 'usual'];

  render() {
    const {form} = store.state;
    const can = store.model?.tasks;
    return html`
      <div class="tasks" role="radiogroup" aria-label="Task" @keydown=${this.#keys}>
        ${Object.entries(TASKS).map(([name, task]) => {
          const cannot = can && name !== 'draw' && !can.includes(name);
          return html`
            <button role="radio" class="task" data-task=${name} aria-checked=${form.task === name}
              tabindex=${form.task === name ? 0 : -1} ?disabled=${cannot}
              title=${cannot ? `${store.model.name} cannot do this` : task.says}
              @click=${() => this.#take(name)}>${task.label}</button>`;
        })}
      </div>
      <p class="says">${TASKS[form.task].says}${form.task === 'draw' ? `; now as ${TASKS[kindOf(form)].label} does` : ''}.</p>
    `;
  }

  #take(name) {
    const {form} = store.state;
    // A plan that was drawn stays with the tasks that take one.
    store.form({task: name, ...(TASKS[name].plan ? {} : {plan: null})});
    store.set({fault: null});
  }

  #keys = event => {
    const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [...this.querySelectorAll('[role=radio]:not(:disabled)')];
    const at = all.findIndex(one => one.dataset.task === store.state.form.task);
    const next = all[(at + by + all.length) % all.length];
    this.#take(next.dataset.task);
    next.focus();
  };
}
customElements.define('zt-tasks', Tasks);
