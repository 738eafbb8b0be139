// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Values under filters, found by a literal subject: one node a token, beside the literal children
 * one for {@code *} and the values of {@code >}.
 *
 * <p>A look-up costs the tokens of the subject times the wildcards on its way, independent of how
 * many filters there are, and makes no object. Not thread-safe.
 *
 * @param <V> the values; compared by identity
 */
public final class SubjectTrie<V> {
  private final Node<V> root = new Node<>();
  private int size;

  /** How many values the trie holds. */
  public int size() {
    return size;
  }

  /** Adds a value under a filter; the same value may stand under several. */
  public void add(byte[] filter, V value) {
    Node<V> node = root;
    for (int start = 0; start <= filter.length; ) {
      int end = Subject.tokenEnd(filter, start, filter.length);
      if (end - start == 1 && filter[start] == '>' && end == filter.length) {
        node.rest = with(node.rest, value);
        size++;
        return;
      }
      node = node.childFor(filter, start, end);
      start = end + 1;
    }
    node.values = with(node.values, value);
    size++;
  }

  private static <V> List<V> with(List<V> values, V value) {
    List<V> more = values.isEmpty() ? new ArrayList<>(1) : values;
    more.add(value);
    return more;
  }

  /** Removes a value from under a filter; answers whether it was there. */
  public boolean remove(byte[] filter, V value) {
    boolean removed = remove(root, filter, 0, value);
    if (removed) {
      size--;
    }
    return removed;
  }

  private boolean remove(Node<V> node, byte[] filter, int start, V value) {
    if (start > filter.length) {
      return removeIdentical(node.values, value);
    }
    int end = Subject.tokenEnd(filter, start, filter.length);
    boolean single = end - start == 1;
    if (single && filter[start] == '>' && end == filter.length) {
      return removeIdentical(node.rest, value);
    }
    boolean star = single && filter[start] == '*';
    Node<V> child = star ? node.star : node.child(filter, start, end);
    if (child == null || !remove(child, filter, end + 1, value)) {
      return false;
    }
    if (child.isEmpty()) {
      if (star) {
        node.star = null;
      } else {
        node.dropChild(filter, start, end);
      }
    }
    return true;
  }

  /** Calls {@code found} for every value whose filter matches the subject in {@code from..to}. */
  public void match(byte[] subject, int from, int to, Consumer<? super V> found) {
    match(root, subject, from, to, found);
  }

  private void match(Node<V> node, byte[] subject, int start, int to, Consumer<? super V> found) {
    Node<V> at = node;
    int from = start;
    while (from <= to) {
      for (int i = 0; i < at.rest.size(); i++) {
        found.accept(at.rest.get(i));
      }
      int end = Subject.tokenEnd(subject, from, to);
      Node<V> star = at.star;
      if (star != null) {
        match(star, subject, end + 1, to, found);
      }
      Node<V> child = at.child(subject, from, end);
      if (child == null) {
        return;
      }
      at = child;
      from = end + 1;
    }
    for (int i = 0; i < at.values.size(); i++) {
      found.accept(at.values.get(i));
    }
  }

  /** Whether some value's filter matches the subject. */
  public boolean matchesAny(byte[] subject, int from, int to) {
    return matchesAny(root, subject, from, to);
  }

  private boolean matchesAny(Node<V> node, byte[] subject, int start, int to) {
    if (start > to) {
      return !node.values.isEmpty();
    }
    if (!node.rest.isEmpty()) {
      return true;
    }
    int end = Subject.tokenEnd(subject, start, to);
    Node<V> star = node.star;
    if (star != null && matchesAny(star, subject, end + 1, to)) {
      return true;
    }
    Node<V> child = node.child(subject, start, end);
    return child != null && matchesAny(child, subject, end + 1, to);
  }

  /** Whether a value passes whose filter and {@code filter} have some subject in common. */
  public boolean anyOverlap(byte[] filter, Predicate<? super V> passes) {
    return anyOverlap(root, filter, 0, passes);
  }

  private boolean anyOverlap(Node<V> node, byte[] filter, int start, Predicate<? super V> passes) {
    if (start > filter.length) {
      return any(node.values, passes);
    }
    if (any(node.rest, passes)) {
      return true;
    }
    int end = Subject.tokenEnd(filter, start, filter.length);
    boolean single = end - start == 1;
    if (single && filter[start] == '>' && end == filter.length) {
      return node.anyChild(child -> anyWithin(child, passes));
    }
    if (single && filter[start] == '*') {
      return node.anyChild(child -> anyOverlap(child, filter, end + 1, passes));
    }
    Node<V> star = node.star;
    if (star != null && anyOverlap(star, filter, end + 1, passes)) {
      return true;
    }
    Node<V> child = node.child(filter, start, end);
    return child != null && anyOverlap(child, filter, end + 1, passes);
  }

  private boolean anyWithin(Node<V> node, Predicate<? super V> passes) {
    return any(node.values, passes)
        || any(node.rest, passes)
        || node.anyChild(child -> anyWithin(child, passes));
  }

  private static <V> boolean any(List<V> values, Predicate<? super V> passes) {
    for (int i = 0; i < values.size(); i++) {
      if (passes.test(values.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static <V> boolean removeIdentical(List<V> values, V value) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) == value) {
        values.remove(i);
        return true;
      }
    }
    return false;
  }

  private static final class Node<V> {
    private List<V> values = List.of(); // until there are some
    private List<V> rest = List.of();
    private @Nullable TokenTable<Node<V>> children;
    private @Nullable Node<V> star;

    @Nullable Node<V> child(byte[] bytes, int from, int to) {
      TokenTable<Node<V>> table = children;
      return table == null ? null : table.get(bytes, from, to);
    }

    /** Whether some child passes, that of {@code *} too. */
    boolean anyChild(Predicate<Node<V>> passes) {
      Node<V> wild = star;
      if (wild != null && passes.test(wild)) {
        return true;
      }
      TokenTable<Node<V>> table = children;
      return table != null && table.any(passes);
    }

    Node<V> childFor(byte[] bytes, int from, int to) {
      if (to - from == 1 && bytes[from] == '*') {
        Node<V> there = star;
        if (there == null) {
          there = new Node<>();
          star = there;
        }
        return there;
      }
      TokenTable<Node<V>> table = children;
      if (table == null) {
        table = new TokenTable<>();
        children = table;
      }
      Node<V> there = table.get(bytes, from, to);
      if (there == null) {
        there = new Node<>();
        table.put(bytes, from, to, there);
      }
      return there;
    }

    void dropChild(byte[] bytes, int from, int to) {
      TokenTable<Node<V>> table = children;
      if (table != null) {
        table.remove(bytes, from, to);
        if (table.size() == 0) {
          children = null;
        }
      }
    }

    boolean isEmpty() {
      return values.isEmpty() && rest.isEmpty() && children == null && star == null;
    }
  }
}
