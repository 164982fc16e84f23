package io.zoetrope.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files that are cut off or lie about themselves. */
final class BadFiles {
  private BadFiles() {}

  static void write(Path folder) throws IOException {
    Files.write(folder.resolve("empty.safetensors"), new byte[0]);
    Files.write(folder.resolve("midas.onnx"), new byte[9]);
    byte[] good = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", 16);
    Files.write(
        folder.resolve("truncated.safetensors"), java.util.Arrays.copyOf(good, good.length - 5));
    byte[] huge = good.clone();
    ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE / 2);
    Files.write(folder.resolve("huge-header.safetensors"), huge);
    Files.write(
        folder.resolve("lying-shape.safetensors"),
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[400],\"data_offsets\":[0,16]}}", 16));
    Files.write(
        folder.resolve("overlap.safetensors"),
        file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}}",
            24));
    Files.write(folder.resolve("not-json.safetensors"), file("{\"a\": this is no JSON", 0));
    Files.write(
        folder.resolve("unknown-dtype.safetensors"),
        file("{\"a\":{\"dtype\":\"Q4\",\"shape\":[4],\"data_offsets\":[0,16]}}", 16));
    Files.write(
        folder.resolve("unknown-scale.safetensors"),
        file(
            "{\"a.weight\":{\"dtype\":\"F8_E4M3\",\"shape\":[2,4],\"data_offsets\":[0,8]},"
                + "\"a.scale_of_it\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}",
            12));
    Files.write(folder.resolve("lying.gguf"), gguf(0, 1L << 40, 64));
    Files.write(folder.resolve("short.gguf"), gguf(0, 32, 16));
    Files.write(folder.resolve("iq4.gguf"), gguf(23, 256, 136));
    Files.write(folder.resolve("blocks.gguf"), gguf(8, 20, 34));
    Files.write(
        folder.resolve("old.gguf"), java.util.Arrays.copyOf(new byte[] {71, 71, 85, 70, 1}, 64));
  }

  /** A GGUF file of one tensor. */
  private static byte[] gguf(int type, long length, int data) {
    ByteBuffer out = ByteBuffer.allocate(64 + data).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(StandardCharsets.UTF_8)).putInt(3).putLong(1).putLong(0);
    out.putLong(1).put((byte) 'a').putInt(1).putLong(length).putInt(type).putLong(0);
    return out.array();
  }

  /** A file with that header and as many bytes of zeros after it. */
  static byte[] file(String header, int data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array();
    out.writeBytes(length);
    out.writeBytes(json);
    out.writeBytes(new byte[data]);
    return out.toByteArray();
  }
}
