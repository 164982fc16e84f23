package io.zoetrope.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code zoetrope.*} in the application's properties.
 *
 * @param enabled false leaves everything out
 * @param store folder of jobs, uploads and results
 * @param database {@code jdbc:postgresql:...} for several applications on one queue; SQLite in the
 *     store if it is left out
 * @param name of this process among all on the database; that of the host if it is left out
 * @param devices a worker for each: auto, cpu, cuda or cuda:N; none takes jobs that others make
 * @param drain how long what is being made may go on when the application stops
 */
@ConfigurationProperties("zoetrope")
public record ZoetropeProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("zoetrope") Path store,
    @Nullable String database,
    @Nullable String name,
    @DefaultValue("auto") List<String> devices,
    @DefaultValue("30s") Duration drain) {
  public ZoetropeProperties {
    devices = List.copyOf(devices);
  }

  Optional<String> url() {
    return Optional.ofNullable(database).filter(text -> !text.isBlank());
  }

  Optional<String> process() {
    return Optional.ofNullable(name).filter(text -> !text.isBlank());
  }
}
