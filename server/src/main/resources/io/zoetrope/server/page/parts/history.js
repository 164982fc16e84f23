// Everything that was made, newest first, and what finds it again.
import {change, filter, search, star} from '../history.js';
import {clock, day} from '../format.js';
import {TASKS} from '../form.js';
import {html, live, nothing, repeat} from '../lit.js';
import {say, tried} from '../notices.js';
import {calm, Part} from '../part.js';
import {store} from '../store.js';

class History extends Part {
  static parts = ['found', 'jobs', 'filter', 'boards', 'shown', 'picked'];
  static properties = {alive: {state: true}};

  render() {
    const {found, picked} = store.state;
    const jobs = found.ids.map(id => store.job(id)).filter(Boolean);
    const days = Map.groupBy(jobs, job => day(job.created_at));
    const {filter: asked} = store.state;
    const narrow = asked.q || asked.star || asked.board || asked.until;
    return html`
      ${this.#filters(asked)}
      ${picked.length > 0 ? html`
        <div class="picked" role="status"><span>${picked.length} picked</span>
          <button class="main" ?disabled=${picked.length < 2} @click=${() => store.set({compare: {ids: picked}, shelf: 'compare', picked: []})}>Compare</button>
          <label class="joined"><span class="label">to board</span><input class="board" list="boards" @change=${e => this.#toBoard(e)}></label>
          <button class="quiet" @click=${() => store.set({picked: []})}>Let go</button></div>` : nothing}
      ${jobs.length === 0 && !found.loading ? html`
        <p class="soft quiet-line">${narrow ? html`Nothing like that. <button class="link" @click=${() => filter({q: '', star: false, board: '', until: ''})}>Show all</button>` : 'What you make stays here, with everything it takes to make it again.'}</p>` : nothing}
      ${[...days].map(([name, ones]) => html`
        <h3 class="day">${name}</h3>
        <div class="cards">${repeat(ones, job => job.id, job => this.#card(job))}</div>`)}
      ${found.more ? html`<p class="more-line"><button class="quiet" ?disabled=${found.loading} @click=${() => tried(() => search(true))}>Older</button></p>` : nothing}
    `;
  }

  #filters(asked) {
    const {boards} = store.state;
    return html`
      <div class="filters" role="search">
        <input id="search" type="search" placeholder="Search words and notes  ( / )" aria-label="Search words and notes" .value=${live(asked.q)} @input=${e => filter({q: e.target.value})}>
        <button class="quiet" aria-pressed=${asked.star} @click=${() => filter({star: !asked.star})}>★ starred</button>
        <label class="joined"><span class="label">board</span>
          <select @change=${e => filter({board: e.target.value})}>
            <option value="" ?selected=${asked.board === ''}>all</option>
            ${boards.map(one => html`<option value=${one.name} ?selected=${asked.board === one.name}>${one.name} (${one.jobs})</option>`)}
          </select></label>
        <label class="joined"><span class="label">until</span><input type="date" .value=${live(asked.until)} @change=${e => filter({until: e.target.value})}></label>
      </div>
    `;
  }

  #card(job) {
    const {shown, picked} = store.state;
    const name = job.prompt || TASKS[job.task]?.label || job.task;
    const isPicked = picked.includes(job.id);
    const film = job.state === 'completed' || job.state === 'draft';
    return html`
      <article class="card" data-job=${job.id} data-state=${job.state} ?data-shown=${shown === job.id} ?data-picked=${isPicked}>
        <button class="card-film" draggable=${film} aria-label="Show: ${name}, ${clock(job.created_at)}${film ? '' : `, ${job.state}`}"
          aria-pressed=${shown === job.id}
          @click=${() => this.#show(job)} @dragstart=${e => e.dataTransfer.setData('text/x-zoetrope-job', job.id)}
          @pointerenter=${() => film && !calm() && (this.alive = job.id)} @pointerleave=${() => (this.alive = null)}>
          ${film ? html`<img src=${job.thumbnail} alt="" loading="lazy" draggable="false">` : html`<span class="card-word">${job.state === 'running' ? `${job.progress}%` : job.state}</span>`}
          ${this.alive === job.id ? html`<video .src=${job.video} autoplay loop playsinline .muted=${true} tabindex="-1" aria-hidden="true"></video>` : nothing}
          ${job.state === 'draft' ? html`<span class="tag">draft</span>` : nothing}
        </button>
        <p class="card-words" title=${name}>${name}</p>
        <p class="card-foot soft"><span>${clock(job.created_at)}</span><span>${TASKS[job.task]?.label ?? job.task}</span></p>
        <button class="card-star" aria-pressed=${job.star} aria-label="Star: ${name}" @click=${() => tried(() => star(job))}>${job.star ? '★' : '☆'}</button>
        ${film ? html`<label class="card-pick"><input type="checkbox" aria-label="Pick: ${name}" .checked=${live(isPicked)} @change=${e => this.#pick(job.id, e.target.checked)}></label>` : nothing}
      </article>
    `;
  }

  #show(job) {
    store.set({shown: job.id, row: null, frame: 0, follow: job.state === 'running'});
    // On a narrow page the screen is out of sight.
    document.querySelector('zt-result')?.scrollIntoView({block: 'nearest', behavior: calm() ? 'auto' : 'smooth'});
  }

  #pick(id, on) {
    const {picked} = store.state;
    store.set({picked: on ? [...picked, id] : picked.filter(one => one !== id)});
  }

  #toBoard(event) {
    const board = event.target.value.trim();
    tried(async () => {
      for (const id of store.state.picked) await change(id, {board});
      say(`On the board ${board} now.`);
      store.set({picked: []});
    });
  }
}
customElements.define('zt-history', History);
