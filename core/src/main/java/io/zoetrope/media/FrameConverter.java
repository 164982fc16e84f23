package io.zoetrope.media;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Decoded frames of any pixel format, matrix, range, depth and orientation to 8-bit sRGB. */
final class FrameConverter implements AutoCloseable {
  private final Orientation fromStream;
  private @Nullable PixelConverter converter;
  private @Nullable AVFrame rgb;
  private @Nullable Key key;

  /** What a conversion depends on; streams may change it midway. */
  private record Key(int width, int height, PixelConverter.Colour colour, int shownWidth) {}

  /** The size at which a stream is shown. */
  record Shape(int width, int height) {
    static Shape of(AVCodecParameters par) {
      int width = squareWidth(par.width(), par.sample_aspect_ratio());
      return streamOrientation(par).swapsSides()
          ? new Shape(par.height(), width)
          : new Shape(width, par.height());
    }
  }

  /** What conversion will change besides the colour model, in words. */
  static List<String> quirks(AVCodecParameters par) {
    List<String> quirks = new ArrayList<>();
    AVPixFmtDescriptor format = avutil.av_pix_fmt_desc_get(par.format());
    if (format != null && format.comp(0).depth() > 8) {
      quirks.add(format.comp(0).depth() + " bit");
    }
    // GIFs decode with transparency whether they have any or not.
    boolean gif = par.codec_id() == avcodec.AV_CODEC_ID_GIF;
    if (format != null && !gif && (format.flags() & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0) {
      quirks.add("transparent parts white");
    }
    if (squareWidth(par.width(), par.sample_aspect_ratio()) != par.width()) {
      quirks.add("pixels made square");
    }
    if (!streamOrientation(par).equals(Orientation.UPRIGHT)) {
      quirks.add("turned upright");
    }
    return quirks;
  }

  FrameConverter(AVCodecParameters par) {
    fromStream = streamOrientation(par);
  }

  Frame convert(AVFrame frame) {
    int shownWidth = squareWidth(frame.width(), frame.sample_aspect_ratio());
    AVPixFmtDescriptor format = avutil.av_pix_fmt_desc_get(frame.format());
    boolean alpha =
        (format.flags() & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0
            || frame.format() == avutil.AV_PIX_FMT_PAL8;
    int target = alpha ? avutil.AV_PIX_FMT_RGBA : avutil.AV_PIX_FMT_RGB24;
    Key wanted = new Key(frame.width(), frame.height(), colour(frame), shownWidth);
    if (!wanted.equals(key)) {
      close();
      rgb = Ffmpeg.frame(target, shownWidth, frame.height());
      converter =
          new PixelConverter(
              frame.width(),
              frame.height(),
              wanted.colour(),
              shownWidth,
              frame.height(),
              PixelConverter.Colour.rgb(target));
      key = wanted;
    }
    AVFrame out = Ffmpeg.checkAlloc(rgb);
    Ffmpeg.checkAlloc(converter).convert(frame, out);
    byte[] pixels = copyOut(out, alpha ? 4 : 3);
    Frame upright = new Frame(out.width(), out.height(), alpha ? overWhite(pixels) : pixels);
    AVFrameSideData own = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
    Orientation orientation =
        own == null ? fromStream : Orientation.of(matrix(own.data(), own.size()));
    return orientation.apply(upright);
  }

  /** Untagged pictures: JPEG-like formats are full range; standard definition is BT.601. */
  private static PixelConverter.Colour colour(AVFrame frame) {
    int format = frame.format();
    boolean jpeg =
        format == avutil.AV_PIX_FMT_YUVJ420P
            || format == avutil.AV_PIX_FMT_YUVJ422P
            || format == avutil.AV_PIX_FMT_YUVJ444P
            || format == avutil.AV_PIX_FMT_YUVJ440P
            || format == avutil.AV_PIX_FMT_YUVJ411P;
    boolean isRgb = (avutil.av_pix_fmt_desc_get(format).flags() & avutil.AV_PIX_FMT_FLAG_RGB) != 0;
    int matrix = frame.colorspace();
    if (isRgb) {
      matrix = avutil.AVCOL_SPC_BT709; // that of the target, or swscale would change the colours
    } else if (matrix == avutil.AVCOL_SPC_UNSPECIFIED || matrix == avutil.AVCOL_SPC_RGB) {
      matrix = frame.height() < 720 || jpeg ? avutil.AVCOL_SPC_SMPTE170M : avutil.AVCOL_SPC_BT709;
    }
    boolean full = isRgb || jpeg || frame.color_range() == avutil.AVCOL_RANGE_JPEG;
    return new PixelConverter.Colour(format, matrix, full);
  }

  private static byte[] copyOut(AVFrame frame, int bytesPerPixel) {
    int stride = frame.width() * bytesPerPixel;
    byte[] out = new byte[Math.multiplyExact(stride, frame.height())];
    BytePointer data = frame.data(0);
    for (int y = 0; y < frame.height(); y++) {
      data.position((long) y * frame.linesize(0)).get(out, y * stride, stride);
    }
    return out;
  }

  private static byte[] overWhite(byte[] rgba) {
    byte[] out = new byte[rgba.length / 4 * 3];
    for (int i = 0, o = 0; i < rgba.length; i += 4) {
      int alpha = rgba[i + 3] & 0xff;
      for (int c = 0; c < 3; c++) {
        int value = rgba[i + c] & 0xff;
        out[o++] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
    return out;
  }

  private static int squareWidth(int width, AVRational aspect) {
    if (aspect.num() <= 0 || aspect.den() <= 0 || aspect.num() == aspect.den()) {
      return width;
    }
    return (int) Math.max(1, Math.round((double) width * aspect.num() / aspect.den()));
  }

  private static Orientation streamOrientation(AVCodecParameters par) {
    AVPacketSideData data =
        avcodec.av_packet_side_data_get(
            par.coded_side_data(), par.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
    return data == null ? Orientation.UPRIGHT : Orientation.of(matrix(data.data(), data.size()));
  }

  private static int[] matrix(Pointer data, long size) {
    int[] m = new int[9];
    if (size >= 36) {
      new IntPointer(data).get(m);
    }
    return m;
  }

  @Override
  public void close() {
    if (converter != null) {
      converter.close();
    }
    if (rgb != null) {
      avutil.av_frame_free(rgb);
    }
    converter = null;
    rgb = null;
    key = null;
  }
}
