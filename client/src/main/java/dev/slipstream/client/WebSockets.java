// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Transport;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How connections become WebSockets: a request for each attempt, with the headers of the options.
 *
 * <p>The supplier of headers may read files or ask others, so it is asked off the loop.
 */
final class WebSockets {
  private final ClientLoop loop;
  private final OffLoop offLoop;
  private final @Nullable Supplier<Map<String, String>> headers;
  private final RandomGenerator random;
  private final RandomGenerator masks;

  WebSockets(ClientOptions options, ClientLoop loop, OffLoop offLoop, RandomGenerator random) {
    this.loop = loop;
    this.offLoop = offLoop;
    this.random = random;
    headers = options.webSocketHeaders();
    // made here since it may take its time, and for those only who need it
    masks = options.servers().get(0).isWebSocket() ? new SecureRandom() : random;
  }

  /**
   * Asks for an upgrade.
   *
   * @param receiver hears the messages that come after it, or why there is none
   * @return the transport that takes the inbound bytes of {@code inner} from here on
   */
  WebSocketTransport upgrade(
      ServerAddress server, boolean secure, Transport inner, Transport.Receiver receiver) {
    WebSocketRequest request = WebSocketRequest.to(server, secure, random);
    WebSocketTransport layer =
        new WebSocketTransport(
            loop, new WebSocketResponse(request), new WebSocketWriter(masks), inner);
    layer.start(receiver);
    if (headers == null) {
      layer.request(request.head(Map.of()));
      return layer;
    }
    offLoop.call(
        () -> request.head(headers.get()), layer::request, cause -> layer.giveUp(noHeaders(cause)));
    return layer;
  }

  private static WebSocketException noHeaders(Exception cause) {
    return new WebSocketException(
        "no headers for the upgrade to a WebSocket: " + cause.getMessage(), cause);
  }
}
