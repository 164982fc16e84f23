package io.zoetrope.network.unet;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and shapes of parameters, against a table that was written by hand. */
class SdLayoutTest {
  private static final long LEVEL = 1280;
  private static final long TEXT = 768;

  private final Map<String, List<Long>> expected = new TreeMap<>();

  private static Map<String, List<Long>> shapes(UNetConfig config) {
    ParameterStore store = ParameterStore.blueprint();
    config.build(store.root());
    Map<String, List<Long>> shapes = new TreeMap<>();
    store
        .parameters()
        .forEach((name, p) -> shapes.put(name, Arrays.stream(Tensors.shape(p)).boxed().toList()));
    return shapes;
  }

  @Test
  void imageNetworkIsStableDiffusions() throws IOException {
    readTable();
    Map<String, List<Long>> shapes = shapes(UNetConfig.size("sd15"));
    assertThat(shapes).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(shapes).hasSize(686);
    assertThat(count(shapes)).isEqualTo(859_520_964);
  }

  @Test
  void inflationAddsParametersAndChangesNone() throws IOException {
    readTable();
    Map<String, List<Long>> shapes = shapes(UNetConfig.size("sd15").inflated(Inflation.VDM));
    assertThat(shapes).containsAllEntriesOf(expected);
    shapes.keySet().removeAll(expected.keySet());
    assertThat(shapes.keySet()).allMatch(Inflation.VDM::isNew);
    // One after each of the 16 spatial attentions, of 8 tensors each.
    assertThat(shapes).hasSize(16 * 8);
    assertThat(shapes)
        .containsEntry(
            "up_blocks.3.temp_attentions.2.relative_attention_bias.weight", List.of(32L, 8L));
  }

  @ParameterizedTest
  @CsvSource({"tiny, 0, 1", "toybox, 5, 8", "pixels, 5, 8", "small, 40, 90"})
  void sizesAreWhatTheyAreMeantToBe(String size, double fromMillions, double toMillions) {
    assertThat(count(shapes(UNetConfig.size(size))) / 1e6).isBetween(fromMillions, toMillions);
  }

  private static long count(Map<String, List<Long>> shapes) {
    return shapes.values().stream()
        .mapToLong(shape -> shape.stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  private void readTable() throws IOException {
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("sd15.txt"))) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .forEach(word -> {
            long[] widths =
                Arrays.stream(word, 2, word.length).mapToLong(Long::parseLong).toArray();
            module(word[0], word[1] + ".", widths[0], widths[widths.length - 1]);
          });
    }
  }

  private void module(String kind, String place, long in, long out) {
    switch (kind) {
      case "conv" -> withBias(place, out, in, 3L, 3L);
      case "linear" -> withBias(place, out, in);
      case "norm" -> withBias(place, out);
      case "resnet" -> {
        withBias(place + "norm1.", in);
        withBias(place + "conv1.", out, in, 3L, 3L);
        withBias(place + "time_emb_proj.", out, LEVEL);
        withBias(place + "norm2.", out);
        withBias(place + "conv2.", out, out, 3L, 3L);
        if (in != out) {
          withBias(place + "conv_shortcut.", out, in, 1L, 1L);
        }
      }
      case "transformer" -> {
        withBias(place + "norm.", out);
        withBias(place + "proj_in.", out, out, 1L, 1L);
        String block = place + "transformer_blocks.0.";
        withBias(block + "norm1.", out);
        attention(block + "attn1.", out, out);
        withBias(block + "norm2.", out);
        attention(block + "attn2.", out, TEXT);
        withBias(block + "norm3.", out);
        withBias(block + "ff.net.0.proj.", 8 * out, out);
        withBias(block + "ff.net.2.", out, 4 * out);
        withBias(place + "proj_out.", out, out, 1L, 1L);
      }
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private void attention(String place, long width, long context) {
    expected.put(place + "to_q.weight", List.of(width, width));
    expected.put(place + "to_k.weight", List.of(width, context));
    expected.put(place + "to_v.weight", List.of(width, context));
    withBias(place + "to_out.0.", width, width);
  }

  private void withBias(String place, Long... shape) {
    expected.put(place + "weight", List.of(shape));
    expected.put(place + "bias", List.of(shape[0]));
  }
}
