// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
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
  private final Advisories advisories;
  private final Resources ofServer;
  private final Resources resources;
  private final AtomicInteger consumers = new AtomicInteger();
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
      Shard catalogue,
      BatchBudget batchBudget,
      Function<String, @Nullable JetStreamAccount> neighbours,
      Resources ofServer,
      Resources resources) {
    this.name = name;
    this.batchBudget = batchBudget;
    this.ofServer = ofServer;
    this.resources = resources;
    this.options = options;
    this.neighbours = neighbours;
    advisories = new Advisories(this, catalogue.clock, new Nuid(catalogue.random));
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

  Advisories advisories() {
    return advisories;
  }

  /** Connects the account to its subscribers and publishers. */
  void attach(MessageBus toBus, AccountLimits withLimits) {
    limits = withLimits;
    resources.limit(withLimits.maxMemory(), withLimits.maxStorage());
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

  /** What the account uses. */
  Resources resources() {
    return resources;
  }

  /** What all accounts together use. */
  Resources ofServer() {
    return ofServer;
  }

  /** How many consumers its streams have. */
  int consumerCount() {
    return consumers.get();
  }

  /** A stream has so many consumers more. */
  void countConsumers(int more) {
    consumers.addAndGet(more);
  }

  void add(Stream stream) {
    streams.put(stream.name, stream);
    reserve(stream.config());
    takers.forEach(each -> each.origins.appeared(stream.name));
    outsiders.forEach(each -> each.origins.appeared(stream.name));
  }

  void remove(Stream stream) {
    if (streams.remove(stream.name, stream)) {
      release(stream.config());
    }
  }

  /** A stream's configuration has changed. */
  void changed(StreamConfig before, StreamConfig after) {
    release(before);
    reserve(after);
  }

  private void reserve(StreamConfig config) {
    resources.reserve(config);
    ofServer.reserve(config);
  }

  private void release(StreamConfig config) {
    resources.release(config);
    ofServer.release(config);
  }

  /** A stream is being restored: nobody finds it, and no other may be what it will be. */
  void addRestoring(Stream stream) {
    restoring.put(stream.name, stream);
    reserve(stream.config());
  }

  void removeRestoring(Stream stream) {
    if (restoring.remove(stream.name, stream)) {
      release(stream.config());
    }
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

  /** How many streams there are, without those that are being restored. */
  int streamCount() {
    return streams.size();
  }

  /** How many streams there are besides one of that name, and are being restored. */
  int claimedBesides(String stream) {
    return streams.size() + restoring.size() - (isTaken(stream) ? 1 : 0);
  }

  /** The bytes that all streams have reserved, without those that are being restored. */
  long reserved(StorageType storage) {
    long unseen = 0;
    for (Stream each : restoring.values()) {
      StreamConfig config = each.config();
      unseen += config.storage() == storage ? Resources.reservation(config) : 0;
    }
    return Math.max(0, resources.of(storage).reserved() - unseen);
  }

  /** All streams by name. */
  Collection<Stream> sorted() {
    return streams.values();
  }
}
