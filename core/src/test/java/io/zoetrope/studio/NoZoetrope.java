package io.zoetrope.studio;

import java.nio.file.Path;

/** What a program may put in the place of one in its tests: makes nothing. */
class NoZoetrope implements Zoetrope {
  private static IllegalStateException nothing() {
    return new IllegalStateException("nothing is opened");
  }

  @Override
  public Order.Generate generate(String prompt) {
    throw nothing();
  }

  @Override
  public Order.Animate animate(Media image) {
    throw nothing();
  }

  @Override
  public Order.Interpolate interpolate(Media first, Media last) {
    throw nothing();
  }

  @Override
  public Order.Loop loop(Media image) {
    throw nothing();
  }

  @Override
  public Order.Extend extend(Media video) {
    throw nothing();
  }

  @Override
  public Order.Restyle restyle(Media video, String prompt) {
    throw nothing();
  }

  @Override
  public Order.Refine refine(Media video) {
    throw nothing();
  }

  @Override
  public Order.Travel travel(String prompt) {
    throw nothing();
  }

  @Override
  public Order.Roll roll(String prompt) {
    throw nothing();
  }

  @Override
  public Path folder() {
    throw nothing();
  }

  @Override
  public boolean isClosed() {
    return true;
  }

  @Override
  public void close() {}
}
