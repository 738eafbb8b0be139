// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers to the pulls of a consumption come: an inbox of its own for each epoch, so that
 * what older pulls still bring is told apart. Loop-owned.
 */
final class PullInbox {
  private final Connection connection;
  private final Listener listener;
  private final String prefix;
  private @Nullable Interest interest;
  private byte[] present = OutputBuffer.NO_BYTES;

  /** Takes what comes; on the loop. */
  interface Listener {
    /**
     * Something came.
     *
     * @param inbox the subject it came to, up to the number of the pull
     * @param late whether that is the inbox of an older epoch
     */
    void onFrame(MessageFrame frame, byte[] inbox, boolean late);
  }

  /**
   * @param ownPrefix what its subjects begin with; empty for what those of the client do
   */
  PullInbox(Connection connection, String ownPrefix, Listener listener) {
    this.connection = connection;
    this.listener = listener;
    prefix = ownPrefix.isEmpty() ? connection.nextPullInbox() : ownPrefix + Tokens.next();
  }

  /** The subject of the present epoch, up to the number of a pull. */
  byte[] present() {
    return present;
  }

  /** Listens for another epoch; what comes to the inbox before is late. */
  void rotate(long epoch) {
    Interest old = interest;
    String subject = prefix + "." + epoch;
    byte[] own = (subject + ".").getBytes(StandardCharsets.UTF_8);
    Interest fresh =
        new Interest(
            connection.interests().nextSid(),
            subject + ".*",
            "",
            frame -> listener.onFrame(frame, own, own != present));
    present = own;
    interest = fresh;
    connection.interests().add(fresh);
    if (old != null) {
      connection.drain(old);
    }
  }

  /** The connection is gone, and with it what was on its way. */
  void drop() {
    Interest last = interest;
    interest = null;
    if (last != null) {
      connection.interests().remove(last);
    }
  }

  /**
   * Has the server send no more.
   *
   * @param told runs once that is on its way to the server
   * @param over runs once the server knows, or cannot be told: nothing comes behind it
   */
  void end(Runnable told, Runnable over) {
    Interest last = interest;
    if (last == null || !connection.isUp()) {
      drop();
      told.run();
      over.run();
      return;
    }
    connection.interests().unsubscribe(last);
    told.run();
    connection.ping(
        failure -> {
          connection.interests().forget(last);
          over.run();
        });
  }
}
