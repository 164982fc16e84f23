package io.zoetrope.server.videos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Limits;
import io.zoetrope.server.http.PublicDns;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of other hosts: what is got, and from where nothing is. */
class FetcherTest {
  private static final char[] WORD = "changeit".toCharArray();

  @TempDir Path folder;
  private HttpsServer server;
  private OkHttpClient client;

  /** A server that says it is films.example, and a client that believes it. */
  @BeforeEach
  void start() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keys =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(WORD),
                "-dname",
                "CN=films.example",
                "-ext",
                "san=dns:films.example")
            .redirectErrorStream(true)
            .start();
    assertThat(keys.waitFor()).isZero();
    KeyStore kept = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      kept.load(in, WORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(kept, WORD);
    KeyStore believed = KeyStore.getInstance("PKCS12");
    believed.load(null, WORD);
    String alias = kept.aliases().nextElement();
    believed.setCertificateEntry(alias, kept.getCertificate(alias));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(believed);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);

    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/a.png",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("image".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.createContext(
        "/away",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "https://films.example/a.png");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            for (int i = 0; i < 100; i++) {
              exchange.getResponseBody().write(1);
              exchange.getResponseBody().flush();
              Thread.sleep(100);
            }
          } catch (IOException | InterruptedException e) {
            exchange.close();
          }
        });
    server.start();
    client =
        new OkHttpClient.Builder()
            .sslSocketFactory(
                context.getSocketFactory(), (X509TrustManager) trust.getTrustManagers()[0])
            .socketFactory(new Astray(server.getAddress()))
            .build();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Fetcher fetcher(String... addresses) {
    return fetcher(30, addresses);
  }

  private Fetcher fetcher(int seconds, String... addresses) {
    AtomicInteger asked = new AtomicInteger();
    Dns names =
        host -> {
          int turn = Math.min(asked.getAndIncrement(), addresses.length - 1);
          return List.of(InetAddress.getByName(addresses[turn]));
        };
    return new Fetcher(
        Set.of("films.example"),
        Limits.of(List.of("fetchSeconds=" + seconds)),
        new PublicDns(names),
        client);
  }

  private static void refused(Fetcher fetcher, String url) {
    assertThatThrownBy(
            () -> {
              try (InputStream in = fetcher.open("input_reference", url)) {
                in.readAllBytes();
              }
            })
        .isInstanceOfSatisfying(
            HttpError.class, e -> assertThat(e.code()).isEqualTo("unsupported_url"));
  }

  @Test
  void anAllowedHostIsAsked() throws IOException {
    try (InputStream in = fetcher("93.184.215.14").open("a", "https://films.example/a.png")) {
      assertThat(in.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("image");
    }
  }

  @Test
  void nothingElseIs() {
    Fetcher fetcher = fetcher("93.184.215.14");
    refused(fetcher, "https://films.example/away");
    refused(fetcher, "https://films.example/missing");
    refused(fetcher(2, "93.184.215.14"), "https://films.example/slow");
    refused(fetcher, "https://other.example/a.png");
    refused(fetcher, "http://films.example/a.png");
    refused(fetcher, "https://films.example:444/a.png");
  }

  @Test
  void aNameThatPointsIntoTheHouseIsNotFollowed() throws IOException {
    for (String address :
        List.of("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fd00::1")) {
      refused(fetcher(address), "https://films.example/a.png");
    }
    Fetcher turning = fetcher("93.184.215.14", "127.0.0.1");
    turning.open("a", "https://films.example/a.png").close();
    refused(turning, "https://films.example/a.png");
  }

  @Test
  void addressesOfTheHouseAreKnown() throws UnknownHostException {
    for (String inside :
        List.of(
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "127.9.9.9",
            "169.254.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1")) {
      assertThat(PublicDns.isPublic(InetAddress.getByName(inside))).as(inside).isFalse();
    }
    for (String outside : List.of("8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111")) {
      assertThat(PublicDns.isPublic(InetAddress.getByName(outside))).as(outside).isTrue();
    }
  }

  /** Sockets that reach the server of the test, whatever address they are told. */
  private static final class Astray extends SocketFactory {
    private final InetSocketAddress to;

    Astray(InetSocketAddress to) {
      this.to = to;
    }

    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public void connect(SocketAddress told, int timeout) throws IOException {
          super.connect(to, timeout);
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
