// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.SequenceInfo;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StreamStore;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as it stands in an archive: its configuration, how far it was delivered and
 * acknowledged, what waits for an acknowledgement and what was delivered again.
 *
 * @param name the name, also where the configuration has none
 * @param config the configuration
 * @param delivered the last delivery
 * @param ackFloor below it everything is acknowledged
 * @param pending what waits for an acknowledgement, by stream sequence
 * @param redelivered how often a message was delivered again, by stream sequence
 */
record ArchivedConsumer(
    String name,
    ConsumerConfig config,
    SequenceInfo delivered,
    SequenceInfo ackFloor,
    TreeMap<Long, Delivery> pending,
    Map<Long, Long> redelivered) {

  /**
   * A delivery that waits for its acknowledgement.
   *
   * @param consumerSeq its number
   * @param epochNanos when it was
   */
  record Delivery(long consumerSeq, long epochNanos) {}

  /**
   * Writes the document of a consumer that is in this state; its sequences are made to be what the
   * public server asks for: pending above the floor, and nothing above what was delivered.
   */
  static byte[] write(ConsumerConfig config, ConsumerState state) {
    JsonWriter json = new JsonWriter().object();
    config.write(json.name("config"));
    json.name("state").object();
    int lowest = state.pending.first();
    long floorSeq = state.floorStreamSeq();
    if (lowest != PendingAcks.NONE) {
      floorSeq = Math.min(floorSeq, state.pending.streamSeq(lowest) - 1);
    }
    long deliveredSeq = Math.max(state.deliveredStreamSeq(), floorSeq);
    long lastConsumerSeq = state.nextConsumerSeq() - 1;
    sequences(json.name("delivered"), lastConsumerSeq, deliveredSeq);
    sequences(
        json.name("ack_floor"), Math.min(state.floorConsumerSeq(), lastConsumerSeq), floorSeq);
    if (!state.pending.isEmpty()) {
      json.name("pending").object();
      PendingAcks pending = state.pending;
      for (int row = pending.first(); row != PendingAcks.NONE; row = pending.next(row)) {
        json.name(Long.toString(pending.streamSeq(row))).object();
        json.field("Sequence", pending.consumerSeq(row));
        json.field("Timestamp", pending.sentEpochNanos(row)).end();
      }
      json.end();
    }
    if (state.unsettled.redeliveredCount() > 0) {
      json.name("redelivered").object();
      state.unsettled.forEachRedelivered(
          (seq, times) -> json.field(Long.toString(seq), (long) times));
      json.end();
    }
    return json.end().end().toBytes();
  }

  private static void sequences(JsonWriter json, long consumerSeq, long streamSeq) {
    new SequenceInfo(consumerSeq, streamSeq, null).write(json);
  }

  /** Reads the document of the consumer of that name. */
  static ArchivedConsumer read(String name, byte[] bytes, int from, int to)
      throws ArchiveException {
    Fields fields = new Fields();
    JsonReader.of(bytes, from, to - from).object(fields);
    if (fields.config == null) {
      throw new ArchiveException("consumer \"" + name + "\" is missing config");
    }
    if (!fields.hasState) {
      throw new ArchiveException("consumer \"" + name + "\" is missing state");
    }
    ArchivedConsumer read =
        new ArchivedConsumer(
            name,
            fields.config,
            fields.delivered,
            fields.ackFloor,
            fields.pending,
            fields.redelivered);
    read.checkSequences();
    return read;
  }

  private void checkSequences() throws ArchiveException {
    if (ackFloor.consumerSeq() < 0 || ackFloor.consumerSeq() > delivered.consumerSeq()) {
      throw badState("bad ack floor for consumer");
    }
    if (ackFloor.streamSeq() < 0 || ackFloor.streamSeq() > delivered.streamSeq()) {
      throw badState("bad ack floor for stream");
    }
    for (long seq : pending.keySet()) {
      if (seq <= ackFloor.streamSeq() || seq > delivered.streamSeq()) {
        throw badState("bad pending entry, sequence [" + seq + "] out of range");
      }
    }
  }

  private ArchiveException badState(String text) {
    return new ArchiveException("failed to set consumer \"" + name + "\" state: " + text);
  }

  /**
   * Writes the state as {@link ConsumerState#read} takes it. What waits for an acknowledgement and
   * is not in the stream any more, because it left while the archive was made, waits no more; and
   * nobody is behind the stream's beginning.
   *
   * @param firstSeq where the stream begins
   */
  void writeState(OutputBuffer out, StreamStore store, long firstSeq) {
    TreeMap<Long, Delivery> there = new TreeMap<>(pending);
    there.keySet().removeIf(seq -> !store.has(seq));
    Map<Long, Long> again = new TreeMap<>(redelivered);
    again.keySet().removeIf(seq -> !store.has(seq));
    long floorStream = ackFloor.streamSeq();
    long floorConsumer = ackFloor.consumerSeq();
    if (there.size() < pending.size()) {
      boolean none = there.isEmpty();
      floorStream = none ? delivered.streamSeq() : there.firstKey() - 1;
      floorConsumer =
          none ? delivered.consumerSeq() : there.firstEntry().getValue().consumerSeq() - 1;
    }
    long before = Math.max(0, firstSeq - 1);
    long deliveredStream = Math.max(before, delivered.streamSeq());
    out.putLong(deliveredStream + 1).putLong(delivered.consumerSeq() + 1);
    out.putLong(deliveredStream);
    out.putLong(Math.max(before, floorStream)).putLong(floorConsumer);
    out.putInt(there.size());
    there.forEach(
        (seq, delivery) ->
            out.putLong(seq).putLong(delivery.consumerSeq()).putLong(delivery.epochNanos()));
    out.putInt(again.size());
    again.forEach((seq, times) -> out.putLong(seq).putInt((int) Math.min(times, 1 << 30)));
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private @Nullable ConsumerConfig config;
    private boolean hasState;
    private SequenceInfo delivered = SequenceInfo.ZERO;
    private SequenceInfo ackFloor = SequenceInfo.ZERO;
    private final TreeMap<Long, Delivery> pending = new TreeMap<>();
    private final Map<Long, Long> redelivered = new TreeMap<>();

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "config" -> config = in.isNull() ? null : ConsumerConfig.read(in);
        case "state" -> {
          if (!in.isNull()) {
            hasState = true;
            in.object(this::onState);
          }
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean onState(String name, JsonReader in) {
      switch (name) {
        case "delivered" -> delivered = SequenceInfo.read(in);
        case "ack_floor" -> ackFloor = SequenceInfo.read(in);
        case "pending" -> in.map("", seq -> pending.put(number(in, seq), delivery(in)));
        case "redelivered" ->
            in.map("", seq -> redelivered.put(number(in, seq), in.unsignedLong()));
        default -> {
          return false;
        }
      }
      return true;
    }

    private static long number(JsonReader in, String text) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException notASequence) {
        throw in.fail("json: cannot unmarshal a key into a sequence");
      }
    }

    private static Delivery delivery(JsonReader in) {
      long[] read = new long[2];
      in.object(
          (name, value) -> {
            switch (name) {
              case "Sequence" -> read[0] = value.unsignedLong();
              case "Timestamp" -> read[1] = value.longValue();
              default -> {
                return false;
              }
            }
            return true;
          });
      return new Delivery(read[0], read[1]);
    }
  }
}
