package io.zoetrope.checkpoint.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies by {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, which
 * other tools of the hub follow and Java does not. Without them, what Java is set to.
 */
final class EnvironmentProxies extends ProxySelector {
  private final Map<String, String> environment;

  private EnvironmentProxies(Map<String, String> environment) {
    this.environment = environment;
  }

  static ProxySelector of(Map<String, String> environment) {
    EnvironmentProxies proxies = new EnvironmentProxies(environment);
    boolean any =
        List.of("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY").stream()
            .anyMatch(name -> proxies.value(name).isPresent());
    ProxySelector usual = ProxySelector.getDefault();
    return any || usual == null ? proxies : usual;
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (direct(host)) {
      return List.of(Proxy.NO_PROXY);
    }
    String name = String.valueOf(uri.getScheme()).toUpperCase(Locale.ROOT) + "_PROXY";
    return List.of(
        value(name)
            .or(() -> value("ALL_PROXY"))
            .flatMap(EnvironmentProxies::proxy)
            .orElse(Proxy.NO_PROXY));
  }

  private boolean direct(String host) {
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return true;
    }
    for (String entry : value("NO_PROXY").orElse("").split(",", -1)) {
      String bare = entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      if (bare.equals("*")
          || (!bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare)))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Proxy> proxy(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() == null) {
        return Optional.empty();
      }
      int port = uri.getPort() < 0 ? 80 : uri.getPort();
      return Optional.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), port)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))))
        .filter(v -> !v.isBlank());
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // The request fails, and says so.
  }
}
