package io.zoetrope.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * How pictures lie in a file, as far as it says so before they are decoded.
 *
 * @param width pixels across, as stored
 * @param height pixels down, as stored
 * @param shownWidth pixels across once they are square, before any turn
 * @param depth bits a channel
 * @param alpha whether parts may be transparent
 * @param turn what brings them upright
 * @param turnFixed whether nothing in the frames themselves is to say otherwise
 */
record Stored(
    int width,
    int height,
    int shownWidth,
    int depth,
    boolean alpha,
    Orientation turn,
    boolean turnFixed) {

  /** The words for parts that are not opaque. */
  static final String TRANSPARENT = "transparent parts white";

  /** What is decoded although bytes are missing or wrong. */
  static final String SPOILT = "it ends early or is damaged";

  static Stored of(Path path, Demuxer demuxer) {
    AVCodecParameters par = demuxer.stream().codecpar();
    AVPixFmtDescriptor format = avutil.av_pix_fmt_desc_get(par.format());
    // GIFs decode with transparency whether they have any or not.
    boolean gif = par.codec_id() == avcodec.AV_CODEC_ID_GIF;
    boolean plane = format != null && (format.flags() & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0;
    boolean exif = Exif.reads(demuxer.name());
    return new Stored(
        par.width(),
        par.height(),
        squareWidth(par.width(), par.sample_aspect_ratio()),
        format == null ? 8 : format.comp(0).depth(),
        (plane && !gif) || besides(demuxer.stream()),
        exif ? Exif.orientation(path, demuxer.name()) : turn(par),
        exif);
  }

  /** What has to be changed to show them as 8-bit RGB, upright, with square pixels; in words. */
  List<String> quirks() {
    List<String> quirks = new ArrayList<>();
    if (depth > 8) {
      quirks.add(depth + " bit");
    }
    if (alpha) {
      quirks.add(TRANSPARENT);
    }
    if (shownWidth != width) {
      quirks.add("pixels made square");
    }
    if (!turn.equals(Orientation.UPRIGHT)) {
      quirks.add("turned upright");
    }
    return quirks;
  }

  /**
   * The decoder of a stream. FFmpeg's own ones of VP8 and VP9 leave the second, transparent layer
   * out (WebM container guidelines, alpha channel).
   */
  static @Nullable AVCodec decoder(AVStream stream) {
    int id = stream.codecpar().codec_id();
    if (besides(stream)) {
      String name = id == avcodec.AV_CODEC_ID_VP8 ? "libvpx" : "libvpx-vp9";
      AVCodec codec = avcodec.avcodec_find_decoder_by_name(name);
      if (codec != null) {
        return codec;
      }
    }
    return avcodec.avcodec_find_decoder(id);
  }

  /** Whether transparency lies in a layer of its own beside the stream. */
  private static boolean besides(AVStream stream) {
    int id = stream.codecpar().codec_id();
    AVDictionaryEntry mode = avutil.av_dict_get(stream.metadata(), "alpha_mode", null, 0);
    return (id == avcodec.AV_CODEC_ID_VP8 || id == avcodec.AV_CODEC_ID_VP9)
        && mode != null
        && mode.value().getString().equals("1");
  }

  static int squareWidth(int width, AVRational aspect) {
    if (aspect.num() <= 0 || aspect.den() <= 0 || aspect.num() == aspect.den()) {
      return width;
    }
    return (int) Math.max(1, Math.round((double) width * aspect.num() / aspect.den()));
  }

  private static Orientation turn(AVCodecParameters par) {
    AVPacketSideData data =
        avcodec.av_packet_side_data_get(
            par.coded_side_data(), par.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
    return data == null ? Orientation.UPRIGHT : matrix(data.data(), data.size());
  }

  /** Of the bytes of a display matrix. */
  static Orientation matrix(Pointer data, long size) {
    int[] m = new int[9];
    if (size >= 36) {
      new IntPointer(data).get(m);
    }
    return Orientation.of(m);
  }
}
