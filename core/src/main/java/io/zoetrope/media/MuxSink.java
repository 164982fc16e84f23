package io.zoetrope.media;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/** RGB frames through pixel conversion, an optional palette, an encoder and a muxer to a file. */
final class MuxSink implements FormatSink {
  private static final int COARSEST = 51;

  private final Path file;
  private final Path target;
  private final EncoderPlan plan;
  private final int width;
  private final int height;
  private @Nullable AVFormatContext muxer;
  private @Nullable AVCodecContext codec;
  private @Nullable AVStream stream;
  private @Nullable AVPacket packet;
  private @Nullable AVFrame rgb;
  private @Nullable AVFrame planes;
  private @Nullable PixelConverter converter;
  private @Nullable Palette palette;
  private @Nullable SoundTrack sound;
  private OptionalInt qp = OptionalInt.empty();
  private long frames;
  private boolean begun;

  /**
   * @param file where to write
   * @param target what to call it in messages
   */
  MuxSink(Path file, Path target, int width, int height, EncoderPlan plan) {
    this.file = file;
    this.target = target;
    this.plan = plan;
    this.width = width;
    this.height = height;
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
    AVRational rate = avutil.av_d2q(plan.fps(), 100_100);
    AVRational tick = avutil.av_inv_q(rate);
    AVFormatContext format = new AVFormatContext(null);
    Ffmpeg.check(
        avformat.avformat_alloc_output_context2(format, null, plan.muxer(), Ffmpeg.url(file)),
        "set up a " + plan.muxer() + " file");
    muxer = format;
    AVCodecContext c = openCodec(format, plan.qp());
    AVStream s = Ffmpeg.checkAlloc(avformat.avformat_new_stream(format, null));
    stream = s;
    Ffmpeg.check(avcodec.avcodec_parameters_from_context(s.codecpar(), c), "describe the stream");
    s.time_base(c.time_base()).avg_frame_rate(rate).r_frame_rate(rate);
    plan.sound().ifPresent(p -> sound = new SoundTrack(format, target, p.encoder(), p.sound()));
    openFile(format);
    packet = Ffmpeg.checkAlloc(avcodec.av_packet_alloc());
    rgb = Ffmpeg.frame(avutil.AV_PIX_FMT_RGB24, width, height);
    if (plan.palette().isPresent()) {
      palette = new Palette(plan.palette().get(), width, height, tick);
    } else {
      planes = Ffmpeg.frame(plan.colour().pixelFormat(), width, height);
      PixelConverter.Colour source = PixelConverter.Colour.rgb(avutil.AV_PIX_FMT_RGB24);
      converter = new PixelConverter(width, height, source, width, height, plan.colour());
    }
  }

  private AVCodecContext openCodec(AVFormatContext format, OptionalInt quantiser) {
    AVCodec encoder = Ffmpeg.encoder(plan.encoder());
    AVCodecContext c = Ffmpeg.checkAlloc(avcodec.avcodec_alloc_context3(encoder));
    codec = c;
    qp = quantiser;
    AVRational rate = avutil.av_d2q(plan.fps(), 100_100);
    AVRational tick = avutil.av_inv_q(rate);
    c.width(width).height(height).pix_fmt(plan.colour().pixelFormat());
    c.time_base(tick).framerate(rate).gop_size(plan.gop()).thread_count(plan.threads());
    quantiser.ifPresent(q -> c.qmin(q).qmax(q));
    c.bit_rate(0);
    if (plan.tagged()) {
      c.colorspace(plan.colour().matrix())
          .color_primaries(avutil.AVCOL_PRI_BT709)
          .color_trc(avutil.AVCOL_TRC_BT709)
          .color_range(plan.colour().full() ? avutil.AVCOL_RANGE_JPEG : avutil.AVCOL_RANGE_MPEG);
      c.chroma_sample_location(avutil.AVCHROMA_LOC_LEFT);
    }
    if ((format.oformat().flags() & avformat.AVFMT_GLOBALHEADER) != 0) {
      c.flags(c.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    AVDictionary options = Ffmpeg.options(plan.encoderOptions());
    try {
      Ffmpeg.check(
          avcodec.avcodec_open2(c, encoder, options),
          "encode %sx%s with %s".formatted(width, height, plan.encoder()));
      Ffmpeg.requireAllUsed(options, plan.encoder());
    } finally {
      avutil.av_dict_free(options);
    }
    return c;
  }

  /**
   * Starts the encoder again with a coarser quantiser. OpenH264 gives a frame a buffer of fixed
   * size, and fails on one that does not fit: pure noise at fine quality. What it writes next is a
   * key frame under the same parameter sets, so the stream stays one.
   */
  private void coarser(int failure) {
    AVCodecContext old = open(codec);
    byte[] before = extradata(old);
    int now = qp.orElse(COARSEST);
    if (now >= COARSEST) {
      Ffmpeg.check(failure, "encode a frame");
    }
    avcodec.avcodec_free_context(old);
    codec = null;
    AVCodecContext c = openCodec(open(muxer), OptionalInt.of(Math.min(now + 6, COARSEST)));
    if (!Arrays.equals(before, extradata(c))) {
      Ffmpeg.check(failure, "encode a frame");
    }
  }

  private static byte[] extradata(AVCodecContext c) {
    byte[] bytes = new byte[c.extradata_size()];
    if (bytes.length > 0) {
      c.extradata().get(bytes);
    }
    return bytes;
  }

  private void openFile(AVFormatContext format) {
    AVIOContext io = new AVIOContext(null);
    Ffmpeg.checkWrite(
        avformat.avio_open2(io, Ffmpeg.url(file), avformat.AVIO_FLAG_WRITE, null, null), target);
    format.pb(io);
    plan.texts().begin(format);
    AVDictionary options = Ffmpeg.options(plan.muxerOptions());
    try {
      Ffmpeg.checkWrite(avformat.avformat_write_header(format, options), target);
      Ffmpeg.requireAllUsed(options, plan.muxer());
    } finally {
      avutil.av_dict_free(options);
    }
  }

  @Override
  public void write(Frame frame) {
    AVFrame source = open(rgb);
    Ffmpeg.check(avutil.av_frame_make_writable(source), "reuse a frame");
    BytePointer data = source.data(0);
    int stride = width * 3;
    for (int y = 0; y < height; y++) {
      data.position((long) y * source.linesize(0)).put(frame.rgb(), y * stride, stride);
    }
    source.pts(frames);
    source.duration(1);
    if (palette != null) {
      palette.add(source);
      palette.ready(this::encode);
    } else {
      AVFrame out = open(planes);
      Ffmpeg.check(avutil.av_frame_make_writable(out), "reuse a frame");
      open(converter).convert(source, out);
      out.pts(frames);
      out.duration(1);
      encode(out);
    }
    frames++;
    if (sound != null) {
      sound.upTo(frames / plan.fps());
    }
  }

  /** Sends one frame, or the end of them, and writes the packets that come out. */
  private void encode(@Nullable AVFrame frame) {
    AVPacket p = open(packet);
    AVStream s = open(stream);
    int sent = avcodec.avcodec_send_frame(open(codec), frame);
    while (sent < 0) {
      try (PointerScope scope = new PointerScope()) {
        coarser(sent);
      }
      sent = avcodec.avcodec_send_frame(open(codec), frame);
    }
    AVCodecContext c = open(codec);
    while (true) {
      int code = avcodec.avcodec_receive_packet(c, p);
      if (code == Ffmpeg.AGAIN || code == Ffmpeg.EOF) {
        return;
      }
      Ffmpeg.check(code, "encode a frame");
      if (p.duration() == 0) {
        p.duration(1);
      }
      avcodec.av_packet_rescale_ts(p, c.time_base(), s.time_base());
      p.stream_index(s.index());
      if (!begun) {
        begun = true;
        plan.texts().first(p);
      }
      Ffmpeg.checkWrite(avformat.av_interleaved_write_frame(open(muxer), p), target);
      Ffmpeg.checkWrite(open(muxer).pb().error(), target);
    }
  }

  @Override
  public void finish(Progress progress) {
    if (palette != null) {
      // Colours are chosen when all frames are there, and only now are they packed.
      long[] packed = {0};
      palette.drain(frame -> {
        progress.requireGoing(packed[0], frames);
        encode(frame);
        progress.update(Report.of(Phase.WRITE, ++packed[0], Math.max(frames, packed[0])));
      });
    }
    encode(null);
    if (sound != null) {
      sound.finish(frames / plan.fps());
    }
    AVFormatContext format = open(muxer);
    if (plan.palette().isPresent()) {
      // GIF counts hundredths of a second: what the last frame still owes for the clip to last
      // n/fps.
      long hundredths = Math.round(frames * 100 / plan.fps());
      long last = Math.max(2, hundredths - Math.round((frames - 1) * 100 / plan.fps()));
      avutil.av_opt_set_int(format.priv_data(), "final_delay", last, 0);
    }
    Ffmpeg.checkWrite(avformat.av_write_trailer(format), target);
    AVIOContext io = format.pb();
    avformat.avio_flush(io);
    int error = io.error();
    int closed = avformat.avio_close(io);
    format.pb(null);
    Ffmpeg.checkWrite(error, target);
    Ffmpeg.checkWrite(closed, target);
    try {
      plan.texts().end(file);
    } catch (IOException e) {
      throw StagedOutput.cannotWrite(target, e);
    }
  }

  @Override
  public void close() {
    Optional.ofNullable(converter).ifPresent(PixelConverter::close);
    Optional.ofNullable(palette).ifPresent(Palette::close);
    Optional.ofNullable(sound).ifPresent(SoundTrack::close);
    Optional.ofNullable(rgb).ifPresent(avutil::av_frame_free);
    Optional.ofNullable(planes).ifPresent(avutil::av_frame_free);
    Optional.ofNullable(packet).ifPresent(avcodec::av_packet_free);
    Optional.ofNullable(codec).ifPresent(avcodec::avcodec_free_context);
    if (muxer != null) {
      if (muxer.pb() != null && !muxer.pb().isNull()) {
        avformat.avio_close(muxer.pb());
        muxer.pb(null);
      }
      avformat.avformat_free_context(muxer);
    }
    converter = null;
    palette = null;
    sound = null;
    rgb = null;
    planes = null;
    packet = null;
    codec = null;
    stream = null;
    muxer = null;
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the writer is closed");
    }
    return part;
  }
}
