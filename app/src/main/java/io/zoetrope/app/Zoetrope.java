package io.zoetrope.app;

/** Entry point of the {@code zoetrope} command. */
public final class Zoetrope {
  private Zoetrope() {}

  public static void main(String[] args) {}
}
