package io.zoetrope.server.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Where a {@link RouteGroup} puts its routes. Paths are Javalin's: {@code /v1/videos/{id}}. A
 * handler throws {@link HttpError}, or whatever the jobs throw; who calls is {@link Caller#of}.
 */
public final class Routes {
  private final JavalinConfig javalin;
  private final ServerConfig config;
  private final MeterRegistry meters;
  private final Streams streams;

  Routes(JavalinConfig javalin, ServerConfig config, MeterRegistry meters) {
    this.javalin = javalin;
    this.config = config;
    this.meters = meters;
    this.streams = new Streams(config.limits().streams());
  }

  public void get(String path, Role needed, Handler handler) {
    add(HandlerType.GET, path, needed, handler);
  }

  /** What a GET would answer, without its body; only files need one of their own. */
  public void head(String path, Role needed, Handler handler) {
    add(HandlerType.HEAD, path, needed, handler);
  }

  public void post(String path, Role needed, Handler handler) {
    add(HandlerType.POST, path, needed, handler);
  }

  public void put(String path, Role needed, Handler handler) {
    add(HandlerType.PUT, path, needed, handler);
  }

  public void patch(String path, Role needed, Handler handler) {
    add(HandlerType.PATCH, path, needed, handler);
  }

  public void delete(String path, Role needed, Handler handler) {
    add(HandlerType.DELETE, path, needed, handler);
  }

  private void add(HandlerType method, String path, Role needed, Handler handler) {
    javalin.routes.addHttpHandler(method, path, handler, needed);
  }

  /** Javalin itself, for what is no route with a role: static files, streams of events. */
  public JavalinConfig javalin() {
    return javalin;
  }

  /** How the server was started. */
  public ServerConfig config() {
    return config;
  }

  /** What is counted. */
  public MeterRegistry meters() {
    return meters;
  }

  /** Places for those who look on. */
  public Streams streams() {
    return streams;
  }
}
