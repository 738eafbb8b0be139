// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams that are being restored: they are in the log, and in no account until one record says
 * that they are whole. A start drops those of which that record is missing.
 *
 * <p>Owner: the catalogue's loop. Source: docs/adr/0008.
 */
final class RestoringStreams {
  private final Engine engine;
  private final Catalogue catalogue;
  private final Shard shard;
  private final Map<Long, Stream> byId = new TreeMap<>();

  RestoringStreams(Engine engine, Catalogue catalogue, Shard shard) {
    this.engine = engine;
    this.catalogue = catalogue;
    this.shard = shard;
  }

  /**
   * Begins a stream of a checked configuration, which nobody sees.
   *
   * @param bytes what its messages will count for
   */
  void begin(
      JetStreamAccount account,
      StreamConfig config,
      long bytes,
      Consumer<ApiError> refused,
      Consumer<Stream> begun) {
    catalogue.inTurn(
        () -> {
          ApiError error = refusal(account, config, bytes);
          if (error != null) {
            catalogue.done();
            refused.accept(error);
            return;
          }
          long id = catalogue.nextId();
          long created = shard.clock.epochNanos();
          if (config.storage() == StorageType.MEMORY) {
            Stream stream = add(id, account, config, created);
            catalogue.done();
            begun.accept(stream);
            return;
          }
          Runnable there =
              () -> {
                Stream stream = byId.get(id);
                catalogue.done();
                if (stream == null) {
                  refused.accept(ApiErrors.STREAM_RESTORE.of("stream was not created"));
                } else {
                  begun.accept(stream);
                }
              };
          OutputBuffer out = shard.log().begin(Records.STREAM_RESTORING, Catalogue.ID);
          Catalogue.writeStream(out, id, account, config, created);
          shard.log().end(new Logged.Task(there, cause -> failed(cause, refused)), true);
        });
  }

  private void failed(dev.slipstream.store.StoreException cause, Consumer<ApiError> refused) {
    catalogue.done();
    refused.accept(ApiErrors.STREAM_RESTORE.of(String.valueOf(cause.getMessage())));
  }

  private @Nullable ApiError refusal(JetStreamAccount account, StreamConfig config, long bytes) {
    if (account.isTaken(config.name())) {
      return ApiErrors.STREAM_NAME_EXIST_RESTORE_FAILED.of();
    }
    StreamConfig reserving =
        config.toBuilder().maxBytes(Math.max(config.maxBytes(), bytes)).build();
    ApiError error = StreamLimits.refusal(account, bytes > 0 ? reserving : config);
    if (error != null) {
      return error;
    }
    error =
        config.numReplicas() > 1
            ? ApiErrors.STREAM_REPLICAS_NOT_SUPPORTED.of()
            : catalogue.overlap(account, config);
    return error == null
        ? null
        : ApiErrors.STREAM_RESTORE.of("error adding stream: " + RestoredContents.text(error));
  }

  /** All of a stream is durable: it is there from now on. */
  void complete(Stream stream, Consumer<ApiError> refused, Runnable made) {
    catalogue.inTurn(
        () -> {
          if (byId.get(stream.id) != stream) {
            catalogue.done();
            refused.accept(ApiErrors.STREAM_RESTORE.of("stream is gone"));
            return;
          }
          Runnable there = () -> catalogue.begin(stream, started -> made.run());
          if (stream.isMemory()) {
            reveal(stream);
            there.run();
            return;
          }
          shard.log().begin(Records.STREAM_RESTORED, Catalogue.ID).putLong(stream.id);
          shard.log().end(new Logged.Task(there, cause -> failed(cause, refused)), true);
        });
  }

  /** Nothing is to be left of a stream. */
  void abandon(Stream stream, Runnable gone) {
    catalogue.inTurn(
        () -> {
          Runnable then =
              () -> {
                catalogue.done();
                gone.run();
              };
          if (byId.get(stream.id) != stream) {
            then.run();
          } else if (stream.isMemory()) {
            remove(stream, then);
          } else {
            shard.log().begin(Records.STREAM_DELETED, Catalogue.ID).putLong(stream.id);
            Runnable removed = () -> remove(stream, then);
            shard.log().end(new Logged.Task(removed, cause -> then.run()), true);
          }
        });
  }

  private void remove(Stream stream, Runnable then) {
    forget(stream);
    engine.end(stream, () -> shard.run(then));
  }

  private void forget(Stream stream) {
    byId.remove(stream.id);
    stream.account.removeRestoring(stream);
    catalogue.claims().remove(stream, stream.config().subjects());
  }

  private Stream add(
      long id, JetStreamAccount account, StreamConfig config, long createdEpochNanos) {
    Stream stream = engine.newStream(id, account, config, createdEpochNanos);
    adopt(stream);
    return stream;
  }

  private void adopt(Stream stream) {
    stream.restoring(true);
    byId.put(stream.id, stream);
    stream.account.addRestoring(stream);
    catalogue.claims().add(stream);
  }

  private void reveal(Stream stream) {
    forget(stream);
    catalogue.add(stream);
  }

  /** Applies that a stream is being restored; its own snapshot may have come before. */
  void applyRestoring(long id, RecordReader in) {
    Stream known = catalogue.withdraw(id);
    if (known != null) {
      adopt(known);
    } else if (!byId.containsKey(id)) {
      JetStreamAccount account = engine.account(in.readText());
      long created = in.readLong();
      add(id, account, Stream.readConfig(in.readBytes()), created);
    }
    catalogue.madeId(id);
  }

  /** Applies that a stream is whole. */
  void applyRestored(long id, boolean live) {
    Stream stream = byId.get(id);
    if (stream == null) {
      return;
    }
    if (!live) {
      stream.restoring(false); // its snapshot may have come before
    }
    reveal(stream);
  }

  /** Applies at a start that a stream is abandoned. */
  void applyAbandoned(long id) {
    Stream stream = byId.get(id);
    if (stream != null) {
      drop(stream);
    }
  }

  private void drop(Stream stream) {
    forget(stream);
    engine.drop(stream);
  }

  /** The numbers of those that are in the log. */
  List<Long> ids() {
    return byId.values().stream().filter(each -> !each.isMemory()).map(each -> each.id).toList();
  }

  /** A stream's own snapshot was read, and it is one of these. */
  void readSnapshot(
      long id, JetStreamAccount account, StreamConfig config, long created, RecordReader in) {
    add(id, account, config, created).readSnapshot(in);
  }

  /** The whole log was read: what is not whole now never will be. */
  void recovered() {
    List.copyOf(byId.values()).forEach(this::drop);
  }
}
