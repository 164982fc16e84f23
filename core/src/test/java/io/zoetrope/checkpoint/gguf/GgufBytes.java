package io.zoetrope.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes GGUF files, also such as lie. */
public final class GgufBytes {
  public static final int UINT8 = 0;
  public static final int UINT32 = 4;
  public static final int INT32 = 5;
  public static final int BOOL = 7;
  public static final int STRING = 8;
  public static final int ARRAY = 9;
  public static final int F32 = 0;
  public static final int F16 = 1;
  public static final int Q8_0 = 8;
  public static final int Q4_K = 12;

  private int magic = 0x46554747;
  private int version = 3;
  private long tensors = -1;
  private long keys = -1;
  private int alignment = 32;
  private final List<byte[]> values = new ArrayList<>();
  private final List<byte[]> entries = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  public GgufBytes magic(int said) {
    magic = said;
    return this;
  }

  public GgufBytes version(int said) {
    version = said;
    return this;
  }

  /** Says that there are so many tensors. */
  public GgufBytes tensors(long said) {
    tensors = said;
    return this;
  }

  /** Says that there are so many keys. */
  public GgufBytes keys(long said) {
    keys = said;
    return this;
  }

  /** A key, with the bytes of its value. */
  public GgufBytes key(String name, int type, byte[] value) {
    values.add(join(text(name), u32(type), value));
    return this;
  }

  public GgufBytes key(String name, String value) {
    return key(name, STRING, text(value));
  }

  public GgufBytes key(String name, int value) {
    return key(name, UINT32, u32(value));
  }

  /** The shape that a tensor had before it was laid out otherwise. */
  public GgufBytes shaped(String tensor, long... shape) {
    byte[] list = join(u32(INT32), u64(shape.length));
    for (long size : shape) {
      list = join(list, u32(Math.toIntExact(size)));
    }
    return key("comfy.gguf.orig_shape." + tensor, ARRAY, list);
  }

  /** Another alignment, said and kept to. */
  public GgufBytes align(int bytes) {
    alignment = bytes;
    return key("general.alignment", bytes);
  }

  /** A tensor behind those before, with its data. */
  public GgufBytes tensor(String name, int type, byte[] bytes, long... shape) {
    while (data.size() % alignment != 0) {
      data.write(0);
    }
    entry(name, type, data.size(), shape);
    data.writeBytes(bytes);
    return this;
  }

  /** What is said of a tensor, without data. */
  public GgufBytes entry(String name, int type, long begin, long... shape) {
    byte[] axes = u32(shape.length);
    for (int i = shape.length - 1; i >= 0; i--) {
      axes = join(axes, u64(shape[i]));
    }
    return entry(join(text(name), axes, u32(type), u64(begin)));
  }

  public GgufBytes entry(byte[] said) {
    entries.add(said);
    return this;
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(u32(magic));
    out.writeBytes(u32(version));
    out.writeBytes(u64(tensors < 0 ? entries.size() : tensors));
    out.writeBytes(u64(keys < 0 ? values.size() : keys));
    values.forEach(out::writeBytes);
    entries.forEach(out::writeBytes);
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  public static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  public static byte[] u64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  public static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return join(u64(bytes.length), bytes);
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
