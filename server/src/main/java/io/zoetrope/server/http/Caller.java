package io.zoetrope.server.http;

import io.javalin.http.Context;
import java.util.Optional;

/**
 * Who asks.
 *
 * @param token name of the token; empty where no log-in is needed
 * @param role what it may do
 * @param address where the request comes from
 */
public record Caller(Optional<String> token, Role role, String address) {
  private static final String KEY = "zoetrope.caller";

  /** Of a request. */
  public static Caller of(Context ctx) {
    Caller caller = ctx.attribute(KEY);
    if (caller == null) {
      throw new IllegalStateException("nobody has asked who calls " + ctx.path());
    }
    return caller;
  }

  static void set(Context ctx, Caller caller) {
    ctx.attribute(KEY, caller);
  }

  /** What tells callers apart: a token wherever it is used, else the address. */
  public String key() {
    return token.map(name -> "token " + name).orElse("from " + address);
  }
}
