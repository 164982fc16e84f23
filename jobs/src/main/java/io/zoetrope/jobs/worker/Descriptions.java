package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.InputRef;
import io.zoetrope.jobs.JobError;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What there is to choose from, and what an order will take: without loading a model, and without a
 * native library in this process. A process of its own looks; it ends when nobody has asked for
 * some minutes. Any number of threads may call it.
 */
public final class Descriptions implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofMinutes(5);

  /** Folders of models change seldom. */
  private static final Duration FRESH = Duration.ofSeconds(20);

  private final AskedChild child =
      new AskedChild(
          "descriptions",
          new ChildJvm(
              DescribeMain.class,
              List.of("-Xms16m", "-Xmx256m", "-XX:TieredStopAtLevel=1"),
              List.of(),
              Map.of("OMP_NUM_THREADS", "1")),
          IDLE,
          line -> line.startsWith("{\"described\":"));

  private record Listed(List<Model> models, List<Part> parts, List<String> annotators, long at) {}

  private volatile Optional<Listed> listed = Optional.empty();

  /** Of the models of this machine. Starts nothing yet. */
  public Descriptions() {}

  /**
   * A model that an order can name.
   *
   * @param name by which
   * @param kind of pipeline; empty if it cannot be read
   * @param bytes of its weights
   * @param tasks that it can do, as {@code generate}
   * @param usual what it makes where an order says nothing; empty if it cannot be read
   * @param sizes that it makes, as {@code 128x128}, the usual one first
   * @param samplers that it can be sampled by, its own first
   * @param only all that it knows to show, in words that go on a sentence; may be empty
   * @param fault why it cannot be used; empty if it can
   */
  public record Model(
      String name,
      String kind,
      long bytes,
      List<String> tasks,
      Optional<Usual> usual,
      List<String> sizes,
      List<String> samplers,
      String only,
      Optional<String> fault) {}

  /**
   * What an order can put into a model.
   *
   * @param ref as it stands in an order, see {@link io.zoetrope.jobs.PartRef}
   * @param kind lora, control, embedding, adapter, encoder or depth
   * @param name without its kind
   * @param bytes of its files
   */
  public record Part(String ref, String kind, String name, long bytes) {}

  /** What a model makes where an order says nothing. */
  public record Usual(
      int width, int height, int frames, double fps, int steps, double guidance, String sampler) {}

  /**
   * What an order will take.
   *
   * @param fits whether there is memory for it
   * @param bytes of memory at the worst moment; 0 where that is not known
   * @param available bytes that a worker may have; empty where nobody knows
   * @param line for a person
   * @param shape what will be made; {@code steps} and the rest are 0 where that is not known
   * @param guidance that will be used
   * @param sampler that will be used; empty where that is not known
   * @param error why it cannot be made
   */
  public record Estimate(
      boolean fits,
      long bytes,
      Optional<Long> available,
      String line,
      Usual shape,
      double guidance,
      String sampler,
      Optional<JobError> error) {}

  /**
   * Every model of this machine, sorted by name; those that cannot be used say why.
   *
   * @throws IllegalStateException if its process cannot be asked
   */
  public List<Model> models() {
    return listed().models;
  }

  /**
   * What of this machine can be put into models, by kind and name.
   *
   * @throws IllegalStateException if its process cannot be asked
   */
  public List<Part> parts() {
    return listed().parts;
  }

  /**
   * By what can be drawn what a control is shown.
   *
   * @throws IllegalStateException if its process cannot be asked
   */
  public List<String> annotators() {
    return listed().annotators;
  }

  private Listed listed() {
    Optional<Listed> known = listed;
    if (known.isPresent() && System.nanoTime() - known.get().at < FRESH.toNanos()) {
      return known.get();
    }
    Described.Answer answer = asked(Optional.empty());
    Listed now =
        new Listed(answer.described(), answer.parts(), answer.annotators(), System.nanoTime());
    listed = Optional.of(now);
    return now;
  }

  /**
   * The model that is taken where nobody names one: {@code toybox} if it is there, else the first
   * that can be used.
   */
  public Optional<String> usualModel() {
    List<String> names =
        models().stream().filter(model -> model.fault().isEmpty()).map(Model::name).toList();
    return names.contains("toybox") ? Optional.of("toybox") : names.stream().findFirst();
  }

  /**
   * What an order will take. Sources are not looked at.
   *
   * @throws IllegalStateException if its process cannot be asked
   * @throws io.zoetrope.jobs.JobsException INVALID if it names files of this disk
   */
  public Estimate estimate(VideoOrder order) {
    InputRef.requireAll(order);
    Described.Need need = asked(Optional.of(order)).need().orElseThrow();
    return new Estimate(
        need.fits(),
        need.bytes(),
        need.available() == 0 ? Optional.empty() : Optional.of(need.available()),
        need.line(),
        need.shape(),
        need.shape().guidance(),
        need.shape().sampler(),
        need.error().map(Tell.End.Failed::error));
  }

  private Described.Answer asked(Optional<VideoOrder> order) {
    String line = RecordWriter.write(new Described.Asked(order));
    try {
      return Json.MAPPER.readValue(child.ask(line, PATIENCE), Described.Answer.class);
    } catch (AskedChild.NoAnswer e) {
      throw new IllegalStateException("models cannot be described", e);
    }
  }

  /** The process that looks by its number; empty while there is none. */
  Optional<Long> pid() {
    return child.pid();
  }

  @Override
  public void close() {
    child.close();
  }
}
