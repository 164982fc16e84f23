package io.zoetrope.train.method;

/**
 * A way to train: the block of a recipe's objective, a record whose components are its keys, and
 * what that makes of a {@link Setting}. A new one is a file of its own and a line in {@link
 * Methods#ALL}.
 */
public interface Method {
  /**
   * Makes ready what is trained, what is minimised and what comes of it. What the setting is given
   * to own is closed after the run.
   *
   * @throws io.zoetrope.error.UserError if what the block names is missing or does not fit
   */
  Prepared prepare(Setting setting);
}
