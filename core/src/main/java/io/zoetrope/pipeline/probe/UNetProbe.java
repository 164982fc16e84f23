package io.zoetrope.pipeline.probe;

import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Looks;
import io.zoetrope.network.unet.Residuals;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.pipeline.family.MotionAdapter;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Segments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/**
 * {@code UNet2DConditionModel} and those for video that {@link DiffusersConfig#unet} reads; an
 * image network with a {@code motion_adapter} folder beside it is one for video, too.
 */
final class UNetProbe implements Probe.Body {
  private static final String KEPT = "down_block_additional_residuals";
  private static final String MIDDLE = "mid_block_additional_residual";

  @Override
  public Inputs.Signature signature() {
    return new Inputs.Signature(
        List.of("sample", "timestep", "encoder_hidden_states"),
        List.of("encoder_attention_mask", OfPicture.NUMBERS, KEPT + ".N", MIDDLE));
  }

  @Override
  public SequencedMap<String, Tensor> run(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    JsonNode json = folder.config(DiffusersConfig.classes().toArray(String[]::new));
    UNetConfig image = DiffusersConfig.unet(json);
    Path beside = folder.path().toAbsolutePath().resolveSibling("motion_adapter");
    if (image.temporal() || !Files.isDirectory(beside)) {
      try (ComponentFolder.Built<UNet> built =
          folder.build(folder.diffusion(), UnaryOperator.identity(), precision, image::build)) {
        return run(built.network(), inputs);
      }
    }
    try (MotionAdapter adapter = MotionAdapter.open(beside);
        ComponentFolder.Built<UNet> built =
            folder.build(
                folder.diffusion(),
                UnaryOperator.identity(),
                own ->
                    own.and(
                        WeightSource.of("motion_adapter", beside.toString(), adapter.tensors())),
                precision,
                adapter.inflate(image)::build)) {
      return run(built.network(), inputs);
    }
  }

  private static SequencedMap<String, Tensor> run(UNet unet, Inputs inputs) {
    if (unet.config().looks() == Looks.PICTURES) {
      return OfPicture.run(unet, inputs);
    }
    if (inputs.has(OfPicture.NUMBERS)) {
      throw new UserError(
          Fault.INVALID, "this unet is told no '%s'".formatted(OfPicture.NUMBERS), "leave it out");
    }
    Tensor z = inputs.video("sample", unet.config().channels());
    Tensor out =
        unet.predict(
            z,
            Frames.timesteps(inputs, z),
            Frames.text(inputs, z, unet.config().textWidth()),
            residuals(inputs).map(List::of).orElse(List.of()),
            Segments.PLAIN);
    SequencedMap<String, Tensor> results = new LinkedHashMap<>();
    results.put("sample", inputs.like("sample", out.to(ScalarType.Float)));
    return results;
  }

  private static Optional<Residuals> residuals(Inputs inputs) {
    List<Tensor> kept = new ArrayList<>(inputs.family(KEPT));
    if (kept.isEmpty() != !inputs.has(MIDDLE)) {
      throw new UserError(
          Fault.INVALID, "inputs '%s.N' and '%s' go together".formatted(KEPT, MIDDLE));
    }
    return kept.isEmpty()
        ? Optional.empty()
        : Optional.of(new Residuals(kept, inputs.floats(MIDDLE)));
  }
}
