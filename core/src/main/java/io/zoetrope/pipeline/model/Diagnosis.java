package io.zoetrope.pipeline.model;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Precision;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Where numbers that are not finite came from. Weights that are used as they lie in their files are
 * not read when a model is loaded, which would take as long as a step; they are looked through when
 * something has gone wrong.
 *
 * @param models that took part
 */
public record Diagnosis(List<VideoModel> models) {
  public Diagnosis {
    models = List.copyOf(models);
  }

  /**
   * Runs a body.
   *
   * @param role of what makes its numbers
   * @throws UserError of the body's; one of {@link Fault#NOT_FINITE} names the first weight that is
   *     no number, or says what to try
   */
  public <T> T during(Role<?> role, Supplier<T> body) {
    try {
      return body.get();
    } catch (UserError e) {
      throw e.fault() == Fault.NOT_FINITE && e.mend().isNone() ? of(e, role) : e;
    }
  }

  /**
   * What an autoencoder made.
   *
   * @param what as errors name it
   * @throws UserError if it is not of finite numbers
   */
  public Tensor coded(Tensor made, String what) {
    return during(
        Role.AUTOENCODER,
        () -> {
          Finite.require(made, what);
          return made;
        });
  }

  private UserError of(UserError e, Role<?> role) {
    Optional<String> weight =
        models.stream().flatMap(model -> model.notFinite().stream()).findFirst();
    return weight
        .map(found ->
            new UserError(
                Fault.NOT_FINITE,
                e.reason() + "; nor are the numbers of " + found,
                Mend.of("get that file again, or another"),
                e))
        .orElseGet(() -> new UserError(Fault.NOT_FINITE, e.reason(), mend(role), e));
  }

  private Mend mend(Role<?> role) {
    if (role == Role.AUTOENCODER) {
      return Mend.of("its weights are numbers; try another autoencoder with this model");
    }
    boolean rounded = models.stream().anyMatch(model -> model.precision() == Precision.BF16);
    return rounded
        ? Mend.of("try ").and(Mend.Knob.PRECISION, "f32")
        : Mend.of("try less guidance, or another value of ").and(Mend.Knob.SAMPLER);
  }
}
