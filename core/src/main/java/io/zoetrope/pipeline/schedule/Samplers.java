package io.zoetrope.pipeline.schedule;

import io.zoetrope.diffusion.Spacing;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Samplers by the names that people type: the one place that knows what a name means. */
public final class Samplers {
  /**
   * What a name means.
   *
   * @param algorithm that makes a step
   * @param spacing of levels where the schedule is continuous
   * @param walk down the timesteps where it is discrete
   */
  public record Named(String name, Algorithm algorithm, Spacing spacing, Walk walk) {}

  private static final List<Named> TABLE =
      List.of(
          new Named("ancestral", Algorithm.ANCESTRAL, Spacing.OWN, Walk.DDIM),
          new Named("ancestral-pc", Algorithm.ANCESTRAL_PC, Spacing.OWN, Walk.DDIM),
          new Named("ddim", Algorithm.DDIM, Spacing.OWN, Walk.DDIM),
          new Named("ddpm", Algorithm.UNCLIP, Spacing.OWN, Walk.DDPM),
          new Named("dpm++2m", Algorithm.DPM, Spacing.OWN, Walk.DPM),
          new Named("dpm++2m-karras", Algorithm.DPM, Spacing.KARRAS, Walk.DPM),
          new Named("dpm++2m-sde", Algorithm.DPM_SDE, Spacing.OWN, Walk.DPM),
          new Named("dpm++2m-sde-karras", Algorithm.DPM_SDE, Spacing.KARRAS, Walk.DPM),
          new Named("euler", Algorithm.EULER, Spacing.OWN, Walk.EULER),
          new Named("euler-a", Algorithm.ANCESTRAL, Spacing.OWN, Walk.EULER_A),
          new Named("euler-karras", Algorithm.EULER, Spacing.KARRAS, Walk.EULER),
          new Named("flow-euler", Algorithm.FLOW_EULER, Spacing.OWN, Walk.DDIM),
          new Named("heun", Algorithm.HEUN, Spacing.OWN, Walk.EULER),
          new Named("lcm", Algorithm.LCM, Spacing.OWN, Walk.LCM),
          new Named("pndm", Algorithm.PNDM, Spacing.OWN, Walk.PNDM),
          new Named("unclip", Algorithm.UNCLIP, Spacing.OWN, Walk.UNCLIP),
          new Named("unipc", Algorithm.UNIPC, Spacing.OWN, Walk.UNIPC),
          new Named("unipc-karras", Algorithm.UNIPC, Spacing.KARRAS, Walk.UNIPC));

  /** All names. */
  public static final List<String> NAMES = TABLE.stream().map(Named::name).toList();

  private static final Map<String, Named> BY_NAME =
      TABLE.stream().collect(Collectors.toMap(Named::name, Function.identity()));

  private Samplers() {}

  /**
   * What a name means.
   *
   * @throws UserError if there is no sampler of that name
   */
  public static Named named(String name) {
    return Optional.ofNullable(BY_NAME.get(name))
        .orElseThrow(() ->
            new UserError(
                Fault.INVALID,
                "unknown sampler '" + name + "'",
                "it is one of " + String.join(", ", NAMES)));
  }

  /**
   * The algorithm of a name, as its paper has it. What the name says of the spacing of levels is
   * not its own business: see {@link Scheduling#sampling}.
   *
   * @throws UserError if there is no sampler of that name
   */
  public static Sampler of(String name) {
    return named(name).algorithm().plain();
  }
}
