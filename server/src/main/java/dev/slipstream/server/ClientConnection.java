// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.ProtocolException;
import dev.slipstream.protocol.wire.ProtocolHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: what it says comes in here and goes to the part that does it, what it hears goes out
 * here.
 *
 * <p>Knows nothing of sockets: bytes come by {@link #onBytes} and go by a {@link Link}. Belongs to
 * one loop. Source: NATS client protocol; errors in the words of the public server.
 */
final class ClientConnection implements ProtocolHandler {
  private static final Logger LOG = LoggerFactory.getLogger("dev.slipstream.server");
  private static final long STALL_NANOS = 5_000_000L;

  private final ServerContext server;
  private final ServerLoop loop;
  private final Link link;
  private final long id;
  private final long startEpochNanos;
  private final ConnectionInput input;
  private final ConnectionOutput output;
  private final KeepAlive keepAlive;
  private final ClientLogin login;
  private final ClientPublishes publishes;
  private final ClientSubscriptions subscriptions;
  private final Traffic traffic = new Traffic();

  private boolean ponged;
  private boolean stalledInChunk;
  private boolean closed;
  private String label;

  /** A connection over {@code link}, which is open; nothing is sent before {@link #start}. */
  ClientConnection(ServerContext server, ServerLoop loop, Link link) {
    this.server = server;
    this.loop = loop;
    this.link = link;
    this.id = server.nextClientId();
    this.startEpochNanos = loop.loop().clock().epochNanos();
    this.input = new ConnectionInput(this, link, server.config().maxControlLine());
    this.output = new ConnectionOutput(loop, link, server.config(), this);
    this.keepAlive = new KeepAlive(this, loop.loop(), loop.random(), server.config());
    this.login = new ClientLogin(this, server, loop, link.inProcess());
    this.publishes = new ClientPublishes(this, loop, login);
    this.subscriptions = new ClientSubscriptions(this, server, loop, login);
    this.label = (link.remoteHost().isEmpty() ? "pipe" : address(link)) + " - cid:" + id;
  }

  private static String address(Link link) {
    String host = link.remoteHost();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + link.remotePort();
  }

  /** Greets the client; refuses it when the server is full. */
  void start() {
    debug("Client connection created");
    output.writer().info(server.greeting(id, link.remoteHost()));
    if (!server.clients().admit()) {
      closed = true;
      error("maximum connections exceeded");
      tell("maximum connections exceeded");
      end(CloseReason.MAX_CONNECTIONS_EXCEEDED);
      return;
    }
    loop.connections().put(id, this);
    output.flush();
    keepAlive.start();
    login.start();
  }

  // --- what the link and the input say ---

  /** Takes bytes from the link. */
  void onBytes(byte[] bytes, int from, int to) {
    if (!closed) {
      stalledInChunk = false;
      input.onBytes(bytes, from, to);
    }
  }

  /** Notes that the link has ended; what has come before is dealt with first. */
  void onLinkClosed(@Nullable Throwable cause) {
    CloseReason reason = cause == null ? CloseReason.CLIENT_CLOSED : CloseReason.READ_ERROR;
    input.end(() -> close(reason));
  }

  /** Ends the connection because of input that breaks the protocol. */
  void protocolBroken(ProtocolException broken) {
    if (closed) {
      return;
    }
    String text = broken.errText();
    if (text != null) {
      tell(text);
    }
    error(String.valueOf(broken.getMessage()));
    close(
        switch (text == null ? "" : text) {
          case "maximum control line exceeded" -> CloseReason.MAX_CONTROL_LINE_EXCEEDED;
          case "Maximum Payload Violation" -> CloseReason.MAX_PAYLOAD_EXCEEDED;
          default -> CloseReason.PROTOCOL_VIOLATION;
        });
  }

  // --- what the client says ---

  @Override
  public void onConnect(byte[] bytes, int from, int to) {
    boolean again = login.isConnected();
    keepAlive.connected();
    if (again) {
      subscriptions.clear();
    }
    login.connect(bytes, from, to);
  }

  @Override
  public void onMessageSize(long totalBytes) {
    if (totalBytes > login.maxPayload()) {
      throw new ProtocolException(
          "Maximum Payload Violation",
          "maximum payload exceeded: " + totalBytes + " vs " + login.maxPayload());
    }
  }

  @Override
  public boolean headersSupported() {
    return login.headers();
  }

  @Override
  public void onPublish(MessageFrame frame) {
    keepAlive.sawInput();
    traffic.in(frame.headersLength() + frame.payloadLength());
    publishes.publish(frame);
  }

  @Override
  public void onSubscribe(byte[] line, int[] at) {
    keepAlive.sawInput();
    subscriptions.subscribe(line, at);
  }

  @Override
  public void onUnsubscribe(byte[] line, int sidStart, int sidEnd, long max) {
    keepAlive.sawInput();
    subscriptions.unsubscribe(line, sidStart, sidEnd, max);
  }

  @Override
  public void onPing() {
    keepAlive.sawInput();
    loop.takeArrived();
    if (closed) {
      return; // by what arrived
    }
    output.writer().pong();
    if (login.isConnected() && !ponged) {
      ponged = true;
      if (login.options().protocol() >= 1) {
        output
            .writer()
            .info(server.connectInfo(id, link.remoteHost(), login.maxPayload(), login.account()));
      }
    }
    output.written();
  }

  @Override
  public void onPong() {
    keepAlive.ponged();
  }

  @Override
  public void onInfo(byte[] bytes, int from, int to) {
    // a client's INFO says nothing to a server
  }

  @Override
  public void onOk() {
    // nor does its +OK
  }

  @Override
  public void onErr(String text) {
    error("Client Error " + text);
    close(CloseReason.PARSE_ERROR);
  }

  // --- what the client hears ---

  /** Sends a message to one subscription of this client; false when it has had all it wanted. */
  boolean deliver(Subscription to, MessageFrame frame) {
    if (!to.countDelivery()) {
      subscriptions.removeSpent(to);
      return false;
    }
    boolean headers = login.headers();
    int headersLength = headers ? frame.headersLength() : 0;
    int bodyStart = headers ? frame.headersStart : frame.payloadStart;
    output
        .writer()
        .message(
            frame.line,
            frame.subjectStart,
            frame.subjectEnd,
            to.sid(),
            frame.line,
            frame.replyStart,
            frame.replyEnd,
            headersLength,
            frame.payloadLength())
        .put(frame.body, bodyStart, frame.payloadEnd)
        .putLineEnd();
    traffic.out(headersLength + frame.payloadLength());
    publishes.grantReply(frame);
    if (to.isSpent()) {
      subscriptions.removeSpent(to);
    }
    output.written();
    return true;
  }

  /** Sends {@code +OK}. */
  void ok() {
    output.writer().ok();
    output.written();
  }

  /** Sends {@code -ERR}. */
  void tell(String errorText) {
    output.writer().err(errorText);
    output.written();
  }

  /** Sends {@code PING}. */
  void ping() {
    debug("Client Ping Timer");
    output.writer().ping();
  }

  /** Tells the client, if it knows what that is, that the server is about to end. */
  void tellLameDuck() {
    if (ponged && login.options().protocol() >= 1) {
      output.writer().info(server.lameDuckInfo(id, link.remoteHost(), login.maxPayload()));
      output.written();
    }
  }

  // --- pauses ---

  /** Pauses this publisher for a moment, at most once a chunk, since a receiver is behind. */
  void stall() {
    if (!stalledInChunk) {
      stalledInChunk = true;
      input.hold(ConnectionInput.Hold.STALL);
      loop.loop().schedule(STALL_NANOS, () -> input.lift(ConnectionInput.Hold.STALL));
    }
  }

  /** Pauses this publisher until there is room on the way to another loop. */
  void waitForRoom(LoopMail mail) {
    input.hold(ConnectionInput.Hold.MAIL);
    mail.whenRoom(() -> input.lift(ConnectionInput.Hold.MAIL));
  }

  // --- the end ---

  /** Ends the connection because PINGs stayed unanswered. */
  void stale() {
    debug("Stale Client Connection - Closing");
    tell("Stale Connection");
    close(CloseReason.STALE_CONNECTION);
  }

  /** Ends the connection because the client does not read. */
  void slowConsumer(CloseReason reason, String detail) {
    if (!closed) {
      server.countSlowConsumer();
      LOG.info("{} - Slow Consumer Detected: {}", label, detail);
      close(reason);
    }
  }

  /** Ends the connection; harmless when it has ended. */
  void close(CloseReason reason) {
    if (closed) {
      return;
    }
    closed = true;
    loop.connections().remove(id);
    loop.closedConnections().add(traffic, figures(false, reason));
    subscriptions.clear();
    login.close();
    server.clients().leave();
    end(reason);
  }

  private void end(CloseReason reason) {
    debug("Client connection closed: " + reason);
    keepAlive.stop();
    input.close();
    output.close(reason.flushes());
    if (reason == CloseReason.MAX_PAYLOAD_EXCEEDED) {
      link.resetAfterWrites(); // clients know by that that the rest of the message was not read
    } else if (reason.flushes()) {
      link.closeAfterWrites();
    } else {
      link.close();
    }
  }

  // --- what its parts and its neighbours ask ---

  long id() {
    return id;
  }

  /** Since when the client is connected. */
  long startEpochNanos() {
    return startEpochNanos;
  }

  /** Where it comes from; empty within the process. */
  String remoteHost() {
    return link.remoteHost();
  }

  /** The name of the server that it is connected to. */
  String serverName() {
    return server.identity().name();
  }

  Traffic traffic() {
    return traffic;
  }

  /** How it is now; with a reason, that of its end, which is now. */
  ConnectionFigures figures(boolean withSubscriptions, @Nullable CloseReason ended) {
    ConnectOptions said = login.options();
    long now = loop.loop().clock().epochNanos();
    return new ConnectionFigures(
        id,
        link.remoteHost(),
        link.remotePort(),
        startEpochNanos,
        Math.max(startEpochNanos, now - keepAlive.idleNanos()),
        ended == null ? 0 : now,
        ended == null ? "" : ended.toString(),
        keepAlive.rttNanos(),
        output.pendingBytes(),
        traffic.figures(),
        subscriptions.count(),
        withSubscriptions ? subscriptions.figures() : List.of(),
        said.name(),
        said.lang(),
        said.version(),
        login.user(),
        login.account().name());
  }

  int loopIndex() {
    return loop.index();
  }

  ConnectionInput input() {
    return input;
  }

  ConnectionOutput output() {
    return output;
  }

  /** How long its last PONG took; 0 before the first. */
  long rttNanos() {
    return keepAlive.rttNanos();
  }

  /** The client as advisories show it. */
  byte[] clientJson() {
    return RequestInfo.of(this).json().toBytes();
  }

  ClientLogin login() {
    return login;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether the client hears what it publishes itself. */
  boolean echoes() {
    return login.options().echo();
  }

  /** Adds to how the log names the client. */
  void describe(String description) {
    label += description;
  }

  void debug(String text) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("{} - {}", label, text);
    }
  }

  void error(String text) {
    LOG.error("{} - {}", label, text);
  }
}
