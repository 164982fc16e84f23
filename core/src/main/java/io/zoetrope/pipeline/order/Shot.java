package io.zoetrope.pipeline.order;

import io.zoetrope.media.Sound;
import io.zoetrope.pipeline.model.VideoRequest;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A video that is about to be made.
 *
 * @param request its size, rate, clip length and seed
 * @param frames how many are asked for; where that is left to a source, those of a clip
 * @param growing whether its first frames are whole long before its last
 * @param endless whether it ends only when it is stopped
 * @param sound what is heard, if the frames keep the times of a source that has some
 * @param memory what a file with it remembers; reads the order's files
 */
public record Shot(
    VideoRequest request,
    int frames,
    boolean growing,
    boolean endless,
    Optional<Sound> sound,
    Supplier<Remembered> memory) {}
