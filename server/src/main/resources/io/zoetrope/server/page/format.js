// Numbers and times as people read them.
export function seconds(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '';
  if (value < 0.95) return 'under 1 s';
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 5400) return `${Math.round(value / 60)} min`;
  return `${(value / 3600).toFixed(1)} h`;
}

export function bytes(value) {
  if (!value) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  return `${value < 10 && at > 0 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}

export function clock(epoch) {
  return new Date(epoch * 1000).toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});
}

// The day of a moment, as a heading.
export function day(epoch, now = new Date()) {
  const then = new Date(epoch * 1000);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const back = Math.ceil((midnight - then) / 86_400_000);
  if (back <= 0) return 'Today';
  if (back === 1) return 'Yesterday';
  return then.toLocaleDateString([], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: then.getFullYear() === now.getFullYear() ? undefined : 'numeric',
  });
}

export const level = value => (Math.round(value * 100) / 100).toFixed(2);

// A number without what rounding left behind.
export const plain = value => String(Math.round(value * 1e6) / 1e6);
