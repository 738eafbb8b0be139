// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectTrie;
import dev.slipstream.protocol.subject.TokenTable;
import dev.slipstream.protocol.wire.AckSubject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One loop's replica of all subscriptions of an account, with a small cache of what was matched
 * lately.
 *
 * <p>Inboxes, acknowledgement subjects and replies of services are hardly ever published to twice,
 * so they are matched in the trie each time, and their subscriptions come and go without touching
 * the cache. Everything else that changes empties it. Belongs to one loop.
 */
final class SubscriptionTable {
  /** How many subjects the cache remembers before it begins anew. */
  static final int CACHED_SUBJECTS = 1024;

  /** How many subscribers may hear a subject that is remembered. */
  static final int CACHED_SUBSCRIBERS = 1024;

  private static final byte[] INBOX = Subject.bytes("_INBOX.");
  private static final byte[] ACK = Subject.bytes(AckSubject.PREFIX);
  private static final byte[] SERVICE_REPLY = Subject.bytes(ServiceReplies.PREFIX);

  private final int loop;
  private final SubjectTrie<FilterSubscribers> trie = new SubjectTrie<>();
  private final TokenTable<FilterSubscribers> byFilter = new TokenTable<>();
  private final TokenTable<MatchResult> cache = new TokenTable<>();
  private final TokenTable<List<Runnable>> watches = new TokenTable<>();
  private final ArrayDeque<MatchResult> spare = new ArrayDeque<>();
  private int size;

  /** The replica of the loop of index {@code loop}. */
  SubscriptionTable(int loop) {
    this.loop = loop;
  }

  int size() {
    return size;
  }

  void add(Subscriber subscriber) {
    byte[] filter = subscriber.filter();
    FilterSubscribers same = byFilter.get(filter);
    if (same == null) {
      same = new FilterSubscribers();
      byFilter.put(filter, same);
      trie.add(filter, same);
    }
    same.add(subscriber);
    size++;
    forgetMatches(filter);
    tellWatches(filter);
  }

  void remove(Subscriber subscriber) {
    byte[] filter = subscriber.filter();
    FilterSubscribers same = byFilter.get(filter);
    if (same == null || !same.remove(subscriber)) {
      return;
    }
    if (same.size() == 0) {
      byFilter.remove(filter);
      trie.remove(filter, same);
    }
    size--;
    forgetMatches(filter);
    tellWatches(filter);
  }

  /** Whether somebody listens on exactly that filter, in that queue group or in none. */
  boolean isSubscribed(byte[] filter, byte[] group) {
    FilterSubscribers same = byFilter.get(filter);
    return same != null && same.hasMemberOf(group);
  }

  /** Has {@code changed} run whenever a subscriber of exactly that filter came or went. */
  void watch(byte[] filter, Runnable changed) {
    List<Runnable> watching = watches.get(filter);
    if (watching == null) {
      watching = new ArrayList<>(1);
      watches.put(filter, watching);
    }
    watching.add(changed);
  }

  /** Ends a {@link #watch}. */
  void unwatch(byte[] filter, Runnable changed) {
    List<Runnable> watching = watches.get(filter);
    if (watching != null && watching.remove(changed) && watching.isEmpty()) {
      watches.remove(filter);
    }
  }

  private void tellWatches(byte[] filter) {
    List<Runnable> watching = watches.size() == 0 ? null : watches.get(filter);
    if (watching != null) {
      List.copyOf(watching).forEach(Runnable::run);
    }
  }

  boolean hasInterest(byte[] subject, int from, int to) {
    return !Subject.hasEmptyToken(subject, from, to) && trie.matchesAny(subject, from, to);
  }

  /** Who hears a subject; to be handed to {@link #release} after use. */
  MatchResult match(byte[] subject, int from, int to) {
    boolean cached = !isUncached(subject, from, to);
    MatchResult known = cached ? cache.get(subject, from, to) : null;
    if (known != null) {
      return known;
    }
    if (Subject.hasEmptyToken(subject, from, to)) {
      return MatchResult.NONE;
    }
    MatchResult spared = spare.poll();
    MatchResult found = spared == null ? new MatchResult(loop) : spared;
    trie.match(subject, from, to, found);
    if (found.size() == 0) {
      spare.push(found);
      return MatchResult.NONE;
    }
    if (cached && found.size() <= CACHED_SUBSCRIBERS) {
      if (cache.size() >= CACHED_SUBJECTS) {
        cache.clear();
      }
      found.keep();
      cache.put(subject, from, to, found);
    }
    return found;
  }

  /** Gives back the result of a {@link #match}. */
  void release(MatchResult result) {
    if (!result.isKept()) {
      result.clear();
      spare.push(result);
    }
  }

  private void forgetMatches(byte[] filter) {
    if (cache.size() > 0 && !isUncached(filter, 0, filter.length)) {
      cache.clear();
    }
  }

  private static boolean isUncached(byte[] subject, int from, int to) {
    return Subject.begins(subject, from, to, INBOX)
        || Subject.begins(subject, from, to, ACK)
        || Subject.begins(subject, from, to, SERVICE_REPLY);
  }
}
