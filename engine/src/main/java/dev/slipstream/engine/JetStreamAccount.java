// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.StreamConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one account and what it may use.
 *
 * <p>Owner: the catalogue's loop changes the map of streams; any loop may look streams up. The
 * counters of API calls are summed up from all loops.
 */
final class JetStreamAccount {
  final LongAdder apiTotal = new LongAdder();
  final LongAdder apiErrors = new LongAdder();
  final BatchBudget batchBudget;
  final Transfers transfers = new Transfers();

  private final String name;
  private final EngineOptions options;
  private final RandomGenerator random;
  private final Advisories advisories;
  private final Map<String, Stream> streams = new ConcurrentSkipListMap<>();

  /** The streams that take messages from others. */
  private final Set<Stream> takers = ConcurrentHashMap.newKeySet();

  /** Streams of other accounts that wait for a stream of this one. */
  private final Set<Stream> outsiders = ConcurrentHashMap.newKeySet();

  private final Function<String, @Nullable JetStreamAccount> neighbours;

  /** The streams that are being restored: their names, subjects and room are taken. */
  private final Map<String, Stream> restoring = new ConcurrentHashMap<>();

  private volatile @Nullable MessageBus bus;
  private volatile boolean enabled = true;
  private volatile AccountLimits limits = AccountLimits.UNLIMITED;

  JetStreamAccount(
      String name,
      EngineOptions options,
      RandomGenerator random,
      Clock clock,
      BatchBudget batchBudget,
      Function<String, @Nullable JetStreamAccount> neighbours) {
    this.name = name;
    this.batchBudget = batchBudget;
    this.options = options;
    this.random = random;
    this.neighbours = neighbours;
    advisories = new Advisories(this, clock);
  }

  String name() {
    return name;
  }

  String domain() {
    return options.domain();
  }

  EngineOptions options() {
    return options;
  }

  AccountLimits limits() {
    return limits;
  }

  RandomGenerator random() {
    return random;
  }

  Advisories advisories() {
    return advisories;
  }

  /** Connects the account to its subscribers and publishers. */
  void attach(MessageBus toBus, AccountLimits withLimits) {
    limits = withLimits;
    bus = toBus;
  }

  /** Connects an account that may not use JetStream. */
  void attachDisabled(MessageBus toBus) {
    enabled = false;
    bus = toBus;
  }

  /** Whether the account is connected and may use JetStream. */
  boolean isEnabled() {
    return enabled && bus != null;
  }

  /** Whether the account is connected; before that nothing can be sent. */
  boolean isLive() {
    return bus != null;
  }

  MessageBus bus() {
    MessageBus attached = bus;
    if (attached == null) {
      throw new IllegalStateException("account " + name + " is not attached");
    }
    return attached;
  }

  @Nullable Stream find(String stream) {
    return enabled ? streams.get(stream) : null;
  }

  /** The stream that answers direct gets from {@code name}: itself or a mirror of it; or null. */
  @Nullable Stream findDirect(String name) {
    Stream stream = find(name);
    if (stream != null && !stream.isClosed() && stream.config().allowDirect()) {
      return stream;
    }
    return takers.stream()
        .filter(each -> enabled && !each.isClosed() && each.origins.answersFor(name))
        .findFirst()
        .orElse(null);
  }

  /** A stream takes messages from others, or does no more. On any loop. */
  void takes(Stream stream, boolean fromOthers) {
    if (fromOthers) {
      takers.add(stream);
    } else {
      takers.remove(stream);
    }
  }

  /** A stream of another account wants to be told of streams that come into being. On any loop. */
  void awaits(Stream outsider) {
    if (outsider.account != this) {
      outsiders.add(outsider);
    }
  }

  /** A stream of another account is no more. On any loop. */
  void forget(Stream outsider) {
    outsiders.remove(outsider);
  }

  /** Another account of the server; null when it is not known. */
  @Nullable JetStreamAccount neighbour(String account) {
    return neighbours.apply(account);
  }

  /** The configuration of a stream; null when there is none of that name. */
  @Nullable StreamConfig configOf(String stream) {
    Stream known = streams.get(stream);
    return known == null ? null : known.config();
  }

  void add(Stream stream) {
    streams.put(stream.name, stream);
    takers.forEach(each -> each.origins.appeared(stream.name));
    outsiders.forEach(each -> each.origins.appeared(stream.name));
  }

  void remove(Stream stream) {
    streams.remove(stream.name, stream);
  }

  /** A stream is being restored: nobody finds it, and no other may be what it will be. */
  void addRestoring(Stream stream) {
    restoring.put(stream.name, stream);
  }

  void removeRestoring(Stream stream) {
    restoring.remove(stream.name, stream);
  }

  /** Whether a stream of that name is there or is being restored. */
  boolean isTaken(String stream) {
    return streams.containsKey(stream) || restoring.containsKey(stream);
  }

  /** All streams, also those that are being restored. */
  Collection<Stream> claimed() {
    List<Stream> claimed = new ArrayList<>(sorted());
    claimed.addAll(restoring.values());
    return claimed;
  }

  int streamCount() {
    return streams.size() + restoring.size();
  }

  /** All streams by name. */
  Collection<Stream> sorted() {
    return streams.values();
  }
}
