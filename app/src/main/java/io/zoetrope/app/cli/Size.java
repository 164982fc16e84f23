package io.zoetrope.app.cli;

import io.zoetrope.app.cli.Values.Bad;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/**
 * Pixels across and down.
 *
 * @param width even, {@value #MIN} to {@value #MAX}
 * @param height as width
 */
public record Size(int width, int height) {
  static final int MIN = 16;
  static final int MAX = 4096;

  /** Reads {@code 256x144}. */
  public static final class Converter implements ITypeConverter<Size> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})[xX×](\\d{1,9})");

    @Override
    public Size convert(String text) {
      Matcher form = FORM.matcher(text.strip());
      if (!form.matches()) {
        throw new Bad("'%s' is no size: give WIDTHxHEIGHT in pixels, as in 128x128", text);
      }
      int width = Integer.parseInt(form.group(1));
      int height = Integer.parseInt(form.group(2));
      if (Math.min(width, height) < MIN || Math.max(width, height) > MAX) {
        throw new Bad("'%s' is out of range: each side is from %d to %d", text, MIN, MAX);
      }
      if (width % 2 != 0 || height % 2 != 0) {
        throw new Bad(
            "'%s' has an odd side, which video files cannot hold: try %dx%d",
            text, width + width % 2, height + height % 2);
      }
      return new Size(width, height);
    }
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
