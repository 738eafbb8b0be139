// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.server.config.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code slipstream archive-run DIR}, called by the launcher after a build: a server that is used
 * once and ends, so that the JVM can write an archive of the classes a real start loads.
 *
 * <p>What it is answered does not matter, only that the server had to answer.
 */
final class ArchiveRun {

  static final String COMMAND = "archive-run";

  private static final int ANSWER_MILLIS = 2000;
  private static final String INBOX = "_INBOX.archive";

  private ArchiveRun() {}

  /** Runs the server with its configuration, its data and its log in {@code directory}. */
  static int run(Path directory, ServerCommand server, ProcessSignals signals) {
    try {
      Path config = Files.writeString(directory.resolve("archive-run.conf"), "max_payload: 1MB\n");
      return server.run(
          List.of(
              "--addr=127.0.0.1",
              "--port=" + ServerConfig.RANDOM_PORT,
              "--config=" + config,
              "--log=" + directory.resolve("archive-run.log"),
              "--jetstream",
              "--store_dir=" + directory),
          running -> {
            use(running.port());
            signals.post(ProcessSignals.Kind.TERM);
          });
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void use(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(ANSWER_MILLIS);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      OutputStream out = socket.getOutputStream();
      ask(
          out,
          in,
          "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nPING\r\n",
          "PONG");
      ask(out, in, "SUB " + INBOX + " 1\r\nPING\r\n", "PONG");
      request(out, in, "$JS.API.STREAM.CREATE.A", "{\"name\":\"A\",\"subjects\":[\"a.>\"]}");
      request(out, in, "a.b", "hello");
      request(
          out,
          in,
          "$JS.API.CONSUMER.CREATE.A.C",
          "{\"stream_name\":\"A\",\"config\":{\"durable_name\":\"C\",\"ack_policy\":\"explicit\"}}");
      request(out, in, "$JS.API.CONSUMER.MSG.NEXT.A.C", "{\"batch\":1,\"expires\":1000000000}");
      request(out, in, "$JS.API.STREAM.INFO.A", "");
      ask(out, in, "UNSUB 1\r\nPING\r\n", "PONG");
    } catch (IOException unanswered) {
      // The archive holds what was loaded up to here.
    }
  }

  private static void request(OutputStream out, BufferedReader in, String subject, String body)
      throws IOException {
    String line = "PUB " + subject + " " + INBOX + " " + body.length() + "\r\n";
    ask(out, in, line + body + "\r\n", "MSG");
  }

  /** Sends {@code text} and reads lines until one holds {@code answer}. */
  private static void ask(OutputStream out, BufferedReader in, String text, String answer)
      throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
    String line = in.readLine();
    while (line != null && !line.contains(answer)) {
      line = in.readLine();
    }
  }
}
