package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A decoder that reads no words: it is told what a frozen classifier makes of one frame of each
 * clip (Singer et al., "Make-A-Video", 2022, section 3.2).
 *
 * @param classifier whose features stand for pictures
 * @param prior a run that trained one on the same features; its model goes into the decoder's,
 *     which then makes videos of texts
 */
record EmbeddingBlock(Path classifier, Optional<Path> prior) {
  private static final List<String> OF_PRIOR =
      List.of("prior", "prior_text_encoder", "prior_tokenizer", "prior_scheduler");

  /** The network without text, told so many features. */
  NetworkConfig told(NetworkConfig config, int features) {
    return config
        .toldAlone(new ClassInput(ClassInput.Kind.EMBEDDING, features))
        .orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED, "only U-Nets are told embeddings", "say network: unet-toybox"));
  }

  /**
   * Requires that the prior is there, and that clips are of one shape.
   *
   * @throws UserError if not
   */
  void check(boolean alike) {
    if (!alike) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a decoder that is told embeddings learns clips of one shape",
          "leave buckets out");
    }
    prior.ifPresent(run -> {
      for (String part : OF_PRIOR) {
        if (!Files.isDirectory(model(run).resolve(part))) {
          throw new UserError(
              Fault.NOT_FOUND,
              "objective.embedding.prior: there is no finished prior in %s".formatted(run),
              "train one first, by recipes/mav-prior.yaml");
        }
      }
    });
  }

  private static Path model(Path run) {
    Path within = run.resolve("model");
    return Files.isDirectory(within) ? within : run;
  }

  /** Puts into a decoder's directory how it is told embeddings, and the prior. */
  void write(Path directory, FrameFeatures frames) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "StableUnCLIPImageNormalizer");
    config.put("embedding_dim", frames.features_NE().size(1));
    Component.diffusion(directory.resolve("image_normalizer"))
        .write(
            config,
            Map.of("mean", frames.mean_1E(), "std", frames.deviation_1E()),
            ScalarType.Float);
    prior.ifPresent(run ->
        OF_PRIOR.forEach(
            part -> AtomicFiles.copyFiles(model(run).resolve(part), directory.resolve(part))));
  }

  /**
   * What the network is shown of clips.
   *
   * @param frames of the clips
   * @param dropout probability that it is shown nothing
   */
  record Shown(FrameFeatures frames, double dropout) implements Showing {
    @Override
    public Conditioning of(List<ClipCut> cuts, boolean nothing) {
      long[] clips = cuts.stream().mapToLong(ClipCut::clip).toArray();
      Tensor rows_BE =
          frames
              .features_NE()
              .index_select(0, Tensors.of(clips, clips.length))
              .sub(frames.mean_1E())
              .div(frames.deviation_1E());
      return Conditioning.none()
          .with(PictureSlots.EMBEDDING, nothing ? rows_BE.mul(Tensors.zeros(1, 1)) : rows_BE);
    }

    @Override
    public Drawn draw(List<ClipCut> all, Share share, RandomStreams random) {
      List<ClipCut> cuts = share.of(all);
      try (RandomStream stream = random.stream("embedding")) {
        Tensor kept_B1 =
            share
                .of(stream.uniform(all.size(), 1))
                .ge(Tensors.full(dropout, 1, 1))
                .to(ScalarType.Float);
        Tensor shown = of(cuts, false).get(PictureSlots.EMBEDDING).orElseThrow();
        return new Drawn(
            Conditioning.none().with(PictureSlots.EMBEDDING, shown.mul(kept_B1)),
            Collections.nCopies(cuts.size(), false));
      }
    }
  }

  /** What reads no words. */
  record Silent() implements PromptEncoder {
    @Override
    public int width() {
      return 0;
    }

    @Override
    public List<Conditioning> conditions(List<List<String>> groups) {
      return Collections.nCopies(groups.size(), Conditioning.none());
    }

    @Override
    public List<String> unknownWords(String prompt) {
      return List.of();
    }

    @Override
    public Optional<String> unread(String prompt) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
