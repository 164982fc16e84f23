package io.zoetrope.server.http;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request that is not answered as was hoped: one line with cause and mend, for whoever sent it.
 * Thrown by handlers; the answer is {@code {"error":{"message","type","param","code"}}}.
 */
public final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Optional<String> param;
  private final transient Optional<Duration> retryAfter;

  private HttpError(
      int status,
      String code,
      Optional<String> param,
      String message,
      Optional<Duration> retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
    this.retryAfter = retryAfter;
  }

  /** Any other. */
  public static HttpError of(int status, String code, String message) {
    return new HttpError(status, code, Optional.empty(), message, Optional.empty());
  }

  /** A value that will not do: 400, {@code invalid_PARAM}. */
  public static HttpError invalid(String param, String message) {
    return badRequest("invalid_" + word(param), param, message);
  }

  /** Something about a value: 400. */
  public static HttpError badRequest(String code, String param, String message) {
    return new HttpError(400, code, Optional.of(param), message, Optional.empty());
  }

  /** A body that cannot be read: 400. */
  public static HttpError badBody(String message) {
    return of(400, "invalid_body", message);
  }

  /** More than is taken: 413. */
  public static HttpError tooLarge(String message) {
    return of(413, "too_large", message);
  }

  /** Something that there is not: 404. */
  public static HttpError notFound(String code, String message) {
    return of(404, code, message);
  }

  /** A page that must not ask: 403. */
  static HttpError badOrigin(String message) {
    return of(403, "bad_origin", message);
  }

  /** More than is taken in this time: 429. */
  public static HttpError tooMany(String code, String message, Duration retryAfter) {
    return new HttpError(429, code, Optional.empty(), message, Optional.of(retryAfter));
  }

  /** Not now: 503. */
  public static HttpError unavailable(String code, String message, Duration retryAfter) {
    return new HttpError(503, code, Optional.empty(), message, Optional.of(retryAfter));
  }

  /** This, said of a parameter. */
  public HttpError about(String name) {
    HttpError error =
        new HttpError(status, code, Optional.of(name), String.valueOf(getMessage()), retryAfter);
    error.initCause(this);
    return error;
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /** Of which parameter it is. */
  public Optional<String> param() {
    return param;
  }

  /** When it is worth another try. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  private static final Map<Integer, String> TYPES =
      Map.of(
          401, "authentication_error",
          403, "permission_error",
          404, "not_found_error",
          429, "rate_limit_error");

  /** The kind of error, as clients tell them apart. */
  static String type(int status) {
    return TYPES.getOrDefault(status, status >= 500 ? "server_error" : "invalid_request_error");
  }

  /** {@code zoetrope.task.noise} as {@code noise}, {@code clipSkip} as {@code clip_skip}. */
  static String word(String param) {
    String last = param.substring(param.lastIndexOf('.') + 1);
    String plain = last.replaceAll("\\[.*", "").replaceAll("([a-z0-9])([A-Z])", "$1_$2");
    return plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }
}
