package io.zoetrope.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerScope;

/** Videos with a tone in them, and when it is heard. */
public final class Tones {
  private static final int RATE = 8000;
  private static final int BLOCK = 800;

  private Tones() {}

  /** When a tone begins and ends, and how long the sound is, in seconds. */
  public record Heard(double from, double to, double length) {}

  /**
   * A grey video of 64x64 at 8 frames per second ({@link TestClips#counting}), silent but for a
   * tone.
   *
   * @param length of the sound in seconds
   */
  public static void write(Path path, int frames, double from, double to, double length) {
    Path silent = path.resolveSibling("silent.mkv");
    Fixtures.writeBFrames(silent, TestClips.counting(64, 64, frames, 8), "matroska");
    join(silent, path, from, to, length);
  }

  private static void join(Path video, Path to, double from, double until, double length) {
    AVFormatContext in = new AVFormatContext(null);
    AVFormatContext out = new AVFormatContext(null);
    Ffmpeg.check(avformat.avformat_open_input(in, Ffmpeg.url(video), null, null), "open");
    Ffmpeg.check(avformat.avformat_find_stream_info(in, (AVDictionary) null), "read");
    Ffmpeg.check(
        avformat.avformat_alloc_output_context2(out, null, "matroska", Ffmpeg.url(to)), "open");
    AVStream shown = avformat.avformat_new_stream(out, null);
    avcodec.avcodec_parameters_copy(shown.codecpar(), in.streams(0).codecpar());
    AVStream heard = avformat.avformat_new_stream(out, null);
    heard.codecpar().codec_type(avutil.AVMEDIA_TYPE_AUDIO).codec_id(avcodec.AV_CODEC_ID_PCM_S16LE);
    heard.codecpar().sample_rate(RATE).format(avutil.AV_SAMPLE_FMT_S16);
    avutil.av_channel_layout_default(heard.codecpar().ch_layout(), 1);
    heard.time_base(avutil.av_make_q(1, RATE));
    AVIOContext io = new AVIOContext(null);
    Ffmpeg.check(
        avformat.avio_open2(io, Ffmpeg.url(to), avformat.AVIO_FLAG_WRITE, null, null), "write");
    out.pb(io);
    Ffmpeg.check(avformat.avformat_write_header(out, (AVDictionary) null), "write");
    AVPacket packet = avcodec.av_packet_alloc();
    while (avformat.av_read_frame(in, packet) >= 0) {
      avcodec.av_packet_rescale_ts(packet, in.streams(0).time_base(), shown.time_base());
      Ffmpeg.check(avformat.av_interleaved_write_frame(out, packet), "write");
    }
    for (int at = 0; at < length * RATE; at += BLOCK) {
      Ffmpeg.check(avcodec.av_new_packet(packet, 2 * BLOCK), "write");
      packet.data().put(block(at, from, until));
      packet.stream_index(1).pts(at).dts(at).duration(BLOCK);
      avcodec.av_packet_rescale_ts(packet, avutil.av_make_q(1, RATE), heard.time_base());
      Ffmpeg.check(avformat.av_interleaved_write_frame(out, packet), "write");
    }
    Ffmpeg.check(avformat.av_write_trailer(out), "write");
    avformat.avio_close(out.pb());
    avcodec.av_packet_free(packet);
    avformat.avformat_free_context(out);
    avformat.avformat_close_input(in);
  }

  private static byte[] block(int first, double from, double until) {
    ByteBuffer block = ByteBuffer.allocate(2 * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = first; i < first + BLOCK; i++) {
      boolean loud = i >= from * RATE && i < until * RATE;
      block.putShort((short) (loud ? 12_000 * Math.sin(2 * Math.PI * 440 * i / RATE) : 0));
    }
    return block.array();
  }

  /** What is to be heard of a file. */
  public static Heard heard(Path path) {
    List<Short> samples = new ArrayList<>();
    try (PointerScope scope = new PointerScope();
        Demuxer source = Demuxer.openSound(path)) {
      AVCodecContext c =
          avcodec.avcodec_alloc_context3(
              avcodec.avcodec_find_decoder(source.stream().codecpar().codec_id()));
      avcodec.avcodec_parameters_to_context(c, source.stream().codecpar());
      c.pkt_timebase(source.stream().time_base());
      Ffmpeg.check(avcodec.avcodec_open2(c, c.codec(), (AVDictionary) null), "listen");
      AVFrame frame = avutil.av_frame_alloc();
      FilterGraph graph = null;
      int code = 0;
      while (code != Ffmpeg.EOF) {
        code = avcodec.avcodec_receive_frame(c, frame);
        if (code == Ffmpeg.AGAIN) {
          Optional<AVPacket> next = source.next();
          avcodec.avcodec_send_packet(c, next.orElse(null));
        } else if (code >= 0) {
          if (graph == null) {
            graph =
                new FilterGraph(
                    "abuffer@in=time_base=1/%s:sample_rate=%s:sample_fmt=%s:channel_layout=%sc"
                        .formatted(
                            frame.sample_rate(),
                            frame.sample_rate(),
                            frame.format(),
                            frame.ch_layout().nb_channels()),
                    "aresample=8000:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono",
                    "abuffersink@out",
                    "listen");
          }
          double time = frame.best_effort_timestamp() * avutil.av_q2d(source.stream().time_base());
          frame.pts(Math.round((time - source.picturesStart()) * frame.sample_rate()));
          graph.add(frame, "listen");
          graph.ready(f -> take(f, samples), "listen");
        }
      }
      FilterGraph last = Objects.requireNonNull(graph);
      last.add(null, "listen");
      last.ready(f -> take(f, samples), "listen");
      last.close();
      avutil.av_frame_free(frame);
      avcodec.avcodec_free_context(c);
    }
    int from = 0;
    while (from < samples.size() && Math.abs(samples.get(from)) < 2000) {
      from++;
    }
    int to = samples.size();
    while (to > from && Math.abs(samples.get(to - 1)) < 2000) {
      to--;
    }
    return new Heard(from / (double) RATE, to / (double) RATE, samples.size() / (double) RATE);
  }

  private static void take(AVFrame frame, List<Short> to) {
    ShortBuffer samples =
        frame
            .data(0)
            .capacity(2L * frame.nb_samples())
            .asByteBuffer()
            .order(ByteOrder.nativeOrder())
            .asShortBuffer();
    while (samples.hasRemaining()) {
      to.add(samples.get());
    }
  }
}
