// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The atomic batches that are open in one stream. A batch waits in memory until its last message
 * says so; then all of it is checked and becomes one record of the log, so that it is stored whole
 * or not at all.
 *
 * <p>Bounds: {@link BatchLimits}. A batch that is given up is told by an advisory. Owner: the
 * stream's loop. Source: ADR-50, docs/adr/0012-batches.md.
 */
final class AtomicBatches {
  private static final byte[] SEQ = Subject.bytes("Nats-Batch-Sequence");
  private static final byte[] COMMIT = Subject.bytes("Nats-Batch-Commit");

  private static final String TIMEOUT = "timeout";
  private static final String LARGE = "large";
  private static final String INCOMPLETE = "incomplete";
  private static final String UNSUPPORTED = "unsupported";

  /** What has come of a batch. */
  private static final class Batch {
    private final List<MessageFrame> messages = new ArrayList<>();
    private long bytes;
  }

  /** One message as its headers say it is meant. */
  private record Part(String id, long seq, @Nullable String commit) {
    boolean isEnd() {
      return "eob".equals(commit);
    }

    boolean commitsWrongly() {
      return commit != null && !isEnd() && !commit.equals("1");
    }

    /** How many messages the batch has with this one. */
    long size() {
      return isEnd() ? seq - 1 : seq;
    }
  }

  private final Stream stream;
  private final Ingest ingest;
  private final Supplier<BatchChecks> newChecks;
  private final BatchBudget budget;
  private final OpenBatches<Batch> open;

  AtomicBatches(Stream stream, Ingest ingest, Supplier<BatchChecks> newChecks) {
    this.stream = stream;
    this.ingest = ingest;
    this.newChecks = newChecks;
    budget = stream.account.batchBudget;
    open = new OpenBatches<>(stream, budget.atomicBatches, this::ended);
  }

  private void ended(String id, Batch batch) {
    budget.unstage(batch.bytes);
    stream.advisories().batchAbandoned(stream, id, TIMEOUT);
  }

  private BatchLimits limits() {
    return stream.account.options().batches();
  }

  /** Takes a message; {@code reply} is empty when nobody waits for an answer. */
  BatchChecks.Wait take(MessageFrame published, byte[] headers, byte[] reply) {
    String id = HeaderBlock.text(headers, BatchPublishes.ID);
    Long seq = IngestHeaders.number(HeaderBlock.text(headers, SEQ));
    String commit = HeaderBlock.get(headers, 0, headers.length, COMMIT);
    Part part = new Part(id, seq == null ? 0 : seq, commit);
    Batch known = open.find(id);
    ApiError refusal = refusalBeforeLook(id, seq != null);
    if (refusal == null && known == null) {
      refusal = refusalToOpen(part);
    }
    if (refusal != null) {
      ingest.refuse(reply, refusal);
      return BatchChecks.Wait.NONE;
    }
    Batch batch = known == null ? new Batch() : known;
    if (isGivenUp(part, batch, headers, reply)) {
      return BatchChecks.Wait.NONE;
    }
    byte[] kept = IngestHeaders.withoutRequiredLevel(headers);
    if (part.commit != null) {
      return commit(part, batch, published, kept, reply);
    }
    stage(part, batch, staged(published, kept), reply);
    return BatchChecks.Wait.NONE;
  }

  private @Nullable ApiError refusalBeforeLook(String id, boolean hasSeq) {
    if (!stream.config().allowAtomic()) {
      return ApiErrors.ATOMIC_PUBLISH_DISABLED.of();
    }
    if (Subject.bytes(id).length > BatchLimits.MAX_ID_BYTES) {
      return ApiErrors.ATOMIC_PUBLISH_INVALID_BATCH_ID.of();
    }
    return hasSeq ? null : ApiErrors.ATOMIC_PUBLISH_MISSING_SEQ.of();
  }

  private @Nullable ApiError refusalToOpen(Part part) {
    if (part.seq != 1) {
      return Long.compareUnsigned(part.size(), limits().atomicMessages()) > 0
          ? ApiErrors.ATOMIC_PUBLISH_TOO_LARGE_BATCH.of(limits().atomicMessages())
          : ApiErrors.ATOMIC_PUBLISH_INCOMPLETE_BATCH.of();
    }
    return open.hasRoom(limits().atomicPerStream(), limits().atomicTotal())
        ? null
        : ApiErrors.ATOMIC_PUBLISH_TOO_MANY_INFLIGHT.of();
  }

  /** Whether this message ends the batch without storing it. */
  private boolean isGivenUp(Part part, Batch batch, byte[] headers, byte[] reply) {
    ApiError refusal = null;
    String reason = "";
    if (part.commitsWrongly()) {
      refusal = ApiErrors.ATOMIC_PUBLISH_INVALID_BATCH_COMMIT.of();
    } else if (IngestHeaders.requiresMoreThan(headers, stream.account.options().apiLevel())) {
      refusal = ApiErrors.REQUIRED_API_LEVEL.of();
      reason = UNSUPPORTED;
    } else if (part.seq != batch.messages.size() + 1 || part.size() == 0) {
      refusal = ApiErrors.ATOMIC_PUBLISH_INCOMPLETE_BATCH.of();
      reason = INCOMPLETE;
    } else if (part.size() > limits().atomicMessages()) {
      refusal = ApiErrors.ATOMIC_PUBLISH_TOO_LARGE_BATCH.of(limits().atomicMessages());
      reason = LARGE;
    }
    if (refusal != null) {
      giveUp(part, batch, reason);
      ingest.refuse(reply, refusal);
    }
    return refusal != null;
  }

  private void giveUp(Part part, Batch batch, String reason) {
    end(part, batch);
    if (!reason.isEmpty()) {
      stream.advisories().batchAbandoned(stream, part.id, reason);
    }
  }

  private void end(Part part, Batch batch) {
    budget.unstage(batch.bytes);
    batch.bytes = 0;
    open.remove(part.id);
  }

  private void stage(Part part, Batch batch, MessageFrame message, byte[] reply) {
    long bytes = (long) message.line.length + message.payloadEnd;
    boolean tooLarge = batch.bytes + bytes > BatchLimits.MAX_BYTES;
    if (tooLarge || !budget.stage(bytes)) {
      giveUp(part, batch, LARGE);
      ingest.refuse(
          reply,
          tooLarge
              ? ApiErrors.ATOMIC_PUBLISH_TOO_LARGE_BATCH.of(BatchLimits.MAX_BYTES + " bytes")
              : ApiErrors.ATOMIC_PUBLISH_TOO_MANY_INFLIGHT.of());
      return;
    }
    batch.bytes += bytes;
    batch.messages.add(message);
    if (batch.messages.size() == 1) {
      open.open(part.id, batch);
    } else {
      open.touch(part.id);
    }
    if (reply.length > 0) {
      stream.send(reply, OutputBuffer.NO_BYTES);
    }
  }

  /** A message that is kept for later, on arrays of its own. */
  private static MessageFrame staged(MessageFrame published, byte[] headers) {
    return new MessageFrame()
        .set(Subject.bytes(published.subject()), headers, published.copyPayload());
  }

  /** Checks the batch, and stores it; does nothing when it has to wait. */
  private BatchChecks.Wait commit(
      Part part, Batch batch, MessageFrame published, byte[] headers, byte[] reply) {
    List<MessageFrame> all = new ArrayList<>(batch.messages);
    if (!part.isEnd()) {
      all.add(staged(published, headers));
    }
    BatchChecks checks = newChecks.get();
    ApiError refusal = null;
    for (MessageFrame message : all) {
      byte[] own = message.copyHeaders();
      if (!HeaderBlock.text(own, IngestHeaders.EXPECTED_LAST_MSG_ID).isEmpty()) {
        refusal = ApiErrors.ATOMIC_PUBLISH_UNSUPPORTED_HEADER_BATCH.of("Nats-Expected-Last-Msg-Id");
        break;
      }
      if (!checks.add(message, own)) {
        if (!checks.mustWait().equals(BatchChecks.Wait.NONE)) {
          return checks.mustWait();
        }
        refusal = checks.refusal();
        break;
      }
    }
    end(part, batch);
    if (refusal == null) {
      store(part, checks.passed(), reply);
    } else {
      ingest.refuse(reply, refusal);
    }
    return BatchChecks.Wait.NONE;
  }

  private void store(Part part, List<BatchChecks.Passed> all, byte[] reply) {
    int wanted = all.size();
    while (wanted > 0 && !stream.interest.wants(all.get(wanted - 1).message())) {
      wanted--;
    }
    int together = wanted;
    long now = stream.shard.clock.epochNanos();
    if (together > 0) {
      stream.log.together(
          () -> {
            for (int i = 0; i < together; i++) {
              store(part, all, i, now, reply);
            }
          });
    }
    for (int i = together; i < all.size(); i++) {
      store(part, all, i, now, reply);
    }
  }

  private void store(Part part, List<BatchChecks.Passed> all, int index, long now, byte[] reply) {
    BatchChecks.Passed each = all.get(index);
    boolean last = index == all.size() - 1;
    byte[] headers = each.headers();
    if (last && part.isEnd()) {
      headers = HeaderBlock.with(headers, 0, headers.length, "Nats-Batch-Commit", "1");
    } else if (!last && !stream.interest.wants(each.message())) {
      ingest.intake().passOver(headers, now);
      return;
    }
    Object waiting = last && reply.length > 0 ? acknowledging(part.id, all.size(), reply) : null;
    ingest.intake().take(each.message(), headers, each.ttlSeconds(), now, waiting);
    if (each.counter() != null) {
      ingest.counters().accepted(each.message(), each.counter());
    }
  }

  private Logged.Stored acknowledging(String id, long count, byte[] reply) {
    return new Logged.Stored(
        seq -> stream.pubAcks.batch(reply, seq, id, count),
        cause -> ingest.refuseDropped(reply, cause));
  }

  /** Ends all, and tells nobody. */
  void close() {
    open.close().forEach(batch -> budget.unstage(batch.bytes));
  }
}
