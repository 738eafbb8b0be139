// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message: keys with values, in the order of the wire; a key may come several
 * times.
 *
 * <p>Immutable. Keys are told apart by case. A key is printable ASCII without colon and blank, a
 * value has neither CR nor LF. Source: ADR-4.
 */
public final class Headers {
  private static final Headers EMPTY = new Headers(List.of(), null);

  private final List<Entry> entries;
  private final @Nullable Status status;

  private Headers(List<Entry> entries, @Nullable Status status) {
    this.entries = entries;
    this.status = status;
  }

  /** One header line. */
  public record Entry(String key, String value) {
    /** Refuses keys and values that would break the block. */
    public Entry {
      if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127 && c != ':')) {
        throw new IllegalArgumentException("not a header key: '" + key + "'");
      }
      if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("the value of header " + key + " holds a line break");
      }
    }
  }

  /** No headers. */
  public static Headers empty() {
    return EMPTY;
  }

  /** Headers from keys and values in turn. */
  public static Headers of(String... keysAndValues) {
    Headers headers = EMPTY;
    for (int i = 0; i < keysAndValues.length; i += 2) {
      headers = headers.with(keysAndValues[i], keysAndValues[i + 1]);
    }
    return headers;
  }

  /** These headers and one more at the end. */
  public Headers with(String key, String value) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(new Entry(key, value));
    return new Headers(List.copyOf(more), status);
  }

  /** The first value of {@code key}, or null. */
  public @Nullable String first(String key) {
    for (Entry entry : entries) {
      if (entry.key.equals(key)) {
        return entry.value;
      }
    }
    return null;
  }

  /** All values of {@code key}. */
  public List<String> all(String key) {
    return entries.stream().filter(e -> e.key.equals(key)).map(Entry::value).toList();
  }

  /** All lines. */
  public List<Entry> entries() {
    return entries;
  }

  /** Whether there is neither a line nor a status. */
  public boolean isEmpty() {
    return entries.isEmpty() && status == null;
  }

  /** The status in the first line, or null. */
  public @Nullable Status status() {
    return status;
  }

  /** The block of these headers; empty when there are none. */
  public byte[] toBytes() {
    if (isEmpty()) {
      return OutputBuffer.NO_BYTES;
    }
    OutputBuffer block = new OutputBuffer(32 + 48 * entries.size());
    block.put(HeaderBlock.VERSION);
    if (status != null) {
      status.write(block);
    }
    block.putLineEnd();
    for (Entry entry : entries) {
      block.put(entry.key).put(": ").put(entry.value).putLineEnd();
    }
    return block.putLineEnd().toBytes();
  }

  /**
   * Reads a block.
   *
   * @throws ProtocolException when the bytes are no header block
   */
  public static Headers parse(byte[] bytes, int from, int to) {
    if (to == from) {
      return EMPTY;
    }
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (!text.startsWith("NATS/1.0") || !text.endsWith("\r\n")) {
      throw new ProtocolException(null, "not a header block");
    }
    String[] lines = text.split("\r\n");
    List<Entry> entries = new ArrayList<>(lines.length);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0) {
        throw new ProtocolException(null, "a header line has no key");
      }
      try {
        entries.add(new Entry(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip()));
      } catch (IllegalArgumentException broken) {
        throw new ProtocolException(null, "a header line is broken");
      }
    }
    return new Headers(List.copyOf(entries), Status.of(bytes, from, to));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Headers that
        && entries.equals(that.entries)
        && Objects.equals(status, that.status);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return (status == null ? "" : status + " ") + entries;
  }
}
