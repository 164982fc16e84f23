package io.zoetrope.server.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in, or not. In this order: was it sent to this server by a name of its own (a page
 * that makes its name point here is out), does it come from a page of this server, who sends it,
 * how often, and may they.
 */
final class Gate {
  /** Cookie of a session. */
  static final String COOKIE = "zoetrope_session";

  /** Says that a request was made by a script of this server's page. */
  static final String OURS = "X-Zoetrope";

  private static final Set<HandlerType> SAFE =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  /** A numeric address: a name service cannot make it point elsewhere. */
  private static final Pattern NUMERIC =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

  private final ServerConfig config;
  private final Tokens tokens;
  private final boolean needed;
  private final Rates changes;
  private final Rates reads;

  Gate(ServerConfig config, Tokens tokens, boolean needed) {
    this.config = config;
    this.tokens = tokens;
    this.needed = needed;
    this.changes = new Rates(config.limits().changes(), "changes");
    this.reads = new Rates(config.limits().reads(), "requests");
  }

  /** Whether callers need a token. */
  boolean needed() {
    return needed;
  }

  /** For every request, whether there is a route for it or not. */
  void enter(Context ctx) {
    requireHost(ctx.header("Host"));
    requireOrigin(ctx);
    if (welcome(ctx) && ctx.method() == HandlerType.OPTIONS) {
      ctx.status(204).skipRemainingHandlers();
      return;
    }
    Caller caller = caller(ctx);
    Caller.set(ctx, caller);
    if (!ctx.path().startsWith("/health/") && SAFE.contains(ctx.method())) {
      reads.take(caller.key());
    }
  }

  /** For requests with a route. */
  void pass(Context ctx) {
    Role role =
        ctx.routeRoles().stream()
            .filter(Role.class::isInstance)
            .map(Role.class::cast)
            .findFirst()
            .orElse(Role.NOBODY);
    Caller caller = Caller.of(ctx);
    if (!SAFE.contains(ctx.method())) {
      // What is only asked, as the plan of a task at every letter that is typed, changes nothing.
      (role == Role.READ ? reads : changes).take(caller.key());
    }
    if (caller.role().covers(role)) {
      return;
    }
    if (caller.role() == Role.NOBODY) {
      throw HttpError.of(
          401, "invalid_token", "this needs a token: send it as Authorization: Bearer TOKEN");
    }
    throw HttpError.of(
        403,
        "wrong_role",
        "this needs the role %s, and the token has %s"
            .formatted(role.text(), caller.role().text()));
  }

  private void requireHost(@Nullable String header) {
    String name = header == null ? "" : withoutPort(header).toLowerCase(Locale.ROOT);
    boolean ours =
        name.equals("localhost")
            || NUMERIC.matcher(name).matches()
            || name.equals(config.host().toLowerCase(Locale.ROOT))
            || config.names().contains(name);
    if (!ours) {
      throw HttpError.badOrigin(
          "this server does not go by the name in the header Host: allow it when it is started");
    }
  }

  private static String withoutPort(String host) {
    return host.replaceFirst(":\\d*$", "");
  }

  private void requireOrigin(Context ctx) {
    String origin = ctx.header("Origin");
    if (origin != null && !config.origins().contains(origin) && !sameSite(origin, ctx)) {
      throw HttpError.badOrigin("pages of other sites may not ask this server");
    }
    if (SAFE.contains(ctx.method())) {
      return;
    }
    String site = ctx.header("Sec-Fetch-Site");
    boolean browser = origin != null || site != null || ctx.header("Cookie") != null;
    boolean foreign =
        origin == null && site != null && !Set.of("same-origin", "none").contains(site);
    if (foreign || (browser && !scripted(ctx))) {
      throw HttpError.badOrigin("a browser must send JSON, or the header %s: 1".formatted(OURS));
    }
  }

  /** Tells the browser of a page that was allowed to ask. */
  private boolean welcome(Context ctx) {
    String origin = ctx.header("Origin");
    if (origin == null || !config.origins().contains(origin)) {
      return false;
    }
    ctx.header("Access-Control-Allow-Origin", origin);
    ctx.header("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    ctx.header(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Range, " + OURS);
    ctx.header("Access-Control-Max-Age", "600");
    ctx.header("Cross-Origin-Resource-Policy", "cross-origin");
    ctx.header("Vary", "Origin");
    return true;
  }

  /** What a form of another page cannot do without asking first. */
  private static boolean scripted(Context ctx) {
    return Bodies.type(ctx).equals("application/json")
        || ctx.header(OURS) != null
        || bearer(ctx).isPresent();
  }

  private static boolean sameSite(String origin, Context ctx) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null && authority.equalsIgnoreCase(ctx.header("Host"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Caller caller(Context ctx) {
    String address = network(ctx.ip());
    if (!needed) {
      return new Caller(Optional.empty(), Role.ADMIN, address);
    }
    Optional<Tokens.Token> token = bearer(ctx).flatMap(tokens::find);
    if (token.isEmpty() && bearer(ctx).isEmpty()) {
      token = Optional.ofNullable(ctx.cookie(COOKIE)).flatMap(tokens::session);
    }
    return token
        .map(t -> new Caller(Optional.of(t.name()), t.role(), address))
        .orElseGet(() -> new Caller(Optional.empty(), Role.NOBODY, address));
  }

  static Optional<String> bearer(Context ctx) {
    String header = ctx.header("Authorization");
    return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
        ? Optional.of(header.substring(7).strip())
        : Optional.empty();
  }

  /** Who has one address of IPv6 has the whole of its network. */
  private static String network(String address) {
    return address.indexOf(':') < 0
        ? address
        : String.join(":", List.of(address.split(":", -1)).subList(0, 4));
  }

  /** Whether others than this machine can reach an address. */
  static boolean reachable(String host) {
    try {
      return !InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }
}
