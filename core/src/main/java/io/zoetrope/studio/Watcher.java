package io.zoetrope.studio;

/**
 * Told how far a video is, and able to stop it:
 *
 * {@snippet :
 * order.watch(update -> {
 *   bar.show(update.phase().doing(), update.fraction());
 *   if (stopped) {
 *     update.cancel();
 *   }
 * });
 * }
 *
 * <p>Called on the thread that makes the video, one call at a time, after each unit of work and
 * within long ones. What it throws ends the work and comes out of the call that does it.
 */
@FunctionalInterface
public interface Watcher {
  /**
   * Called again and again.
   *
   * @param update how far it is; its {@link Update#cancel} stops the work
   */
  void update(Update update);
}
