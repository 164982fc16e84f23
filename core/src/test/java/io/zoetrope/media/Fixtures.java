package io.zoetrope.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** Files that {@link VideoWriter} does not write but users have. */
final class Fixtures {
  private Fixtures() {}

  /** Any encoder, pixel format, matrix and range, in any container. */
  static void write(
      Path path, Video video, String muxer, String encoder, int format, int matrix, boolean full) {
    write(path, video, muxer, encoder, new PixelConverter.Colour(format, matrix, full), Map.of());
  }

  /** MPEG-2 whose frames are marked as two fields each, the upper one first. */
  static void writeFields(Path path, Video video, String muxer) {
    PixelConverter.Colour colour =
        new PixelConverter.Colour(avutil.AV_PIX_FMT_YUV422P, avutil.AVCOL_SPC_SMPTE170M, false);
    Map<String, String> options = Map.of("flags", "+ildct+ilme", "b", "8000000");
    write(path, video, muxer, "mpeg2video", colour, options);
  }

  /** MPEG-4 with two frames of which each refers to later ones, between those that do not. */
  static void writeBFrames(Path path, Video video, String muxer) {
    PixelConverter.Colour colour =
        new PixelConverter.Colour(avutil.AV_PIX_FMT_YUV420P, avutil.AVCOL_SPC_SMPTE170M, false);
    Map<String, String> options = Map.of("bf", "2", "b", "4000000");
    write(path, video, muxer, "mpeg4", colour, options);
  }

  private static void write(
      Path path,
      Video video,
      String muxer,
      String encoder,
      PixelConverter.Colour colour,
      Map<String, String> options) {
    EncoderPlan plan =
        new EncoderPlan(
            muxer,
            encoder,
            colour,
            true,
            Optional.empty(),
            video.fps(),
            12,
            1,
            OptionalInt.empty(),
            options,
            Map.of(),
            Optional.empty(),
            TextCarrier.NONE);
    try (MuxSink sink = new MuxSink(path, path, video.width(), video.height(), plan)) {
      video.frames().forEach(sink::write);
      sink.finish(io.zoetrope.progress.Progress.NONE);
    }
  }

  /** Copies an MP4 with a display matrix (nine numbers; 1.0 = 65536, last column 2.30). */
  static void copyWithMatrix(Path from, Path to, int... matrix) {
    copy(
        from,
        to,
        "mp4",
        par -> {
          IntPointer count = new IntPointer(1).put(par.nb_coded_side_data());
          AVPacketSideData data =
              avcodec.av_packet_side_data_new(
                  new PointerPointer<>(1).put(new AVPacketSideData(par.coded_side_data())),
                  count,
                  avcodec.AV_PKT_DATA_DISPLAYMATRIX,
                  36,
                  0);
          new IntPointer(data.data()).put(matrix);
          par.coded_side_data(data);
          par.nb_coded_side_data(count.get());
        },
        new double[0]);
  }

  /**
   * Trims an MP4 as telephones do: all samples stay, and its edit list (ISO 14496-12, 8.6.6) shows
   * a part of them.
   */
  static void trim(Path file, double start, double seconds) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer boxes = ByteBuffer.wrap(bytes);
    int movie = boxes.getInt(find(bytes, "mvhd") + 4 + 4 + 8);
    int media = boxes.getInt(find(bytes, "mdhd") + 4 + 4 + 8);
    int entry = find(bytes, "elst") + 4 + 8;
    boxes.putInt(entry, (int) Math.round(seconds * movie));
    boxes.putInt(entry + 4, boxes.getInt(entry + 4) + (int) Math.round(start * media));
    Files.write(file, bytes);
  }

  private static int find(byte[] bytes, String box) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(box);
  }

  /** Copies a file without encoding it again, with other parameters, or other times in seconds. */
  static void copy(
      Path from, Path to, String muxer, Consumer<AVCodecParameters> change, double[] seconds) {
    AVFormatContext in = new AVFormatContext(null);
    AVFormatContext out = new AVFormatContext(null);
    Ffmpeg.check(avformat.avformat_open_input(in, Ffmpeg.url(from), null, null), "open");
    Ffmpeg.check(avformat.avformat_find_stream_info(in, (AVDictionary) null), "read");
    Ffmpeg.check(avformat.avformat_alloc_output_context2(out, null, muxer, Ffmpeg.url(to)), "open");
    AVStream stream = avformat.avformat_new_stream(out, null);
    avcodec.avcodec_parameters_copy(stream.codecpar(), in.streams(0).codecpar());
    stream.time_base(in.streams(0).time_base());
    change.accept(stream.codecpar());
    AVIOContext io = new AVIOContext(null);
    Ffmpeg.check(
        avformat.avio_open2(io, Ffmpeg.url(to), avformat.AVIO_FLAG_WRITE, null, null), "write");
    out.pb(io);
    Ffmpeg.check(avformat.avformat_write_header(out, (AVDictionary) null), "write");
    AVPacket packet = avcodec.av_packet_alloc();
    for (int i = 0; avformat.av_read_frame(in, packet) >= 0; i++) {
      avcodec.av_packet_rescale_ts(packet, in.streams(0).time_base(), stream.time_base());
      packet.pos(-1);
      if (seconds.length > 0) {
        double tick = avutil.av_q2d(stream.time_base());
        packet.pts(Math.round(seconds[i] / tick)).dts(packet.pts());
        packet.duration(Math.round((seconds[i + 1] - seconds[i]) / tick));
      }
      Ffmpeg.check(avformat.av_interleaved_write_frame(out, packet), "write");
    }
    Ffmpeg.check(avformat.av_write_trailer(out), "write");
    avformat.avio_close(out.pb());
    avcodec.av_packet_free(packet);
    avformat.avformat_free_context(out);
    avformat.avformat_close_input(in);
  }
}
