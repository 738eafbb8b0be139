// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.LogRecord;
import dev.slipstream.store.Recovery;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StreamStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All streams of a server: recovers them, gives each a loop, and connects accounts to them.
 *
 * <p>Life: {@link #open} recovers what the store has, on the caller's thread; {@link #attach}
 * connects an account to its bus; {@link #start} brings the streams to life on their loops; {@link
 * #stop} tells open requests and logs what is not logged yet. The store is the caller's to close,
 * afterwards.
 *
 * <p>The engine has no threads of its own: it runs on the loops that it is given, be it one.
 */
public final class Engine {
  private static final String API = "$JS.API.>";

  /** How many subjects each account is heard on. */
  private static final int LISTENERS = 4;

  private final EngineOptions options;
  private final Store store;
  private final List<Shard> shards = new ArrayList<>();
  private final Resources resources;
  private final Map<String, JetStreamAccount> accounts = new ConcurrentHashMap<>();
  private final BatchBudget batchBudget = new BatchBudget();
  private final Catalogue catalogue;
  private @Nullable JetStreamAccount system;

  /** Belongs to the catalogue's loop. */
  private final List<MessageBus.Registration> apiRegistrations = new ArrayList<>();

  private Engine(
      EngineOptions options, Store store, List<EventLoop> loops, List<RandomGenerator> randoms) {
    this.options = options;
    this.store = store;
    long messageIdBytes = options.messageIdBytes() / loops.size();
    for (int i = 0; i < loops.size(); i++) {
      shards.add(new Shard(i, loops.get(i), randoms.get(i), messageIdBytes));
    }
    resources = new Resources(loops.size());
    resources.limit(options.maxMemoryBytes(), options.maxFileBytes());
    catalogue = new Catalogue(this, shards.get(0));
    shards.get(0).add(Catalogue.ID, catalogue);
  }

  /**
   * Recovers the streams of a store.
   *
   * @param loops at least one; the first owns the catalogue
   * @param randoms a source of randomness for each loop, asked on that alone
   * @throws StoreException when the store cannot be read
   */
  public static Engine open(
      EngineOptions options, Store store, List<EventLoop> loops, List<RandomGenerator> randoms)
      throws StoreException {
    Engine engine = new Engine(options, store, loops, randoms);
    Recovering recovering = engine.new Recovering();
    store.recover(recovering);
    recovering.finish();
    engine.catalogue.restoring().recovered();
    engine.shards.forEach(shard -> shard.open(store));
    return engine;
  }

  /**
   * How many message ids were forgotten before their duplicate window ended, for want of room. Any
   * thread.
   */
  public long forgottenMessageIds() {
    return shards.stream().mapToLong(shard -> shard.dedupBudget.forgotten()).sum();
  }

  /** Connects an account; to be called before {@link #start}, on any thread. */
  public void attach(String account, MessageBus bus, AccountLimits limits) {
    account(account).attach(bus, limits);
  }

  /** Connects an account that has no JetStream: its API requests are told so. */
  public void attachDisabled(String account, MessageBus bus) {
    account(account).attachDisabled(bus);
  }

  /** Connects the system account, which has no JetStream and hears what concerns the server. */
  public void attachSystem(MessageBus bus) {
    JetStreamAccount made = newAccount("$SYS");
    made.attachDisabled(bus);
    system = made;
  }

  /** The system account, where the server has one. */
  @Nullable JetStreamAccount system() {
    return system;
  }

  /**
   * Brings everything to life.
   *
   * @param ready completes when the API answers and every stream hears its publishers
   */
  public void start(CompletableFuture<Void> ready) {
    List<Stream> streams = new ArrayList<>();
    catalogue.all().forEach(streams::add);
    streams.removeIf(stream -> !stream.account.isEnabled());
    List<JetStreamAccount> live =
        accounts.values().stream().filter(JetStreamAccount::isLive).toList();
    JetStreamAccount ofSystem = system;
    int missing = streams.size() + LISTENERS * live.size() + (ofSystem == null ? 0 : 1) + 1;
    Countdown countdown = new Countdown(shards.get(0), missing, ready);
    if (ofSystem != null) {
      SystemApi api = new SystemApi(ofSystem);
      shards.get(0).run(() -> hear(ofSystem.bus(), API, api, countdown));
    }
    for (JetStreamAccount account : live) {
      listen(account, countdown);
    }
    for (Stream stream : streams) {
      stream.shard.run(() -> stream.start(countdown));
    }
    countdown.run();
  }

  /** Runs once for each thing that is in place; the last completes the future. */
  private record Countdown(Shard shard, int[] missing, CompletableFuture<Void> ready)
      implements Runnable {
    Countdown(Shard shard, int missing, CompletableFuture<Void> ready) {
      this(shard, new int[] {missing}, ready);
    }

    @Override
    public void run() {
      shard.run(
          () -> {
            if (--missing[0] == 0) {
              ready.complete(null);
            }
          });
    }
  }

  private void listen(JetStreamAccount account, Runnable inPlace) {
    ApiDispatcher api = new ApiDispatcher(this, account);
    runOnCatalogue(
        () -> {
          MessageBus bus = account.bus();
          hear(bus, API, api::onApi, inPlace);
          hear(bus, "$JS.ACK.>", api::onAck, inPlace);
          hear(bus, "$JS.FC.>", api::onFlowControl, inPlace);
          hear(bus, "$JS.SNAPSHOT.>", account.transfers::onMessage, inPlace);
        });
  }

  private void hear(MessageBus bus, String filter, MessageBus.Listener listener, Runnable inPlace) {
    apiRegistrations.add(bus.listen(Subject.bytes(filter), listener, inPlace));
  }

  /**
   * Stops: nothing is heard any more, open requests are told, what consumers have not logged is
   * logged.
   *
   * @param stopped completes when that is durable
   */
  public void stop(CompletableFuture<Void> stopped) {
    runOnCatalogue(
        () -> {
          apiRegistrations.forEach(MessageBus.Registration::cancel);
          apiRegistrations.clear();
          List<Stream> streams = new ArrayList<>();
          catalogue.all().forEach(streams::add);
          Countdown countdown = new Countdown(shards.get(0), shards.size(), stopped);
          visit(streams, Stream::shutDown, () -> shards.forEach(shard -> drain(shard, countdown)));
        });
  }

  private static void drain(Shard shard, Runnable drained) {
    shard.run(
        () -> {
          if (shard.failure() == null && !shard.isStoreFull()) {
            shard.log().whenDurable(drained);
          } else {
            drained.run();
          }
        });
  }

  Catalogue catalogue() {
    return catalogue;
  }

  JetStreamAccount account(String name) {
    return accounts.computeIfAbsent(name, this::newAccount);
  }

  /** Makes an account; while the engine is opened, or before it starts. */
  private JetStreamAccount newAccount(String name) {
    Resources used = new Resources(shards.size());
    return new JetStreamAccount(
        name, options, shards.get(0), batchBudget, accounts::get, resources, used);
  }

  void runOnCatalogue(Runnable task) {
    shards.get(0).run(task);
  }

  /** Calls {@code each} on every stream's loop, one after the other, then {@code then}. */
  void visit(List<Stream> streams, Consumer<Stream> each, Runnable then) {
    visit(streams.iterator(), each, then);
  }

  private void visit(Iterator<Stream> streams, Consumer<Stream> each, Runnable then) {
    while (streams.hasNext()) {
      Stream stream = streams.next();
      if (!stream.shard.loop.inLoop()) {
        stream.shard.loop.execute(
            () -> {
              each.accept(stream);
              visit(streams, each, then);
            });
        return;
      }
      each.accept(stream);
    }
    then.run();
  }

  Stream newStream(long id, JetStreamAccount account, StreamConfig config, long createdEpochNanos) {
    Shard shard = shards.get((int) (id % shards.size()));
    StreamStore messages =
        config.storage() == StorageType.MEMORY
            ? Store.memoryStream()
            : store.fileStream(id, shard.loop);
    if (config.firstSeq() > 1 && messages.lastSeq() == 0) {
      messages.advance(config.firstSeq() - 1);
    }
    Stream stream = new Stream(id, account, shard, messages, config, createdEpochNanos);
    if (config.storage() == StorageType.FILE) {
      shard.add(id, stream);
    }
    return stream;
  }

  /** Ends a stream on its loop, with all that it holds; then {@code then}, there. */
  void end(Stream stream, Runnable then) {
    stream.shard.run(
        () -> {
          stream.close();
          drop(stream);
          then.run();
        });
  }

  /** Lets go of all that a stream holds; on its loop, or before there are loops. */
  void drop(Stream stream) {
    stream.shard.remove(stream.id);
    stream.dedup.clear();
    if (!stream.isMemory()) {
      store.dropStream(stream.id);
    }
  }

  private final class Recovering implements Recovery {
    private boolean snapshotsRead;

    /** No further snapshot comes. */
    void finish() {
      if (!snapshotsRead) {
        snapshotsRead = true;
        catalogue.snapshotsRead();
      }
    }

    @Override
    public void snapshot(long assetId, byte[] bytes, int from, int to) {
      RecordReader in = new RecordReader(bytes, from, to);
      if (assetId == Catalogue.ID) {
        catalogue.readSnapshot(in);
      } else {
        catalogue.readStreamSnapshot(assetId, in);
      }
    }

    @Override
    public void record(LogRecord record) {
      finish();
      shards.get((int) (record.assetId % shards.size())).apply(record, null);
    }
  }
}
