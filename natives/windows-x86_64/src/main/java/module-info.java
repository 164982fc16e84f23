/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of
 * Windows x86-64.
 */
module io.zoetrope.natives.windows.x86_64 {
  requires org.bytedeco.ffmpeg.windows.x86_64;
  requires org.bytedeco.javacpp.windows.x86_64;
  requires org.bytedeco.openblas.windows.x86_64;
  requires org.bytedeco.pytorch.windows.x86_64;
}
