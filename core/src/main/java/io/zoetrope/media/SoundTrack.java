package io.zoetrope.media;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * The sound of one video on its way into another: decoded, cut to the stretch to the sample, with
 * silence where there is none, two channels at most, and encoded again.
 */
final class SoundTrack implements AutoCloseable {
  private static final String DOING = "carry sound over";

  /** Packets hold up to a second; whoever seeks lands a little later at times. */
  private static final double MARGIN = 2;

  private final Path target;
  private final AVFormatContext muxer;
  private final int rate;
  private @Nullable Demuxer source;
  private @Nullable AVCodecContext decoder;
  private @Nullable AVCodecContext encoder;
  private @Nullable FilterGraph graph;
  private @Nullable AVStream stream;
  private @Nullable AVPacket packet;
  private @Nullable AVFrame frame;
  private double origin;
  private double head;
  private boolean drained;

  /**
   * Adds a stream to a file whose header is not written yet.
   *
   * @param encoderName {@code aac} or {@code libopus}
   */
  SoundTrack(AVFormatContext muxer, Path target, String encoderName, Sound sound) {
    this.muxer = muxer;
    this.target = target;
    boolean open = false;
    try (PointerScope scope = new PointerScope()) {
      Demuxer file = Demuxer.openSound(sound.file());
      source = file;
      AVCodecParameters par = file.stream().codecpar();
      decoder = openDecoder(par, file.stream().time_base());
      rate =
          encoderName.equals("libopus") || par.sample_rate() > 48_000 ? 48_000 : par.sample_rate();
      int channels = Math.clamp(par.ch_layout().nb_channels(), 1, 2);
      encoder = openEncoder(Ffmpeg.encoder(encoderName), channels);
      origin = file.picturesStart() + sound.start();
      graph = openGraph(par, channels, sound.seconds());
      packet = Ffmpeg.checkAlloc(avcodec.av_packet_alloc());
      frame = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
      stream = Ffmpeg.checkAlloc(avformat.avformat_new_stream(muxer, null));
      Ffmpeg.check(avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder), DOING);
      stream.time_base(encoder.time_base());
      if (sound.start() > MARGIN) {
        file.seek((long) ((origin - MARGIN) / avutil.av_q2d(file.stream().time_base())));
      }
      open = true;
    } finally {
      if (!open) {
        close();
      }
    }
  }

  private static AVCodecContext openDecoder(AVCodecParameters par, AVRational tick) {
    AVCodec codec = Ffmpeg.checkAlloc(avcodec.avcodec_find_decoder(par.codec_id()));
    AVCodecContext c = Ffmpeg.checkAlloc(avcodec.avcodec_alloc_context3(codec));
    Ffmpeg.check(avcodec.avcodec_parameters_to_context(c, par), DOING);
    Ffmpeg.bound(c);
    c.pkt_timebase(tick);
    Ffmpeg.check(avcodec.avcodec_open2(c, codec, (AVDictionary) null), DOING);
    return c;
  }

  private AVCodecContext openEncoder(AVCodec codec, int channels) {
    AVCodecContext c = Ffmpeg.checkAlloc(avcodec.avcodec_alloc_context3(codec));
    avutil.av_channel_layout_default(c.ch_layout(), channels);
    c.sample_rate(rate).sample_fmt(format(codec)).bit_rate(96_000L * channels);
    c.time_base(avutil.av_make_q(1, rate));
    if ((muxer.oformat().flags() & avformat.AVFMT_GLOBALHEADER) != 0) {
      c.flags(c.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    Ffmpeg.check(avcodec.avcodec_open2(c, codec, (AVDictionary) null), DOING);
    return c;
  }

  private static int format(AVCodec codec) {
    return codec.name().getString().equals("libopus")
        ? avutil.AV_SAMPLE_FMT_FLT
        : avutil.AV_SAMPLE_FMT_FLTP;
  }

  private FilterGraph openGraph(AVCodecParameters par, int channels, double seconds) {
    String source =
        String.format(
            Locale.ROOT,
            "abuffer@in=time_base=1/%d:sample_rate=%d:sample_fmt=%d:channel_layout=%s",
            par.sample_rate(),
            par.sample_rate(),
            open(decoder).sample_fmt(),
            layout(par.ch_layout()));
    String end = Double.isInfinite(seconds) ? "" : ":end=" + Math.round(seconds * 1e6) + "us";
    String filters =
        String.format(
            Locale.ROOT,
            "atrim=start=0%s,aresample=%d:async=1:first_pts=0,"
                + "aformat=sample_fmts=%s:channel_layouts=%s",
            end,
            rate,
            avutil.av_get_sample_fmt_name(open(encoder).sample_fmt()).getString(),
            channels == 1 ? "mono" : "stereo");
    FilterGraph made = new FilterGraph(source, filters, "abuffersink@out", DOING);
    if (open(encoder).frame_size() > 0) {
      avfilter.av_buffersink_set_frame_size(made.out(), open(encoder).frame_size());
    }
    return made;
  }

  /** Not by name, such as 5.1: that would be a decimal. */
  private static String layout(AVChannelLayout layout) {
    return layout.order() == avutil.AV_CHANNEL_ORDER_NATIVE
        ? "0x" + Long.toHexString(layout.u_mask())
        : layout.nb_channels() + "c";
  }

  /** Writes what is heard until a time of the new video. */
  void upTo(double seconds) {
    try (PointerScope scope = new PointerScope()) {
      while (!drained && head < seconds) {
        decode();
      }
    }
  }

  /** Writes the rest, which ends with the pictures. */
  void finish(double seconds) {
    upTo(seconds);
    try (PointerScope scope = new PointerScope()) {
      encode(null);
    }
  }

  /** Decodes one frame, or reads a packet for it; what cannot be decoded is silence. */
  private void decode() {
    AVFrame decoded = open(frame);
    int code = avcodec.avcodec_receive_frame(open(decoder), decoded);
    if (code >= 0) {
      double time =
          decoded.best_effort_timestamp() * avutil.av_q2d(open(source).stream().time_base());
      decoded.pts(Math.round((time - origin) * decoded.sample_rate()));
      filter(decoded);
      avutil.av_frame_unref(decoded);
    } else if (code == Ffmpeg.EOF) {
      filter(null);
      drained = true;
    } else {
      Optional<AVPacket> next = open(source).next();
      avcodec.avcodec_send_packet(open(decoder), next.orElse(null));
    }
  }

  private void filter(@Nullable AVFrame decoded) {
    drained |= !open(graph).add(decoded, DOING);
    open(graph).ready(this::encode, DOING);
  }

  private void encode(@Nullable AVFrame samples) {
    AVCodecContext c = open(encoder);
    AVPacket p = open(packet);
    AVStream s = open(stream);
    Ffmpeg.check(avcodec.avcodec_send_frame(c, samples), DOING);
    if (samples != null) {
      head = (samples.pts() + samples.nb_samples()) / (double) rate;
    }
    while (avcodec.avcodec_receive_packet(c, p) >= 0) {
      avcodec.av_packet_rescale_ts(p, c.time_base(), s.time_base());
      p.stream_index(s.index());
      Ffmpeg.checkWrite(avformat.av_interleaved_write_frame(muxer, p), target);
    }
  }

  @Override
  public void close() {
    Optional.ofNullable(graph).ifPresent(FilterGraph::close);
    Optional.ofNullable(decoder).ifPresent(avcodec::avcodec_free_context);
    Optional.ofNullable(encoder).ifPresent(avcodec::avcodec_free_context);
    Optional.ofNullable(packet).ifPresent(avcodec::av_packet_free);
    Optional.ofNullable(frame).ifPresent(avutil::av_frame_free);
    Optional.ofNullable(source).ifPresent(Demuxer::close);
    graph = null;
    decoder = null;
    encoder = null;
    packet = null;
    frame = null;
    source = null;
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the sound is closed");
    }
    return part;
  }
}
