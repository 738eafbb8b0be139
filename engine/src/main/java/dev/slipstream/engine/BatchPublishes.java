// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The publishes to one stream that are parts of batches: atomic ones, told by a header, and fast
 * ones, told by the reply subject. Owner: the stream's loop. Source: ADR-50.
 */
final class BatchPublishes {
  static final byte[] ID = Subject.bytes("Nats-Batch-Id");

  private final Stream stream;
  private final Ingest ingest;
  private final IngestLimits limits;
  private final Supplier<BatchChecks> newChecks;

  // until the first of a kind comes there are none, as in most streams
  private @Nullable AtomicBatches atomic;
  private @Nullable FastBatches fast;

  BatchPublishes(
      Stream stream, Ingest ingest, IngestLimits limits, Supplier<BatchChecks> newChecks) {
    this.stream = stream;
    this.ingest = ingest;
    this.limits = limits;
    this.newChecks = newChecks;
  }

  private AtomicBatches atomic() {
    AtomicBatches present = atomic;
    if (present == null) {
      present = new AtomicBatches(stream, ingest, newChecks);
      atomic = present;
    }
    return present;
  }

  private FastBatches fast() {
    FastBatches present = fast;
    if (present == null) {
      present = new FastBatches(stream, ingest, newChecks);
      fast = present;
    }
    return present;
  }

  /** Whether a publish is part of a batch. */
  boolean isPartOfOne(MessageFrame published, byte[] headers) {
    return FastBatchReply.isOne(published) || !HeaderBlock.text(headers, ID).isEmpty();
  }

  /** Takes a part of a batch, or says what it has to wait for and does nothing. */
  BatchChecks.Wait take(MessageFrame published, byte[] headers) {
    StreamConfig config = stream.config();
    byte[] reply = config.noAck() ? OutputBuffer.NO_BYTES : published.copyReply();
    ApiError refusal = limits.refusalBySize(config, published, headers);
    if (refusal != null) {
      ingest.refuse(reply, refusal);
      return BatchChecks.Wait.NONE;
    }
    return FastBatchReply.isOne(published)
        ? fast().take(published, headers, reply)
        : atomic().take(published, headers, reply);
  }

  /** Ends those that a new configuration does not allow. */
  void configure(StreamConfig config) {
    if (!config.allowAtomic()) {
      closeAtomic();
    }
    if (!config.allowBatched()) {
      closeFast();
    }
  }

  /** Ends all. */
  void close() {
    closeAtomic();
    closeFast();
  }

  private void closeAtomic() {
    AtomicBatches open = atomic;
    if (open != null) {
      open.close();
    }
  }

  private void closeFast() {
    FastBatches open = fast;
    if (open != null) {
      open.close();
    }
  }
}
