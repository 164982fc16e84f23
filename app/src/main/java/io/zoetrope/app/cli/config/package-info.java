/**
 * What a person likes: defaults, presets and aliases, in a file of theirs ({@link
 * io.zoetrope.app.cli.config.Preferences}). Sees {@code cli.terminal} and {@code torch}.
 */
@NullMarked
package io.zoetrope.app.cli.config;

import org.jspecify.annotations.NullMarked;
