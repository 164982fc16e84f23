/**
 * Layers: named parameters and the functions over them. A layer is a small object that holds its
 * tensors and has a {@code forward}; there is no module tree beside the {@link
 * io.zoetrope.nn.ParameterStore}, whose names are the checkpoint's names. Sees {@code torch} only.
 *
 * <p>More than a dozen types: one for each kind of layer.
 */
@NullMarked
package io.zoetrope.nn;

import org.jspecify.annotations.NullMarked;
