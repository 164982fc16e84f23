// Where the page begins.
import {api} from './api.js';
import {load, listen} from './live.js';
import {say} from './notices.js';
import {store} from './store.js';
import './keys.js';
import './files.js';
import './ask.js';
import './parts/studio.js';

export async function start() {
  try {
    const session = await api.session();
    const locked = session.needed && !session.role;
    store.set({session, locked});
    if (locked) return;
    listen();
    await load();
  } catch (e) {
    if (e.status === 401) {
      store.set({locked: true});
      return;
    }
    store.set({online: false});
    say(e.message, {bad: true, stay: true, deeds: [{label: 'Try again', run: start}]});
  }
}

document.addEventListener('zoetrope-start', start);
document.addEventListener('zoetrope-locked', () => store.set({locked: true}));
start();
