package io.zoetrope.checkpoint.hub;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One request, one answer. Redirects are followed by hand, because the user's token must go to the
 * hub and nowhere else, and because what the hub says of a large file stands on its redirect.
 */
final class Http implements AutoCloseable {
  private static final int MOST_REDIRECTS = 10;
  private static final long MILLIS_BETWEEN_LOOKS = 50;
  private static final int SHORT_BODY = 1 << 14;
  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);

  private final HubSettings settings;
  private final Patience patience;
  private final Traffic traffic;
  private final HttpClient client;
  private final Set<String> hubs;

  Http(HubSettings settings, Patience patience, Traffic traffic) {
    this.settings = settings;
    this.patience = patience;
    this.traffic = traffic;
    // HTTP/1.1: several large files over the one connection of HTTP/2 would share its window.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.connect())
            .proxy(EnvironmentProxies.of(settings.environment()))
            .build();
    // A mirror may send on to the hub itself, which the token is for as well.
    this.hubs =
        Stream.of(settings.endpoint(), URI.create(HubSettings.HUB), URI.create("https://hf.co"))
            .map(Http::origin)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * An answer whose body has not been read.
   *
   * @param uri that it came from, after redirects
   */
  record Answer(int status, HttpHeaders headers, URI uri, BodyStream body)
      implements AutoCloseable {
    Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    boolean isRedirect() {
      return switch (status) {
        case 301, 302, 303, 307, 308 -> true;
        default -> false;
      };
    }

    /** Ends with the answer; reads a short body, so that the connection can be used again. */
    void drain() {
      long length = headers.firstValueAsLong("Content-Length").orElse(0);
      try {
        if (length > 0 && length < SHORT_BODY) {
          Optional<List<ByteBuffer>> pieces = body.next(SHORT_WAIT, Traffic.NONE);
          while (pieces.isPresent()) {
            pieces = body.next(SHORT_WAIT, Traffic.NONE);
          }
        }
      } catch (IOException e) {
        // Then the next request makes a connection of its own.
      }
      close();
    }

    @Override
    public void close() {
      body.close();
    }
  }

  /** Whether an address is the hub's, so that it may have the token. */
  boolean onHub(URI uri) {
    return hubs.contains(origin(uri));
  }

  /** Sends a request and waits for the head of the answer. */
  Answer send(String method, URI uri, Map<String, String> headers) throws IOException {
    HttpRequest.Builder request =
        (method.equals("HEAD") ? HttpRequest.newBuilder(uri).HEAD() : HttpRequest.newBuilder(uri))
            .header("User-Agent", "zoetrope; java/" + Runtime.version().feature())
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (onHub(uri)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    CompletableFuture<HttpResponse<BodyStream>> future =
        client.sendAsync(request.build(), info -> new BodyStream());
    HttpResponse<BodyStream> response = await(future);
    return new Answer(response.statusCode(), response.headers(), uri, response.body());
  }

  /** As {@link #send}, and goes where the answers point to. */
  Answer follow(String method, URI start, Map<String, String> headers) throws IOException {
    return follow(method, start, headers, answer -> true);
  }

  /** Whether to go where an answer points to. */
  @FunctionalInterface
  interface Signpost {
    boolean go(Answer redirect);
  }

  /** As {@link #follow(String, URI, Map)}, for as long as the signpost allows. */
  Answer follow(String method, URI start, Map<String, String> headers, Signpost signpost)
      throws IOException {
    Set<URI> seen = new HashSet<>();
    URI uri = start;
    while (seen.add(uri) && seen.size() <= MOST_REDIRECTS) {
      Answer answer = send(method, uri, headers);
      if (!answer.isRedirect() || !signpost.go(answer)) {
        return answer;
      }
      answer.drain();
      uri = target(answer);
    }
    throw new UserError(
        Fault.UNREACHABLE,
        "%s redirects in a circle".formatted(withoutQuery(start)),
        "check HF_ENDPOINT");
  }

  /** Where a redirect points to. */
  static URI target(Answer redirect) {
    Optional<String> location = redirect.header("Location").filter(l -> !l.isBlank());
    try {
      if (location.isPresent()) {
        URI target = redirect.uri().resolve(location.get());
        String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
        if (target.getHost() != null && (scheme.equals("https") || scheme.equals("http"))) {
          return target;
        }
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message.
    }
    throw new UserError(
        Fault.UNREACHABLE,
        "%s redirects to what is no address".formatted(withoutQuery(redirect.uri())),
        "check HF_ENDPOINT");
  }

  /** An address to show: queries of a CDN are long, and are keys. */
  static String withoutQuery(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  private HttpResponse<BodyStream> await(CompletableFuture<HttpResponse<BodyStream>> future)
      throws IOException {
    long end = System.nanoTime() + patience.answer().toNanos();
    try {
      while (true) {
        Retry.check(traffic);
        try {
          return future.get(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (System.nanoTime() > end) {
            throw new HttpTimeoutException("no answer in time");
          }
        }
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("cancelled");
    } finally {
      // Does nothing to an answer that came.
      future.cancel(true);
    }
  }

  private static String origin(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
