// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** A server that does to its one visitor what a test tells it, right or wrong. */
final class ScriptedServer implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("\r\nSec-WebSocket-Key: (\\S+)\r\n");
  private static final String INFO =
      "INFO {\"server_id\":\"X\",\"version\":\"2.12.0\",\"proto\":1,\"headers\":true,"
          + "\"max_payload\":1048576}\r\n";

  private final String scheme;
  private final ServerSocket listening;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /** What it does. */
  interface Script {
    void run(Visit visit) throws Exception;
  }

  /**
   * A frame of the visitor.
   *
   * @param opcode its kind; the frame was whole and masked
   * @param payload without the mask
   */
  record Frame(int opcode, byte[] payload) {
    String text() {
      return new String(payload, ISO_8859_1);
    }
  }

  /** The connection of the visitor. */
  static final class Visit {
    private final DataInputStream in;
    private final OutputStream out;

    private Visit(InputStream in, OutputStream out) {
      this.in = new DataInputStream(in);
      this.out = out;
    }

    /** The head of the visitor's request. */
    String request() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      return head.toString();
    }

    void send(String text) throws IOException {
      send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** A right answer to the request. */
    static String upgrade(String request) throws Exception {
      Matcher key = KEY.matcher(request);
      if (!key.find()) {
        throw new IllegalStateException("no key in " + request);
      }
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] hash =
          sha1.digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII));
      return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + Base64.getEncoder().encodeToString(hash)
          + "\r\n\r\n";
    }

    /** Upgrades and greets as a NATS server does, up to the first pong; INFO is in one read. */
    void greet() throws Exception {
      send(upgrade(request()) + frame(0x82, INFO));
      String connect = "";
      while (!connect.endsWith("PING\r\n")) {
        connect += next().text();
      }
      send(frame(0x82, "PONG\r\n"));
    }

    /** A frame of less than 126 bytes, or of less than 64 KiB. */
    static String frame(int first, String payload) {
      int length = payload.length();
      String header =
          length < 126
              ? "" + (char) first + (char) length
              : "" + (char) first + (char) 126 + (char) (length >> 8) + (char) (length & 0xff);
      return header + payload;
    }

    /** The next frame of the visitor. */
    Frame next() throws IOException {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      if ((first & 0x80) == 0 || (second & 0x80) == 0) {
        throw new IllegalStateException("a frame that is not final or not masked");
      }
      int length = second & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = Math.toIntExact(in.readLong());
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(length);
      for (int i = 0; i < length; i++) {
        payload[i] ^= mask[i % 4];
      }
      return new Frame(first & 0x0f, payload);
    }

    /** What comes until the visitor is gone. */
    byte[] rest() throws IOException {
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      in.transferTo(rest);
      return rest.toByteArray();
    }
  }

  ScriptedServer(Script script) throws IOException {
    this("ws", ServerSocketFactory.getDefault(), script);
  }

  private ScriptedServer(String scheme, ServerSocketFactory sockets, Script script)
      throws IOException {
    this.scheme = scheme;
    listening = sockets.createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(script), "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** One whose visitors come with TLS. */
  static ScriptedServer secure(SSLContext context, Script script) throws IOException {
    return new ScriptedServer("wss", context.getServerSocketFactory(), script);
  }

  private void serve(Script script) {
    try (Socket socket = listening.accept()) {
      script.run(new Visit(socket.getInputStream(), socket.getOutputStream()));
      done.complete(null);
    } catch (Exception | AssertionError failure) {
      done.completeExceptionally(failure);
    }
  }

  String url() {
    return scheme + "://127.0.0.1:" + listening.getLocalPort();
  }

  /** Waits for the end of the script, and throws what it threw. */
  void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
    done.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
