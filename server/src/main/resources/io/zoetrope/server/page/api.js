// All that the page says to the server.
export class ApiError extends Error {
  constructor(status, error) {
    super(error?.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = error?.code ?? null;
    this.param = error?.param ?? null;
    this.mends = error?.mends ?? [];
  }
}

async function call(method, path, {json, raw, type, signal, key} = {}) {
  const headers = {'X-Zoetrope': '1'};
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  if (type) headers['Content-Type'] = type;
  if (key) headers['Idempotency-Key'] = key;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: json === undefined ? raw : JSON.stringify(json),
      signal,
      credentials: 'same-origin',
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(0, {message: 'the server does not answer: is it still running?', code: 'offline'});
  }
  if (answer.status === 204) return null;
  const text = await answer.text();
  let body = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    // Something between here and there answered: the status says enough.
  }
  // The session is over: what is typed stays, and a token brings all of it back.
  if (answer.status === 401 && !path.endsWith('/session')) document.dispatchEvent(new Event('zoetrope-locked'));
  if (!answer.ok) throw new ApiError(answer.status, body?.error);
  return body;
}

const API = '/api/v1';
const query = values => {
  const set = Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== '' && v !== false);
  return set.length === 0 ? '' : '?' + new URLSearchParams(set);
};

export const api = {
  make: (requests, key) => call('POST', `${API}/jobs`, {json: requests, key}),
  jobs: filter => call('GET', `${API}/jobs${query(filter)}`),
  job: id => call('GET', `${API}/jobs/${id}`),
  change: (id, change) => call('PATCH', `${API}/jobs/${id}`, {json: change}),
  remove: id => call('DELETE', `${API}/jobs/${id}`),
  tell: (id, what) => call('POST', `${API}/jobs/${id}/${what}`, {json: {}}),
  upload: file => call('POST', `${API}/inputs`, {raw: file, type: file.type || 'application/octet-stream'}),
  recall: file => call('POST', `${API}/recall`, {raw: file, type: file.type || 'application/octet-stream'}),
  draw: (wish, signal) => call('POST', `${API}/plans/draw`, {json: wish, signal}),
  check: (wish, signal) => call('POST', `${API}/plans/check`, {json: wish, signal}),
  estimate: (order, signal) => call('POST', `${API}/estimate`, {json: {order}, signal}),
  models: () => call('GET', `${API}/models`),
  queue: () => call('GET', `${API}/queue`),
  pause: paused => call('POST', `${API}/queue`, {json: {paused}}),
  presets: () => call('GET', `${API}/presets`),
  keepPreset: (name, order) => call('PUT', `${API}/presets/${encodeURIComponent(name)}`, {json: order}),
  dropPreset: name => call('DELETE', `${API}/presets/${encodeURIComponent(name)}`),
  boards: () => call('GET', `${API}/boards`),
  session: () => call('GET', `${API}/session`),
  logOut: () => call('DELETE', `${API}/session`),
  logIn: token => call('POST', `${API}/session`, {json: {token}}),
  preview: (id, row) => `${API}/jobs/${id}/preview?step=${row}`,
  input: (sha, variant = '') => `${API}/inputs/${sha}${variant}`,
  events: () => new EventSource(`${API}/events`),
};
