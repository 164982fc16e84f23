package io.zoetrope.server.http;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Log-in of browsers: a token is traded for a cookie that scripts cannot read. */
final class SessionRoutes implements RouteGroup {
  private static final String PATH = "/api/v1/session";

  private final Tokens tokens;
  private final Gate gate;

  SessionRoutes(Tokens tokens, Gate gate) {
    this.tokens = tokens;
    this.gate = gate;
  }

  @Override
  public void add(Routes routes) {
    routes.get(PATH, Role.NOBODY, ctx -> ctx.json(state(Caller.of(ctx).role())));
    routes.post(PATH, Role.NOBODY, ctx -> begin(ctx, routes.config()));
    routes.delete(PATH, Role.NOBODY, this::end);
  }

  private Map<String, Object> state(Role role) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("needed", gate.needed());
    state.put("role", role == Role.NOBODY ? null : role.text());
    return state;
  }

  private void begin(Context ctx, ServerConfig config) {
    JsonNode body = Bodies.json(ctx, config);
    String secret = body.path("token").asString("");
    if (!gate.needed()) {
      ctx.json(state(Caller.of(ctx).role()));
      return;
    }
    Tokens.Token token =
        tokens
            .find(secret)
            .orElseThrow(
                () -> HttpError.of(401, "invalid_token", "there is no such token: ask for one"));
    ctx.cookie(cookie(ctx, tokens.begin(token), Math.toIntExact(Tokens.SESSION.toSeconds())));
    ctx.json(state(token.role()));
  }

  private void end(Context ctx) {
    Optional.ofNullable(ctx.cookie(Gate.COOKIE)).ifPresent(tokens::end);
    ctx.cookie(cookie(ctx, "", 0));
    ctx.status(204);
  }

  private static Cookie cookie(Context ctx, String value, int seconds) {
    boolean secure =
        ctx.scheme().equals("https") || "https".equals(ctx.header("X-Forwarded-Proto"));
    return new Cookie(
        Gate.COOKIE, value, "/", seconds, secure, /* httpOnly= */ true, null, SameSite.STRICT);
  }
}
