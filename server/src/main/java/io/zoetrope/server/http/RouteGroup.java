package io.zoetrope.server.http;

/** Routes that belong together. Added before the server starts. */
@FunctionalInterface
public interface RouteGroup {
  /** Adds them. */
  void add(Routes routes);
}
