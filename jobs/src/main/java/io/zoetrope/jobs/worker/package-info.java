/**
 * Processes in which jobs are made and strangers' files are opened, and what runs in them. This
 * process, their parent, loads neither libtorch nor FFmpeg.
 *
 * <p>{@link io.zoetrope.jobs.worker.WorkerProcess} makes jobs, {@link
 * io.zoetrope.jobs.worker.MediaProcess} looks into files, {@link
 * io.zoetrope.jobs.worker.Descriptions} tells of models.
 */
@NullMarked
package io.zoetrope.jobs.worker;

import org.jspecify.annotations.NullMarked;
