package io.zoetrope.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what comes with a request: never more than is allowed, and not for ever. */
public final class Bodies {
  private static final Logger LOG = LoggerFactory.getLogger(Bodies.class);

  /** Bodies of JSON that are larger than this are read one after the other. */
  private static final long SMALL = 1 << 20;

  private static final Semaphore LARGE = new Semaphore(2);

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxStringLength(64 << 20)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Bodies() {}

  /** The type of a body without what stands behind it, in lower case; empty if none is said. */
  public static String type(Context ctx) {
    String type = ctx.contentType();
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /**
   * The bytes as they come.
   *
   * @param most how many there may be
   * @throws HttpError now if the request says that there are more, later if there are, or if they
   *     come too slowly
   */
  public static InputStream stream(Context ctx, ServerConfig config, long most) {
    long said = ctx.req().getContentLengthLong();
    if (said > most) {
      throw HttpError.tooLarge("the body has %s bytes, and %s are taken".formatted(said, most));
    }
    Limits limits = config.limits();
    try {
      return new LimitedBody(
          ctx.req().getInputStream(),
          most,
          Duration.ofSeconds(limits.idleSeconds()),
          limits.slowest());
    } catch (IOException e) {
      throw HttpError.badBody("the body cannot be read");
    }
  }

  /**
   * JSON that fits into a megabyte.
   *
   * @throws HttpError if it is none, or larger
   */
  public static JsonNode json(Context ctx, ServerConfig config) {
    return json(ctx, config, SMALL, Function.identity());
  }

  /**
   * JSON that may be large: few such requests are handled at a time.
   *
   * @param most bytes of it
   * @param use what is made of it; the JSON should not outlive it
   * @throws HttpError if it is none, or larger
   */
  public static <T> T json(Context ctx, ServerConfig config, long most, Function<JsonNode, T> use) {
    if (!type(ctx).equals("application/json")) {
      throw HttpError.of(
          415, "unsupported_media_type", "this takes JSON: say Content-Type: application/json");
    }
    InputStream body = stream(ctx, config, most);
    long said = ctx.req().getContentLengthLong();
    return Math.max(said, most) <= SMALL || (said >= 0 && said <= SMALL)
        ? use.apply(parse(body))
        : alone(body, config, use);
  }

  /** Waits on disk until it is its turn: memory is for few of these at a time. */
  private static <T> T alone(InputStream body, ServerConfig config, Function<JsonNode, T> use) {
    Path file = null;
    try {
      file = Files.createTempFile(config.temporary(), "body", null);
      Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
      if (!LARGE.tryAcquire(30, TimeUnit.SECONDS)) {
        throw HttpError.unavailable(
            "busy", "other large requests are read: try again", Duration.ofSeconds(5));
      }
      try (InputStream kept = Files.newInputStream(file)) {
        return use.apply(parse(kept));
      } finally {
        LARGE.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HttpError.unavailable("draining", "the server stops", Duration.ofSeconds(10));
    } catch (IOException e) {
      throw LimitedBody.failed(e);
    } finally {
      delete(file);
    }
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warn("{} stays", file, e);
    }
  }

  /**
   * Reads JSON within JSON, as forms have it.
   *
   * @param name of the value, for errors
   */
  public static JsonNode parse(String name, String text) {
    try {
      JsonNode node = STRICT.readTree(text);
      if (node != null && !node.isMissingNode()) {
        return node;
      }
    } catch (JacksonException e) {
      throw HttpError.invalid(name, "'%s' is no JSON".formatted(name));
    }
    throw HttpError.invalid(name, "'%s' is empty: give JSON".formatted(name));
  }

  private static JsonNode parse(InputStream body) {
    try {
      JsonNode node = STRICT.readTree(body);
      if (node == null || node.isMissingNode()) {
        throw HttpError.badBody("the body is empty: send JSON");
      }
      return node;
    } catch (JacksonException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof HttpError known) {
          throw known;
        }
      }
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw HttpError.badBody("the body is no JSON: look at line %s".formatted(Math.max(1, line)));
    }
  }
}
