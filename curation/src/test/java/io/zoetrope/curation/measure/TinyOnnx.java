package io.zoetrope.curation.measure;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** ONNX files of one node from {@code x} to {@code y}, written byte by byte. */
final class TinyOnnx {
  private TinyOnnx() {}

  /** What one operator says of an input of some axes. */
  static byte[] of(String operator, int axesIn, int axesOut) {
    byte[] node = all(text(1, "x"), text(2, "y"), text(4, operator));
    byte[] graph =
        all(
            part(1, node),
            text(2, "tiny"),
            part(11, value("x", axesIn)),
            part(12, value("y", axesOut)));
    return all(number(1, 8), part(7, graph), part(8, number(2, 13)));
  }

  private static byte[] value(String name, int axes) {
    byte[] shape = {};
    for (int i = 0; i < axes; i++) {
      shape = all(shape, part(1, text(2, name + i)));
    }
    return all(text(1, name), part(2, part(1, all(number(1, 1), part(2, shape)))));
  }

  private static byte[] text(int key, String text) {
    return part(key, text.getBytes(StandardCharsets.UTF_8));
  }

  /** All lengths here are below 128 or are written on two bytes. */
  private static byte[] part(int key, byte[] content) {
    byte[] head =
        content.length < 128
            ? new byte[] {(byte) (key << 3 | 2), (byte) content.length}
            : new byte[] {
              (byte) (key << 3 | 2),
              (byte) (content.length & 127 | 128),
              (byte) (content.length >> 7)
            };
    return all(head, content);
  }

  private static byte[] number(int key, int value) {
    return new byte[] {(byte) (key << 3), (byte) value};
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
