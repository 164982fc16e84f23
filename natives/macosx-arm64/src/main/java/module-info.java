/**
 * What a program on the module path requires beside {@code io.zoetrope.core}: the natives of macOS
 * arm64. The rest is what the library uses: it has a name and no descriptor, so nothing is resolved
 * for it.
 */
module io.zoetrope.natives.macosx.arm64 {
  requires com.google.gson;
  requires org.bytedeco.ffmpeg.macosx.arm64;
  requires org.bytedeco.javacpp.macosx.arm64;
  requires org.bytedeco.openblas.macosx.arm64;
  requires org.bytedeco.pytorch.macosx.arm64;
  requires org.slf4j;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
}
