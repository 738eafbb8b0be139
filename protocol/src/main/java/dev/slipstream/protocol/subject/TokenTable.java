// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A map from tokens, given as ranges of bytes, to values: a look-up makes no object.
 *
 * <p>Open addressing with linear probing and backward-shift removal. Not thread-safe.
 *
 * @param <V> the values
 */
public final class TokenTable<V> {
  private byte[] @Nullable [] keys = new byte[4][];
  private @Nullable Object[] values = new Object[4];
  private int[] hashes = new int[4];
  private int size;

  /** How many tokens the table holds. */
  public int size() {
    return size;
  }

  /** The value of a token, or null. */
  public @Nullable V get(byte[] bytes, int from, int to) {
    int slot = find(bytes, from, to, hash(bytes, from, to));
    return slot < 0 ? null : value(slot);
  }

  /** The value of a whole array as a token, or null. */
  public @Nullable V get(byte[] token) {
    return get(token, 0, token.length);
  }

  /** Sets the value of a token, which is copied; answers the value it had. */
  public @Nullable V put(byte[] bytes, int from, int to, V value) {
    int hash = hash(bytes, from, to);
    int slot = find(bytes, from, to, hash);
    if (slot >= 0) {
      V before = value(slot);
      values[slot] = value;
      return before;
    }
    if ((size + 1) * 3 > keys.length * 2) {
      grow();
    }
    insert(Arrays.copyOfRange(bytes, from, to), hash, value);
    size++;
    return null;
  }

  /** Sets the value of a whole array as a token. */
  public @Nullable V put(byte[] token, V value) {
    return put(token, 0, token.length, value);
  }

  /** Removes a token; answers the value it had. */
  public @Nullable V remove(byte[] bytes, int from, int to) {
    int slot = find(bytes, from, to, hash(bytes, from, to));
    if (slot < 0) {
      return null;
    }
    V before = value(slot);
    int mask = keys.length - 1;
    int hole = slot;
    for (int next = (slot + 1) & mask; keys[next] != null; next = (next + 1) & mask) {
      int home = hashes[next] & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        keys[hole] = keys[next];
        values[hole] = values[next];
        hashes[hole] = hashes[next];
        hole = next;
      }
    }
    keys[hole] = null;
    values[hole] = null;
    size--;
    return before;
  }

  /** Removes a whole array as a token. */
  public @Nullable V remove(byte[] token) {
    return remove(token, 0, token.length);
  }

  /** Removes all tokens. */
  public void clear() {
    Arrays.fill(keys, null);
    Arrays.fill(values, null);
    size = 0;
  }

  /** Calls {@code each} for every value, in no order. */
  public void forEach(Consumer<? super V> each) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != null) {
        each.accept(value(slot));
      }
    }
  }

  /** Whether some value passes; asks them in no order. */
  public boolean any(Predicate<? super V> passes) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != null && passes.test(value(slot))) {
        return true;
      }
    }
    return false;
  }

  @SuppressWarnings("unchecked") // only put() stores values
  private V value(int slot) {
    return (V) values[slot];
  }

  private int find(byte[] bytes, int from, int to, int hash) {
    int mask = keys.length - 1;
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      byte[] key = keys[slot];
      if (key == null) {
        return -1;
      }
      if (hashes[slot] == hash && Arrays.equals(key, 0, key.length, bytes, from, to)) {
        return slot;
      }
    }
  }

  private void insert(byte[] key, int hash, Object value) {
    int mask = keys.length - 1;
    int slot = hash & mask;
    while (keys[slot] != null) {
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    values[slot] = value;
    hashes[slot] = hash;
  }

  private void grow() {
    byte[][] oldKeys = keys;
    Object[] oldValues = values;
    int[] oldHashes = hashes;
    keys = new byte[oldKeys.length * 2][];
    values = new Object[oldKeys.length * 2];
    hashes = new int[oldKeys.length * 2];
    for (int slot = 0; slot < oldKeys.length; slot++) {
      byte[] key = oldKeys[slot];
      Object value = oldValues[slot];
      if (key != null && value != null) {
        insert(key, oldHashes[slot], value);
      }
    }
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ hash >>> 15;
  }
}
