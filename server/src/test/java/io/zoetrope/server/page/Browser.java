package io.zoetrope.server.page;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a window, and what tests ask of it. */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  private static Optional<Path> program(String... names) {
    return Stream.of(names).map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /** Starts one; empty where there is none. */
  static Optional<Browser> start() {
    Optional<Path> chromium = program("/usr/bin/chromium", "/usr/bin/google-chrome");
    Optional<Path> driver = program("/usr/bin/chromedriver", "/usr/local/bin/chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      return Optional.empty();
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--autoplay-policy=no-user-gesture-required",
        "--window-size=1440,1000");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(driver.get().toFile()).build();
    return Optional.of(new Browser(new ChromeDriver(service, options)));
  }

  /** Opens a page as one who has never been there. */
  void fresh(URI uri) {
    if (!String.valueOf(driver.getCurrentUrl()).startsWith(uri.toString())) {
      driver.get(uri.toString());
    }
    run("localStorage.clear(); sessionStorage.clear()");
    driver.get(uri.toString());
    loaded();
  }

  void reload() {
    driver.navigate().refresh();
    loaded();
  }

  private void loaded() {
    until(
        "the page",
        "document.querySelector('.model option') && document.querySelector('.plan-head')");
  }

  /** What a script gives back. */
  @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  @Nullable Object runAsync(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  String text(String script, Object... arguments) {
    return String.valueOf(run(script, arguments));
  }

  /** Waits until an expression is true. */
  void until(String what, String expression, Object... arguments) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Boolean.TRUE.equals(run("return Boolean(" + expression + ")", arguments))) {
      if (System.nanoTime() > end) {
        fail(
            "waited in vain for %s; the page says '%s', the browser %s",
            what, words(".notices") + words("#fault") + words(".state"), complaints());
      }
      try {
        Thread.sleep(40);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail("stopped while waiting for %s", what);
      }
    }
  }

  WebElement one(String css) {
    until(css, "document.querySelector(arguments[0])", css);
    return driver.findElement(By.cssSelector(css));
  }

  /** What people see of an element. */
  String words(String css) {
    return text("return document.querySelector(arguments[0])?.innerText ?? ''", css);
  }

  void click(String css) {
    try {
      WebElement element = one(css);
      run("arguments[0].scrollIntoView({block: 'center'})", element);
      element.click();
    } catch (StaleElementReferenceException e) {
      one(css).click();
    }
  }

  /** Clicks the button that says so, within a part of the page. */
  void press(String within, String label) {
    String find =
        "[...document.querySelectorAll(arguments[0] + ' button')]"
            + ".find(b => b.innerText.trim().startsWith(arguments[1]) && !b.disabled)";
    until("the button '%s'".formatted(label), find, within, label);
    run(find + ".click()", within, label);
  }

  void type(String css, CharSequence... keys) {
    WebElement element = one(css);
    run("arguments[0].scrollIntoView({block: 'center'})", element);
    element.sendKeys(keys);
  }

  /** Puts text in place of what a field has. */
  void put(String css, String text) {
    type(css, Keys.chord(Keys.CONTROL, "a"), text, Keys.TAB);
  }

  /** Keys to whatever has the focus. */
  void keys(CharSequence... keys) {
    new Actions(driver, Duration.ofMillis(1)).sendKeys(keys).perform();
  }

  void chord(Keys modifier, CharSequence key) {
    new Actions(driver, Duration.ofMillis(1))
        .keyDown(modifier)
        .sendKeys(key)
        .keyUp(modifier)
        .perform();
  }

  /** Moves the mouse over points of an element with its button held, [x, y] from its corner. */
  void drag(String css, List<int[]> points) {
    WebElement element = one(css);
    run("arguments[0].scrollIntoView({block: 'center'})", element);
    int halfWidth = element.getSize().getWidth() / 2;
    int halfHeight = element.getSize().getHeight() / 2;
    Actions actions = new Actions(driver, Duration.ofMillis(1));
    boolean down = false;
    for (int[] point : points) {
      actions.moveToElement(element, point[0] - halfWidth, point[1] - halfHeight);
      if (!down) {
        actions.clickAndHold();
        down = true;
      }
    }
    actions.release().perform();
  }

  /** Drops a file on an element. */
  void drop(String css, String name, String type, byte[] bytes) {
    dropAt(css, new int[] {5, 5}, name, type, bytes);
  }

  /** Drops a file on a place of an element, [x, y] from its corner. */
  void dropAt(String css, int[] at, String name, String type, byte[] bytes) {
    WebElement unused = one(css);
    run(
        """
        const [css, name, type, text, x, y] = arguments;
        const element = document.querySelector(css);
        const box = element.getBoundingClientRect();
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name, {type}));
        for (const kind of ['dragenter', 'dragover', 'drop']) {
          element.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true,
            dataTransfer: data, clientX: box.x + x, clientY: box.y + y}));
        }
        """,
        css,
        name,
        type,
        Base64.getEncoder().encodeToString(bytes),
        at[0],
        at[1]);
  }

  /** A picture of what is to be seen, {@code target/page/NAME.png}: for people to look at. */
  void picture(String name) {
    try {
      Path folder = Files.createDirectories(Path.of("target/page"));
      Files.write(folder.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page of so many pixels. */
  void size(int width, int height, boolean phone) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  /** As wide as the window again. */
  void usualSize() {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  /** What people like, as {@code prefers-color-scheme} and {@code dark}. */
  void likes(String feature, String value) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  /** Another tab, which is in front from now on. */
  String tab(URI uri) {
    String before = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    driver.get(uri.toString());
    loaded();
    return before;
  }

  String here() {
    return driver.getWindowHandle();
  }

  void to(String tab) {
    driver.switchTo().window(tab);
  }

  void closeTab(String next) {
    driver.close();
    to(next);
  }

  /** What the browser found wrong since it was asked last: scripts that broke, things refused. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(entry -> entry.getMessage())
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
