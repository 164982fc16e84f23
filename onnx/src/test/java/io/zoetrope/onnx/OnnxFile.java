package io.zoetrope.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Files of ONNX, written byte by byte: protobuf's keys are {@code number << 3 | kind}. */
final class OnnxFile {
  private static final int FLOAT = 1;

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  /** A node with attributes of whole numbers: name, value, name, value. */
  OnnxFile node(String op, List<String> inputs, String output, Object... attributes) {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    inputs.forEach(name -> bytes(node, 1, name));
    bytes(node, 2, output);
    bytes(node, 4, op);
    for (int i = 0; i < attributes.length; i += 2) {
      ByteArrayOutputStream attribute = new ByteArrayOutputStream();
      bytes(attribute, 1, (String) attributes[i]);
      if (attributes[i + 1] instanceof Integer one) {
        number(attribute, 3, one);
        number(attribute, 20, 2);
      } else {
        ((List<?>) attributes[i + 1]).forEach(v -> number(attribute, 8, (Integer) v));
        number(attribute, 20, 7);
      }
      bytes(node, 5, attribute.toByteArray());
    }
    bytes(graph, 1, node.toByteArray());
    return this;
  }

  /** A constant of f32. */
  OnnxFile constant(String name, float value) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 2, FLOAT);
    bytes(tensor, 8, name);
    int bits = Float.floatToIntBits(value);
    bytes(
        tensor,
        9,
        new byte[] {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)});
    bytes(graph, 5, tensor.toByteArray());
    return this;
  }

  /** An input of f32; -1 where any number will do. */
  OnnxFile input(String name, int... shape) {
    bytes(graph, 11, value(name, shape));
    return this;
  }

  /** The output. */
  byte[] output(String name, int... shape) {
    bytes(graph, 2, "graph");
    bytes(graph, 12, value(name, shape));
    ByteArrayOutputStream opset = new ByteArrayOutputStream();
    number(opset, 2, 13);
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    number(model, 1, 8);
    bytes(model, 7, graph.toByteArray());
    bytes(model, 8, opset.toByteArray());
    return model.toByteArray();
  }

  private static byte[] value(String name, int... shape) {
    ByteArrayOutputStream axes = new ByteArrayOutputStream();
    for (int i = 0; i < shape.length; i++) {
      ByteArrayOutputStream axis = new ByteArrayOutputStream();
      if (shape[i] < 0) {
        bytes(axis, 2, name + i);
      } else {
        number(axis, 1, shape[i]);
      }
      bytes(axes, 1, axis.toByteArray());
    }
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 1, FLOAT);
    bytes(tensor, 2, axes.toByteArray());
    ByteArrayOutputStream type = new ByteArrayOutputStream();
    bytes(type, 1, tensor.toByteArray());
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    bytes(value, 1, name);
    bytes(value, 2, type.toByteArray());
    return value.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, int key, int value) {
    varint(out, key << 3);
    varint(out, value);
  }

  private static void bytes(ByteArrayOutputStream out, int key, String text) {
    bytes(out, key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(ByteArrayOutputStream out, int key, byte[] content) {
    varint(out, key << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
