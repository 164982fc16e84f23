package io.zoetrope.network.unet;

import static io.zoetrope.network.unet.Reference.conditioning;
import static io.zoetrope.network.unet.Reference.eachItsText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.unet.ControlNet.Strength;
import io.zoetrope.network.unet.ControlledUNet.Control;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Controls against ControlNetModel and SparseControlNetModel of diffusers. */
class ControlNetTest {
  /** Rows of a batch as the frames of one clip. */
  private static Tensor clip(Tensor rows) {
    return rows.transpose(0, 1).unsqueeze(0);
  }

  private static void check(Parity parity, String name, Residuals residuals) {
    for (int i = 0; i < residuals.kept().size(); i++) {
      parity.check(name + "." + i, residuals.kept().get(i));
    }
    parity.check(name + ".mid", residuals.bottom());
  }

  private static ControlNet control(Reference reference) {
    return control(reference, Precision.F32);
  }

  private static ControlNet control(Reference reference, Precision precision) {
    return reference.build(DiffusersConfig.control(reference.json())::build, precision);
  }

  private static Residuals run(ControlNet net, Parity parity, double scale, Strength strength) {
    return net.forward(
        clip(parity.get("sample")),
        parity.get("timestep").unsqueeze(0),
        eachItsText(parity),
        clip(parity.get("hint.0")),
        Optional.empty(),
        scale,
        strength,
        Segments.PLAIN);
  }

  @Test
  void framesOfAClipAreRowsOfABatch() {
    try (Reference reference = Reference.of("control/canny")) {
      Scopes.run(() -> {
        ControlNet net = control(reference);
        check(reference.parity(), "plain", run(net, reference.parity(), 1, Strength.EVEN));
        check(reference.parity(), "guess", run(net, reference.parity(), 0.8, Strength.RISING));
      });
    }
    try (Reference reference = Reference.of("control/pooled")) {
      Scopes.run(() ->
          check(
              reference.parity(),
              "plain",
              run(control(reference), reference.parity(), 1.3, Strength.EVEN)));
    }
  }

  @Test
  void bf16IsNoFurtherThanTheReferences() {
    try (Reference canny = Reference.of("control/canny");
        Reference sparse = Reference.of("control/sparse")) {
      Scopes.run(() -> {
        Parity shown = canny.parity();
        Residuals all = run(control(canny, Precision.BF16), shown, 1, Strength.EVEN);
        shown.checkBf16("plain.mid", all.bottom());
        Parity masked = sparse.parity();
        Optional<Tensor> mask = Optional.of(masked.get("mask.0"));
        Residuals given = sparse(control(sparse, Precision.BF16), masked, mask);
        masked.checkBf16("plain.mid", given.bottom());
      });
    }
  }

  @Test
  void aUNetUnderOneControlAndUnderTwo() {
    try (Reference first = Reference.of("control/canny");
        Reference second = Reference.below(first, "second");
        Reference image = Reference.below(first, "image")) {
      Parity parity = first.parity();
      Scopes.run(() -> {
        UNet unet = image.unet();
        Control half = new Control(control(first), 0.5, Strength.EVEN);
        Control other = new Control(control(second), 0.7, Strength.EVEN);
        Conditioning shown =
            eachItsText(parity)
                .with(Conditioning.hint(0), clip(parity.get("hint.0")))
                .with(Conditioning.hint(1), clip(parity.get("hint.1")));
        Tensor z = clip(parity.get("sample"));
        Tensor t_BF = parity.get("timestep").unsqueeze(0);
        Tensor one = new ControlledUNet(unet, List.of(half)).predict(z, t_BF, shown);
        parity.check("out.half", one.squeeze(0).transpose(0, 1));
        Tensor both = new ControlledUNet(unet, List.of(half, other)).predict(z, t_BF, shown);
        parity.check("out.both", both.squeeze(0).transpose(0, 1));
        Control off = new Control(half.network(), 0, Strength.EVEN);
        Tensor none = new ControlledUNet(unet, List.of(off)).predict(z, t_BF, shown);
        assertThat(none.equal(unet.predict(z, t_BF, shown))).isTrue();
        assertThatThrownBy(
                () -> new ControlledUNet(unet, List.of(half)).predict(z, t_BF, eachItsText(parity)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("hint.0");
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"control/sparse", "control/latent"})
  void sparseControlsAreToldWhichFramesTheySee(String fixture) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        ControlNet net = control(reference);
        check(parity, "plain", sparse(net, parity, Optional.of(parity.get("mask.0"))));
        assertThatThrownBy(() -> sparse(net, parity, Optional.empty()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("mask");
      });
    }
  }

  private static Tensor levels(Parity parity) {
    Tensor z = parity.get("sample");
    return parity.get("timestep").unsqueeze(1).expand(z.size(0), z.size(2));
  }

  private static Residuals sparse(ControlNet net, Parity parity, Optional<Tensor> mask) {
    return net.forward(
        parity.get("sample"),
        levels(parity),
        conditioning(parity),
        parity.get("hint.0"),
        mask,
        0.9,
        Strength.EVEN,
        Segments.PLAIN);
  }

  @Test
  void aVideoNetworkUnderSparseControl() {
    try (Reference reference = Reference.of("control/latent");
        Reference video = Reference.below(reference, "video")) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        Control control = new Control(control(reference), 0.9, Strength.EVEN);
        Tensor y =
            new ControlledUNet(video.unet(), List.of(control))
                .predict(
                    parity.get("sample"),
                    levels(parity),
                    conditioning(parity)
                        .with(Conditioning.hint(0), parity.get("hint.0"))
                        .with(Conditioning.hintMask(0), parity.get("mask.0")));
        parity.check("out", y);
      });
    }
  }

  @Test
  void aHintOfAnotherSizeIsRefused() {
    try (Reference reference = Reference.of("control/canny")) {
      Scopes.run(() ->
          assertThatThrownBy(() ->
                  control(reference)
                      .forward(
                          clip(reference.parity().get("sample")),
                          Tensors.full(3, 1, 3),
                          eachItsText(reference.parity()),
                          clip(reference.parity().get("hint.0")).narrow(3, 0, 8),
                          Optional.empty(),
                          1,
                          Strength.EVEN,
                          Segments.PLAIN))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("[1, 3, 3, 8, 48]"));
    }
  }
}
