// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.workers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * One message after the other through a bare socket: acknowledges and asks for the next in one
 * frame and waits for it, with one thread, no client and nothing else to do. What a program that
 * handles one message at a time can reach at most.
 */
final class RoundTrip implements AutoCloseable {
  private static final String INBOX = "_BARE.1";

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  RoundTrip(String url) throws IOException {
    URI server = URI.create(url);
    socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    out = socket.getOutputStream();
    line();
    send("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB " + INBOX + " 1\r\nPING\r\n");
    for (String said = line(); !said.startsWith("PONG"); said = line()) {
      if (said.startsWith("-ERR")) {
        throw new IOException(said);
      }
    }
  }

  /** Takes so many messages of a consumer; messages a second. */
  double run(String stream, String consumer, int messages) throws IOException {
    String pull = "{\"expires\":5000000000,\"batch\":1,\"idle_heartbeat\":2500000000}";
    String next = "+NXT " + pull;
    long began = System.nanoTime();
    send(publish("$JS.API.CONSUMER.MSG.NEXT." + stream + "." + consumer, INBOX, pull));
    for (int i = 0; i < messages; i++) {
      String[] message = line().split(" ");
      String ackTo = message[message.length - 2];
      in.skipNBytes(Integer.parseInt(message[message.length - 1]) + 2L);
      boolean last = i == messages - 1;
      send(last ? publish(ackTo, "", "+ACK") : publish(ackTo, INBOX, next));
    }
    return messages * 1e9 / (System.nanoTime() - began);
  }

  private static String publish(String subject, String reply, String body) {
    String to = reply.isEmpty() ? subject : subject + " " + reply;
    return "PUB " + to + " " + body.length() + "\r\n" + body + "\r\n";
  }

  private void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The next line that is not a ping; messages with headers are not expected. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the server hung up");
      }
      line.append((char) b);
    }
    String said = line.substring(0, line.length() - 1);
    if (said.equals("PING")) {
      send("PONG\r\n");
      return line();
    }
    return said;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
