package io.zoetrope.jobs.queue;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.InputRef;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import io.zoetrope.jobs.PartRef;
import io.zoetrope.jobs.Store;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.ExpiredTable;
import io.zoetrope.jobs.store.InputTable;
import io.zoetrope.jobs.store.JobTable;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What orders are made from: bytes that were uploaded, and results of jobs, which become uploads by
 * that, so that they stay when their job goes. Of files of the disk those are had that are listed
 * as parts of models; all others are refused.
 */
final class Sources {
  private final Database database;
  private final Store store;

  Sources(Database database, Store store) {
    this.database = database;
    this.store = store;
  }

  /**
   * An order whose sources are there.
   *
   * @param order with inputs only, each with its hash
   * @param inputs their hashes
   */
  record Settled(VideoOrder order, Set<String> inputs) {}

  Settled settle(VideoOrder order) {
    InputRef.requireAll(order);
    Set<String> inputs = new LinkedHashSet<>();
    try {
      VideoOrder named =
          Records.map(
              order,
              SourceRef.class,
              source -> {
                String sha256 = input(source.path());
                inputs.add(sha256);
                source
                    .sha256()
                    .filter(hash -> !hash.equals(sha256))
                    .ifPresent(hash -> {
                      throw new JobsException(
                          Kind.INVALID,
                          "%s is not what the order says it is: leave its sha256 out"
                              .formatted(source.path()));
                    });
                return new SourceRef("input:" + sha256, Optional.of(sha256));
              });
      return new Settled(
          Records.map(
              named,
              Path.class,
              path -> {
                if (PartRef.tryParse(path.toString()).isPresent()) {
                  return path;
                }
                String sha256 = input(path.toString());
                inputs.add(sha256);
                return Path.of("input:" + sha256);
              }),
          inputs);
    } catch (UserError e) {
      throw new JobsException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /** Records which inputs a job is made from; those that went meanwhile are missed here. */
  static void use(java.sql.Connection to, Job job, Set<String> inputs)
      throws java.sql.SQLException {
    for (String sha256 : inputs) {
      if (InputTable.find(to, sha256).isEmpty()) {
        throw missing(sha256);
      }
      InputTable.use(to, job.id(), sha256);
    }
  }

  private String input(String path) {
    return switch (InputRef.require(path)) {
      case InputRef.Upload upload -> {
        if (database.read(c -> InputTable.find(c, upload.sha256())).isEmpty()) {
          throw missing(upload.sha256());
        }
        yield upload.sha256();
      }
      case InputRef.Result result -> adopt(result);
    };
  }

  private String adopt(InputRef.Result ref) {
    Job job =
        database
            .read(c -> JobTable.find(c, ref.job()))
            .orElseThrow(() ->
                database.read(c -> ExpiredTable.has(c, ref.job()))
                    ? new JobsException(Kind.EXPIRED, "job %s was tidied away".formatted(ref.job()))
                    : new JobsException(Kind.NOT_FOUND, "there is no job %s".formatted(ref.job())));
    if (job.result().isEmpty() || !job.state().shown()) {
      throw new JobsException(
          Kind.NOT_READY, "job %s has no video: it is %s".formatted(job.id(), job.state().text()));
    }
    Job.Result result = job.result().get();
    String name = result.file();
    Input input =
        new Input(
            result.sha256(),
            result.bytes(),
            name.substring(name.lastIndexOf('.') + 1),
            job.shape().width(),
            job.shape().height(),
            Optional.of(job.shape().frames()).filter(frames -> frames > 0),
            Optional.of(job.shape().fps()).filter(fps -> fps > 0),
            database.now());
    keep(input, () -> link(store.job(job.id()).resolve(name), store.input(input.sha256())));
    return input.sha256();
  }

  /** A file gets its place. */
  @FunctionalInterface
  interface Placing {
    void run() throws IOException;
  }

  /**
   * Writes it down, and puts its bytes into their place while nobody else can take them away.
   *
   * @param placing done also if they are known
   */
  void keep(Input input, Placing placing) {
    database.change(c -> {
      InputTable.add(c, input);
      try {
        placing.run();
      } catch (IOException e) {
        throw new JobsException(
            Kind.NO_SPACE, "the store cannot keep it: %s".formatted(e.getMessage()), e);
      }
    });
  }

  private static void link(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      return;
    }
    Files.createDirectories(to.getParent());
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException e) {
      Path part = to.resolveSibling(".partial-link-" + to.getFileName());
      Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static JobsException missing(String sha256) {
    return new JobsException(
        Kind.NOT_FOUND, "there is no input %s: upload it first".formatted(sha256));
  }

  /** Of an order: what is known of its video before a model is. */
  static Job.Shape shape(VideoOrder order) {
    return new Job.Shape(
        order.wish().size().map(size -> size.width()).orElse(0),
        order.wish().size().map(size -> size.height()).orElse(0),
        order.wish().frames().orElse(0),
        order.wish().fps().orElse(0.0),
        order.wish().steps().orElse(0));
  }
}
