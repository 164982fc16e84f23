package io.zoetrope.app.serve;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.jobs.queue.JobsConfig;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where jobs are kept. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Folder of jobs, uploads and results (default: zoetrope in XDG_DATA_HOME, which is"
              + " ~/.local/share if not set).")
  private @Nullable Path store;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "jdbc:postgresql://HOST/NAME?user=USER&password=... for several servers (default: SQLite"
              + " in the store).")
  private @Nullable String database;

  /** As jobs want it. */
  JobsConfig config(Session session) {
    Path folder = store == null ? data(session).resolve("zoetrope") : session.resolve(store);
    JobsConfig config = JobsConfig.in(folder.toAbsolutePath().normalize());
    if (database != null) {
      if (!database.startsWith("jdbc:postgresql:") && !database.startsWith("jdbc:sqlite:")) {
        throw new UsageError(
            "--database is a URL as jdbc:postgresql://HOST/NAME, not '%s'".formatted(database));
      }
      config = config.withDatabase(database);
    }
    return config;
  }

  private static Path data(Session session) {
    return said(session, "XDG_DATA_HOME")
        .orElseGet(() ->
            said(session, "HOME")
                .orElseGet(() -> Path.of(System.getProperty("user.home")))
                .resolve(".local")
                .resolve("share"));
  }

  private static Optional<Path> said(Session session, String variable) {
    return session.variable(variable).filter(text -> !text.isBlank()).map(Path::of);
  }
}
