package io.zoetrope.media;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * Names in the order in which people count: runs of digits are compared as numbers, so that {@code
 * frame_2} comes before {@code frame_10}, whether both are padded with zeros, one, or none. Upper
 * and lower case count only where nothing else differs.
 */
public final class NaturalOrder implements Comparator<String> {
  /** Of names without their endings. */
  public static final Comparator<String> NAMES =
      Comparator.comparing(NaturalOrder::stem, new NaturalOrder())
          .thenComparing(Comparator.naturalOrder());

  /** Of files by their names. */
  public static final Comparator<Path> FILES =
      Comparator.comparing(path -> String.valueOf(path.getFileName()), NAMES);

  private NaturalOrder() {}

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  @Override
  public int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int order;
      if (digit(a.charAt(i)) && digit(b.charAt(j))) {
        int endA = digits(a, i);
        int endB = digits(b, j);
        order = numbers(a.substring(i, endA), b.substring(j, endB));
        i = endA;
        j = endB;
      } else {
        order = Character.compare(folded(a.charAt(i++)), folded(b.charAt(j++)));
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  /** Of any length: without leading zeros, the longer one is the greater one. */
  private static int numbers(String a, String b) {
    String x = a.replaceFirst("^0+", "");
    String y = b.replaceFirst("^0+", "");
    return x.length() == y.length() ? x.compareTo(y) : Integer.compare(x.length(), y.length());
  }

  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && digit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The same in every locale. */
  private static char folded(char c) {
    return Character.toLowerCase(c);
  }
}
