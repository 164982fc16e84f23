package io.zoetrope.jobs;

import java.util.Optional;

/**
 * Something that happened, for those who look on. Kept for an hour, so that who was away for a
 * moment gets what was missed.
 *
 * @param id rises by time
 * @param type {@code job}, {@code step}, {@code frame}, {@code queue}, {@code worker}, {@code
 *     removed}
 * @param job to which
 * @param json its data, one line
 */
public record JobEvent(long id, String type, Optional<JobId> job, String json) {}
