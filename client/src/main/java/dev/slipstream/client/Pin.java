// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import java.nio.charset.StandardCharsets;

/**
 * The id by which a server knows the pinned client of a consumer: told by its messages, said again
 * with every pull, gone when the server says that another is pinned. Owner: the client's loop.
 * Source: ADR-42.
 */
final class Pin {
  /** The code of the status that tells that another client is pinned. */
  static final int WRONG = 423;

  private static final byte[] HEADER = "Nats-Pin-Id".getBytes(StandardCharsets.US_ASCII);

  private String id = "";

  /** The id; empty when this client is not known to be pinned. */
  String id() {
    return id;
  }

  /** Takes the id from a message; whether it is another one than before. */
  boolean take(MessageFrame frame) {
    String told = HeaderBlock.get(frame.body, frame.headersStart, frame.payloadStart, HEADER);
    if (told == null || told.equals(id)) {
      return false;
    }
    id = told;
    return true;
  }

  /** Another client is pinned. */
  void lose() {
    id = "";
  }
}
