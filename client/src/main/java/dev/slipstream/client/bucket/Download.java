// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * Writes the parts of an object as they come, and checks in the end that they are what was stored.
 * Owner: the thread that calls the handler, and then the one that has waited for the end.
 */
final class Download implements MessageHandler<JsMessage> {
  private final ObjectInfo info;
  private final OutputStream to;
  private final MessageDigest digest = Digests.sha256();
  private long size;
  private int chunks;

  Download(ObjectInfo info, OutputStream to) {
    this.info = info;
    this.to = to;
  }

  @Override
  public void onMessage(JsMessage message) throws IOException {
    byte[] part = message.payload();
    to.write(part);
    digest.update(part);
    size += part.length;
    chunks++;
  }

  /**
   * Checks what came.
   *
   * @throws JetStreamException when it is not what was stored
   */
  void check() {
    String found = Digests.text(digest);
    boolean same = info.digest().isEmpty() || info.digest().equals(found);
    if (!same || size != info.size() || chunks != info.chunks()) {
      throw new JetStreamException(
          String.format(
              Locale.ROOT,
              "object %s is damaged: %d bytes in %d parts of %s, where %d in %d of %s were stored",
              info.name(),
              size,
              chunks,
              found,
              info.size(),
              info.chunks(),
              info.digest()));
    }
  }
}
