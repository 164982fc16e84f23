/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of Linux
 * x86-64.
 */
module io.zoetrope.natives.linux.x86_64 {
  requires org.bytedeco.ffmpeg.linux.x86_64;
  requires org.bytedeco.javacpp.linux.x86_64;
  requires org.bytedeco.openblas.linux.x86_64;
  requires org.bytedeco.pytorch.linux.x86_64;
}
