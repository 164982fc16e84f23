package io.zoetrope.app.cli.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/**
 * What libraries log goes to stderr, warnings and worse unless {@code ZOETROPE_LOG} says otherwise:
 * {@code info}, or {@code info,json} for a line of JSON each. Logback finds this class as a
 * service; in code, because its XML would be read at every start.
 */
public final class Logs extends ContextAwareBase implements Configurator {
  private static final String VARIABLE = "ZOETROPE_LOG";
  private static final String JSON = ",json";

  /** A line for each event: {@code WARN ai.djl.Name: text}. */
  private static final class Lines extends LayoutBase<ILoggingEvent> {
    @Override
    public String doLayout(ILoggingEvent event) {
      String line =
          "%s %s: %s%n"
              .formatted(event.getLevel(), event.getLoggerName(), event.getFormattedMessage());
      return event.getThrowableProxy() == null
          ? line
          : line + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    configure(context, Optional.ofNullable(System.getenv(VARIABLE)), System.err);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  static void configure(LoggerContext context, Optional<String> wanted, PrintStream to) {
    boolean json = wanted.filter(text -> text.strip().endsWith(JSON)).isPresent();
    Optional<String> level =
        wanted.map(
            text -> json ? text.strip().substring(0, text.strip().length() - JSON.length()) : text);
    Encoder<ILoggingEvent> encoder = json ? json(context) : lines(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setEncoder(encoder);
    appender.setOutputStream(open(to));
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(level.map(word -> level(word, to)).orElse(Level.WARN));
  }

  private static Encoder<ILoggingEvent> lines(LoggerContext context) {
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    Lines lines = new Lines();
    lines.setContext(context);
    lines.start();
    encoder.setContext(context);
    encoder.setLayout(lines);
    return encoder;
  }

  /** An object for each event: time, level, logger, thread, message, what was thrown. */
  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithArguments(false);
    encoder.setWithMessage(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithSequenceNumber(false);
    encoder.setWithContext(false);
    return encoder;
  }

  private static Level level(String word, PrintStream to) {
    Level level = Level.toLevel(word.strip().toUpperCase(Locale.ROOT), null);
    if (level == null) {
      to.println(
          "%s is '%s': use off, error, warn, info, debug or trace, with ,json behind it for JSON; warn is taken"
              .formatted(VARIABLE, word));
      return Level.WARN;
    }
    return level;
  }

  /** A stream that stays open when logging ends. */
  private static OutputStream open(PrintStream to) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        to.write(b);
      }

      @Override
      public void write(byte[] bytes, int at, int count) {
        to.write(bytes, at, count);
      }

      @Override
      public void flush() {
        to.flush();
      }
    };
  }
}
