// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a stream that counts: a message says how much to add, and is stored with the sum
 * of its subject as payload. A counter that is sourced keeps the last value of each source, and
 * adds what came since.
 *
 * <p>A sum rests on the last message of its subject, or on one that is under way. Owner: the
 * stream's loop. Source: ADR-49.
 */
final class Counters {
  static final byte[] INCR = Subject.bytes("Nats-Incr");

  private static final int SPARE = 1024;
  private static final byte[] SOURCES = Subject.bytes("Nats-Counter-Sources");
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");

  /**
   * A counter as its last message has it.
   *
   * @param sources the last value of each source by its stream and its subject there
   */
  record Counter(BigInteger value, Map<String, Map<String, String>> sources) {
    private static final Counter ZERO = new Counter(BigInteger.ZERO, Map.of());
  }

  /**
   * What counting a message has come to: the message as it is stored, a refusal, or the sequence of
   * a message that must be in memory first.
   */
  record Counted(
      @Nullable MessageFrame message,
      Counter counter,
      @Nullable ApiError refusal,
      long missingSeq) {
    static Counted refused(ApiError refusal) {
      return new Counted(null, Counter.ZERO, refusal, 0);
    }
  }

  private final Stream stream;
  private final Overlay overlay;
  private final StoredMessage stored;

  private record UnderWay(long seq, Counter counter) {}

  /** The counters of messages under way, and of some that were. */
  private final Map<String, UnderWay> underWay = new HashMap<>();

  Counters(Stream stream, Overlay overlay) {
    this.stream = stream;
    stored = stream.shard.looked;
    this.overlay = overlay;
  }

  /** How much a message adds; null when it does not say so, or says it wrongly. */
  static @Nullable BigInteger increment(byte[] headers) {
    String text = HeaderBlock.get(headers, 0, headers.length, INCR);
    return text == null || !NUMBER.matcher(text).matches() ? null : new BigInteger(text);
  }

  /** Counts a message, whose headers were checked. */
  Counted count(MessageFrame message, byte[] headers) {
    return count(message, headers, null);
  }

  /**
   * Counts a message, whose headers were checked.
   *
   * @param before its counter as a message before it leaves it that is not in the log either
   */
  Counted count(MessageFrame message, byte[] headers, @Nullable Counter before) {
    BigInteger increment = increment(headers);
    if (increment == null) {
      return Counted.refused(ApiErrors.MESSAGE_INCR_MISSING.of());
    }
    try {
      String subject = message.subject();
      UnderWay known = underWay.get(subject);
      Counter last = before;
      if (last == null && known != null && !isApplied(known)) {
        last = known.counter;
      }
      if (last == null) {
        long seq = stream.store.subjects().last(Subject.bytes(subject));
        StreamStore.Read read = stream.store.read(seq, stored);
        if (read == StreamStore.Read.LOADING) {
          return new Counted(null, Counter.ZERO, null, seq);
        }
        last = read(read, stored);
      }
      return sum(message, headers, last, increment);
    } catch (JsonException broken) {
      return Counted.refused(ApiErrors.MESSAGE_COUNTER_BROKEN.of());
    }
  }

  private Counted sum(MessageFrame message, byte[] headers, Counter last, BigInteger increment) {
    Map<String, Map<String, String>> sources = last.sources;
    BigInteger added = increment;
    byte[] kept = headers;
    String source = HeaderBlock.get(headers, 0, headers.length, SourceHeader.KEY_BYTES);
    if (source != null) {
      String[] parts = source.split(" ");
      String subject = parts.length > 4 ? parts[4] : message.subject();
      BigInteger value = number(value(message.copyPayload()));
      sources = copy(sources);
      String before =
          sources.computeIfAbsent(parts[0], each -> new TreeMap<>()).put(subject, value.toString());
      added = value.subtract(number(before == null ? "" : before));
      kept = HeaderBlock.set(kept, 0, kept.length, INCR, added.toString());
    }
    if (!sources.isEmpty()) {
      kept = HeaderBlock.set(kept, 0, kept.length, SOURCES, write(sources));
    }
    BigInteger value = last.value.add(added);
    byte[] payload = Subject.bytes("{\"val\":\"" + value + "\"}");
    MessageFrame counted = new MessageFrame().set(Subject.bytes(message.subject()), kept, payload);
    return new Counted(counted, new Counter(value, sources), null, 0);
  }

  /** A message that was counted is in the log. */
  void accepted(MessageFrame message, Counter counter) {
    underWay.put(message.subject(), new UnderWay(overlay.lastSeq(), counter));
    if (underWay.size() > 2 * overlay.messages() + SPARE) {
      underWay.values().removeIf(this::isApplied);
    }
  }

  private boolean isApplied(UnderWay known) {
    return known.seq <= stream.store.lastSeq();
  }

  /** Nothing under way will ever be durable. */
  void logFailed() {
    underWay.clear();
  }

  /** The value that a message has as its payload; empty when it has none. */
  static String value(byte[] payload) {
    String[] value = {""};
    JsonReader.of(payload)
        .object(
            (field, in) -> {
              if (!field.equals("val")) {
                return false;
              }
              value[0] = in.string();
              return true;
            });
    return value[0];
  }

  private static BigInteger number(String text) {
    return NUMBER.matcher(text).matches() ? new BigInteger(text) : BigInteger.ZERO;
  }

  private static Counter read(StreamStore.Read found, StoredMessage message) {
    if (found == StreamStore.Read.ABSENT) {
      return Counter.ZERO;
    }
    if (found == StreamStore.Read.DAMAGED) {
      throw new JsonException("a message that cannot be read");
    }
    Map<String, Map<String, String>> sources = new TreeMap<>();
    String header =
        HeaderBlock.get(message.bytes, message.headersFrom, message.payloadFrom, SOURCES);
    if (header != null) {
      JsonReader in = JsonReader.of(Subject.bytes(header));
      in.map("server.CounterSources", name -> sources.put(name, new TreeMap<>(in.stringMap())));
    }
    return new Counter(number(value(message.copyPayload())), sources);
  }

  private static Map<String, Map<String, String>> copy(Map<String, Map<String, String>> sources) {
    Map<String, Map<String, String>> copy = new TreeMap<>();
    sources.forEach((name, values) -> copy.put(name, new TreeMap<>(values)));
    return copy;
  }

  private static String write(Map<String, Map<String, String>> sources) {
    JsonWriter json = new JsonWriter().object();
    sources.forEach(json::stringMapField);
    return json.end().toString();
  }
}
