/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of Linux
 * x86-64 with CUDA. The rest is what the library uses: it has a name and no descriptor, so nothing
 * is resolved for it.
 */
module io.zoetrope.natives.linux.x86_64.cuda {
  requires com.google.gson;
  requires org.bytedeco.ffmpeg.linux.x86_64;
  requires org.bytedeco.javacpp.linux.x86_64;
  requires org.bytedeco.openblas.linux.x86_64;
  requires org.bytedeco.pytorch.linux.x86_64.gpu;
  requires org.slf4j;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
}
