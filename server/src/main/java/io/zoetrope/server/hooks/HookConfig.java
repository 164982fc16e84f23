package io.zoetrope.server.hooks;

import java.util.Set;

/**
 * Whom the server may tell.
 *
 * @param hosts names of servers; none tells nobody
 * @param secret by which what is told is signed
 * @param plain whether http will do, and addresses of this house: for tests
 */
public record HookConfig(Set<String> hosts, String secret, boolean plain) {
  /** Tells nobody. */
  public static final HookConfig NONE = new HookConfig(Set.of(), "", false);

  /** Fewer letters are guessed. */
  private static final int SHORTEST = 16;

  public HookConfig {
    hosts = Set.copyOf(hosts);
    if (!hosts.isEmpty() && secret.length() < SHORTEST) {
      throw new IllegalArgumentException(
          "webhooks are signed: the secret needs %s letters or more".formatted(SHORTEST));
    }
  }

  /** Servers by https. */
  public static HookConfig to(Set<String> hosts, String secret) {
    return new HookConfig(hosts, secret, false);
  }
}
