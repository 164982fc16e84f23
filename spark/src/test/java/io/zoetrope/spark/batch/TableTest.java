package io.zoetrope.spark.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.VideoOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
  @TempDir Path folder;

  @BeforeAll
  static void atHome() {
    Tables.atHome();
  }

  private Clip only(String row, String... settings) throws Exception {
    Path file = Files.writeString(folder.resolve("t.jsonl"), row + "\n");
    Table table = Table.read(file, List.of(settings), Tables.sources(folder));
    assertThat(table.clips()).hasSize(1);
    return table.clips().getFirst();
  }

  @Test
  void aShortRowIsTheWholeOrderThatItIsShortFor() throws Exception {
    Clip brief =
        only("{\"prompt\": \"a red ball\", \"seed\": 3, \"size\": \"64x64\", \"steps\": 2}");
    Clip whole = only(brief.order());
    assertThat(whole).isEqualTo(brief);
    assertThat(brief.error()).isEmpty();
    assertThat(brief.cost()).isPositive();
    assertThat(brief.need()).isGreaterThan(100_000_000);
  }

  @Test
  void aSeedThatNobodySaidStaysTheSame() throws Exception {
    Clip one = only("{\"prompt\": \"a red ball\"}");
    Clip two = only("{\"prompt\":   \"a red ball\"}");
    Clip other = only("{\"prompt\": \"a blue ball\"}");
    assertThat(one.key()).isEqualTo(two.key()).isNotEqualTo(other.key());
    assertThat(VideoOrder.parse("", one.order()).wish().seed()).isPresent();
  }

  @Test
  void settingsAndFilesAreInTheKey() throws Exception {
    String row = "{\"prompt\": \"a red ball\", \"seed\": 1}";
    assertThat(only(row).key()).isNotEqualTo(only(row, "wish.steps=3").key());
    String extend =
        "{\"task\": {\"kind\": \"extend\", \"video\": {\"path\": \"x.mp4\"}}, \"wish\": {\"prompts\":"
            + " [\"a\"], \"seed\": 1}, \"model\": {\"name\": \"toybox\"}}";
    String absent = only(extend).key();
    Files.writeString(folder.resolve("x.mp4"), "a");
    String first = only(extend).key();
    assertThat(first).isNotEqualTo(absent);
  }

  @Test
  void aRowThatIsNoneIsKeptWithWhatIsWrong() throws Exception {
    assertThat(only("{\"prompt\": \"a\", \"steps\": \"many\"}").error())
        .contains("line 1", "steps");
    assertThat(only("nonsense").error()).contains("line 1");
    assertThat(only("{\"prompt\": \"a\", \"size\": \"64\"}").error()).contains("line 1", "size");
  }

  @Test
  void aTableThatIsNoneIsRefused() {
    assertThatThrownBy(
            () -> Table.read(folder.resolve("no.jsonl"), List.of(), Tables.sources(folder)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--in");
  }
}
