// Several videos as one: drawn side by side, recorded once through, saved.
const MOST_SIDE = 1920;

export async function recordSheet(videos, columns, job) {
  const rows = Math.ceil(videos.length / columns);
  const [first] = videos;
  const scale = Math.min(1, MOST_SIDE / (columns * first.videoWidth), MOST_SIDE / (rows * first.videoHeight));
  const w = Math.round(first.videoWidth * scale);
  const h = Math.round(first.videoHeight * scale);
  const canvas = document.createElement('canvas');
  canvas.width = columns * w;
  canvas.height = rows * h;
  const context = canvas.getContext('2d');
  const draw = () => videos.forEach((video, i) =>
    context.drawImage(video, (i % columns) * w, Math.floor(i / columns) * h, w, h));
  const stream = canvas.captureStream(Math.min(60, Math.max(8, job.fps || 8)));
  const type = ['video/mp4;codecs=avc1', 'video/webm;codecs=vp9', 'video/webm'].find(one => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, {mimeType: type, videoBitsPerSecond: 8_000_000});
  const parts = [];
  recorder.ondataavailable = event => parts.push(event.data);
  const stopped = new Promise(done => (recorder.onstop = done));
  for (const video of videos) video.currentTime = 0;
  await Promise.all(videos.map(video => video.play()));
  recorder.start();
  const longest = Math.max(...videos.map(video => video.duration || 0));
  const begun = performance.now();
  await new Promise(done => {
    const tick = () => {
      draw();
      if (performance.now() - begun > longest * 1000) done();
      else requestAnimationFrame(tick);
    };
    tick();
  });
  recorder.stop();
  await stopped;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, {type}));
  link.download = `comparison.${type.includes('mp4') ? 'mp4' : 'webm'}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
