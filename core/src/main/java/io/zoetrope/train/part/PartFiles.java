package io.zoetrope.train.part;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What the files of a part are called. */
final class PartFiles {
  private PartFiles() {}

  /**
   * {@code NAME}, or where there are several {@code NAME-FORM}.
   *
   * @param forms in which the part is written
   * @param suffix of the file
   */
  static Path file(
      Path folder, String name, List<? extends Enum<?>> forms, Enum<?> form, String suffix) {
    String word = form.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return folder.resolve((forms.size() == 1 ? name : name + "-" + word) + suffix);
  }
}
