package io.zoetrope.server.http;

import io.javalin.config.JavalinConfig;
import io.zoetrope.record.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What happens before and below the routes: headers of all answers, and requests that are none. */
final class JettyDoor {
  private static final String CONTENT_POLICY =
      "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private JettyDoor() {}

  static void set(JavalinConfig javalin, Limits limits) {
    javalin.jetty.modifyHttpConfiguration(http -> {
      http.setRequestHeaderSize(limits.headers());
      http.setSendServerVersion(false);
      http.setSendXPoweredBy(false);
      http.setIdleTimeout(limits.idleSeconds() * 1000L);
      http.addCustomizer(JettyDoor::always);
    });
    javalin.jetty.modifyServer(server -> {
      server.setErrorHandler(new Plain());
      server.setStopTimeout(1_000);
    });
    javalin.jetty.modifyServletContextHandler(context -> context.setErrorHandler(new Plain()));
  }

  private static Request always(Request request, HttpFields.Mutable headers) {
    guard(headers);
    return request;
  }

  private static void guard(HttpFields.Mutable headers) {
    headers.put("Content-Security-Policy", CONTENT_POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
  }

  /** Requests that are too broken for a route to see. */
  private static final class Plain extends ErrorHandler {
    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int code,
        String message,
        Throwable cause,
        Callback callback) {
      guard(response.getHeaders());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      Content.Sink.write(response, true, text(code), callback);
    }

    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
      guard(fields);
      fields.put(HttpHeader.CONTENT_TYPE, "application/json");
      return ByteBuffer.wrap(text(status).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(int status) {
      String message =
          switch (status) {
            case 408 -> "the request comes too slowly";
            case 414, 431 -> "the headers of the request are larger than is taken";
            default ->
                status < 500 ? "the request is no HTTP that is taken here" : "something is wrong";
          };
      String code = status == 431 || status == 414 ? "too_large" : "invalid_request";
      return Json.MAPPER.writeValueAsString(
          Errors.body(status, status < 500 ? code : "internal", Optional.empty(), message));
    }
  }
}
