package io.zoetrope.app.serve;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.server.RunningStudio;
import io.zoetrope.server.StudioConfig;
import io.zoetrope.server.hooks.HookConfig;
import io.zoetrope.server.http.ServerConfig;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope serve}. */
@Command(
    name = "serve",
    description = {
      "Starts the studio: a page in the browser, /v1/videos for clients of OpenAI's, /api/v1.",
      "Only this machine can reach it, without a log-in. Anything else needs tokens: see"
          + " 'tokens'. Ctrl-C finishes what is being made; what waits is there again next time."
    })
public final class ServeCommand extends Verb {
  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Listens on it; 0.0.0.0 is all (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "7870",
      description = "0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--auth",
      paramLabel = "WHO",
      defaultValue = "auto",
      description =
          "Who needs a token: auto (nobody on this machine, everybody else), tokens (everybody) or"
              + " none (default: ${DEFAULT-VALUE}).")
  private String auth = "auto";

  @Option(
      names = "--known-as",
      paramLabel = "NAME",
      split = ",",
      description = "Other names that requests may be sent to, as that of a proxy in front.")
  private Set<String> names = Set.of();

  @Option(
      names = "--origin",
      paramLabel = "URL",
      split = ",",
      description = "Other sites whose pages may ask, as https://example.org.")
  private Set<String> origins = Set.of();

  @Option(
      names = "--allow-url",
      paramLabel = "HOST",
      split = ",",
      description = "Hosts that pictures and videos may be got from, by https (default: none).")
  private Set<String> fetch = Set.of();

  @Option(
      names = "--webhook-host",
      paramLabel = "HOST",
      split = ",",
      description =
          "Servers that jobs may ask to be told when they are over, by https (default: none);"
              + " ZOETROPE_WEBHOOK_SECRET signs what they are told.")
  private Set<String> webhooks = Set.of();

  @Option(
      names = "--limit",
      paramLabel = "NAME=N",
      split = ",",
      description =
          "How much one may ask for, as in --limit file=100000000,frames=64 (docs/server.md has"
              + " all).")
  private List<String> limits = List.of();

  @Option(names = "--no-workers", description = "Computes nothing: 'worker' does, elsewhere.")
  private boolean noWorkers;

  @Option(names = "--paused", description = "The queue stands until somebody lets it go on.")
  private boolean paused;

  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final WorkerOptions workers = new WorkerOptions();

  public ServeCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws InterruptedException {
    JobsConfig kept = workers.named(store.config(session()));
    if (noWorkers && workers.said()) {
      throw new UsageError("--devices and --heap are about workers, and --no-workers has none");
    }
    Duration patience = Duration.ofSeconds(workers.drain());
    long began = System.nanoTime();
    StudioConfig config =
        StudioConfig.of(config(), kept)
            .withWorkers(noWorkers ? List.of() : workers.settings())
            .withHooks(hooks())
            .withPaused(paused);
    try (RunningStudio studio = Serving.opened(() -> RunningStudio.start(config))) {
      URI uri = studio.uri();
      note("the studio is at %s".formatted(uri));
      note("jobs are kept in %s".formatted(kept.store()));
      Serving.untilStopped(session());
      note("stopping: what is being made has %s s".formatted(patience.toSeconds()));
      studio.drain(patience);
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("url", uri.toString());
      fields.put("store", kept.store().toString());
      fields.put("seconds", (System.nanoTime() - began) / 1_000_000_000L);
      return Result.of("stopped", fields);
    }
  }

  private ServerConfig config() {
    if (port < 0 || port > 65_535) {
      throw new UsageError("--port is 0 to 65535, not %s".formatted(port));
    }
    ServerConfig config =
        ServerConfig.local(port)
            .withHost(host)
            .withLogin(login())
            .withNames(names)
            .withOrigins(origins)
            .withFetch(fetch);
    try {
      return limits.isEmpty() ? config : config.withLimits(limits.toArray(String[]::new));
    } catch (UserError e) {
      throw new UsageError("--limit: " + e.getMessage());
    }
  }

  private HookConfig hooks() {
    try {
      return HookConfig.to(webhooks, session().variable("ZOETROPE_WEBHOOK_SECRET").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new UsageError(
          "--webhook-host: %s: set ZOETROPE_WEBHOOK_SECRET".formatted(e.getMessage()));
    }
  }

  private ServerConfig.Login login() {
    for (ServerConfig.Login login : ServerConfig.Login.values()) {
      if (login.name().toLowerCase(Locale.ROOT).equals(auth)) {
        return login;
      }
    }
    throw new UsageError("--auth is auto, tokens or none, not '%s'".formatted(auth));
  }
}
