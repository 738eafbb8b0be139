// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Measures core publish and subscribe of running servers in alternating rounds, with a client that
 * does next to nothing: {@code CoreThroughput <port> <port> …}.
 *
 * <p>System properties: {@code messages}, {@code bytes} of a payload, {@code publishers}, {@code
 * subscribers}, {@code rounds}.
 */
public final class CoreThroughput {
  private static final int MESSAGES = Integer.getInteger("messages", 2_000_000);
  private static final int BYTES = Integer.getInteger("bytes", 128);
  private static final int PUBLISHERS = Integer.getInteger("publishers", 1);
  private static final int SUBSCRIBERS = Integer.getInteger("subscribers", 1);
  private static final int ROUNDS = Integer.getInteger("rounds", 5);

  private CoreThroughput() {}

  /** Runs the rounds and prints the median of each server. */
  public static void main(String[] args) throws Exception {
    double[][] rates = new double[args.length][ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      for (int i = 0; i < args.length; i++) {
        double rate = round(Integer.parseInt(args[i]));
        if (round >= 0) {
          rates[i][round] = rate;
        }
      }
    }
    double first = 0;
    for (int i = 0; i < args.length; i++) {
      Arrays.sort(rates[i]);
      double median = rates[i][ROUNDS / 2];
      first = i == 0 ? median : first;
      System.out.printf(
          "%s: %,.0f delivered/s (%.2f of the first; %,.0f to %,.0f)%n",
          args[i], median, median / first, rates[i][0], rates[i][ROUNDS - 1]);
    }
  }

  private static double round(int port) throws Exception {
    CompletableFuture<?>[] all = new CompletableFuture<?>[SUBSCRIBERS + PUBLISHERS];
    for (int i = 0; i < SUBSCRIBERS; i++) {
      Socket socket = connect(port);
      socket.getOutputStream().write(ascii("SUB core.x 1\r\nPING\r\n"));
      awaitPong(socket.getInputStream());
      all[i] = CompletableFuture.runAsync(() -> receive(socket));
    }
    long began = System.nanoTime();
    for (int i = 0; i < PUBLISHERS; i++) {
      Socket socket = connect(port);
      all[SUBSCRIBERS + i] = CompletableFuture.runAsync(() -> publish(socket));
    }
    CompletableFuture.allOf(all).get();
    double seconds = (System.nanoTime() - began) / 1e9;
    return (double) MESSAGES / PUBLISHERS * PUBLISHERS * SUBSCRIBERS / seconds;
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket
        .getOutputStream()
        .write(ascii("CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nPING\r\n"));
    awaitPong(socket.getInputStream());
    return socket;
  }

  private static void publish(Socket socket) {
    try (socket) {
      ByteArrayOutputStream batch = new ByteArrayOutputStream();
      int inBatch = Math.max(1, 32_768 / (BYTES + 32));
      for (int i = 0; i < inBatch; i++) {
        batch.write(ascii("PUB core.x " + BYTES + "\r\n"));
        batch.write(new byte[BYTES]);
        batch.write(ascii("\r\n"));
      }
      byte[] bytes = batch.toByteArray();
      OutputStream out = socket.getOutputStream();
      int left = MESSAGES / PUBLISHERS;
      for (; left >= inBatch; left -= inBatch) {
        out.write(bytes);
      }
      out.write(bytes, 0, bytes.length / inBatch * left);
      out.write(ascii("PING\r\n"));
      awaitPong(socket.getInputStream());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static void receive(Socket socket) {
    try (socket) {
      long each = ("MSG core.x 1 " + BYTES + "\r\n").length() + BYTES + 2L;
      long left = MESSAGES / PUBLISHERS * PUBLISHERS * each;
      byte[] chunk = new byte[256 << 10];
      InputStream in = socket.getInputStream();
      while (left > 0) {
        int count = in.read(chunk);
        if (count < 0) {
          throw new IllegalStateException("cut off with " + left + " bytes to come");
        }
        left -= count;
      }
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** Reads until the last thing that came is a PONG, or the INFO that may follow one. */
  private static void awaitPong(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] chunk = new byte[4096];
    while (text.indexOf("PONG\r\n") < 0 || !text.toString().endsWith("\r\n")) {
      int count = in.read(chunk);
      if (count < 0) {
        throw new IOException("closed: " + text);
      }
      text.append(new String(chunk, 0, count, StandardCharsets.ISO_8859_1));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
