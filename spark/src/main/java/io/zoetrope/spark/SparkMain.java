package io.zoetrope.spark;

import io.zoetrope.app.Cli;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.spark.batch.GenerateVerb;
import io.zoetrope.spark.batch.SweepVerb;
import io.zoetrope.spark.curate.CurateVerb;
import io.zoetrope.spark.latents.LatentsVerb;
import io.zoetrope.spark.train.TrainVerb;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Entry point of {@code zoetrope spark}, also for {@code spark-submit}. */
public final class SparkMain {
  private SparkMain() {}

  /** The table of commands, in the order in which help shows them. */
  static Map<String, Function<Session, Verb>> commands() {
    Map<String, Function<Session, Verb>> commands = new LinkedHashMap<>();
    commands.put("generate", GenerateVerb::new);
    commands.put("sweep", SweepVerb::new);
    commands.put("latents", LatentsVerb::new);
    commands.put("train", TrainVerb::new);
    commands.put("curate", CurateVerb::new);
    return commands;
  }

  /** A command line in these surroundings; {@code run} gives the exit code. */
  public static Cli cli(Session session) {
    return new Cli(session, SparkRoot::new, commands());
  }

  public static void main(String[] args) {
    SparkLogs.quiet();
    Cancellation cancellation = new Cancellation();
    cancellation.listen();
    Session session = new Session(Console.ofProcess(), cancellation, Path.of(""), System.getenv());
    System.exit(cli(session).run(args));
  }
}
