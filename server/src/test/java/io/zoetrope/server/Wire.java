package io.zoetrope.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Requests as bytes, for what no client would send. */
public final class Wire {
  private Wire() {}

  /** Sends, and reads until the other end closes or is silent for five seconds. */
  public static String send(int port, String request) throws IOException {
    return send(port, request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. Who is not listened to any more reads what there is. */
  public static String send(int port, byte[] request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
      } catch (SocketException e) {
        return read(socket.getInputStream()) + "\n(" + e.getMessage() + ")";
      }
      return read(socket.getInputStream());
    }
  }

  public static String read(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      in.transferTo(all);
    } catch (SocketException | java.net.SocketTimeoutException e) {
      all.writeBytes(("\n(" + e.getMessage() + ")").getBytes(StandardCharsets.UTF_8));
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** A request without a body, closed after the answer. */
  public static String request(int port, String line, String... headers) throws IOException {
    return send(
        port,
        line + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
  }

  /**
   * A form of several parts.
   *
   * @param parts headers and a body each, as {@link #field} and {@link #file} make them
   */
  public static byte[] form(String path, String... parts) {
    StringBuilder body = new StringBuilder();
    for (String part : parts) {
      body.append("--frontier\r\nContent-Disposition: form-data").append(part).append("\r\n");
    }
    body.append("--frontier--\r\n");
    return post(path, "multipart/form-data; boundary=frontier", body.toString());
  }

  /** A part that is a field. Characters stand for bytes. */
  public static String field(String name, String value) {
    return "; name=\"%s\"\r\n\r\n%s".formatted(name, value);
  }

  /** A part that is a file. */
  public static String file(String name, String fileName, byte[] bytes) {
    return "; name=\"%s\"; filename=\"%s\"\r\nContent-Type: image/png\r\n\r\n%s"
        .formatted(name, fileName, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** A request with a body. Characters stand for bytes. */
  public static byte[] post(String path, String type, String body) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %s\r\n\r\n%s"
        .formatted(path, type, body.length(), body)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
