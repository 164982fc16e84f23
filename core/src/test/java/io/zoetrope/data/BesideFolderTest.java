package io.zoetrope.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos of hints and masks, which stand in another folder beside clips. */
class BesideFolderTest {
  @TempDir Path folder;

  private static Video video(int side, int frames) {
    return new ToyboxDataset(1, Split.TRAIN, side, side, frames, 8).get(0).video();
  }

  @Test
  void aVideoBesideIsAsLongAndAsLargeAsTheClip() throws IOException {
    Path clips = Files.createDirectories(folder.resolve("clips"));
    Path hints = Files.createDirectories(folder.resolve("hints"));
    VideoWriter.write(clips.resolve("a.mp4"), video(32, 6));
    Files.writeString(clips.resolve("a.txt"), "a ball");
    FolderDataset data = FolderDataset.open(clips, FolderDataset.Options.of(32, 32, 6, 8));
    refused(data, hints, "has nothing beside 'a.mp4'");
    VideoWriter.write(hints.resolve("a.mp4"), video(32, 4));
    refused(data, hints, "has 4 frames, 6 are needed");
    VideoWriter.write(hints.resolve("a.mp4"), video(64, 6));
    refused(data, hints, "is 64x64, and");
    VideoWriter.write(hints.resolve("a.mp4"), video(32, 8));
    assertThat(data.beside(0, hints).frames()).as("the frames of the clip").hasSize(6);
  }

  private static void refused(FolderDataset data, Path hints, String why) {
    assertThatThrownBy(() -> data.beside(0, hints))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
