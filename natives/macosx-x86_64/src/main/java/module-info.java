/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of macOS
 * x86-64. The rest is what the library uses: it has a name and no descriptor, so nothing is
 * resolved for it.
 */
module io.zoetrope.natives.macosx.x86_64 {
  requires com.google.gson;
  requires org.bytedeco.ffmpeg.macosx.x86_64;
  requires org.bytedeco.javacpp.macosx.x86_64;
  requires org.bytedeco.openblas.macosx.x86_64;
  requires org.bytedeco.pytorch.macosx.x86_64;
  requires org.slf4j;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
}
