package io.zoetrope.network.unet;

import io.zoetrope.network.Work;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Tensors;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * Operations of a {@link UNet}: each of its weights, times the places at which its name says that
 * it is used; and attention, of which each layer has a query.
 */
record UNetWork(UNetConfig config, Work.Input in) {
  private static final Pattern STAGE = Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(.*)");

  private static final String QUERY = ".to_q.weight";

  static Work of(UNetConfig config, Work.Input in) {
    try (ParameterStore store = ParameterStore.blueprint()) {
      UNet unused = config.build(store.root());
      UNetWork work = new UNetWork(config, in);
      Map<String, Tensor> weights = store.parameters();
      Work all = Work.NONE;
      for (Map.Entry<String, Tensor> entry : weights.entrySet()) {
        all = all.plus(work.of(entry.getKey(), Tensors.shape(entry.getValue()), weights));
      }
      return all;
    }
  }

  private Work of(String name, long[] shape, Map<String, Tensor> weights) {
    if (shape.length < 2 || !name.endsWith("weight") || name.contains("pos_embed.")) {
      return Work.NONE;
    }
    double numbers = 1;
    for (long side : shape) {
      numbers *= side;
    }
    double frames = (double) in.batch() * in.frames();
    if (name.contains("time_emb") || name.contains("_embedding.")) {
      return new Work(2 * frames * numbers, 0, 0);
    }
    double places = places(level(name));
    boolean text = readsText(name, shape);
    double rows = text ? (double) in.batch() * in.words() : frames * places;
    double operations = 2 * rows * numbers;
    boolean alone = numbers == (double) shape[0] * shape[1];
    double attention =
        name.endsWith(QUERY) ? looks(name, shape[0], frames * places, places, weights) : 0;
    return new Work(alone ? operations : 0, alone ? 0 : operations, attention);
  }

  /** Whether it is of keys or values of what is looked at beside the video. */
  private boolean readsText(String name, long[] shape) {
    return (name.endsWith(".to_k.weight") || name.endsWith(".to_v.weight"))
        && name.contains("attn2")
        && config.contextWidth() > 0
        && shape[1] == config.contextWidth()
        && !overTime(name);
  }

  /** Operations of the attention to which a query belongs. */
  private double looks(
      String name, long width, double queries, double places, Map<String, Tensor> weights) {
    if (overTime(name)) {
      return Work.looking(queries, in.frames(), width);
    }
    Tensor key = weights.get(name.replace(QUERY, ".to_k.weight"));
    boolean text =
        key != null && readsText(name.replace(QUERY, ".to_k.weight"), Tensors.shape(key));
    return Work.looking(queries, text ? in.words() : places, width);
  }

  private static boolean overTime(String name) {
    return name.contains("temp") || name.contains("motion_modules");
  }

  /** The resolution at which a weight is used, finest 0. */
  private int level(String name) {
    int coarsest = config.widths().size() - 1;
    if (name.startsWith("mid_block")) {
      return coarsest;
    }
    Matcher stage = STAGE.matcher(name);
    if (!stage.matches()) {
      return 0;
    }
    int number = Integer.parseInt(stage.group(2));
    if (stage.group(1).equals("down")) {
      return stage.group(3).startsWith("downsamplers") ? number + 1 : number;
    }
    int own = coarsest - number;
    return stage.group(3).startsWith("upsamplers") ? own - 1 : own;
  }

  private double places(int level) {
    long rows = in.rows();
    long columns = in.columns();
    for (int i = 0; i < level; i++) {
      rows = Math.ceilDiv(rows, 2);
      columns = Math.ceilDiv(columns, 2);
    }
    return (double) rows * columns;
  }
}
