package io.zoetrope.pipeline.order;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A {@link ModelRef} that is being put together. */
final class ModelRefCopy {
  String name;
  String dtype;
  String device;
  Optional<Path> tokenizer;
  Optional<Path> motion;
  Optional<String> variant;
  int clipSkip;
  boolean longPrompts;
  List<ModelRef.Lora> loras;
  List<ModelRef.Control> controls;
  Optional<ModelRef.Pictures> pictures;
  List<ModelRef.Embedding> embeddings;
  Optional<Path> vae;
  Optional<Path> text;
  Optional<String> spacing;
  Optional<Path> tuned;
  Optional<String> motionNorm;
  List<SourceRef> references;

  ModelRefCopy(ModelRef from) {
    name = from.name();
    dtype = from.dtype();
    device = from.device();
    tokenizer = from.tokenizer();
    motion = from.motion();
    variant = from.variant();
    clipSkip = from.clipSkip();
    longPrompts = from.longPrompts();
    loras = from.loras();
    controls = from.controls();
    pictures = from.pictures();
    embeddings = from.embeddings();
    vae = from.vae();
    text = from.text();
    spacing = from.spacing();
    tuned = from.tuned();
    motionNorm = from.motionNorm();
    references = from.references();
  }

  ModelRef made() {
    return new ModelRef(
        name,
        dtype,
        device,
        tokenizer,
        motion,
        variant,
        clipSkip,
        longPrompts,
        loras,
        controls,
        pictures,
        embeddings,
        vae,
        text,
        spacing,
        tuned,
        motionNorm,
        references);
  }
}
