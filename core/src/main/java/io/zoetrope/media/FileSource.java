package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.ReadOptions.Damaged;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/** Decodes one file with FFmpeg. */
final class FileSource implements FrameSource {
  private final Path path;
  private final Damaged damaged;
  private final ReadOptions.Plane plane;
  private final AVFrame[] kept = new AVFrame[2];
  private @Nullable Demuxer demuxer;
  private @Nullable Completeness completeness;
  private @Nullable AVCodecContext decoder;
  private @Nullable AVFrame decoded;
  private @Nullable FrameClock clock;
  private @Nullable FrameFilter filter;
  private @Nullable FrameConverter converter;
  private VideoInfo info;
  private final Deque<FrameClock.Span> times = new ArrayDeque<>();
  private Optional<Shown> again = Optional.empty();
  private boolean ended;
  private boolean drained;
  private boolean broken;
  private boolean spoilt;
  private double end;
  private long count;

  FileSource(Path path, Damaged damaged, ReadOptions.Plane plane) {
    this.path = path;
    this.damaged = damaged;
    this.plane = plane;
    boolean open = false;
    try (PointerScope scope = new PointerScope()) {
      Demuxer file = Demuxer.open(path);
      demuxer = file;
      Stored stored = Stored.of(path, file);
      info = StreamInfo.of(file, stored);
      decoder = openDecoder(file.stream());
      decoded = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
      kept[0] = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
      kept[1] = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
      filter = new FrameFilter(file.stream());
      converter = new FrameConverter(stored, plane);
      clock = new FrameClock(avutil.av_q2d(file.stream().time_base()), info.fps());
      watch(file);
      open = true;
    } finally {
      if (!open) {
        close();
      }
    }
  }

  private AVCodecContext openDecoder(AVStream stream) {
    AVCodecParameters par = stream.codecpar();
    AVCodec codec = Stored.decoder(stream);
    if (codec == null) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "cannot decode '%s' video in '%s'".formatted(StreamInfo.codec(par), path),
          "convert it to .mp4 first");
    }
    AVCodecContext c = Ffmpeg.checkAlloc(avcodec.avcodec_alloc_context3(codec));
    decoder = c;
    Ffmpeg.check(avcodec.avcodec_parameters_to_context(c, par), "set up the decoder");
    Ffmpeg.bound(c);
    c.pkt_timebase(stream.time_base());
    c.thread_count((long) par.width() * par.height() <= 1024 * 1024 ? 1 : 0);
    if (avcodec.avcodec_open2(c, codec, (AVDictionary) null) < 0) {
      throw MediaFiles.unreadable(path);
    }
    return c;
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public Set<String> found() {
    Set<String> found = new LinkedHashSet<>(open(filter).done());
    if (open(converter).transparent()) {
      found.add(Stored.TRANSPARENT);
    }
    if (spoilt || MediaFiles.jpegEndsEarly(path)) {
      found.add(Stored.SPOILT);
    }
    return found;
  }

  /** Times count from the first frame that can be shown, so that one is looked at in any case. */
  @Override
  public void seek(double seconds) {
    if (seconds <= 0) {
      return;
    }
    again = next();
    if (again.isEmpty() || seconds < again.get().end() || !open(clock).stamped()) {
      return;
    }
    // Formats without an index land anywhere, and what refers to frames before it is not shown:
    // then from earlier on, in the end from the beginning.
    double from = seconds;
    for (double back = 1; from > 0 && !jump(from, seconds); back *= 2) {
      from = seconds - back;
    }
    if (from <= 0) {
      rewind();
    }
  }

  /** Goes on from a time; whether with a frame that is shown in time, or with none to be had. */
  private boolean jump(double from, double wanted) {
    if (!open(demuxer).seek(open(clock).stamp(from))) {
      return true;
    }
    restart();
    again = next();
    return again.isPresent() && again.get().time() <= wanted + 1e-6;
  }

  private void rewind() {
    try (PointerScope scope = new PointerScope()) {
      open(demuxer).close();
      demuxer = null;
      demuxer = Demuxer.open(path);
      watch(open(demuxer));
      restart();
    }
  }

  private void watch(Demuxer file) {
    if (damaged == Damaged.REFUSE) {
      completeness = new Completeness(path, file, info);
    }
  }

  private void restart() {
    avcodec.avcodec_flush_buffers(open(decoder));
    open(clock).jumped();
    open(filter).reset();
    times.clear();
    drained = false;
    ended = false;
    again = Optional.empty();
  }

  @Override
  public Optional<Shown> next() {
    if (again.isPresent()) {
      Optional<Shown> first = again;
      again = Optional.empty();
      return first;
    }
    try (PointerScope scope = new PointerScope()) {
      FrameFilter made = open(filter);
      while (true) {
        AVFrame slot = kept[(int) (count % 2)];
        if (made.next(slot)) {
          count++;
          FrameClock.Span shown = times.remove();
          end = shown.to();
          return Optional.of(new Decoded(slot, shown));
        }
        if (ended) {
          checkWhole();
          return Optional.empty();
        }
        decode(made);
      }
    }
  }

  /** Decodes one frame, or reads a packet for it, or comes to the end. */
  private void decode(FrameFilter to) {
    AVFrame frame = open(decoded);
    int code = avcodec.avcodec_receive_frame(open(decoder), frame);
    if (code >= 0) {
      if ((frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0) {
        breaks();
      }
      spoilt |=
          frame.decode_error_flags() != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0;
      times.add(open(clock).next(frame));
      to.add(frame);
    } else if (code == Ffmpeg.AGAIN) {
      feed();
    } else if (code == Ffmpeg.EOF) {
      to.end();
      ended = true;
    } else {
      breaks();
    }
  }

  /** Gives the decoder one packet, or the end. */
  private void feed() {
    if (drained) {
      return;
    }
    Demuxer file = open(demuxer);
    Optional<AVPacket> packet = file.next();
    if (file.broken()) {
      breaks();
    }
    if (packet.isEmpty()) {
      drained = true;
      avcodec.avcodec_send_packet(open(decoder), null);
      return;
    }
    AVPacket p = packet.get();
    spoilt |= (p.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0;
    Optional.ofNullable(completeness).ifPresent(c -> c.read(p));
    // An empty packet is a pause: the frame before it stays.
    int sent = p.size() > 0 ? avcodec.avcodec_send_packet(open(decoder), p) : 0;
    if (sent < 0 && !Completeness.mayTrail(file)) {
      breaks();
    }
  }

  private final class Decoded implements Shown {
    private final AVFrame slot;
    private final FrameClock.Span shown;

    Decoded(AVFrame slot, FrameClock.Span shown) {
      this.slot = slot;
      this.shown = shown;
    }

    @Override
    public double time() {
      return shown.from();
    }

    @Override
    public double end() {
      return shown.to();
    }

    @Override
    public Frame frame() {
      return open(converter).convert(slot);
    }
  }

  /** Something could not be read. */
  private void breaks() {
    broken = true;
    if (damaged == Damaged.REFUSE) {
      throw brokenOff();
    }
  }

  private void checkWhole() {
    boolean sought = open(demuxer).sought();
    if (broken || (!sought && completeness != null && completeness.missing(end))) {
      breaks();
    }
  }

  private UserError brokenOff() {
    long stated = info.frames().orElse(0);
    String what =
        stated > count
            ? ": %s of %s frames could be read".formatted(count, stated)
            : " after %s frames".formatted(count);
    return new UserError(Fault.DAMAGED, "'" + path + "' is damaged or cut off" + what);
  }

  @Override
  public void close() {
    Optional.ofNullable(converter).ifPresent(FrameConverter::close);
    Optional.ofNullable(filter).ifPresent(FrameFilter::close);
    for (AVFrame frame : kept) {
      Optional.ofNullable(frame).ifPresent(avutil::av_frame_free);
    }
    Optional.ofNullable(decoded).ifPresent(avutil::av_frame_free);
    Optional.ofNullable(decoder).ifPresent(avcodec::avcodec_free_context);
    Optional.ofNullable(demuxer).ifPresent(Demuxer::close);
    converter = null;
    filter = null;
    kept[0] = kept[1] = null;
    decoded = null;
    decoder = null;
    demuxer = null;
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the reader is closed");
    }
    return part;
  }
}
