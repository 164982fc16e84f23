package io.zoetrope.jobs;

import io.zoetrope.pipeline.order.VideoOrder;
import java.util.Optional;

/**
 * What somebody asks for. Sources in the order are named as {@link InputRef} says; files of the
 * server's disk are refused.
 *
 * @param order what is to be made; a seed is drawn when it is taken, if it has none
 * @param owner the token it came with; empty where no log-in is needed
 * @param draftRows how many rows of its plan are walked before it waits to be finished; empty walks
 *     all
 * @param batch what it is part of, as the cells of a comparison; empty if of nothing
 * @param board on which board it lies; empty if on none
 * @param remixedFrom the job whose video it changes
 * @param priority higher goes first, -100 to 100
 * @param idempotencyKey a second request of the same owner with this key gets the first job
 * @param fingerprint of the request, by which a key that is used twice for different things is
 *     known
 * @param webhook where its end is told; empty if nowhere
 */
public record JobRequest(
    VideoOrder order,
    Optional<String> owner,
    Optional<Integer> draftRows,
    Optional<String> batch,
    Optional<String> board,
    Optional<JobId> remixedFrom,
    int priority,
    Optional<String> idempotencyKey,
    Optional<String> fingerprint,
    Optional<String> webhook) {
  /** An order by itself. */
  public static JobRequest of(VideoOrder order) {
    return new JobRequest(
        order,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
