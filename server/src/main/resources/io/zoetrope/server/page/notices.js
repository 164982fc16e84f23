// Lines that come and go, and may bring a button.
import {store} from './store.js';

let next = 1;

// `deeds`: [{label, run}]. What needs no answer goes by itself.
export function say(text, {deeds = [], bad = false, stay = false} = {}) {
  const notice = {id: next++, text, deeds, bad};
  store.set({notices: [...store.state.notices.slice(-2), notice]});
  if (!stay) setTimeout(() => hush(notice.id), bad || deeds.length > 0 ? 12_000 : 5000);
  return notice.id;
}

export function hush(id) {
  store.set({notices: store.state.notices.filter(one => one.id !== id)});
}

// Runs a deed; what goes wrong is said.
export async function tried(deed) {
  try {
    return await deed();
  } catch (e) {
    say(e.message, {bad: true});
    return undefined;
  }
}
