/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of macOS
 * arm64.
 */
module io.zoetrope.natives.macosx.arm64 {
  requires org.bytedeco.ffmpeg.macosx.arm64;
  requires org.bytedeco.javacpp.macosx.arm64;
  requires org.bytedeco.openblas.macosx.arm64;
  requires org.bytedeco.pytorch.macosx.arm64;
}
