package io.zoetrope.app.doctor;

/**
 * One line of the doctor's report.
 *
 * @param section what it is about, for instance {@code machine}
 * @param name within the section, a JSON key
 * @param value for a program: a string, number, boolean or list
 * @param text for a person
 */
public record Finding(String section, String name, Object value, String text, State state) {
  /** What a finding means. */
  public enum State {
    /** As it should be, or plain information. */
    WELL,
    /** Works, but not as well as it could; the text says what to do. */
    NOTE,
    /** Something that zoetrope needs does not work; the text says what to do. */
    BROKEN
  }

  public static Finding of(String section, String name, Object value) {
    return new Finding(section, name, value, String.valueOf(value), State.WELL);
  }

  public static Finding of(String section, String name, Object value, String text) {
    return new Finding(section, name, value, text, State.WELL);
  }

  public static Finding note(String section, String name, Object value, String text) {
    return new Finding(section, name, value, text, State.NOTE);
  }

  static Finding broken(String section, String name, Object value, String text) {
    return new Finding(section, name, value, text, State.BROKEN);
  }
}
