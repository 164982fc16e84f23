package io.zoetrope.pipeline.order;

import java.util.Optional;

/** Which Zoetrope this is. */
final class Version {
  /** As its archive says, or {@code development}. */
  static final String NAME =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("development");

  private Version() {}
}
