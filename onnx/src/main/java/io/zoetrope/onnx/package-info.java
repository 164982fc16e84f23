/** Networks in files of ONNX, by Microsoft's runtime, on the processor. */
@NullMarked
package io.zoetrope.onnx;

import org.jspecify.annotations.NullMarked;
