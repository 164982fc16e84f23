package io.zoetrope.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** Decoded frames of any pixel format, matrix, range, depth and orientation to 8-bit sRGB. */
final class FrameConverter implements AutoCloseable {
  private final Stored stored;
  private final ReadOptions.Plane plane;
  private boolean transparent;
  private @Nullable PixelConverter converter;
  private @Nullable PixelCopy copy;
  private @Nullable AVFrame rgb;
  private @Nullable Key key;

  /** What a conversion depends on; streams may change it midway. */
  private record Key(
      int width, int height, PixelConverter.Colour colour, int shownWidth, Orientation turn) {}

  FrameConverter(Stored stored, ReadOptions.Plane plane) {
    this.stored = stored;
    this.plane = plane;
  }

  Frame convert(AVFrame frame) {
    AVPixFmtDescriptor format = avutil.av_pix_fmt_desc_get(frame.format());
    boolean alpha =
        (format.flags() & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0
            || frame.format() == avutil.AV_PIX_FMT_PAL8;
    Key wanted =
        new Key(
            frame.width(),
            frame.height(),
            colour(frame),
            Stored.squareWidth(frame.width(), frame.sample_aspect_ratio()),
            turn(frame));
    if (!wanted.equals(key)) {
      close();
      open(wanted, alpha);
      key = wanted;
    }
    AVFrame out = Ffmpeg.checkAlloc(rgb);
    PixelCopy pixels = Ffmpeg.checkAlloc(copy);
    Ffmpeg.checkAlloc(converter).convert(frame, out);
    Frame upright = pixels.of(out);
    transparent |= pixels.transparent();
    return upright;
  }

  private void open(Key wanted, boolean alpha) {
    int target = alpha ? avutil.AV_PIX_FMT_RGBA : avutil.AV_PIX_FMT_RGB24;
    rgb = Ffmpeg.frame(target, wanted.shownWidth(), wanted.height());
    copy = new PixelCopy(wanted.shownWidth(), wanted.height(), alpha, plane, wanted.turn());
    converter =
        new PixelConverter(
            wanted.width(),
            wanted.height(),
            wanted.colour(),
            wanted.shownWidth(),
            wanted.height(),
            PixelConverter.Colour.rgb(target));
  }

  /** Whether any pixel of a frame so far was not opaque. */
  boolean transparent() {
    return transparent;
  }

  private Orientation turn(AVFrame frame) {
    AVFrameSideData own = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
    return own == null || stored.turnFixed()
        ? stored.turn()
        : Stored.matrix(own.data(), own.size());
  }

  /** Untagged pictures: JPEG-like formats are full range; standard definition is BT.601. */
  static PixelConverter.Colour colour(AVFrame frame) {
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

  @Override
  public void close() {
    if (converter != null) {
      converter.close();
    }
    if (rgb != null) {
      avutil.av_frame_free(rgb);
    }
    converter = null;
    copy = null;
    rgb = null;
    key = null;
  }
}
