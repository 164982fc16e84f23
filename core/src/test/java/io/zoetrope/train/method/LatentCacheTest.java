package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run sees its data as they are, and encodes what is new of them. */
class LatentCacheTest {
  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();
  private int encoded;

  @BeforeEach
  void clips() throws IOException {
    Files.createDirectory(folder.resolve("clips"));
    for (String name : List.of("a", "b", "c")) {
      picture(name, name.charAt(0));
      caption(name, "a ball called " + name);
    }
  }

  private void picture(String name, int grey) {
    byte[] rgb = new byte[8 * 8 * 3];
    Arrays.fill(rgb, (byte) grey);
    Png.write(folder.resolve("clips").resolve(name + ".png"), new Frame(8, 8, rgb));
  }

  private void caption(String name, String text) throws IOException {
    Files.writeString(folder.resolve("clips").resolve(name + ".txt"), text);
  }

  private void remove(String name) throws IOException {
    Files.delete(folder.resolve("clips").resolve(name + ".png"));
    Files.delete(folder.resolve("clips").resolve(name + ".txt"));
  }

  private final class Counting implements Autoencoder {
    @Override
    public LatentGrid grid() {
      return new LatentGrid(3, 1, 1, false);
    }

    @Override
    public Tensor encode(Tensor x_BCFHW) {
      encoded++;
      return x_BCFHW.clone();
    }

    @Override
    public Tensor decode(Tensor z_BCLHW) {
      return z_BCLHW.clone();
    }
  }

  /** Captions and the grey of each clip, as a run of a name gets them. */
  private List<String> run(String name, boolean resume) {
    String text =
        """
        {name: %s, seed: 1, steps: 4, batch: 2, precision: f32, optimizer: {lr: 1e-3},
         checkpoint: {every: 2}, log: {every: 1}, sample: {every: 2},
         data: {kind: folder, path: '%s', width: 8, height: 8, frames: 1},
         objective: {kind: diffusion, network: tiny, autoencoder: none}}
        """
            .formatted(name, folder.resolve("clips"));
    said.clear();
    encoded = 0;
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void note(String line) {
            if (line.startsWith("latents")) {
              said.add(line);
            }
          }

          @Override
          public void warning(String line) {
            said.add(line);
          }
        };
    Recipe<Method> recipe = Methods.ALL.parse("recipe", text, List.of());
    try (RunFolder runs = RunFolder.open(folder.resolve("runs").resolve(name), text, resume);
        Setting setting = new Setting(recipe, runs, listener);
        ParameterStore store = ParameterStore.blueprint()) {
      LatentClips clips = LatentCache.open(setting, setting.data(), new Counting(), store, 100);
      List<String> all = new ArrayList<>();
      Scopes.run(() -> {
        for (int i = 0; i < clips.size(); i++) {
          float x = Tensors.toFloats(clips.clip_CFHW(i))[0];
          all.add(clips.captions().get(i) + " " + (char) Math.round((x + 1) * 127.5));
        }
      });
      return all;
    }
  }

  @Test
  void whatIsThereIsNotEncodedAgain() {
    assertThat(run("one", false))
        .containsExactly("a ball called a a", "a ball called b b", "a ball called c c");
    assertThat(encoded).isEqualTo(3);
    assertThat(said).isEmpty();
    run("two", false);
    assertThat(encoded).isZero();
    assertThat(said).containsExactly("latents of 3 clips are there, 0 are new");
  }

  @Test
  void aCaptionThatWasCorrectedIsReadAndCostsNothing() throws IOException {
    run("one", false);
    caption("a", "a purple cow");
    assertThat(run("two", false)).first().isEqualTo("a purple cow a");
    assertThat(encoded).isZero();
  }

  @Test
  void aClipMoreOrLessCostsItself() throws IOException {
    run("one", false);
    picture("aa", 'x');
    caption("aa", "a new one");
    assertThat(run("two", false)).hasSize(4).contains("a new one x", "a ball called c c");
    assertThat(encoded).isEqualTo(1);
    assertThat(said).containsExactly("latents of 3 clips are there, 1 is new");
    remove("a");
    assertThat(run("three", false)).hasSize(3).first().isEqualTo("a new one x");
    assertThat(encoded).isZero();
  }

  /** Of the same length and time: only its content tells. */
  @Test
  void aPictureThatWasExchangedIsSeen() throws IOException {
    run("one", false);
    Path file = folder.resolve("clips/b.png");
    var time = Files.getLastModifiedTime(file);
    picture("b", 'z');
    Files.setLastModifiedTime(file, time);
    assertThat(run("two", false)).contains("a ball called b z");
    assertThat(encoded).isEqualTo(1);
  }

  @Test
  void aClipUnderAnotherNameAndItsTwinAreEncodedOnce() throws IOException {
    picture("d", 'a');
    caption("d", "the first once more");
    run("one", false);
    assertThat(encoded).isEqualTo(3);
    remove("a");
    assertThat(run("two", false)).contains("the first once more a");
    assertThat(encoded).isZero();
  }

  @Test
  void goingOnWithOtherDataIsSaid() throws IOException {
    run("one", false);
    Path checkpoint = folder.resolve("runs/one/checkpoints/step-000002");
    Files.createDirectories(checkpoint);
    Files.writeString(checkpoint.resolve("state.json"), "{}");
    run("one", true);
    assertThat(said).containsExactly("latents of 3 clips are there, 0 are new");
    caption("a", "a purple cow");
    picture("d", 'd');
    caption("d", "one more");
    remove("b");
    run("one", true);
    assertThat(said)
        .containsExactly(
            "the data have changed since this run began: new clips: 1, gone: 1, with another"
                + " caption: 1",
            "latents of 2 clips are there, 1 is new");
  }
}
