package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void aFileIsReplacedWholeOrNotAtAll() throws IOException {
    Path file = folder.resolve("out.txt");
    AtomicFiles.text(file, "one");
    AtomicFiles.file(
        file,
        temporary -> {
          assertThat(temporary.getFileName().toString())
              .startsWith(AtomicFiles.PREFIX)
              .endsWith(".txt");
          Files.writeString(temporary, "two");
          assertThat(file).hasContent("one");
        });
    assertThat(file).hasContent("two");
    assertThatThrownBy(() ->
            AtomicFiles.file(
                file,
                temporary -> {
                  Files.writeString(temporary, "thr");
                  throw new FileSystemException(
                      temporary.toString(), null, "No space left on device");
                }))
        .isInstanceOf(UserError.class)
        .hasMessage("cannot write " + file + ": No space left on device");
    assertThatThrownBy(() ->
            AtomicFiles.file(
                file,
                temporary -> {
                  Files.writeString(temporary, "thr");
                  throw new IllegalStateException("a bug");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("two");
    assertOnly("out.txt");
  }

  @Test
  void aFolderAppearsWholeOrNotAtAll() throws IOException {
    Path target = folder.resolve("step-1");
    assertThatThrownBy(() ->
            AtomicFiles.folder(
                target,
                temporary -> {
                  Files.writeString(temporary.resolve("a"), "1");
                  throw new FileNotFoundException("disk is gone\nreally");
                }))
        .isInstanceOf(UserError.class)
        .hasMessage("cannot write " + target + ": disk is gone");
    assertOnly();
    AtomicFiles.folder(
        target,
        temporary -> {
          Files.createDirectories(temporary.resolve("deep"));
          Files.writeString(temporary.resolve("deep/a"), "1");
          assertThat(target).doesNotExist();
        });
    assertThat(target.resolve("deep/a")).hasContent("1");
    assertThatThrownBy(
            () -> AtomicFiles.folder(target, t -> Files.writeString(t.resolve("b"), "2")))
        .isInstanceOf(UserError.class);
    assertThat(target.resolve("deep/a")).hasContent("1");
    assertThat(target.resolve("b")).doesNotExist();
    assertOnly("step-1");
  }

  @Test
  void sweepingRemovesLeftoversOnly() throws IOException {
    Files.createDirectories(folder.resolve(AtomicFiles.PREFIX + "1-2-x/deep"));
    Files.writeString(folder.resolve(AtomicFiles.PREFIX + "1-2-x/deep/a"), "1");
    Files.writeString(folder.resolve(AtomicFiles.PREFIX + "1-3-y"), "1");
    Files.writeString(folder.resolve("kept"), "1");
    AtomicFiles.sweep(folder);
    AtomicFiles.sweep(folder.resolve("nowhere"));
    assertOnly("kept");
  }

  @Test
  void aStagedFolderTakesTheFolderBeforeIt() throws IOException {
    Path target = Files.createDirectories(folder.resolve("frames"));
    Files.writeString(target.resolve("old"), "1");
    try (Staged staged = Staged.of(target)) {
      Files.createDirectory(staged.path());
      Files.writeString(staged.path().resolve("new"), "2");
    }
    assertThat(target.resolve("old")).hasContent("1");
    assertOnly("frames");
    try (Staged staged = Staged.of(target)) {
      Files.createDirectory(staged.path());
      Files.writeString(staged.path().resolve("new"), "2");
      staged.publishOver();
    }
    assertThat(target.resolve("new")).hasContent("2");
    assertThat(target.resolve("old")).doesNotExist();
    try (Staged staged = Staged.of(target)) {
      assertThatThrownBy(staged::publishOver).isInstanceOf(IOException.class);
    }
    assertThat(target.resolve("new")).hasContent("2");
    assertOnly("frames");
  }

  private void assertOnly(String... names) throws IOException {
    try (var entries = Files.list(folder)) {
      assertThat(entries.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }
}
