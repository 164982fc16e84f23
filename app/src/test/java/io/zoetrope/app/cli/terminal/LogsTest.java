package io.zoetrope.app.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LoggerContext context = new LoggerContext();

  private Logger logger(String level) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    PrintStream to = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Logs.configure(context, Optional.of(level).filter(l -> !l.isEmpty()), to);
    return context.getLogger("a.b");
  }

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void warningsAreSaidAndWhatIsLessIsNot() {
    Logger logger = logger("");
    logger.info("quiet");
    logger.warn("look: {}", "here");
    assertThat(said()).isEqualTo("WARN a.b: look: here" + System.lineSeparator());
  }

  @Test
  void exceptionsHaveTheirStack() {
    logger("").error("it broke", new IllegalStateException("why"));
    assertThat(said()).contains("ERROR a.b: it broke").contains("IllegalStateException: why");
  }

  @Test
  void aLevelMayBeAskedFor() {
    logger("debug").debug("more");
    assertThat(said()).startsWith("DEBUG a.b: more");
  }

  @Test
  void linesMayBeJson() {
    Logger logger = logger("info,json");
    logger.debug("quiet");
    logger.info("a \"word\": {}", 3);
    assertThat(said()).hasLineCount(1).startsWith("{").endsWith("}" + System.lineSeparator());
    assertThat(said())
        .contains("\"level\":\"INFO\"")
        .contains("\"loggerName\":\"a.b\"")
        .contains("a \\\"word\\\": 3");
  }

  @Test
  void whatIsNoLevelIsSaid() {
    logger("loud").warn("still");
    assertThat(said()).contains("ZOETROPE_LOG is 'loud'").contains("WARN a.b: still");
  }

  /** The one that the command runs with is configured here, not by a file. */
  @Test
  void theServiceIsFound() {
    Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    assertThat(root)
        .isInstanceOfSatisfying(
            ch.qos.logback.classic.Logger.class,
            logback -> {
              assertThat(logback.getLevel()).isEqualTo(Level.WARN);
              assertThat(logback.getAppender("stderr")).isNotNull();
            });
  }
}
