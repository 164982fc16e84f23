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
