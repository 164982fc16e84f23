package io.zoetrope.studio;

/** In which number form the weights of a model's network are held. */
public enum Precision {
  /** What is fastest here for a model of its size. */
  AUTO("auto"),
  /** 32 bits. */
  F32("f32"),
  /** 16 bits with the range of 32: half of the memory, a little less exact. */
  BF16("bf16");

  private final String id;

  Precision(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }
}
