// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Records of one loop on their way: filled by the loop, sealed and written by the commit thread,
 * then back on the loop to be applied. Owner: whoever has it in hand.
 */
final class LogBatch {
  private static final int FIRST_BYTES = 16 << 10;
  private static final int KEPT_BYTES = 1 << 20;
  private static final int KEPT_RECORDS = 4096;

  final LogAppender appender;
  final OutputBuffer bytes = new OutputBuffer(FIRST_BYTES);

  /** How many records were completed. */
  int records;

  /** Whether messages are among them. */
  boolean hasMessages;

  /** Whether it is its appender's last one in a commit; set by the commit thread. */
  boolean lastOfCommit;

  private @Nullable Object[] attachments = new Object[64];

  LogBatch(LogAppender appender) {
    this.appender = appender;
  }

  void add(@Nullable Object attachment) {
    if (records == attachments.length) {
      attachments = Arrays.copyOf(attachments, records * 2);
    }
    attachments[records++] = attachment;
  }

  @Nullable Object attachment(int record) {
    return attachments[record];
  }

  /** Empties the batch for its next use. */
  void clear() {
    bytes.clearAndShrink(KEPT_BYTES);
    if (attachments.length > KEPT_RECORDS) {
      attachments = new Object[64];
    } else {
      Arrays.fill(attachments, 0, records, null);
    }
    records = 0;
    hasMessages = false;
    lastOfCommit = false;
  }
}
