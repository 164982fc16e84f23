package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/** An encoder of pictures that is frozen, and what it has seen of frames of clips. */
final class PictureSight implements AutoCloseable {
  private final WeightSet files;
  private final ParameterStore store;
  private final ClipVisionModel encoder;

  /** Embeddings of frames by clip and frame: a frame is encoded once. */
  private final Map<Long, float[]> seen = new HashMap<>();

  /**
   * How often something of a clip is left away in training.
   *
   * @param picture alone
   * @param text alone
   * @param both at once
   */
  record Odds(double picture, double text, double both) {
    Odds {
      Limits.USUAL.real("dropPicture", 0, 1, picture);
      Limits.USUAL.real("dropText", 0, 1, text);
      Limits.USUAL.real("dropBoth", 0, 1, both);
      Limits.USUAL.real("dropPicture, dropText and dropBoth together", 0, 1, picture + text + both);
    }
  }

  private PictureSight(WeightSet files, ParameterStore store, ClipVisionModel encoder) {
    this.files = files;
    this.store = store;
    this.encoder = encoder;
  }

  /**
   * Opens an encoder's folder.
   *
   * @throws UserError if there is none, or it is of a kind that is not known
   */
  static PictureSight open(Path folder) {
    Component component = Component.encoder(folder);
    if (!component.exists()) {
      throw new UserError(
          Fault.NOT_FOUND, "there is no config.json of an image encoder in %s".formatted(folder));
    }
    String kind =
        component.config(JsonNode.class).path("architectures").path(0).asString("nothing");
    if (!kind.equals(ClipVisionConfig.KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s holds '%s'; an image encoder is a %s".formatted(folder, kind, ClipVisionConfig.KIND));
    }
    ClipVisionConfig config = component.config(ClipVisionConfig.class);
    WeightSet files = component.open(Optional.empty());
    try {
      Map<String, Tensor> named = new LinkedHashMap<>();
      files.tensors().forEach((name, tensor) -> named.put(ClipVisionModel.name(name), tensor));
      ParameterStore store = ParameterStore.of(named, Holding.waiting(Precision.F32));
      ClipVisionModel model = new ClipVisionModel(config, store.root());
      if (!store.missing().isEmpty()) {
        throw new UserError(
            Fault.DAMAGED, "%s lacks '%s'".formatted(folder, store.missing().getFirst()));
      }
      return new PictureSight(files, store, model);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** Features of the embedding of a picture. */
  int features() {
    return encoder.config().projection();
  }

  /**
   * Frames of clips, shown to a network.
   *
   * @param projection embeddings [P, E] to tokens [P, N, D]
   */
  Showing showing(ClipDataset clips, Function<Tensor, Tensor> projection, Odds odds) {
    return new Showing() {
      @Override
      public Conditioning of(List<ClipCut> cuts, boolean nothing) {
        List<float[]> each =
            cuts.stream()
                .map(cut ->
                    nothing ? new float[features()] : see(clips, cut, cut.frames().size() / 2))
                .toList();
        return tokens(each);
      }

      @Override
      public Drawn draw(List<ClipCut> all, Share share, RandomStreams random) {
        SplittableRandom chance = new SplittableRandom(random.key("pictures"));
        List<float[]> each = new ArrayList<>();
        List<Boolean> silent = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
          ClipCut cut = all.get(i);
          int frame = chance.nextInt(cut.frames().size());
          double fate = chance.nextDouble();
          boolean both = fate < odds.both;
          boolean blind = both || (fate -= odds.both) >= 0 && fate < odds.picture;
          boolean mute = both || !blind && fate - odds.picture < odds.text;
          if (!share.has(i)) {
            continue;
          }
          each.add(blind ? new float[features()] : see(clips, cut, frame));
          silent.add(mute);
        }
        return new Drawn(tokens(each), silent);
      }

      private Conditioning tokens(List<float[]> each) {
        float[] all = new float[each.size() * features()];
        for (int i = 0; i < each.size(); i++) {
          System.arraycopy(each.get(i), 0, all, i * features(), features());
        }
        Tensor tokens_BND = projection.apply(Tensors.of(all, each.size(), features()));
        return Conditioning.none().with(PictureSlots.TOKENS, tokens_BND.unsqueeze(1));
      }
    };
  }

  private float[] see(ClipDataset clips, ClipCut cut, int which) {
    int frame = cut.frames().get(which);
    long key = (long) cut.clip() << 20 | frame;
    return seen.computeIfAbsent(
        key,
        unseen -> {
          Frame picture = clips.get(cut.clip()).video().frames().get(frame);
          int side = encoder.config().side();
          return Scopes.value(() ->
              Scopes.noGrad(() -> {
                Video square =
                    new Video(Collections.singletonList(CentreSquare.of(picture, side)), 1);
                Tensor x_13HW =
                    Ops.mul(Ops.add(FrameTensors.toTensor(square).permute(1, 0, 2, 3), 1), 0.5);
                return Tensors.toFloats(
                    encoder.encode(ClipVisionModel.normalised(x_13HW)).embedded_BE());
              }));
        });
  }

  @Override
  public void close() {
    store.close();
    files.close();
  }
}
