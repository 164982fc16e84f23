package io.zoetrope.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.IntPointer;

/**
 * Converts pixels between RGB and the planes of a codec, with the matrix and range stated on both
 * sides: swscale would take BT.601 for everything. May scale on the way (non-square pixels).
 */
final class PixelConverter implements AutoCloseable {
  /** Chroma is filtered at full resolution and rounded, not truncated; the same on every CPU. */
  private static final int FLAGS =
      swscale.SWS_BICUBIC
          | swscale.SWS_FULL_CHR_H_INT
          | swscale.SWS_FULL_CHR_H_INP
          | swscale.SWS_ACCURATE_RND
          | swscale.SWS_BITEXACT;

  private final SwsContext context;

  /**
   * How samples stand for colours.
   *
   * @param matrix one of {@code AVCOL_SPC_*}; without meaning for RGB
   * @param full whether luma runs 0..255 rather than 16..235
   */
  record Colour(int pixelFormat, int matrix, boolean full) {
    static Colour rgb(int pixelFormat) {
      return new Colour(pixelFormat, avutil.AVCOL_SPC_BT709, true);
    }
  }

  PixelConverter(int srcWidth, int srcHeight, Colour src, int width, int height, Colour dst) {
    context =
        Ffmpeg.checkAlloc(
            swscale.sws_getContext(
                srcWidth,
                srcHeight,
                src.pixelFormat(),
                width,
                height,
                dst.pixelFormat(),
                FLAGS,
                null,
                null,
                (double[]) null));
    IntPointer from = swscale.sws_getCoefficients(src.matrix());
    IntPointer to = swscale.sws_getCoefficients(dst.matrix());
    int one = 1 << 16;
    // The result is negative for pairs without a matrix (RGB to RGB), where none is needed.
    swscale.sws_setColorspaceDetails(
        context, from, src.full() ? 1 : 0, to, dst.full() ? 1 : 0, 0, one, one);
  }

  /** Both frames must have the sizes and formats given at the start. */
  void convert(AVFrame src, AVFrame dst) {
    int rows =
        swscale.sws_scale(
            context, src.data(), src.linesize(), 0, src.height(), dst.data(), dst.linesize());
    Ffmpeg.check(rows, "convert pixels");
  }

  @Override
  public void close() {
    swscale.sws_freeContext(context);
  }
}
