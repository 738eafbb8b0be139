// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.EventLoop;
import dev.slipstream.engine.BatchLimits;
import dev.slipstream.engine.Engine;
import dev.slipstream.engine.EngineOptions;
import dev.slipstream.engine.MessageBus;
import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.server.config.AccountConfig;
import dev.slipstream.server.config.AccountJetStream;
import dev.slipstream.server.config.JetStreamConfig;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.SyncPolicy;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoreOptions;
import dev.slipstream.store.StoreStats;
import dev.slipstream.store.SyncMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JetStream by the engine: a store on the machine's disk, its two threads, and the engine on the
 * server's loops.
 *
 * <p>Owner: the thread that starts and closes the server.
 */
final class EngineService implements JetStreamService {
  private static final Logger LOG = LoggerFactory.getLogger("dev.slipstream.server");
  private static final long READY_SECONDS = 600;
  private static final long STOP_SECONDS = 30;

  /** For each processor; see {@link StoreOptions#pacedReadBytes}. */
  private static final long PACED_READ_BYTES = 40 << 20;

  private final ServerConfig config;
  private final ServerIdentity identity;
  private volatile @Nullable Store store;
  private @Nullable Engine engine;

  EngineService(ServerConfig config, ServerIdentity identity) {
    this.config = config;
    this.identity = identity;
  }

  @Override
  public void start(List<EventLoop> loops, Map<String, MessageBus> buses) {
    long began = System.nanoTime();
    LOG.info("Starting JetStream");
    checkAccounts();
    try {
      JetStreamConfig configured = config.jetStream().resolved();
      OpenedStore made = OpenedStore.open(configured, storeOptions(configured));
      JetStreamConfig settings = made.settings();
      Store opened = made.store();
      store = opened;
      announce(settings);
      SplittableRandom random = new SplittableRandom(System.nanoTime());
      List<RandomGenerator> randoms = new ArrayList<>();
      loops.forEach(loop -> randoms.add(random.split()));
      Engine recovered = Engine.open(engineOptions(settings), opened, loops, randoms);
      engine = recovered;
      opened.startThreads(threads());
      buses.forEach((account, bus) -> attach(recovered, account, bus));
      CompletableFuture<Void> ready = new CompletableFuture<>();
      recovered.start(ready);
      ready.get(READY_SECONDS, TimeUnit.SECONDS);
    } catch (StoreException unusable) {
      throw new ServerStartException(String.valueOf(unusable.getMessage()), unusable);
    } catch (ExecutionException | TimeoutException failed) {
      throw new ServerStartException("JetStream did not become ready: " + failed, failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ServerStartException("interrupted while JetStream started", interrupted);
    }
    LOG.info("Took {} to start JetStream", millis(System.nanoTime() - began));
  }

  /** What all accounts together are promised must be there, where somebody said how much is. */
  private void checkAccounts() {
    JetStreamConfig settings = config.jetStream();
    long memory = 0;
    long file = 0;
    for (AccountConfig account : config.accounts()) {
      AccountLimits limits = account.jetStream().limits();
      memory += Math.max(0, limits.maxMemory());
      file += Math.max(0, limits.maxStorage());
      boolean tooMuch = isBeyond(memory, settings.maxMemoryBytes());
      if (tooMuch || isBeyond(file, settings.maxFileBytes())) {
        ApiError missing =
            tooMuch
                ? ApiErrors.MEMORY_RESOURCES_EXCEEDED.of()
                : ApiErrors.STORAGE_RESOURCES_EXCEEDED.of();
        throw new ServerStartException(
            "Can't start JetStream: Error enabling jetstream on configured accounts: "
                + missing.description()
                + " ("
                + missing.errCode()
                + ")",
            null);
      }
    }
  }

  private static boolean isBeyond(long promised, long limit) {
    return limit != JetStreamConfig.DYNAMIC && promised > limit;
  }

  private void attach(Engine recovered, String account, MessageBus bus) {
    if (account.equals(config.systemAccount())) {
      recovered.attachSystem(bus);
      return;
    }
    AccountJetStream jetStream =
        config.accounts().stream()
            .filter(each -> each.name().equals(account))
            .map(AccountConfig::jetStream)
            .findFirst()
            .orElse(
                config.accounts().isEmpty()
                    ? AccountJetStream.UNLIMITED
                    : AccountJetStream.DISABLED);
    if (jetStream.enabled()) {
      recovered.attach(account, bus, jetStream.limits());
    } else if (!asksAnother(account)) {
      recovered.attachDisabled(account, bus);
    }
  }

  /** Whether an account has the JetStream of another one answer for it. */
  private boolean asksAnother(String account) {
    AccountConfig configured = config.account(account);
    return configured != null && configured.importsService("$JS.API.INFO");
  }

  private static StoreOptions storeOptions(JetStreamConfig settings) {
    int processors = Runtime.getRuntime().availableProcessors();
    StoreOptions.Builder options =
        StoreOptions.builder().pacedReadBytes(PACED_READ_BYTES * processors);
    SyncPolicy sync = settings.sync();
    switch (sync.mode()) {
      case ALWAYS -> options.syncMode(SyncMode.ALWAYS);
      case INTERVAL -> {
        options.syncMode(SyncMode.INTERVAL);
        options.syncIntervalNanos(sync.intervalNanos());
      }
      case NEVER -> options.syncMode(SyncMode.NEVER);
    }
    return options.build();
  }

  private EngineOptions engineOptions(JetStreamConfig settings) {
    String domain = settings.domain();
    return new EngineOptions(
        identity.name(),
        identity.version(),
        identity.apiLevel(),
        domain == null ? "" : domain,
        settings.strict(),
        settings.maxMemoryBytes(),
        settings.maxFileBytes(),
        settings.limits().maxAckPending(),
        settings.limits().maxRequestBatch(),
        settings.limits().mostConsumers(),
        settings.limits().duplicateWindowNanos(),
        EngineOptions.DEFAULT_MESSAGE_ID_BYTES,
        new BatchLimits(
            settings.limits().maxBatchInflightPerStream(),
            settings.limits().maxBatchInflightTotal(),
            settings.limits().maxBatchSize(),
            settings.limits().maxBatchTimeoutNanos()),
        EngineOptions.DEFAULT_SLICE_MESSAGES);
  }

  private void announce(JetStreamConfig settings) {
    LOG.info("---------------- JETSTREAM ----------------");
    LOG.info("  Strict:          {}", settings.strict());
    LOG.info("  Max Memory:      {}", size(settings.maxMemoryBytes()));
    LOG.info("  Max Storage:     {}", size(settings.maxFileBytes()));
    LOG.info("  Store Directory: \"{}\"", settings.directory());
    String domain = settings.domain();
    if (domain != null && !domain.isEmpty()) {
      LOG.info("  Domain:          {}", domain);
    }
    LOG.info("  API Level:       {}", identity.apiLevel());
    LOG.info("  Sync:            {}", settings.sync());
    LOG.info("-------------------------------------------");
  }

  private static ThreadFactory threads() {
    return task -> {
      Thread thread = new Thread(task);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public long forgottenMessageIds() {
    Engine running = engine;
    return running == null ? 0 : running.forgottenMessageIds();
  }

  @Override
  public @Nullable StoreStats storeStats() {
    Store opened = store;
    return opened == null ? null : opened.stats();
  }

  @Override
  public void stop() {
    Engine running = engine;
    if (running != null) {
      CompletableFuture<Void> stopped = new CompletableFuture<>();
      running.stop(stopped);
      try {
        stopped.get(STOP_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException late) {
        LOG.warn("JetStream did not stop in time", late);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    Store opened = store;
    if (opened != null) {
      opened.close();
    }
  }

  private static String size(long bytes) {
    if (bytes < 0) {
      return "unlimited";
    }
    String[] units = {"B", "KB", "MB", "GB", "TB", "PB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.2f %s", value, units[unit]);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3fms", nanos / 1e6);
  }
}
