package io.zoetrope.spark.batch;

import java.io.Serializable;

/**
 * One row of a table, on its way to an executor.
 *
 * @param key of what it asks for
 * @param line of the table that has it first, from 1
 * @param order as JSON; empty if the row is none
 * @param model which is wanted, for clips of one model to lie together
 * @param shape size, frames and steps, for the same
 * @param cost frames by pixels by steps, twice with guidance
 * @param need bytes of memory
 * @param code of what is wrong with the row; empty if nothing is
 * @param error in one line
 */
record Clip(
    String key,
    int line,
    String order,
    String model,
    String shape,
    double cost,
    long need,
    String code,
    String error)
    implements Serializable {
  /** A row that nothing can be made of. */
  static Clip wrong(String key, int line, String code, String error) {
    return new Clip(key, line, "", "", "", 0, 0, code, error);
  }
}
