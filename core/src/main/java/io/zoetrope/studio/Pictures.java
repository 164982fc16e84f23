package io.zoetrope.studio;

import io.zoetrope.media.Frame;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;

/** Frames as Java's own pictures. */
final class Pictures {
  private Pictures() {}

  /** A picture of its own: red and blue change places. */
  static BufferedImage of(Frame frame) {
    BufferedImage picture =
        new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    byte[] rgb = frame.rgb();
    for (int i = 0; i < rgb.length; i += 3) {
      bgr[i] = rgb[i + 2];
      bgr[i + 1] = rgb[i + 1];
      bgr[i + 2] = rgb[i];
    }
    return picture;
  }
}
