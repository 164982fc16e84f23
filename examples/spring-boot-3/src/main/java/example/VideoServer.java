package example;

import io.zoetrope.studio.Zoetrope;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Videos over HTTP. */
@SpringBootApplication
public class VideoServer {
  public static void main(String[] args) {
    SpringApplication.run(VideoServer.class, args);
  }

  /** Opened once, before the first request; closed with the server. */
  @Bean
  Zoetrope model() {
    return Zoetrope.open("toybox");
  }

  @Bean
  HealthIndicator zoetrope(Zoetrope model) {
    return () -> Health.up().withDetail("model", model.folder().toString()).build();
  }
}
