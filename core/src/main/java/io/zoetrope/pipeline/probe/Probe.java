package io.zoetrope.pipeline.probe;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** Runs one component of a model on given tensors (docs/parity.md). */
public enum Probe {
  UNET("unet", "unet", new UNetProbe()),
  TRANSFORMER("transformer", "transformer", new TransformerProbe()),
  TRANSFORMER_2("transformer_2", "transformer_2", new TransformerProbe()),
  VAE_ENCODE("vae.encode", "vae", new VaeProbe.Encode()),
  VAE_DECODE("vae.decode", "vae", new VaeProbe.Decode()),
  TEXT_ENCODER("text_encoder", "text_encoder", new TextProbe()),
  IMAGE_ENCODER("image_encoder", "image_encoder", new PictureProbe()),
  CONTROLNET("controlnet", "controlnet", new ControlProbe()),
  SCHEDULER_TIMESTEPS("scheduler.timesteps", "scheduler", new SchedulerProbe.Timesteps()),
  SCHEDULER_STEP("scheduler.step", "scheduler", new SchedulerProbe.Step());

  /** What a component computes of its inputs. */
  interface Body {
    Inputs.Signature signature();

    /** Results by the reference's names; they belong to the scope around. */
    SequencedMap<String, Tensor> run(ComponentFolder folder, Precision precision, Inputs inputs);
  }

  private final String component;
  private final String folder;
  private final Body body;

  Probe(String component, String folder, Body body) {
    this.component = component;
    this.folder = folder;
    this.body = body;
  }

  /** As people type it. */
  public String component() {
    return component;
  }

  /** The names of all. */
  public static List<String> components() {
    return Arrays.stream(values()).map(Probe::component).toList();
  }

  /**
   * By its name.
   *
   * @throws UserError if there is none of that name
   */
  public static Probe of(String component) {
    for (Probe probe : values()) {
      if (probe.component.equals(component)) {
        return probe;
      }
    }
    throw new UserError(
        Fault.INVALID,
        "unknown component '%s'".formatted(component),
        "it is one of %s".formatted(String.join(", ", components())));
  }

  /**
   * Runs it.
   *
   * @param model a model directory in diffusers' layout, or the folder of the component itself
   * @param precision of matrix products and convolutions
   * @param inputs by the names of the reference's arguments; any number format
   * @return results by the reference's names, f32; they belong to the scope around
   * @throws UserError if the component is missing or damaged, or an input is missing, not known or
   *     of another shape than it must have
   */
  public SequencedMap<String, Tensor> run(
      Path model, Precision precision, Map<String, Tensor> inputs) {
    Inputs named = Inputs.of(component, body.signature(), inputs);
    ComponentFolder where = ComponentFolder.find(model, folder);
    SequencedMap<String, Tensor> results = new LinkedHashMap<>();
    List<Tensor> kept =
        Scopes.tensors(() ->
            Scopes.noGrad(() -> {
              try {
                // Whole copies: nothing of a result lies in a file that is closed.
                body.run(where, precision, named)
                    .forEach((name, t) -> results.put(name, t.contiguous().clone()));
              } catch (IllegalArgumentException e) {
                throw new UserError(Fault.INVALID, component + ": " + e.getMessage(), e);
              }
              return List.copyOf(results.values());
            }));
    int i = 0;
    for (Map.Entry<String, Tensor> result : results.entrySet()) {
      result.setValue(kept.get(i++));
    }
    return results;
  }
}
