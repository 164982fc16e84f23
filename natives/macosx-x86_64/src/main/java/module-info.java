/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of macOS
 * x86-64.
 */
module io.zoetrope.natives.macosx.x86_64 {
  requires org.bytedeco.ffmpeg.macosx.x86_64;
  requires org.bytedeco.javacpp.macosx.x86_64;
  requires org.bytedeco.openblas.macosx.x86_64;
  requires org.bytedeco.pytorch.macosx.x86_64;
}
