/**
 * Chooses clips to train on, stage by stage a table: probe, cuts, clips, measures, duplicates,
 * thresholds, export. Runs in one process; {@code zoetrope-spark} has the same stages on a cluster.
 */
@NullMarked
package io.zoetrope.curation;

import org.jspecify.annotations.NullMarked;
