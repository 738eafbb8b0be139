// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoreException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fast batches that are open in one stream: their messages are stored as they come, and their
 * publishers hear now and then how far that is. See {@link FastBatch} for where one stands.
 *
 * <p>Bounds: {@link BatchLimits}. What a publisher is told rests on what is durable. Owner: the
 * stream's loop. Source: ADR-50.
 */
final class FastBatches {
  private final Stream stream;
  private final Ingest ingest;
  private final Supplier<BatchChecks> newChecks;
  private final OpenBatches<FastBatch> open;

  FastBatches(Stream stream, Ingest ingest, Supplier<BatchChecks> newChecks) {
    this.stream = stream;
    this.ingest = ingest;
    this.newChecks = newChecks;
    open =
        new OpenBatches<>(
            stream, stream.account.batchBudget.fastBatches, (id, batch) -> resumeLater(batch));
  }

  /** Takes a message; {@code answerTo} is empty when the stream acknowledges nothing. */
  BatchChecks.Wait take(MessageFrame published, byte[] headers, byte[] answerTo) {
    FastBatchReply part = FastBatchReply.read(published.reply());
    FastBatch known = part == null ? null : open.find(part.id());
    ApiError refusal = refusalBeforeLook(part);
    if (refusal == null && part != null && known == null) {
      refusal = refusalToOpen(part);
    }
    if (refusal != null) {
      ingest.refuse(answerTo, refusal);
    }
    if (refusal != null || part == null) {
      return BatchChecks.Wait.NONE;
    }
    if (known != null && !known.deferred.isEmpty() && !known.isResuming()) {
      defer(known, published, answerTo);
      return BatchChecks.Wait.NONE;
    }
    BatchChecks checks = newChecks.get();
    boolean hasMessage =
        part.operation() != FastBatchReply.Operation.PING
            && part.operation() != FastBatchReply.Operation.END
            && (known == null || !known.isCommitting());
    byte[] kept = IngestHeaders.withoutRequiredLevel(headers);
    boolean passes = hasMessage && checks.add(published, kept);
    if (!checks.mustWait().equals(BatchChecks.Wait.NONE)) {
      return checks.mustWait();
    }
    if (known != null && known.hasUnderWay() && !(passes && part.seq() == known.next())) {
      defer(known, published, answerTo);
      return BatchChecks.Wait.NONE;
    }
    FastBatch batch = known == null ? begin(part) : known;
    if (IngestHeaders.requiresMoreThan(headers, stream.account.options().apiLevel())) {
      end(part, batch);
      ingest.refuse(answerTo, ApiErrors.REQUIRED_API_LEVEL.of());
      return BatchChecks.Wait.NONE;
    }
    take(part, batch, checks, published.copyReply(), answerTo);
    return BatchChecks.Wait.NONE;
  }

  /** Has a part wait for the messages of its batch that are on their way to the log. */
  private void defer(FastBatch batch, MessageFrame published, byte[] answerTo) {
    if (!batch.deferred.hold(published)) {
      ingest.refuse(answerTo, ApiErrors.STREAM_TOO_MANY_REQUESTS.of());
    }
  }

  /** Looks at what was deferred, as far as that is possible now, also when the batch has ended. */
  private void resume(FastBatch batch) {
    if (batch.hasUnderWay()) {
      return;
    }
    batch.resuming(true);
    batch.deferred.goOn(
        message -> {
          byte[] answerTo = stream.config().noAck() ? OutputBuffer.NO_BYTES : message.copyReply();
          BatchChecks.Wait wait = take(message, IngestHeaders.stored(message), answerTo);
          if (wait.missingSeq() > 0) {
            defer(batch, message, answerTo);
            stream.store.load(wait.missingSeq(), () -> resumeLater(batch));
          } else if (wait.forWhatIsUnderWay()) {
            defer(batch, message, answerTo);
            stream.log.whenDurable(() -> resumeLater(batch));
          }
        });
    batch.resuming(false);
  }

  private void resumeLater(FastBatch batch) {
    if (!batch.hasUnderWay() && !batch.deferred.isEmpty()) {
      stream.shard.atTurnEnd(() -> resume(batch));
    }
  }

  private void end(FastBatchReply part, FastBatch batch) {
    open.remove(part.id());
    resumeLater(batch);
  }

  private @Nullable ApiError refusalBeforeLook(@Nullable FastBatchReply part) {
    if (!stream.config().allowBatched()) {
      return ApiErrors.BATCH_PUBLISH_DISABLED.of();
    }
    if (part == null) {
      return ApiErrors.BATCH_PUBLISH_INVALID_PATTERN.of();
    }
    return Subject.bytes(part.id()).length > BatchLimits.MAX_ID_BYTES
        ? ApiErrors.BATCH_PUBLISH_INVALID_BATCH_ID.of()
        : null;
  }

  private @Nullable ApiError refusalToOpen(FastBatchReply part) {
    if (part.seq() != 1 || part.operation() == FastBatchReply.Operation.PING) {
      return ApiErrors.BATCH_PUBLISH_UNKNOWN_BATCH_ID.of();
    }
    BatchLimits limits = stream.account.options().batches();
    return open.hasRoom(limits.fastPerStream(), limits.fastTotal())
        ? null
        : ApiErrors.BATCH_PUBLISH_TOO_MANY_INFLIGHT.of();
  }

  private FastBatch begin(FastBatchReply part) {
    FastBatch batch = new FastBatch(part.gapOk(), part.flow(), open.size() == 0, ingest.heldRoom());
    open.open(part.id(), batch);
    return batch;
  }

  private void take(
      FastBatchReply part, FastBatch batch, BatchChecks checks, byte[] reply, byte[] answerTo) {
    if (!batch.isCommitting()) {
      open.touch(part.id());
    }
    if (part.operation() == FastBatchReply.Operation.PING) {
      ping(part, batch, reply);
      return;
    }
    if (batch.isCommitting()) {
      return; // its publisher waits for the end
    }
    if (part.seq() != batch.next() && !goesOn(part, batch, reply)) {
      return;
    }
    batch.received(part.seq());
    if (part.operation() == FastBatchReply.Operation.END) {
      batch.takeBack();
      commit(part, batch, reply);
      return;
    }
    if (part.commits()) {
      commit(part, batch, reply);
    } else if (part.seq() == 1 && answerTo.length > 0) {
      sendFlow(reply, 0, batch.flow());
    }
    ApiError refusal = checks.refusal();
    if (refusal != null) {
      refuse(part, batch, checks, refusal, reply);
      return;
    }
    BatchChecks.Passed message = checks.passed().get(0);
    batch.taken();
    Logged.Stored waiting =
        new Logged.Stored(
            seq -> stored(part, batch, reply, seq), cause -> dropped(part, batch, reply, cause));
    long now = stream.shard.clock.epochNanos();
    ingest.intake().take(message.message(), message.headers(), message.ttlSeconds(), now, waiting);
    if (message.counter() != null) {
      ingest.counters().accepted(message.message(), message.counter());
    }
  }

  /** Tells of a gap; whether the batch goes on behind it. */
  private boolean goesOn(FastBatchReply part, FastBatch batch, byte[] reply) {
    sendGap(reply, batch.next(), part.seq());
    if (batch.gapOk() && Long.compareUnsigned(part.seq(), batch.next()) > 0) {
      return true;
    }
    commit(part, batch, reply);
    return false;
  }

  private void ping(FastBatchReply part, FastBatch batch, byte[] reply) {
    boolean tell = true;
    if (Long.compareUnsigned(part.seq(), batch.next() - 1) > 0) {
      sendGap(reply, batch.next(), part.seq() + 1);
      if (batch.gapOk()) {
        batch.received(part.seq());
        batch.catchUp();
        tell = !tellFlow(batch, reply);
      } else {
        tell = !commit(part, batch, reply);
      }
    }
    if (tell) {
      sendFlow(reply, batch.toldSeq(), batch.flow());
    }
  }

  /** Ends a batch: its publisher hears now, or when its last message is stored. */
  private boolean commit(FastBatchReply part, FastBatch batch, byte[] reply) {
    batch.commit();
    open.keep(part.id());
    if (!batch.isStored()) {
      return false;
    }
    end(part, batch);
    long seq = batch.streamSeq();
    long count = batch.next() - 1;
    ingest.afterWhatIsUnderWay(reply, () -> stream.pubAcks.batch(reply, seq, part.id(), count));
    return true;
  }

  private void refuse(
      FastBatchReply part, FastBatch batch, BatchChecks checks, ApiError refusal, byte[] reply) {
    if (checks.isDuplicate()) {
      batch.catchUp();
      tellFlow(batch, reply);
      if (!part.commits()) {
        return;
      }
    }
    if (!part.gapOk() && batch.next() == 2) {
      end(part, batch);
      long first = checks.duplicateOf();
      if (checks.isDuplicate() && first > 0) {
        ingest.afterWhatIsUnderWay(
            reply, () -> stream.pubAcks.duplicateBatch(reply, first, part.id(), part.seq()));
      } else {
        ingest.refuse(reply, refusal);
      }
      return;
    }
    if (!checks.isDuplicate()) {
      ingest.afterWhatIsUnderWay(reply, () -> sendError(reply, part.seq(), refusal));
    }
    if (part.gapOk() && !part.commits()) {
      return;
    }
    if (!checks.isDuplicate()) {
      batch.takeBack();
    }
    commit(part, batch, reply);
  }

  private void stored(FastBatchReply part, FastBatch batch, byte[] reply, long streamSeq) {
    batch.stored(part.seq(), streamSeq);
    if (open.find(part.id()) != batch) {
      resumeLater(batch); // was idle for too long, or its stream does not take batches any more
    } else if (batch.isCommitting() && batch.isStored()) {
      end(part, batch);
      stream.pubAcks.batch(reply, streamSeq, part.id(), batch.next() - 1);
    } else {
      tellFlow(batch, reply);
      resumeLater(batch);
    }
  }

  private void dropped(FastBatchReply part, FastBatch batch, byte[] reply, StoreException cause) {
    batch.dropped();
    if (open.find(part.id()) == batch) {
      end(part, batch);
      ingest.refuseDropped(reply, cause);
    }
  }

  /** Tells a publisher how far its batch is, if it is time; whether it was. */
  private boolean tellFlow(FastBatch batch, byte[] reply) {
    boolean due = batch.isToldNow(open.size());
    if (due) {
      sendFlow(reply, batch.toldSeq(), batch.flow());
    }
    return due;
  }

  private void sendFlow(byte[] reply, long seq, int messages) {
    JsonWriter json = new JsonWriter().object().field("type", "ack").unsignedField("seq", seq);
    send(reply, json.field("msgs", messages));
  }

  private void sendGap(byte[] reply, long expected, long got) {
    JsonWriter json = new JsonWriter().object().field("type", "gap");
    send(reply, json.unsignedField("last_seq", expected).unsignedField("seq", got));
  }

  private void sendError(byte[] reply, long seq, ApiError error) {
    JsonWriter json = new JsonWriter().object().field("type", "err").unsignedField("seq", seq);
    error.write(json.name("error"));
    send(reply, json);
  }

  private void send(byte[] reply, JsonWriter json) {
    stream.send(reply, OutputBuffer.NO_BYTES, json.end().toBytes());
  }

  /** Ends all, and tells nobody. */
  void close() {
    open.close().forEach(batch -> batch.deferred.clear());
  }
}
