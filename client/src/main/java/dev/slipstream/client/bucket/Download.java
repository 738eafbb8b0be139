// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageHandler;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes the parts of an object as they come. Owner: the thread that calls the handler, and then
 * the one that has waited for the end.
 */
final class Download implements MessageHandler<JsMessage> {
  private final StoredParts parts;
  private final OutputStream to;

  Download(ObjectInfo info, OutputStream to) {
    parts = new StoredParts(info);
    this.to = to;
  }

  @Override
  public void onMessage(JsMessage message) throws IOException {
    byte[] part = message.payload();
    to.write(part);
    parts.add(part);
  }

  /**
   * Checks what came.
   *
   * @throws dev.slipstream.client.JetStreamException when it is not what was stored
   */
  void check() {
    parts.check();
  }
}
