package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --device} goes to whatever loads a model: what is not there is said, by all alike. */
class DeviceOptionTest {
  @Test
  void aDeviceThatIsNotThereIsSaid(@TempDir Path folder) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("model_index.json"), "{\"_class_name\": \"any\"}");
    TestCli cli = new TestCli(folder);
    for (String line :
        new String[] {
          "generate ball -m model -o x.gif",
          "plan generate ball -m model --gif x.gif",
          "evaluate -n 1 -m model"
        }) {
      String[] words = (line + " --device cuda:97").split(" ");
      TestCli.Outcome outcome = cli.run(words);
      assertThat(outcome.code()).as(line).isEqualTo(1);
      assertThat(outcome.err()).as(line).contains("there is no device 'cuda:97': ");
      // What comes next: the model is none.
      assertThat(cli.run((line + " --device cpu").split(" ")).err())
          .as(line)
          .contains("is a any; this version runs");
    }
  }
}
