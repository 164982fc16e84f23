package io.zoetrope.train.objective;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.BatchSource;
import io.zoetrope.train.Objective;
import io.zoetrope.train.Prefetch;
import io.zoetrope.train.TrainingStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Naming what Toybox clips show: the cross-entropy of each question, summed over questions. Every
 * clip is new; none is seen twice.
 */
public final class ClassifierObjective implements Objective, AutoCloseable {
  /** Clips of the other split on which samples are judged. */
  private static final int JUDGED = 256;

  private record Batch(List<Video> videos, SequencedMap<String, float[]> answers) {}

  private final VideoClassifier classifier;
  private final ToyboxDataset data;
  private final int batch;
  private final Prefetch<Batch> batches;

  /**
   * @param batch clips in a micro-batch
   * @param accumulate micro-batches in a step
   * @param share of each micro-batch that is computed here
   */
  public ClassifierObjective(
      VideoClassifier classifier, ToyboxDataset data, int batch, int accumulate, Share share) {
    this.classifier = classifier;
    this.data = data;
    this.batch = batch;
    BatchSource<Batch> source =
        (step, micro) -> clips(data, (step * accumulate + micro) * batch, batch, share);
    batches = new Prefetch<>(source, accumulate, 4, unused -> {});
  }

  private static Batch clips(ToyboxDataset data, long first, int batch, Share share) {
    List<Video> videos = new ArrayList<>();
    SequencedMap<String, float[]> answers = new LinkedHashMap<>();
    int count = share.of(batch);
    for (int i = 0; i < count; i++) {
      videos.add(data.get(first + share.row(i)).video());
      int row = i;
      ToyboxLabels.of(data.scene(first + share.row(i)))
          .forEach((name, shares) -> {
            float[] all = answers.computeIfAbsent(name, unused -> new float[count * shares.length]);
            System.arraycopy(shares, 0, all, row * shares.length, shares.length);
          });
    }
    return new Batch(videos, answers);
  }

  @Override
  public Tensor loss(TrainingStep step) {
    Batch clips = batches.batch(step.step(), step.micro());
    SequencedMap<String, Tensor> logits =
        classifier.logits(classifier.features(tensor(clips.videos)));
    List<Tensor> losses = new ArrayList<>();
    logits.forEach((name, rows) -> {
      Tensor wanted = wanted(clips, name);
      losses.add(Ops.mul(rows.log_softmax(1).mul(wanted).sum(), -1.0 / rows.size(0)));
      step.metric(name, right(rows, wanted));
    });
    return Tensors.stack(losses, 0).sum();
  }

  /** Share of rows whose likeliest label is among the right ones. */
  private static double right(Tensor logits, Tensor wanted) {
    Tensor best = logits.eq(logits.amax(new long[] {1}, true)).to(ScalarType.Float);
    Tensor rows = best.mul(wanted).sum(1).gt(new Scalar(0.0));
    return rows.to(ScalarType.Float).mean().item_double();
  }

  private static Tensor wanted(Batch clips, String name) {
    float[] shares = clips.answers.getOrDefault(name, new float[0]);
    int rows = clips.videos.size();
    return Tensors.of(shares, rows, shares.length / rows);
  }

  /** Writes how often the answers are right on combinations that training never shows. */
  @Override
  public void sample(long step, Path folder) {
    StringBuilder text = new StringBuilder();
    accuracy(JUDGED)
        .forEach(
            (name, share) -> text.append(String.format(Locale.ROOT, "%-10s %.4f%n", name, share)));
    AtomicFiles.text(folder.resolve("held-out.txt"), text.toString());
  }

  /** Share of right answers for each question on clips of held-out combinations. */
  public Map<String, Double> accuracy(int clips) {
    ToyboxDataset held =
        new ToyboxDataset(
            data.seed(),
            Split.HELD_OUT,
            data.width(),
            data.height(),
            data.frames(),
            data.fps(),
            data.view());
    Map<String, Double> sums = new LinkedHashMap<>();
    int rounds = Math.ceilDiv(clips, batch);
    for (int i = 0; i < rounds; i++) {
      Batch some = clips(held, (long) i * batch, batch, Share.WHOLE);
      Scopes.run(() ->
          classifier
              .logits(classifier.features(tensor(some.videos)))
              .forEach(
                  (name, rows) -> sums.merge(name, right(rows, wanted(some, name)), Double::sum)));
    }
    sums.replaceAll((name, sum) -> sum / rounds);
    return sums;
  }

  /** [B, 3, F, H, W] in [-1, 1]. */
  private static Tensor tensor(List<Video> videos) {
    List<Tensor> clips = new ArrayList<>();
    for (Video video : videos) {
      List<Tensor> frames = new ArrayList<>();
      for (Frame frame : video.frames()) {
        frames.add(Tensors.ofBytes(frame.rgb(), frame.height(), frame.width(), 3));
      }
      clips.add(Tensors.stack(frames, 0));
    }
    Tensor bytes = Tensors.stack(clips, 0).to(ScalarType.Float);
    return Ops.add(Ops.mul(rearrange(bytes, "b f h w c -> b c f h w").contiguous(), 1 / 127.5), -1);
  }

  @Override
  public void close() {
    batches.close();
  }
}
