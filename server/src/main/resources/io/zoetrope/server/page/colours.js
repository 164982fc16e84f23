// Colours of the style sheet, for canvases.
const probe = document.createElement('span');
probe.hidden = true;
let known = new Map();
let ramp = null;

export function colour(name) {
  if (!known.has(name)) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(${name})`;
    known.set(name, getComputedStyle(probe).color);
  }
  return known.get(name);
}

const numbers = text => text.match(/[\d.]+/g).slice(0, 3).map(Number);

// From clean to noise, 0 to 1.
export function shade(level) {
  if (!ramp) {
    const clean = numbers(colour('--plan-clean'));
    const noise = numbers(colour('--plan-noise'));
    ramp = Array.from({length: 101}, (_, i) => {
      // A step away from clean at once: only 0 is clean.
      const part = i === 0 ? 0 : 0.12 + (0.88 * i) / 100;
      return `rgb(${clean.map((c, k) => Math.round(c + (noise[k] - c) * part)).join(' ')})`;
    });
  }
  return ramp[level === 0 ? 0 : Math.max(1, Math.round(level * 100))];
}

export function forget() {
  known = new Map();
  ramp = null;
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget);
new MutationObserver(forget).observe(document.documentElement, {attributeFilter: ['data-theme']});
