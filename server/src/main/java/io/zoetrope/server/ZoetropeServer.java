package io.zoetrope.server;

import io.zoetrope.jobs.Jobs;
import io.zoetrope.server.http.HttpServer;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.ServerConfig;
import java.net.URI;
import java.util.List;

/**
 * The studio over HTTP. It asks the jobs for all that it does; closing it leaves them as they are.
 */
public final class ZoetropeServer implements AutoCloseable {
  private final HttpServer http;

  private ZoetropeServer(HttpServer http) {
    this.http = http;
  }

  /**
   * Starts it.
   *
   * @param groups all routes, besides those of log-in, health and metrics
   * @throws io.zoetrope.error.UserError if others could reach it and nobody has a token, or the
   *     port is taken
   */
  public static ZoetropeServer start(ServerConfig config, Jobs jobs, List<RouteGroup> groups) {
    return new ZoetropeServer(HttpServer.start(config, jobs, groups));
  }

  /** On which it listens. */
  public int port() {
    return http.port();
  }

  /** Where a browser on this machine finds it. */
  public URI uri() {
    return http.uri();
  }

  /** Ends what is open within a second. */
  @Override
  public void close() {
    http.close();
  }
}
