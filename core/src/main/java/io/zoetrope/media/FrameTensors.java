package io.zoetrope.media;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Between frames of 8-bit sRGB and tensors in [-1, 1]: {@code x = v / 127.5 - 1}. Java's heap holds
 * the numbers of one frame at a time.
 */
public final class FrameTensors {
  private static final int RGB = 3;

  /** Pixels of a frame that are numbers on Java's heap at once. */
  private static final int STRIP = 1 << 16;

  private FrameTensors() {}

  /** The video as f32 [C, F, H, W] in [-1, 1], C = 3 (red, green, blue). */
  public static Tensor toTensor(Video video) {
    int frames = video.frames().size();
    int plane = Math.multiplyExact(video.width(), video.height());
    float[] one = new float[Math.multiplyExact(RGB, plane)];
    Tensor video_CFHW = Tensors.zeros(RGB, frames, video.height(), video.width());
    for (int f = 0; f < frames; f++) {
      byte[] rgb = video.frames().get(f).rgb();
      for (int c = 0; c < RGB; c++) {
        int to = c * plane;
        for (int p = 0, from = c; p < plane; p++, from += RGB) {
          one[to + p] = (rgb[from] & 0xff) / 127.5f - 1;
        }
      }
      int frame = f;
      Scopes.run(() ->
          video_CFHW.select(1, frame).copy_(Tensors.of(one, RGB, video.height(), video.width())));
    }
    return video_CFHW;
  }

  /**
   * The way back: [C, F, H, W] with C = 3, any float dtype and device. Values outside [-1, 1] are
   * clamped, the rest rounded to the nearest level; what is not a number becomes black.
   */
  public static Video toVideo(Tensor video_CFHW, double fps) {
    long[] shape = Tensors.shape(video_CFHW);
    if (shape.length != 4 || shape[0] != RGB || shape[1] < 1) {
      throw new IllegalArgumentException(
          "a video tensor is [3, F, H, W], not " + java.util.Arrays.toString(shape));
    }
    int frames = Math.toIntExact(shape[1]);
    int height = Math.toIntExact(shape[2]);
    int width = Math.toIntExact(shape[3]);
    int plane = width * height;
    int rows = Math.max(1, STRIP / width);
    List<Frame> out = new ArrayList<>(frames);
    for (int f = 0; f < frames; f++) {
      byte[] rgb = new byte[plane * RGB];
      for (int y = 0; y < height; y += rows) {
        fill(rgb, video_CFHW, f, y, Math.min(rows, height - y));
      }
      out.add(new Frame(width, height, rgb));
    }
    return new Video(out, fps);
  }

  /** Some rows of a frame; all at once would be the largest thing on Java's heap. */
  private static void fill(byte[] rgb, Tensor video_CFHW, int frame, int first, int rows) {
    int width = Math.toIntExact(video_CFHW.size(3));
    float[] in =
        Scopes.value(() -> Tensors.toFloats(video_CFHW.select(1, frame).narrow(1, first, rows)));
    int strip = width * rows;
    for (int c = 0; c < RGB; c++) {
      int from = c * strip;
      for (int p = 0, to = first * width * RGB + c; p < strip; p++, to += RGB) {
        // The comparison with NaN is false, and Math.round of it 0.
        rgb[to] = (byte) Math.clamp(Math.round((in[from + p] + 1) * 127.5f), 0, 255);
      }
    }
  }
}
