package io.zoetrope.eval.features;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/** The pooled last layer of a {@link VideoClassifier} that was trained by this code. */
public final class ClassifierFeatures implements VideoFeatures {
  private final VideoClassifier classifier;
  private final ParameterStore store;
  private final SafetensorsFile file;
  private final String name;

  private ClassifierFeatures(
      VideoClassifier classifier, ParameterStore store, SafetensorsFile file, String name) {
    this.classifier = classifier;
    this.store = store;
    this.file = file;
    this.name = name;
  }

  /**
   * Loads a folder with {@code config.json} and {@code model.safetensors}.
   *
   * @throws UserError if there is none, or it is damaged
   */
  public static ClassifierFeatures load(Path folder) {
    if (!Files.isRegularFile(folder.resolve("config.json"))) {
      throw new UserError(
          Fault.NOT_FOUND,
          "no classifier in %s".formatted(folder),
          "train one with recipes/toybox-classifier.yaml");
    }
    Component component = Component.encoder(folder);
    ClassifierConfig config = component.config(ClassifierConfig.class);
    SafetensorsFile file = Safetensors.open(component.weights());
    try {
      ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32);
      VideoClassifier classifier = new VideoClassifier(config, store.root());
      store.requireComplete(component.weights().toString());
      return new ClassifierFeatures(classifier, store, file, String.valueOf(folder.getFileName()));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Tensor features(Tensor x_B3FHW) {
    return Scopes.noGrad(() -> Scopes.tensor(() -> classifier.features(x_B3FHW)));
  }

  /** The network itself, for its answers. */
  public VideoClassifier classifier() {
    return classifier;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() {
    store.close();
    file.close();
  }
}
