package io.zoetrope.server.page;

import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves the page: {@code /} and what lies under {@code /page/}. Nothing is asked of any other
 * host, and nothing is built: modules are as they lie in the jar.
 *
 * <p>The policy that it comes with allows no script and no style within the document. Browsers take
 * import maps from there only, so the modules of lit are served with their imports as paths ({@link
 * Library}).
 */
public final class PageRoutes implements RouteGroup {
  /** What the page may do. Pictures and films of its own making are {@code blob:}. */
  public static final String POLICY =
      "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", ContentType.HTML,
          "js", ContentType.JAVASCRIPT,
          "css", ContentType.CSS,
          "svg", "image/svg+xml");

  private final Map<String, Optional<PageFile>> files = new ConcurrentHashMap<>();

  /** They are for everybody: what the page asks for is not. */
  @Override
  public void add(Routes routes) {
    routes.get("/", Role.NOBODY, context -> send(context, "index.html"));
    routes.get("/page/<path>", Role.NOBODY, context -> send(context, context.pathParam("path")));
  }

  private void send(Context context, String path) {
    Optional<PageFile> found = files.computeIfAbsent(path, PageFile::find);
    if (found.isEmpty()) {
      files.remove(path);
      context.status(HttpStatus.NOT_FOUND).contentType(ContentType.TEXT_PLAIN).result("not here");
      return;
    }
    PageFile file = found.get();
    context.header("Content-Security-Policy", POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cache-Control", "no-cache");
    context.header("ETag", file.tag());
    if (file.tag().equals(context.header("If-None-Match"))) {
      context.status(HttpStatus.NOT_MODIFIED);
      return;
    }
    context.contentType(TYPES.getOrDefault(file.ending(), ContentType.OCTET_STREAM));
    context.result(file.bytes());
  }
}
