package io.zoetrope.server.http;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Where the server listens, and whom it lets in.
 *
 * @param host name or address that it listens on; {@code 0.0.0.0} for all
 * @param port 0 takes a free one
 * @param login who needs a token
 * @param names other names that requests may be sent to, as a proxy's in front of it
 * @param origins other sites whose pages may ask, as {@code https://example.org}; none by default
 * @param fetch hosts that media may be got from by https; none by default
 * @param temporary a folder for what is being uploaded
 * @param limits how much one may ask for
 */
public record ServerConfig(
    String host,
    int port,
    Login login,
    Set<String> names,
    Set<String> origins,
    Set<String> fetch,
    Path temporary,
    Limits limits) {
  /** Who needs a token. */
  public enum Login {
    /** Nobody on this machine; everybody if others can reach it. */
    AUTO,
    /** Everybody. */
    TOKENS,
    /** Nobody, wherever they come from. */
    NONE
  }

  public ServerConfig {
    names = Set.copyOf(names);
    origins = Set.copyOf(origins);
    fetch = Set.copyOf(fetch);
  }

  /** On this machine alone, without log-in. */
  public static ServerConfig local(int port) {
    return new ServerConfig(
        "127.0.0.1",
        port,
        Login.AUTO,
        Set.of(),
        Set.of(),
        Set.of(),
        Path.of(System.getProperty("java.io.tmpdir")),
        Limits.usual());
  }

  public ServerConfig withHost(String other) {
    return new ServerConfig(other, port, login, names, origins, fetch, temporary, limits);
  }

  public ServerConfig withLogin(Login other) {
    return new ServerConfig(host, port, other, names, origins, fetch, temporary, limits);
  }

  public ServerConfig withNames(Set<String> others) {
    return new ServerConfig(host, port, login, others, origins, fetch, temporary, limits);
  }

  public ServerConfig withOrigins(Set<String> others) {
    return new ServerConfig(host, port, login, names, others, fetch, temporary, limits);
  }

  public ServerConfig withFetch(Set<String> others) {
    return new ServerConfig(host, port, login, names, origins, others, temporary, limits);
  }

  public ServerConfig withTemporary(Path other) {
    return new ServerConfig(host, port, login, names, origins, fetch, other, limits);
  }

  /**
   * This with other limits.
   *
   * @param settings as in {@code parts=64}; all others are the usual ones
   */
  public ServerConfig withLimits(String... settings) {
    return new ServerConfig(
        host, port, login, names, origins, fetch, temporary, Limits.of(List.of(settings)));
  }
}
