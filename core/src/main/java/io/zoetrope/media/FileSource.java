package io.zoetrope.media;

import io.zoetrope.media.ReadOptions.Damaged;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/** Decodes one file with FFmpeg. */
final class FileSource implements FrameSource {
  private final Path path;
  private final Damaged damaged;
  private @Nullable AVFormatContext demuxer;
  private @Nullable AVCodecContext decoder;
  private @Nullable AVPacket packet;
  private @Nullable AVFrame decoded;
  private final AVFrame[] kept = new AVFrame[2];
  private @Nullable FrameConverter converter;
  private VideoInfo info =
      new VideoInfo(0, 0, 1, OptionalDouble.empty(), OptionalLong.empty(), "", List.of());
  private int stream = -1;
  private double tick;
  private double origin;
  private boolean drained;
  private boolean sought;
  private boolean broken;
  private boolean endsEarly;
  private long count;

  FileSource(Path path, Damaged damaged) {
    this.path = path;
    this.damaged = damaged;
    boolean open = false;
    try (PointerScope scope = new PointerScope()) {
      open();
      open = true;
    } finally {
      if (!open) {
        close();
      }
    }
  }

  private void open() {
    MediaFiles.refuseAnimatedWebp(path);
    AVFormatContext format = Ffmpeg.openInput(path);
    demuxer = format;
    String name = format.iformat().name().getString();
    if (avformat.avformat_find_stream_info(format, (AVDictionary) null) < 0) {
      throw MediaFiles.unreadable(path);
    }
    endsEarly = damaged == Damaged.REFUSE && MediaFiles.endsEarly(path, name);
    stream = pickStream(format);
    AVStream s = format.streams(stream);
    AVCodecParameters par = s.codecpar();
    if (par.color_trc() == avutil.AVCOL_TRC_SMPTE2084
        || par.color_trc() == avutil.AVCOL_TRC_ARIB_STD_B67) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'" + path + "' is HDR video, whose colours would come out wrong",
          "convert it to SDR first");
    }
    AVCodec codec = avcodec.avcodec_find_decoder(par.codec_id());
    if (codec == null) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "cannot decode '%s' video in '%s'".formatted(codecName(par), path),
          "convert it to .mp4 first");
    }
    AVCodecContext c = Ffmpeg.checkAlloc(avcodec.avcodec_alloc_context3(codec));
    decoder = c;
    Ffmpeg.check(avcodec.avcodec_parameters_to_context(c, par), "set up the decoder");
    c.pkt_timebase(s.time_base());
    c.thread_count((long) par.width() * par.height() <= 1024 * 1024 ? 1 : 0);
    if (avcodec.avcodec_open2(c, codec, (AVDictionary) null) < 0) {
      throw MediaFiles.unreadable(path);
    }
    packet = Ffmpeg.checkAlloc(avcodec.av_packet_alloc());
    decoded = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
    kept[0] = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
    kept[1] = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
    tick = avutil.av_q2d(s.time_base());
    origin = s.start_time() == avutil.AV_NOPTS_VALUE ? Double.NaN : s.start_time() * tick;
    converter = new FrameConverter(par);
    info = describe(format, s, name);
  }

  /** The best stream of moving pictures; the cover picture of a song is not one. */
  private int pickStream(AVFormatContext format) {
    int best =
        avformat.av_find_best_stream(format, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
    boolean cover =
        best >= 0
            && (format.streams(best).disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
    if (best < 0 || cover) {
      boolean sound =
          avformat.av_find_best_stream(format, avutil.AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0)
              >= 0;
      throw sound
          ? new UserError(Fault.INVALID, "'" + path + "' has sound but no pictures", "name a video")
          : MediaFiles.unreadable(path);
    }
    AVCodecParameters par = format.streams(best).codecpar();
    if (par.width() <= 0 || par.height() <= 0) {
      throw MediaFiles.unreadable(path);
    }
    return best;
  }

  private VideoInfo describe(AVFormatContext format, AVStream s, String demuxerName) {
    boolean picture = demuxerName.endsWith("_pipe") || demuxerName.equals("image2");
    AVRational guess = avformat.av_guess_frame_rate(format, s, null);
    AVRational mean = s.avg_frame_rate();
    double fps = mean.num() > 0 && mean.den() > 0 ? avutil.av_q2d(mean) : 0;
    if (!(fps > 0) && guess.num() > 0 && guess.den() > 0) {
      fps = avutil.av_q2d(guess);
    }
    if (picture || !(fps > 0)) {
      fps = 1;
    }
    OptionalDouble seconds = OptionalDouble.empty();
    if (s.duration() != avutil.AV_NOPTS_VALUE && s.duration() > 0) {
      seconds = OptionalDouble.of(s.duration() * tick);
    } else if (format.duration() != avutil.AV_NOPTS_VALUE && format.duration() > 0) {
      seconds = OptionalDouble.of(format.duration() / (double) avutil.AV_TIME_BASE);
    }
    OptionalLong frames = OptionalLong.empty();
    if (picture) {
      frames = OptionalLong.of(1);
      seconds = OptionalDouble.empty();
    } else if (s.nb_frames() > 0) {
      frames = OptionalLong.of(s.nb_frames());
    }
    FrameConverter.Shape shape = FrameConverter.Shape.of(s.codecpar());
    return new VideoInfo(
        shape.width(),
        shape.height(),
        fps,
        seconds,
        frames,
        codecName(s.codecpar()),
        FrameConverter.quirks(s.codecpar()));
  }

  private static String codecName(AVCodecParameters par) {
    return avcodec.avcodec_get_name(par.codec_id()).getString();
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public void seek(double seconds) {
    if (seconds <= 0 || Double.isNaN(origin)) {
      return;
    }
    long stamp = (long) Math.floor((seconds + origin) / tick);
    // Where a format cannot seek, decoding from the beginning gives the same frames.
    int code = avformat.av_seek_frame(open(demuxer), stream, stamp, avformat.AVSEEK_FLAG_BACKWARD);
    if (code >= 0) {
      avcodec.avcodec_flush_buffers(open(decoder));
      sought = true;
    }
  }

  @Override
  public Optional<Shown> next() {
    AVFrame frame = open(decoded);
    try (PointerScope scope = new PointerScope()) {
      while (true) {
        int code = avcodec.avcodec_receive_frame(open(decoder), frame);
        if (code >= 0) {
          return Optional.of(keep(frame));
        }
        if (code == Ffmpeg.EOF) {
          checkWhole();
          return Optional.empty();
        }
        if (code == Ffmpeg.AGAIN) {
          feed();
        } else {
          broken = true;
          if (damaged == Damaged.REFUSE) {
            throw brokenOff();
          }
        }
      }
    }
  }

  /** Gives the decoder one packet, or the end. */
  private void feed() {
    AVPacket p = open(packet);
    while (!drained) {
      int code = avformat.av_read_frame(open(demuxer), p);
      if (code < 0) {
        drained = true;
        broken |= code != Ffmpeg.EOF || open(demuxer).pb().error() < 0;
        avcodec.avcodec_send_packet(open(decoder), null);
        return;
      }
      boolean ours = p.stream_index() == stream;
      if (ours && (p.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
        broken = true;
      }
      int sent = ours ? avcodec.avcodec_send_packet(open(decoder), p) : 0;
      avcodec.av_packet_unref(p);
      if (sent < 0) {
        broken = true;
      }
      if (broken && damaged == Damaged.REFUSE) {
        throw brokenOff();
      }
      if (ours) {
        return;
      }
    }
  }

  private Shown keep(AVFrame frame) {
    long stamp = frame.best_effort_timestamp();
    double time = stamp == avutil.AV_NOPTS_VALUE ? count / info.fps() : stamp * tick;
    if (Double.isNaN(origin) || (count == 0 && !sought)) {
      origin = time;
    }
    time -= origin;
    double length = frame.duration() > 0 ? frame.duration() * tick : 1 / info.fps();
    if ((frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0) {
      broken = true;
      if (damaged == Damaged.REFUSE) {
        throw brokenOff();
      }
    }
    AVFrame slot = kept[(int) (count % 2)];
    avutil.av_frame_unref(slot);
    avutil.av_frame_move_ref(slot, frame);
    count++;
    return new Decoded(slot, time, time + length);
  }

  private final class Decoded implements Shown {
    private final AVFrame slot;
    private final double time;
    private final double end;

    Decoded(AVFrame slot, double time, double end) {
      this.slot = slot;
      this.time = time;
      this.end = end;
    }

    @Override
    public double time() {
      return time;
    }

    @Override
    public double end() {
      return end;
    }

    @Override
    public Frame frame() {
      return open(converter).convert(slot);
    }
  }

  private void checkWhole() {
    boolean missing =
        !sought && info.frames().isPresent() && !info.still() && count < info.frames().getAsLong();
    if ((broken || missing || endsEarly) && damaged == Damaged.REFUSE) {
      throw brokenOff();
    }
  }

  private UserError brokenOff() {
    String of = info.frames().isPresent() ? " of " + info.frames().getAsLong() : "";
    return new UserError(
        Fault.DAMAGED,
        "'%s' is damaged or cut off: %d%s frames could be read".formatted(path, count, of));
  }

  @Override
  public void close() {
    Optional.ofNullable(converter).ifPresent(FrameConverter::close);
    for (int i = 0; i < kept.length; i++) {
      Optional.ofNullable(kept[i]).ifPresent(avutil::av_frame_free);
    }
    Optional.ofNullable(decoded).ifPresent(avutil::av_frame_free);
    Optional.ofNullable(packet).ifPresent(avcodec::av_packet_free);
    Optional.ofNullable(decoder).ifPresent(avcodec::avcodec_free_context);
    Optional.ofNullable(demuxer).ifPresent(avformat::avformat_close_input);
    converter = null;
    kept[0] = kept[1] = null;
    decoded = null;
    packet = null;
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
