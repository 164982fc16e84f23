/**
 * Tables in files: JSON Lines and Parquet, with rows whose cells are asked for by name. Sees {@code
 * media}, {@code record} and {@code torch}.
 */
@NullMarked
package io.zoetrope.data.table;

import org.jspecify.annotations.NullMarked;
