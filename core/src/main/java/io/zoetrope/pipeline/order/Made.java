package io.zoetrope.pipeline.order;

import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Timings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What became of an order.
 *
 * @param order as it was made: with the seed that was drawn, if it had none
 * @param request size, rate and sampling
 * @param frames how many
 * @param model the folder or file of the model
 * @param loras what was used of each LoRA
 * @param sources what was done to each source, a line each
 * @param notes all that was told
 * @param details by name: what the task has to tell
 * @param memory that was expected to be needed, in bytes
 * @param timings where the time went
 */
public record Made(
    VideoOrder order,
    VideoRequest request,
    long frames,
    Path model,
    List<LoraReport> loras,
    List<String> sources,
    List<String> notes,
    Map<String, Object> details,
    long memory,
    Timings timings) {}
