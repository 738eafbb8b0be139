// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.LogRecord;
import dev.slipstream.store.StoreException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which streams there are: makes, changes and deletes them, one at a time, so that each is checked
 * against all that came before. When too many requests wait, all that wait are dropped, and the
 * system account is told.
 *
 * <p>Owner: the catalogue's loop, the first of the engine.
 */
final class Catalogue implements Shard.Asset {
  /** The number of the catalogue among the assets of the log. */
  static final long ID = 0;

  /** How many changes that clients ask for may wait for their turn. */
  private static final int MAX_WAITING = 10_000;

  /** What waits for its turn: a request of a client, or a step that must not be left out. */
  private record Turn(Runnable task, boolean isRequest) {}

  private final Engine engine;
  private final Shard shard;
  private final Map<Long, Stream> byId = new TreeMap<>();
  private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
  private final Set<Long> listed = new HashSet<>();
  private final SubjectClaims claims = new SubjectClaims();
  private final RestoringStreams restoring;
  private boolean busy;
  private long lastId;

  /** The last id of a stream that was made; those above are in the log, or nowhere. */
  private long lastMadeId;

  private long snapshotLastId;

  Catalogue(Engine engine, Shard shard) {
    this.engine = engine;
    this.shard = shard;
    restoring = new RestoringStreams(engine, this, shard);
  }

  Shard shard() {
    return shard;
  }

  RestoringStreams restoring() {
    return restoring;
  }

  Iterable<Stream> all() {
    return byId.values();
  }

  /** Makes a stream of a checked configuration. */
  void create(
      JetStreamAccount account,
      StreamConfig config,
      Consumer<ApiError> refused,
      Consumer<Stream> made) {
    requestInTurn(() -> createNow(account, config, refused, made));
  }

  private void createNow(
      JetStreamAccount account,
      StreamConfig config,
      Consumer<ApiError> refused,
      Consumer<Stream> made) {
    Stream existing = account.find(config.name());
    if (config.numReplicas() > 1) {
      done();
      refused.accept(ApiErrors.STREAM_REPLICAS_NOT_SUPPORTED.of());
      return;
    }
    if (existing != null) {
      done();
      if (existing.config().equals(config)) {
        made.accept(existing);
      } else {
        refused.accept(ApiErrors.STREAM_NAME_EXIST.of());
      }
      return;
    }
    ApiError error =
        account.isTaken(config.name())
            ? ApiErrors.STREAM_NAME_EXIST.of()
            : StreamLimits.refusal(account, config);
    if (error == null) {
      error = overlap(account, config);
    }
    StoreException failure = shard.failure();
    if (error == null && failure != null && config.storage() == StorageType.FILE) {
      error = ApiErrors.STREAM_CREATE.of(String.valueOf(failure.getMessage()));
    }
    if (error != null) {
      done();
      refused.accept(error);
      return;
    }
    long id = nextId();
    long created = shard.clock.epochNanos();
    Runnable there =
        () -> {
          Stream stream = byId.get(id);
          if (stream == null) {
            done();
            refused.accept(ApiErrors.STREAM_CREATE.of("stream was not created"));
            return;
          }
          begin(stream, made);
        };
    if (config.storage() == StorageType.MEMORY) {
      add(id, account, config, created);
      there.run();
      return;
    }
    writeStream(shard.log().begin(Records.STREAM_CREATED, ID), id, account, config, created);
    shard
        .log()
        .end(
            new Logged.Task(
                there,
                cause -> {
                  done();
                  refused.accept(ApiErrors.STREAM_CREATE.of(String.valueOf(cause.getMessage())));
                }),
            true);
  }

  static void writeStream(
      OutputBuffer out, long id, JetStreamAccount account, StreamConfig config, long created) {
    out.putLong(id);
    RecordReader.putText(out, account.name());
    out.putLong(created);
    RecordReader.putBytes(out, Stream.writeConfig(config));
  }

  /** Has a stream that is there begin to live, which ends this turn of the catalogue. */
  void begin(Stream stream, Consumer<Stream> made) {
    stream.shard.run(() -> stream.start(() -> shard.run(() -> announce(stream, made))));
  }

  private void announce(Stream stream, Consumer<Stream> made) {
    done();
    stream.account.advisories().streamAction(stream.name, "CREATED", "create");
    made.accept(stream);
  }

  /** Changes a stream's configuration, which was checked. */
  void update(Stream stream, StreamConfig config, Consumer<ApiError> refused, Runnable then) {
    requestInTurn(
        () -> {
          ApiError error = StreamLimits.refusalOfChange(stream.account, stream.config(), config);
          if (error == null) {
            error = overlap(stream.account, config);
          }
          if (error != null) {
            done();
            refused.accept(error);
            return;
          }
          stream.shard.run(() -> updateNow(stream, config, refused, then));
        });
  }

  private void updateNow(
      Stream stream, StreamConfig config, Consumer<ApiError> refused, Runnable then) {
    StreamConfig before = stream.config();
    Runnable ended = () -> shard.run(() -> updateEnded(stream, before));
    ApiError error = stream.consumers.violated(config);
    if (error != null) {
      refused.accept(error);
      ended.run();
      return;
    }
    Runnable updated =
        () -> {
          then.run();
          stream.advisories().streamAction(stream.name, "UPDATED", "modify");
          ended.run();
        };
    stream.log.record(
        Records.STREAM_UPDATED,
        out -> RecordReader.putBytes(out, Stream.writeConfig(config)),
        new Logged.Task(
            updated,
            cause -> {
              refused.accept(ApiErrors.STREAM_UPDATE.of(String.valueOf(cause.getMessage())));
              ended.run();
            }));
  }

  private void updateEnded(Stream stream, StreamConfig before) {
    claims.remove(stream, before.subjects());
    claims.add(stream);
    done();
  }

  /** Deletes a stream with its consumers. */
  void delete(Stream stream, Consumer<ApiError> refused, Runnable then) {
    requestInTurn(
        () -> {
          if (byId.get(stream.id) != stream) {
            done();
            then.run();
            return;
          }
          Runnable gone =
              () -> {
                done();
                stream.account.advisories().streamAction(stream.name, "DELETED", "delete");
                then.run();
              };
          if (stream.isMemory()) {
            remove(stream, gone);
            return;
          }
          shard.log().begin(Records.STREAM_DELETED, ID).putLong(stream.id);
          shard
              .log()
              .end(
                  new Logged.Task(
                      () -> remove(stream, gone),
                      cause -> {
                        done();
                        refused.accept(
                            ApiErrors.STREAM_DELETE.of(String.valueOf(cause.getMessage())));
                      }),
                  true);
        });
  }

  /** Whether a configuration's subjects are already another stream's. */
  @Nullable ApiError overlap(JetStreamAccount account, StreamConfig config) {
    return claims.isTaken(account, config.name(), config.subjects())
        ? ApiErrors.STREAM_SUBJECT_OVERLAP.of()
        : null;
  }

  /** The subjects of the streams that are there or are being made. */
  SubjectClaims claims() {
    return claims;
  }

  /** As {@link #inTurn}, for a request of a client: dropped when too many of them wait. */
  private void requestInTurn(Runnable task) {
    if (waiting.size() >= MAX_WAITING) {
      int before = waiting.size();
      waiting.removeIf(Turn::isRequest); // as the public server does; who asked hears nothing
      JetStreamAccount system = engine.system();
      if (system != null) {
        system.advisories().apiLimitReached(before - waiting.size() + 1);
      }
      return;
    }
    waiting.add(new Turn(task, true));
    goOn();
  }

  /** Runs a task when those before it are {@link #done}. */
  void inTurn(Runnable task) {
    waiting.add(new Turn(task, false));
    goOn();
  }

  private void goOn() {
    Turn next = busy ? null : waiting.poll();
    if (next != null) {
      busy = true;
      next.task.run();
    }
  }

  /** The task that has the turn has done what others must not come between. */
  void done() {
    busy = false;
    shard.atTurnEnd(this::goOn);
  }

  /** A number for a stream that is to be made in this turn. */
  long nextId() {
    return ++lastId;
  }

  /** A stream of that number is made. */
  void madeId(long id) {
    lastId = Math.max(lastId, id);
    lastMadeId = Math.max(lastMadeId, id);
  }

  private Stream add(
      long id, JetStreamAccount account, StreamConfig config, long createdEpochNanos) {
    Stream stream = engine.newStream(id, account, config, createdEpochNanos);
    add(stream);
    return stream;
  }

  void add(Stream stream) {
    madeId(stream.id);
    byId.put(stream.id, stream);
    stream.account.add(stream);
    claims.add(stream);
  }

  /** Takes a stream out again, if it is there: it is not whole yet. */
  @Nullable Stream withdraw(long id) {
    Stream stream = byId.remove(id);
    if (stream != null) {
      stream.account.remove(stream);
      claims.remove(stream, stream.config().subjects());
    }
    return stream;
  }

  private void remove(Stream stream, Runnable then) {
    withdraw(stream.id);
    engine.end(stream, () -> shard.run(then));
  }

  @Override
  public void apply(LogRecord record, @Nullable Object attachment) {
    RecordReader in = new RecordReader(record.bytes, record.from, record.to);
    long id = in.readLong();
    if (record.type == Records.STREAM_CREATED && !byId.containsKey(id)) {
      JetStreamAccount account = engine.account(in.readText());
      long created = in.readLong();
      add(id, account, Stream.readConfig(in.readBytes()), created);
    } else if (record.type == Records.STREAM_DELETED && attachment == null) {
      Stream stream = withdraw(id);
      if (stream != null) {
        engine.drop(stream);
      }
      restoring.applyAbandoned(id);
    } else if (record.type == Records.STREAM_RESTORING) {
      restoring.applyRestoring(id, in);
    } else if (record.type == Records.STREAM_RESTORED) {
      restoring.applyRestored(id, attachment != null);
    }
    if (attachment instanceof Runnable then) {
      then.run();
    }
  }

  @Override
  public Consumer<OutputBuffer> writeSnapshot(OutputBuffer out) {
    out.putLong(lastMadeId);
    byId.values().stream().filter(s -> !s.isMemory()).forEach(s -> out.putLong(s.id));
    restoring.ids().forEach(id -> out.putLong(-id));
    return rest -> {};
  }

  void readSnapshot(RecordReader in) {
    snapshotLastId = in.readLong();
    madeId(snapshotLastId);
    while (in.hasMore()) {
      listed.add(in.readLong());
    }
  }

  /** A stream's own snapshot: account, creation time, configuration and the rest. */
  void readStreamSnapshot(long id, RecordReader in) {
    JetStreamAccount account = engine.account(in.readText());
    long created = in.readLong();
    StreamConfig config = Stream.readConfig(in.readBytes());
    if (listed.contains(-id)) {
      restoring.readSnapshot(id, account, config, created, in);
    } else {
      add(id, account, config, created).readSnapshot(in);
    }
  }

  /**
   * All snapshots were read: a stream that an earlier state of its loop still shows, while the
   * catalogue knows that it was deleted, is dropped.
   */
  void snapshotsRead() {
    for (Stream stream : java.util.List.copyOf(byId.values())) {
      if (stream.id <= snapshotLastId && !listed.contains(stream.id)) {
        withdraw(stream.id);
        engine.drop(stream);
      }
    }
    listed.clear();
  }

  @Override
  public void logFailed(StoreException cause) {
    // what waits for a record is told so with the record
  }
}
