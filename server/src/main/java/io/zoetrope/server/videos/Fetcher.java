package io.zoetrope.server.videos;

import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Limits;
import io.zoetrope.server.http.PublicDns;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Gets files by https from hosts that the server was told to trust, and from nowhere else: no other
 * scheme or port, no redirect, no proxy, no address of this house, not too long.
 */
final class Fetcher {
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|.*:.*");

  private final Set<String> hosts;
  private final OkHttpClient client;

  Fetcher(Set<String> hosts, Limits limits) {
    this(hosts, limits, new PublicDns(Dns.SYSTEM), new OkHttpClient());
  }

  /** With a client that trusts what a test does. */
  Fetcher(Set<String> hosts, Limits limits, Dns dns, OkHttpClient base) {
    this.hosts = hosts;
    this.client =
        base.newBuilder()
            .dns(dns)
            .proxy(Proxy.NO_PROXY)
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .connectionPool(new ConnectionPool(0, 1, java.util.concurrent.TimeUnit.SECONDS))
            .callTimeout(Duration.ofSeconds(limits.fetchSeconds()))
            .build();
  }

  /**
   * Opens a URL.
   *
   * @param param what the request calls it
   * @throws HttpError if it may not be asked, or does not answer
   */
  InputStream open(String param, String url) {
    @Nullable HttpUrl parsed = HttpUrl.parse(url);
    if (parsed == null || !allowed(parsed)) {
      throw HttpError.badRequest(
          "unsupported_url", param, "'%s' takes a data: URL, or an upload".formatted(param));
    }
    Response response = null;
    try {
      response = client.newCall(new Request.Builder().url(parsed).build()).execute();
      if (response.code() != 200) {
        throw HttpError.badRequest(
            "unsupported_url",
            param,
            "%s answers with %s".formatted(parsed.host(), response.code()));
      }
      Response open = response;
      response = null;
      return new FilterInputStream(open.body().byteStream()) {
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
          try {
            return super.read(into, offset, length);
          } catch (IOException e) {
            throw failed(param, parsed, e);
          }
        }

        @Override
        public void close() {
          open.close();
        }
      };
    } catch (IOException e) {
      throw failed(param, parsed, e);
    } finally {
      if (response != null) {
        response.close();
      }
    }
  }

  private boolean allowed(HttpUrl url) {
    return url.isHttps()
        && url.port() == 443
        && url.username().isEmpty()
        && url.password().isEmpty()
        && hosts.contains(url.host())
        && !NUMERIC.matcher(url.host()).matches();
  }

  private static HttpError failed(String param, HttpUrl url, IOException e) {
    HttpError error =
        HttpError.badRequest(
            "unsupported_url", param, "nothing can be got from %s".formatted(url.host()));
    error.initCause(e);
    return error;
  }
}
