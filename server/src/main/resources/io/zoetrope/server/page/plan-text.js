// A plan as text: for those who do not see it, and for other programs.
import {prompts, TASKS} from './form.js';

const RAMP = '·░▒▓█';

function ranges(given) {
  const out = [];
  for (let from = 0; from < given.length; from++) {
    let to = from;
    while (to < given.length && given[to]) to++;
    if (to > from) {
      out.push(to === from + 1 ? `${from}` : `${from}-${to - 1}`);
      from = to;
    }
  }
  return out.join(', ');
}

// Frames across, steps down, darker is noisier, given frames marked.
export function ascii(plan) {
  const steps = plan.levels.length - 1;
  const count = plan.levels[0].length;
  const width = count > 36 ? 1 : 2;
  const margin = Math.max(4, String(steps).length) + 2;
  const all = plan.given.every(Boolean);
  const some = ranges(plan.given);
  const s = n => (n === 1 ? '' : 's');
  const out = [
    `${steps} step${s(steps)}, ${count} frame${s(count)}${some === '' ? '' : all ? ', all given' : `, given: ${some}`}`,
    `clean ${[...RAMP].map(c => c + c).join('')} noise   ◆ given`,
    '',
  ];
  let numbers = '';
  for (let f = 0; f < count; f += width === 1 ? 10 : 5) numbers = numbers.padEnd(f * width) + f;
  out.push('step'.padEnd(margin) + numbers);
  if (some !== '') out.push((' '.repeat(margin) + plan.given.map(is => (is ? '◆' : '').padEnd(width)).join('')).trimEnd());
  if (plan.weights[0].length > 1) {
    out.push('text'.padEnd(margin) + plan.weights.map(weight => {
      const most = weight.indexOf(Math.max(...weight));
      return String.fromCharCode((weight[most] === 1 ? 65 : 97) + (most % 26)).repeat(width);
    }).join(''));
  }
  const most = 48;
  const shown = steps + 1 <= most
    ? plan.levels.map((_, r) => r)
    : [...new Set(Array.from({length: most}, (_, i) => Math.round((i * steps) / (most - 1))))];
  let before = -1;
  for (const r of shown) {
    if (r > before + 1 && before >= 0) out.push(' '.repeat(margin) + '───');
    before = r;
    const shades = plan.levels[r].map(level => {
      const at = level === 0 ? 0 : Math.min(RAMP.length - 1, Math.max(1, Math.ceil(level * (RAMP.length - 1))));
      return RAMP[at].repeat(width);
    });
    const rises = r > 0 && plan.levels[r].some((level, f) => level > plan.levels[r - 1][f]);
    out.push(String(r).padEnd(margin) + shades.join('') + (rises ? '  noised again' : ''));
  }
  return out.join('\n') + '\n';
}

const quoted = text => `"${text.replace(/(["\\$`])/g, '\\$1')}"`;

// As it is typed in a terminal.
export function command(form, order, plan) {
  const kind = order.task.kind;
  const words = ['./zoetrope', kind];
  const file = name => {
    const source = form.sources[name];
    return source ? quoted(source.name) : quoted(`${name} file`);
  };
  for (const slot of TASKS[kind].sources) words.push(file(slot));
  const said = prompts(form);
  if (kind === 'travel' || kind === 'roll') {
    said.forEach(one => words.push('--at', String(one.at), quoted(one.text)));
  } else if (said.length > 0) {
    words.push(quoted(said[0].text));
  }
  const {wish} = order;
  const flags = {negative: wish.negative, size: wish.size && `${wish.size.width}x${wish.size.height}`, frames: wish.frames, fps: wish.fps, steps: wish.steps, guidance: wish.guidance, sampler: wish.sampler, seed: wish.seed, noise: order.task.noise, strength: order.task.strength, scale: order.task.scale, overlap: order.task.join?.overlap, blend: order.task.cues?.blend || undefined, context: order.task.context};
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined && value !== null) words.push(`--${name}`, /^[\w.:-]+$/.test(String(value)) ? String(value) : quoted(String(value)));
  }
  if (form.model) words.push('--model', quoted(form.model));
  if (plan.drawn && TASKS[form.task].plan) words.push('--plan', 'plan.json');
  words.push('-o', `${kind}.mp4`);
  return words.join(' ') + '\n';
}

// As a program says it.
export function java(order, plan, form) {
  const own = structuredClone(order);
  if (plan.drawn && TASKS[form.task].plan) own.task.plan = {path: 'plan.json'};
  return [
    'VideoOrder order = VideoOrder.parse("the order",',
    '    """',
    ...JSON.stringify(own, null, 2).split('\n').map(line => `    ${line.replace(/\\/g, '\\\\')}`),
    '    """);',
    'FileSink file = FileSink.of(Path.of("video.mp4"));',
    'Studio.make(order, Sources.in(Path.of("")), file, Progress.NONE);',
    '',
  ].join('\n');
}
