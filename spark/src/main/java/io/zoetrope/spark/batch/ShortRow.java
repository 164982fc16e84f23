package io.zoetrope.spark.batch;

import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.TypeConversionException;

/**
 * A row of a table in its short form, for videos from words: what the options of {@code generate}
 * of the same names mean.
 */
record ShortRow(
    String prompt,
    Optional<String> negative,
    Optional<Long> seed,
    Optional<String> size,
    Optional<Integer> frames,
    Optional<Double> fps,
    Optional<Integer> steps,
    Optional<Double> guidance,
    Optional<String> sampler,
    Optional<String> model) {
  /** What it is short for. */
  VideoOrder order() {
    Wish wish =
        new Wish(
            List.of(prompt),
            negative,
            seed,
            size.map(ShortRow::parsed),
            frames,
            fps,
            steps,
            guidance,
            sampler);
    return new VideoOrder(
        GenerateSpec.usual(),
        wish,
        ModelRef.of(model.orElse(SamplingOptions.BUNDLED)),
        Tuning.NONE);
  }

  private static Size parsed(String text) {
    try {
      return new Values.Shape().convert(text);
    } catch (TypeConversionException e) {
      throw new UserError(Fault.ORDER, "size: " + e.getMessage(), e);
    }
  }
}
