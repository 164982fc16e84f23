// Pictures of films: strips (frames side by side) and sheets (rows of at most eight), kept once loaded.
import {api} from './api.js';

const MOST = 160;
const pictures = new Map(); // url -> {image, state}

function picture(url, then) {
  let one = pictures.get(url);
  if (!one) {
    const image = new Image();
    one = {image, state: 'loading', then: new Set()};
    pictures.set(url, one);
    if (pictures.size > MOST) pictures.delete(pictures.keys().next().value);
    const done = state => {
      one.state = state;
      one.then.forEach(told => told());
      one.then.clear();
    };
    image.onload = () => done('there');
    image.onerror = () => done('none');
    image.src = url;
  } else {
    pictures.delete(url);
    pictures.set(url, one); // It was used last.
  }
  if (one.state === 'loading' && then) one.then.add(then);
  return one.state === 'there' ? one.image : null;
}

// The frames of a job's row, or of its finished film: {count, draw(context, frame, x, y, w, h)}; null
// while it is not there. `then` is called when it comes.
export function framesAt(job, row, then) {
  if (row === null || row === undefined) {
    if (!job.sheet) return null;
    const image = picture(job.sheet, then);
    if (!image) return null;
    const count = Math.max(1, job.frames);
    const across = Math.min(8, count);
    const down = Math.ceil(count / across);
    const w = image.naturalWidth / across;
    const h = image.naturalHeight / down;
    return {
      count, w, h,
      draw: (context, f, x, y, dw, dh) =>
        context.drawImage(image, (f % across) * w, Math.floor(f / across) * h, w, h, x, y, dw, dh),
    };
  }
  const image = picture(api.preview(job.id, row), then);
  if (!image) return null;
  const h = image.naturalHeight;
  const aspect = job.width && job.height ? job.width / job.height : 1;
  const count = Math.max(1, Math.round(image.naturalWidth / (h * aspect)));
  const w = image.naturalWidth / count;
  return {
    count, w, h,
    draw: (context, f, x, y, dw, dh) => context.drawImage(image, Math.min(f, count - 1) * w, 0, w, h, x, y, dw, dh),
  };
}
