/**
 * Videos for programs that never saw the command line: open a model, say what is wanted, take what
 * comes as a file, bytes or pictures.
 *
 * {@snippet :
 * try (Zoetrope zoetrope = Zoetrope.open("toybox")) {
 *   Video video = zoetrope.generate("a red ball moves right").seed(4).frames(16).make();
 *   video.write(Path.of("ball.mp4"));
 *   byte[] gif = video.bytes(Format.GIF);
 * }
 * }
 *
 * <p>A thin layer over {@link io.zoetrope.pipeline.order.VideoOrder} and {@link
 * io.zoetrope.pipeline.order.Studio}, which stay the value and the door. No type of libtorch and no
 * scope of native memory is in any signature here. What a person can mend is a {@link
 * io.zoetrope.error.UserError} with a {@linkplain io.zoetrope.error.UserError#fault fault} to
 * answer to.
 *
 * <p>The highest floor of the library: sees all that it takes to make a video.
 */
@NullMarked
package io.zoetrope.studio;

import org.jspecify.annotations.NullMarked;
