package io.zoetrope.server.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.worker.MediaException;
import io.zoetrope.record.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whatever goes wrong, as an answer of one form. */
final class Errors {
  /** Where a request remembers how it went wrong. */
  static final String CODE = "zoetrope.error";

  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

  /** Faults of an order; all others are troubles of this machine. */
  private static final Set<Fault> THEIRS =
      EnumSet.of(
          Fault.INVALID,
          Fault.ORDER,
          Fault.NOT_FOUND,
          Fault.UNSUPPORTED,
          Fault.MISMATCH,
          Fault.TOO_LARGE);

  /** "order line 3: wish.frames must be ..." is about wish.frames. */
  private static final Pattern PLACE = Pattern.compile("\\w+(?: line \\d+)?: (.*)");

  private static final Pattern KEY =
      Pattern.compile("([a-z][A-Za-z]*(?:\\.[a-zA-Z]+|\\[\\d+])+):? .*");

  private static final Map<JobsException.Kind, Function<JobsException, HttpError>> JOBS = jobs();

  private Errors() {}

  static void add(JavalinConfig javalin) {
    javalin.routes.exception(Exception.class, (e, ctx) -> answer(ctx, of(e, ctx)));
    javalin.routes.exception(HttpError.class, (e, ctx) -> answer(ctx, e));
    javalin.routes.exception(HttpResponseException.class, (e, ctx) -> answer(ctx, of(e, ctx)));
    javalin.router.javaLangErrorHandler((response, error) -> {
      HttpError internal = internal(error);
      response.setStatus(internal.status());
      response.setContentType("application/json");
      response.setHeader("x-should-retry", "false");
      try {
        response.getOutputStream().write(Json.MAPPER.writeValueAsBytes(body(internal)));
      } catch (IOException e) {
        LOG.debug("nobody hears of {}", internal.getMessage(), e);
      }
    });
  }

  static HttpError of(Exception e, Context ctx) {
    return switch (e) {
      case HttpError known -> known;
      case HttpResponseException javalin -> of(javalin, ctx);
      case JobsException jobs -> JOBS.getOrDefault(jobs.kind(), Errors::internal).apply(jobs);
      case UserError user when THEIRS.contains(user.fault()) -> of(user);
      case MediaException media -> of(media);
      case IOException io when LimitedBody.gone(io) ->
          HttpError.badBody("the request ends before its body does");
      default -> internal(e);
    };
  }

  /** A file that will not do. */
  static HttpError of(MediaException e) {
    String message = String.valueOf(e.getMessage());
    return e.code().equals("too_large")
        ? HttpError.tooLarge(message)
        : HttpError.of(400, e.code(), message);
  }

  private static HttpError of(HttpResponseException e, Context ctx) {
    return switch (e.getStatus()) {
      case 404 ->
          HttpError.notFound("unsupported", "there is nothing at this address: see /openapi.yaml");
      case 405 -> {
        String allowed = e.getDetails().getOrDefault("availableMethods", "");
        if (!allowed.isEmpty()) {
          ctx.header("Allow", allowed);
        }
        yield HttpError.of(
            405,
            "unsupported",
            "%s does nothing at this address%s"
                .formatted(ctx.method(), allowed.isEmpty() ? "" : ": there is " + allowed));
      }
      case 413 -> HttpError.tooLarge("the body is larger than is taken");
      default ->
          e.getStatus() < 500
              ? HttpError.of(e.getStatus(), "invalid_request", "the request cannot be read")
              : internal(e);
    };
  }

  /** An order that will not do. */
  private static HttpError of(UserError e) {
    Matcher place = PLACE.matcher(e.reason());
    String reason = place.matches() ? place.group(1) : e.reason();
    String mend = e.mend().text();
    String message = mend.isEmpty() ? reason : reason + ": " + mend;
    if (e.fault() == Fault.TOO_LARGE) {
      return HttpError.of(400, "does_not_fit", message);
    }
    Matcher key = KEY.matcher(reason);
    return key.matches()
        ? HttpError.invalid(key.group(1), message)
        : HttpError.of(400, "invalid_order", message);
  }

  private static Map<JobsException.Kind, Function<JobsException, HttpError>> jobs() {
    Map<JobsException.Kind, Function<JobsException, HttpError>> all =
        new EnumMap<>(JobsException.Kind.class);
    all.put(JobsException.Kind.NOT_FOUND, e -> HttpError.notFound("video_not_found", said(e)));
    all.put(JobsException.Kind.EXPIRED, e -> HttpError.of(410, "expired", said(e)));
    all.put(JobsException.Kind.NOT_READY, e -> HttpError.notFound("video_not_ready", said(e)));
    all.put(
        JobsException.Kind.QUEUE_FULL, e -> HttpError.tooMany("queue_full", said(e), wait(e, 30)));
    all.put(
        JobsException.Kind.DRAINING, e -> HttpError.unavailable("draining", said(e), wait(e, 10)));
    all.put(
        JobsException.Kind.KEY_REUSED, e -> HttpError.of(422, "idempotency_key_reused", said(e)));
    all.put(JobsException.Kind.INVALID, e -> HttpError.of(400, "invalid_order", said(e)));
    all.put(JobsException.Kind.TOO_LARGE, e -> HttpError.tooLarge(said(e)));
    all.put(
        JobsException.Kind.NO_SPACE, e -> HttpError.unavailable("disk_full", said(e), wait(e, 60)));
    all.put(
        JobsException.Kind.DATABASE,
        e -> {
          LOG.warn("the database does not answer", e);
          return HttpError.unavailable(
              "database_unavailable", "the database does not answer: try again", wait(e, 5));
        });
    return all;
  }

  private static String said(JobsException e) {
    return String.valueOf(e.getMessage());
  }

  private static Duration wait(JobsException e, int otherwise) {
    return e.retryAfter().orElse(Duration.ofSeconds(otherwise));
  }

  /** Nothing of it is told but a number that the log has too. */
  static HttpError internal(Throwable e) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    LOG.error("internal error {}", id, e);
    return HttpError.of(500, "internal", "something is wrong here: the log says what under " + id);
  }

  static void answer(Context ctx, HttpError error) {
    ctx.status(error.status());
    ctx.attribute(CODE, error.code());
    error
        .retryAfter()
        .ifPresent(wait -> {
          long millis = Math.max(1, wait.plusNanos(999_999).toMillis());
          ctx.header("Retry-After", Long.toString((millis + 999) / 1000));
          ctx.header("retry-after-ms", Long.toString(millis));
        });
    if (error.status() == 500) {
      ctx.header("x-should-retry", "false");
    }
    if (error.status() == 401) {
      ctx.header("WWW-Authenticate", "Bearer");
    }
    if (error.status() == 408 || error.status() == 413) {
      ctx.header("Connection", "close");
    }
    if (error.status() == 413) {
      drain(ctx);
    }
    ctx.header("Cache-Control", "no-store");
    ctx.removeHeader("ETag");
    ctx.json(body(error));
  }

  private static void drain(Context ctx) {
    try {
      LimitedBody.drain(ctx.req().getInputStream());
    } catch (IOException e) {
      LOG.debug("there is no more of the body", e);
    }
  }

  static ObjectNode body(HttpError error) {
    return body(error.status(), error.code(), error.param(), String.valueOf(error.getMessage()));
  }

  static ObjectNode body(int status, String code, Optional<String> param, String message) {
    ObjectNode inner = Json.MAPPER.createObjectNode();
    inner.put("message", message);
    inner.put("type", HttpError.type(status));
    inner.put("param", param.orElse(null));
    inner.put("code", code);
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("error", inner);
    return body;
  }
}
