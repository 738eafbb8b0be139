// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one stream: made, changed and deleted by records.
 *
 * <p>What happens to an ephemeral consumer is applied at once and logged without anybody waiting:
 * such a consumer may go away at any time. One with memory storage is not logged at all and ends
 * with the process. Owner: the stream's loop; {@link #find} may be called on any.
 */
final class Consumers {
  private static final byte[] DELETED = PullStatus.conflict("Consumer Deleted");

  private final Stream stream;
  private final Map<String, Consumer> byName = new ConcurrentHashMap<>();
  private final Map<Integer, Consumer> byId = new TreeMap<>();
  private final Set<String> underWay = new HashSet<>();

  /** The lists that consumers begin with whose records are not applied, as they would be read. */
  private final Map<Integer, LastPerSubject> begun = new HashMap<>();

  private int lastId;

  Consumers(Stream stream) {
    this.stream = stream;
  }

  @Nullable Consumer find(String name) {
    return byName.get(name);
  }

  /** How many there are. */
  int size() {
    return byId.size();
  }

  /** How many there are that count against a limit: those of clients, not of other streams. */
  int limitedSize() {
    return count(config -> !SourcingConsumers.serves(config));
  }

  /** How many there are that are shown. */
  int shownSize() {
    return count(config -> !config.direct());
  }

  private int count(Predicate<ConsumerConfig> counts) {
    return (int) byId.values().stream().map(Consumer::config).filter(counts).count();
  }

  /**
   * Those that are shown, by name: all but the direct ones, which other servers make for
   * themselves.
   */
  List<Consumer> shown() {
    return sorted().stream().filter(each -> !each.config().direct()).toList();
  }

  /** All consumers by name. */
  Collection<Consumer> sorted() {
    return new TreeMap<>(byName).values();
  }

  /** Whether a change of the consumer of this name is in the log and not applied. */
  boolean isUnderWay(String name) {
    return underWay.contains(name);
  }

  /** Whether a change of any consumer is in the log and not applied. */
  boolean isAnyUnderWay() {
    return !underWay.isEmpty();
  }

  /**
   * Makes a consumer whose config was checked; {@code then} runs once it is there.
   *
   * @param list what it delivers first; null when it begins where its config says
   */
  void create(
      String name,
      ConsumerConfig config,
      @Nullable LastPerSubject list,
      java.util.function.Consumer<ApiError> refused,
      Runnable then) {
    int id = ++lastId;
    if (list != null) {
      begun.put(id, list);
    }
    long created = stream.shard.clock.epochNanos();
    record(
        Records.CONSUMER_CREATED,
        name,
        config,
        out -> {
          out.putInt(id);
          RecordReader.putText(out, name);
          out.putLong(created);
          RecordReader.putBytes(out, write(config));
          if (isEphemeral(config) || list != null) {
            // it begins now, whatever comes before it in the log
            out.putLong(startFor(config, list));
            LastPerSubject.write(out, list);
          }
        },
        refused,
        then);
  }

  /** Changes a consumer's config, which was checked. */
  void update(
      Consumer consumer,
      ConsumerConfig config,
      java.util.function.Consumer<ApiError> refused,
      Runnable then) {
    record(
        Records.CONSUMER_UPDATED,
        consumer.name,
        config,
        out -> {
          out.putInt(consumer.id);
          RecordReader.putBytes(out, write(config));
        },
        refused,
        then);
  }

  /** Deletes a consumer. */
  void delete(Consumer consumer, java.util.function.Consumer<ApiError> refused, Runnable then) {
    record(
        Records.CONSUMER_DELETED,
        consumer.name,
        consumer.config(),
        out -> out.putInt(consumer.id),
        refused,
        then);
  }

  /** A consumer was idle for too long. */
  void expire(Consumer consumer) {
    if (!isUnderWay(consumer.name)) {
      delete(consumer, refused -> {}, () -> stream.advisories().consumerDeleted(consumer));
    }
  }

  static boolean isEphemeral(ConsumerConfig config) {
    return config.durableName().isEmpty();
  }

  private void record(
      byte type,
      String name,
      ConsumerConfig config,
      java.util.function.Consumer<OutputBuffer> body,
      java.util.function.Consumer<ApiError> refused,
      Runnable then) {
    boolean kept = !config.memStorage() && !stream.isMemory();
    if (kept && !isEphemeral(config)) {
      underWay.add(name);
      stream.log.record(
          type,
          body,
          new Logged.Task(
              () -> {
                underWay.remove(name);
                whenCounted(name, then);
              },
              cause -> {
                underWay.remove(name);
                refused.accept(ApiErrors.CONSUMER_CREATE.of(String.valueOf(cause.getMessage())));
              }));
      return;
    }
    OutputBuffer applied = new OutputBuffer(512);
    body.accept(applied);
    apply(type, new RecordReader(applied.array(), 0, applied.length()));
    if (kept) {
      stream.log.record(type, body, StreamLog.APPLIED);
    }
    whenCounted(name, then);
  }

  /** Runs {@code then} when it is known how much is pending for the consumer, if there is one. */
  private void whenCounted(String name, Runnable then) {
    Consumer consumer = find(name);
    if (consumer == null) {
      then.run();
    } else {
      consumer.unseen.whenDone(then);
    }
  }

  /** What was under way never happened. */
  void logFailed() {
    underWay.clear();
    begun.clear();
  }

  /** Applies a record. */
  void apply(byte type, RecordReader in) {
    int id = in.readInt();
    Consumer consumer = byId.get(id);
    switch (type) {
      case Records.CONSUMER_CREATED -> {
        if (consumer == null) {
          applyCreated(id, in);
        }
      }
      case Records.CONSUMER_RESTORED -> {
        if (consumer == null) {
          addWritten(id, in);
        }
      }
      case Records.CONSUMER_UPDATED -> {
        if (consumer != null) {
          consumer.update(read(in.readBytes()));
        }
      }
      case Records.CONSUMER_DELETED -> {
        if (consumer != null) {
          remove(consumer);
        }
      }
      default -> {
        if (consumer != null) {
          consumer.replay(in);
        }
      }
    }
  }

  private void applyCreated(int id, RecordReader in) {
    String name = in.readText();
    long created = in.readLong();
    ConsumerConfig config = read(in.readBytes());
    boolean hasBegun = in.hasMore();
    long begunAt = hasBegun ? in.readLong() : 0;
    LastPerSubject lastPerSubject = begun.remove(id);
    if (lastPerSubject == null && hasBegun) {
      lastPerSubject = LastPerSubject.read(in);
    }
    long start = hasBegun ? begunAt : ConsumerStart.seq(config, stream.store);
    boolean logged = !stream.isMemory() && !config.memStorage();
    ConsumerState state = new ConsumerState(config.ackPolicy(), logged, start);
    Consumer consumer =
        new Consumer(stream, id, name, config, created, state, lastPerSubject, null);
    add(consumer);
    if (stream.isLive()) {
      consumer.start();
    }
  }

  /** Whether a new consumer of this config begins with a list of messages. */
  boolean beginsWithList(ConsumerConfig config) {
    return config.deliverPolicy() == DeliverPolicy.LAST_PER_SUBJECT
        && stream.config().maxMsgsPerSubject() != 1;
  }

  private long startFor(ConsumerConfig config, @Nullable LastPerSubject list) {
    return list != null && list.remaining() > 0
        ? list.peek()
        : ConsumerStart.seq(config, stream.store);
  }

  private void add(Consumer consumer) {
    lastId = Math.max(lastId, consumer.id);
    byName.put(consumer.name, consumer);
    byId.put(consumer.id, consumer);
    stream.readers.add(consumer);
    stream.usage.consumers(byId.size());
  }

  private void remove(Consumer consumer) {
    byName.remove(consumer.name, consumer);
    byId.remove(consumer.id);
    stream.usage.consumers(byId.size());
    stream.readers.remove(consumer, DELETED);
  }

  /** What forbids a stream's new configuration because of its consumers, or null. */
  @Nullable ApiError violated(StreamConfig changed) {
    int mostPending = changed.consumerLimits().maxAckPending();
    long mostIdle = changed.consumerLimits().inactiveThresholdNanos();
    List<String> violating = new ArrayList<>();
    for (Consumer consumer : sorted()) {
      ConsumerConfig config = consumer.config();
      if (mostPending > 0 && config.maxAckPending() > mostPending
          || mostIdle > 0 && config.inactiveThresholdNanos() > mostIdle) {
        violating.add(consumer.name);
      }
    }
    return violating.isEmpty()
        ? null
        : ApiErrors.STREAM_UPDATE.of(
            "change to limits violates consumers: " + String.join(", ", violating));
  }

  void writeSnapshot(OutputBuffer out) {
    List<Consumer> kept =
        byId.values().stream().filter(each -> !each.config().memStorage()).toList();
    out.putInt(lastId).putInt(kept.size());
    for (Consumer consumer : kept) {
      out.putInt(consumer.id);
      RecordReader.putText(out, consumer.name);
      out.putLong(consumer.createdEpochNanos);
      RecordReader.putBytes(out, consumer.configJson());
      consumer.state.write(out);
      LastPerSubject.write(out, consumer.lastPerSubject);
    }
  }

  void readSnapshot(RecordReader in) {
    lastId = in.readInt();
    for (int left = in.readInt(); left > 0; left--) {
      addWritten(in.readInt(), in);
    }
  }

  /** Adds a consumer that was written with its state. */
  private void addWritten(int id, RecordReader in) {
    String name = in.readText();
    long created = in.readLong();
    ConsumerConfig config = read(in.readBytes());
    boolean logged = !stream.isMemory() && !config.memStorage();
    ConsumerState state = new ConsumerState(config.ackPolicy(), logged, 1);
    in.seek(state.read(in.array(), in.position()));
    LastPerSubject list = LastPerSubject.read(in);
    add(new Consumer(stream, id, name, config, created, state, list, null));
  }

  /**
   * Makes the record of a consumer of an archive, whose config was checked.
   *
   * @param firstSeq the first sequence of the stream in the archive
   */
  void recordRestored(ArchivedConsumer archived, ConsumerConfig config, long firstSeq) {
    OutputBuffer body = new OutputBuffer(512);
    body.putInt(++lastId);
    RecordReader.putText(body, archived.name());
    body.putLong(stream.shard.clock.epochNanos());
    RecordReader.putBytes(body, write(config));
    archived.writeState(body, stream.store, firstSeq);
    LastPerSubject.write(body, null);
    if (config.memStorage()) {
      apply(Records.CONSUMER_RESTORED, new RecordReader(body.array(), 0, body.length()));
    } else {
      stream.log.record(
          Records.CONSUMER_RESTORED, out -> out.put(body.array(), 0, body.length()), null);
    }
  }

  void close() {
    for (Consumer consumer : List.copyOf(byId.values())) {
      remove(consumer);
      stream.advisories().consumerDeleted(consumer);
    }
  }

  static byte[] write(ConsumerConfig config) {
    JsonWriter json = new JsonWriter();
    config.write(json);
    return json.toBytes();
  }

  private static ConsumerConfig read(byte[] json) {
    return ConsumerConfig.read(JsonReader.of(json, 0, json.length));
  }
}
