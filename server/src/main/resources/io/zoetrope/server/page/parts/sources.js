// What the video is made from: dropped, pasted, chosen, or taken of what was made before.
import {giveSource, upload} from '../actions.js';
import {api} from '../api.js';
import {about, CONTROLLED, kindOf, TASKS} from '../form.js';
import {html, icon, nothing} from '../lit.js';
import {tried} from '../notices.js';
import {Part} from '../part.js';
import {store} from '../store.js';

const SLOTS = {
  image: {label: 'Picture', accept: 'image/png,image/jpeg,image/webp'},
  first: {label: 'First picture', accept: 'image/png,image/jpeg,image/webp'},
  last: {label: 'Last picture', accept: 'image/png,image/jpeg,image/webp'},
  video: {label: 'Video', accept: 'video/mp4,video/webm,image/gif,image/webp'},
  like: {label: 'Is to be like', accept: 'image/png,image/jpeg,image/webp'},
  control: {label: 'Control is shown', accept: 'image/png,image/jpeg,image/webp,video/mp4,video/webm,image/gif'},
};

// Where a small picture of a source is to be had; null if nowhere.
export function pictureOf(source) {
  if (source.ref.startsWith('input:')) return api.input(source.ref.slice(6), '/thumbnail');
  if (source.ref.startsWith('job:')) return `/v1/videos/${source.ref.slice(4)}/content?variant=thumbnail`;
  return null;
}

class Sources extends Part {
  static parts = ['form', 'fault'];

  render() {
    const {form} = store.state;
    const controlled = form.control.net !== '' && CONTROLLED.includes(kindOf(form));
    const slots = [...TASKS[form.task].sources, ...(form.like.adapter === '' ? [] : ['like']), ...(controlled ? ['control'] : [])];
    if (slots.length === 0) return nothing;
    return html`<div class="sources">${slots.map(slot => this.#slot(slot, form.sources[slot]))}</div>`;
  }

  #slot(slot, source) {
    const {label, accept} = SLOTS[slot];
    const wrong = about(store.state.fault, slot);
    return html`
      <div class="slot" data-slot=${slot} ?data-full=${source} ?data-wrong=${wrong}
        @dragover=${e => e.preventDefault()} @drop=${e => this.#drop(e, slot)}>
        ${source && pictureOf(source) ? html`<img src=${pictureOf(source)} alt="">` : html`<span class="slot-mark">${icon('plus')}</span>`}
        <div class="slot-words">
          <strong>${label}</strong>
          <span class="soft">${source ? source.name : store.state.form.task === 'draw' ? 'if you like: drop, paste, or' : 'drop, paste, or'}</span>
          <span class="slot-deeds">
            <label class="link">${source ? 'another' : 'choose a file'}
              <input type="file" class="hidden" accept=${accept} aria-label="${label}: choose a file" @change=${e => this.#chosen(e, slot)}>
            </label>
            ${source ? html`<button class="link" @click=${() => this.#clear(slot)} aria-label="Take the ${label.toLowerCase()} away">remove</button>` : nothing}
          </span>
        </div>
      </div>
    `;
  }

  #clear(slot) {
    const {form} = store.state;
    store.form({sources: {...form.sources, [slot]: null}});
  }

  #chosen(event, slot) {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) tried(() => upload(file, slot));
  }

  #drop(event, slot) {
    event.preventDefault();
    document.documentElement.removeAttribute('data-dropping');
    const id = event.dataTransfer.getData('text/x-zoetrope-job');
    if (id) {
      const job = store.job(id);
      giveSource(slot, {ref: `job:${id}`, job: id, kind: 'mp4', name: job?.prompt || 'a result'});
      return;
    }
    const [file] = event.dataTransfer.files;
    if (file) tried(() => upload(file, slot));
  }
}
customElements.define('zt-sources', Sources);
