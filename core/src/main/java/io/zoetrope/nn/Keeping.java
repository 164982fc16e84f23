package io.zoetrope.nn;

/** How a {@link ParameterStore} keeps what it is given. */
public enum Keeping {
  /** Copies in f32, cast at each use: to train. */
  MASTERS,

  /**
   * As they are used: where that is how they lie in their file, they stay mapped; what is converted
   * gives back the memory that it was read from. Weights of convolutions stay in f32 as they are
   * stored until a first use.
   */
  MAPPED,

  /**
   * In their file, in the file's format, and converted at each use: for what runs once a video and
   * would only lie in memory for the rest of it. Beside a device of its own memory they lie there,
   * in the file's format. {@link ParameterStore#release} gives back what a use has read.
   */
  WAITING,

  /** Names and shapes only: zeros that take no memory. Networks built on them must not be run. */
  SHAPES
}
