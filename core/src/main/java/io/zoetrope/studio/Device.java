package io.zoetrope.studio;

import java.util.regex.Pattern;

/**
 * Where a model runs.
 *
 * @param name {@code auto}, {@code cpu} or {@code cuda:N}, N from 0 to 99
 */
public record Device(String name) {
  private static final Pattern NAME = Pattern.compile("auto|cpu|cuda:(0|[1-9]\\d?)");

  /**
   * By name.
   *
   * @throws IllegalArgumentException if there is no such name; whether there is such a card, only
   *     {@link Zoetrope.Opening#open} finds out
   */
  public Device {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a device is auto, cpu or cuda:0 to cuda:99, not '" + name + "'");
    }
  }

  /** The first card that can be used, else the processor. */
  public static Device auto() {
    return new Device("auto");
  }

  /** The processor. */
  public static Device cpu() {
    return new Device("cpu");
  }

  /**
   * A card of NVIDIA's.
   *
   * @param card its number, 0 to 99
   * @throws IllegalArgumentException if the number is none of these
   */
  public static Device cuda(int card) {
    return new Device("cuda:" + card);
  }
}
