// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipstream.base.Clock;
import dev.slipstream.server.SlipstreamServer;
import dev.slipstream.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The monitoring endpoint: {@code /healthz}, {@code /varz}, {@code /connz} and {@code /subsz} as
 * JSON over HTTP, on the JDK's HTTP server.
 *
 * <p>Two threads of its own answer; a client that reads or writes slowly holds one for {@value
 * #EXCHANGE_SECONDS} s at most. The port is bound at once and served from {@link #serve}.
 */
final class MonitoringServer implements AutoCloseable {

  private static final int THREADS = 2;
  private static final int MAX_WAITING = 64;
  private static final int EXCHANGE_SECONDS = 10;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String NOT_FOUND = "404 page not found\n";

  private final ServerConfig config;
  private final HttpServer http;
  private final ExecutorService threads;

  private MonitoringServer(ServerConfig config, HttpServer http, ExecutorService threads) {
    this.config = config;
    this.http = http;
    this.threads = threads;
  }

  /** Binds the port that {@code config} names. */
  static MonitoringServer bind(ServerConfig config) throws IOException {
    // The HTTP server reads these once, and by default lets a client take any time.
    System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(EXCHANGE_SECONDS));
    System.setProperty("sun.net.httpserver.maxRspTime", Integer.toString(EXCHANGE_SECONDS));
    int port = config.httpPort() == ServerConfig.RANDOM_PORT ? 0 : config.httpPort();
    HttpServer http = HttpServer.create(new InetSocketAddress(config.httpHost(), port), 0);
    ExecutorService threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "monitoring");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(threads);
    return new MonitoringServer(config, http, threads);
  }

  /** The port it is bound to. */
  int port() {
    return http.getAddress().getPort();
  }

  /** Begins to answer, about {@code server}. */
  void serve(SlipstreamServer server, Clock clock) {
    http.createContext("/", exchange -> answer(exchange, 404, TEXT, NOT_FOUND));
    VarzPage varz = new VarzPage(config, server, port(), clock);
    ConnzPage connz = new ConnzPage(server, clock);
    SubszPage subsz = new SubszPage(server, clock);
    page("/healthz", new HealthPage(server)::answer);
    page("/varz", query -> MonitoringPage.of(varz.json()));
    page("/connz", query -> MonitoringPage.of(connz.json(query)));
    page("/subsz", query -> MonitoringPage.of(subsz.json(query)));
    page("/subscriptionsz", query -> MonitoringPage.of(subsz.json(query)));
    http.start();
  }

  @FunctionalInterface
  private interface Page {
    MonitoringPage answer(MonitoringQuery query) throws IOException, MonitoringQuery.Refused;
  }

  private void page(String name, Page page) {
    String path = config.httpBasePath() + name;
    http.createContext(
        path,
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals(path)) {
            answer(exchange, 404, TEXT, NOT_FOUND);
            return;
          }
          try {
            MonitoringQuery query = new MonitoringQuery(exchange.getRequestURI().getRawQuery());
            MonitoringPage shown = page.answer(query);
            answer(exchange, shown.status(), "application/json", shown.json());
          } catch (MonitoringQuery.Refused refused) {
            answer(exchange, 400, TEXT, String.valueOf(refused.getMessage()));
          }
        });
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      switch (exchange.getRequestMethod()) {
        case "GET" -> {
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
        }
        case "HEAD" -> exchange.sendResponseHeaders(status, -1);
        default -> exchange.sendResponseHeaders(405, -1);
      }
    }
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
