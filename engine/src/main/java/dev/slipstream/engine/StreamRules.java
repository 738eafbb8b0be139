// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.PersistMode;
import dev.slipstream.protocol.api.Placement;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.subject.Subject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Defaults and checks of stream configurations, in the order and with the words of the public
 * server; what is not built yet is refused in the same way.
 */
final class StreamRules {
  static final long DEFAULT_DUPLICATE_WINDOW_NANOS = 120_000_000_000L;

  private static final Placement ANYWHERE = new Placement("", List.of(), "");
  private static final int MAX_DESCRIPTION = 4096;
  private static final int MAX_METADATA = 128 << 10;
  private static final int MAX_REPLICAS = 5;
  private static final long MIN_NANOS = 100_000_000L;
  private static final long MIN_MARKER_NANOS = 1_000_000_000L;

  private StreamRules() {}

  /** A configuration with its defaults filled in, or what is wrong with it. */
  record Checked(StreamConfig config, @Nullable ApiError error) {}

  /**
   * Fills in defaults and checks everything but the overlap with other streams.
   *
   * @param limits of the account
   * @param others the configurations of the account's streams by name; null for one that is not
   * @param pedantic whether what would be adjusted otherwise is wrong
   */
  static Checked check(
      StreamConfig given,
      EngineOptions options,
      AccountLimits limits,
      Function<String, @Nullable StreamConfig> others,
      boolean pedantic) {
    ApiError error = checkNames(given);
    if (error == null) {
      error = checkReplicas(given);
    }
    if (error == null && pedantic) {
      error = PedanticRules.limits(given);
    }
    if (error != null) {
      return new Checked(given, error);
    }
    StreamConfig config = withDefaults(given, options);
    error = checkTimes(config, options);
    if (error == null && pedantic) {
      error = PedanticRules.window(given, options);
    }
    if (error == null) {
      error = checkFlags(config);
    }
    if (error == null && pedantic) {
      error = PedanticRules.rollups(given);
    }
    if (error == null && config.persistMode() == PersistMode.ASYNC) {
      error = checkAsync(config);
    }
    OriginRules origins = new OriginRules(config, others);
    config = origins.withDefaults();
    if (error == null) {
      error = origins.refusal();
    }
    if (error == null && pedantic) {
      error = PedanticRules.mirrorDirect(given, others);
    }
    if (error == null) {
      error = checkSubjects(config);
    }
    if (error == null) {
      error = StreamLimits.refusalOfMaxBytes(limits, config);
    }
    if (error == null && pedantic) {
      error = PedanticRules.republish(given, config);
    }
    if (error == null) {
      error = MappingRules.refusal(config);
    }
    Placement placement = config.placement();
    if (error == null && placement != null && !placement.preferred().isEmpty()) {
      error = invalid("preferred server not permitted in placement");
    }
    if (error == null) {
      error = origins.refusalOfFilters();
    }
    return new Checked(config, error);
  }

  static ApiError invalid(String text) {
    return ApiErrors.STREAM_INVALID_CONFIG.of(text);
  }

  private static @Nullable ApiError checkNames(StreamConfig config) {
    if (!Names.isValid(config.name())) {
      return invalid("stream name is required and can not contain '.', '*', '>', '\\', '/'");
    }
    if (config.name().length() > Names.MAX_LENGTH) {
      return invalid("stream name is too long, maximum allowed is " + Names.MAX_LENGTH);
    }
    if (config.description().length() > MAX_DESCRIPTION) {
      return invalid("stream description is too long, maximum allowed is " + MAX_DESCRIPTION);
    }
    long metadata =
        config.metadata().entrySet().stream()
            .mapToLong(e -> e.getKey().length() + e.getValue().length())
            .sum();
    return metadata > MAX_METADATA
        ? invalid("stream metadata exceeds maximum size of " + MAX_METADATA + " bytes")
        : null;
  }

  private static @Nullable ApiError checkReplicas(StreamConfig config) {
    if (config.numReplicas() > MAX_REPLICAS) {
      return invalid("maximum replicas is " + MAX_REPLICAS);
    }
    return config.numReplicas() < 0 ? ApiErrors.REPLICAS_COUNT_CANNOT_BE_NEGATIVE.of() : null;
  }

  private static StreamConfig withDefaults(StreamConfig given, EngineOptions options) {
    StreamConfig.Builder config = given.toBuilder();
    config.numReplicas(Math.max(1, given.numReplicas()));
    config.maxMsgs(unlimited(given.maxMsgs()));
    config.maxMsgsPerSubject(unlimited(given.maxMsgsPerSubject()));
    config.maxBytes(unlimited(given.maxBytes()));
    config.maxMsgSize((int) unlimited(given.maxMsgSize()));
    config.maxConsumers((int) unlimited(given.maxConsumers()));
    if (given.duplicateWindowNanos() == 0
        && given.mirror() == null
        && given.sources().isEmpty()
        && given.maxAgeNanos() >= 0) {
      long window = DEFAULT_DUPLICATE_WINDOW_NANOS;
      if (options.maxDuplicateWindowNanos() > 0) {
        window = Math.min(window, options.maxDuplicateWindowNanos());
      }
      config.duplicateWindowNanos(
          given.maxAgeNanos() == 0 ? window : Math.min(window, given.maxAgeNanos()));
    }
    if (given.subjectDeleteMarkerTtlNanos() > 0) {
      config.allowMsgTtl(true);
      if (!given.allowRollupHdrs()) {
        config.allowRollupHdrs(true).denyPurge(false);
      }
    }
    if (given.allowMsgSchedules() && !given.allowRollupHdrs()) {
      config.allowRollupHdrs(true).denyPurge(false);
    }
    if (given.subjects().isEmpty() && given.mirror() == null && given.sources().isEmpty()) {
      config.subjects(List.of(given.name()));
    }
    if (ANYWHERE.equals(given.placement())) {
      config.placement(null);
    }
    config.republish(MappingRules.withDefaults(config.build()));
    return config.build();
  }

  private static long unlimited(long limit) {
    return limit <= 0 ? -1 : limit;
  }

  private static @Nullable ApiError checkTimes(StreamConfig config, EngineOptions options) {
    long age = config.maxAgeNanos();
    long window = config.duplicateWindowNanos();
    long most = options.maxDuplicateWindowNanos();
    if (age < 0) {
      return invalid("max age can not be negative");
    }
    if (age != 0 && age < MIN_NANOS) {
      return invalid("max age needs to be >= 100ms");
    }
    if (window < 0) {
      return invalid("duplicates window can not be negative");
    }
    if (age != 0 && window > age) {
      return invalid("duplicates window can not be larger then max age");
    }
    if (most > 0 && window > most) {
      return invalid(
          "duplicates window can not be larger then server limit of " + GoDuration.format(most));
    }
    return window > 0 && window < MIN_NANOS
        ? invalid("duplicates window needs to be >= 100ms")
        : null;
  }

  private static @Nullable ApiError checkFlags(StreamConfig config) {
    if (config.denyPurge() && config.allowRollupHdrs()) {
      return invalid("roll-ups require the purge permission");
    }
    ApiError counter = config.allowMsgCounter() ? checkCounter(config) : null;
    if (counter != null) {
      return counter;
    }
    if (config.discardNewPerSubject()) {
      if (config.discard() != DiscardPolicy.NEW) {
        return invalid("discard new per subject requires discard new policy to be set");
      }
      if (config.maxMsgsPerSubject() <= 0) {
        return invalid("discard new per subject requires max msgs per subject > 0");
      }
    }
    long marker = config.subjectDeleteMarkerTtlNanos();
    if (marker > 0 && marker < MIN_MARKER_NANOS) {
      return invalid("subject delete marker TTL must be at least 1 second");
    }
    if (marker < 0) {
      return invalid("subject delete marker TTL must not be negative");
    }
    return config.allowMsgSchedules() && config.discard() == DiscardPolicy.NEW
        ? invalid("message scheduling cannot use discard new")
        : null;
  }

  private static @Nullable ApiError checkCounter(StreamConfig config) {
    if (config.discard() == DiscardPolicy.NEW) {
      return invalid("counter stream cannot use discard new");
    }
    if (config.allowMsgTtl()) {
      return invalid("counter stream cannot use message TTLs");
    }
    if (config.allowMsgSchedules()) {
      return invalid("counter stream cannot use message schedules");
    }
    return config.retention() == RetentionPolicy.LIMITS
        ? null
        : invalid("counter stream can only use limits retention");
  }

  private static @Nullable ApiError checkAsync(StreamConfig config) {
    if (isMemory(config)) {
      return invalid("async persist mode is only supported on file storage");
    }
    if (config.numReplicas() > 1) {
      return invalid("async persist mode is not supported on replicated streams");
    }
    return config.allowAtomic()
        ? invalid("async persist mode is not supported with atomic batch publish")
        : null;
  }

  private static @Nullable ApiError checkSubjects(StreamConfig config) {
    for (String subject : config.subjects()) {
      if (!Subject.isValidFilter(subject)) {
        return invalid("invalid subject");
      }
      ApiError reserved = checkReserved(subject, config.noAck());
      if (reserved != null) {
        return reserved;
      }
    }
    for (int i = 0; i < config.subjects().size(); i++) {
      for (int j = i + 1; j < config.subjects().size(); j++) {
        String one = config.subjects().get(i);
        String other = config.subjects().get(j);
        if (Subject.overlap(one, other)) {
          return invalid("subject \"" + one + "\" overlaps with \"" + other + "\"");
        }
      }
    }
    return null;
  }

  private static @Nullable ApiError checkReserved(String subject, boolean noAck) {
    if (subject.equals(">")) {
      return noAck ? null : invalid("capturing all subjects requires no-ack to be true");
    }
    if (noAck) {
      return null;
    }
    boolean api =
        Subject.overlap(subject, "$JS.>")
            || Subject.overlap(subject, "$JSC.>")
            || Subject.overlap(subject, "$NRG.>");
    if (api && !Subject.isSubset(subject, "$JS.EVENT.>")) {
      return invalid("subjects that overlap with jetstream api require no-ack to be true");
    }
    return Subject.overlap(subject, "$SYS.>") && !Subject.isSubset(subject, "$SYS.ACCOUNT.>")
        ? invalid("subjects that overlap with system api require no-ack to be true")
        : null;
  }

  /** What forbids to change {@code before} into {@code after}, or null. */
  static @Nullable ApiError checkUpdate(StreamConfig before, StreamConfig after) {
    if (!after.name().equals(before.name())) {
      return invalid("stream configuration name must match original");
    }
    if (after.numReplicas() > 1) {
      return ApiErrors.STREAM_REPLICAS_NOT_SUPPORTED.of();
    }
    if (after.storage() != before.storage()) {
      return invalid("stream configuration update can not change storage type");
    }
    if (after.retention() != before.retention()
        && (before.retention() == RetentionPolicy.WORKQUEUE
            || after.retention() == RetentionPolicy.WORKQUEUE)) {
      return invalid(
          "stream configuration update can not change retention policy to/from workqueue");
    }
    if (before.sealed() && !after.sealed()) {
      return invalid("stream configuration update can not unseal a sealed stream");
    }
    if (before.denyDelete() && !after.denyDelete()) {
      return invalid("stream configuration update can not cancel deny message deletes");
    }
    if (before.denyPurge() && !after.denyPurge()) {
      return invalid("stream configuration update can not cancel deny purge");
    }
    if (after.mirror() != null && !after.mirror().equals(before.mirror())) {
      return ApiErrors.STREAM_MIRROR_NOT_UPDATABLE.of();
    }
    if (before.allowMsgTtl() && !after.allowMsgTtl()) {
      return invalid("message TTL status can not be disabled");
    }
    if (after.allowMsgCounter() != before.allowMsgCounter()) {
      return invalid("stream configuration update can not change message counter setting");
    }
    if (before.allowMsgSchedules() && !after.allowMsgSchedules()) {
      return invalid("message schedules can not be disabled");
    }
    return after.persistMode() != before.persistMode()
        ? invalid("stream configuration update can not change persist mode")
        : null;
  }

  /** A sealed stream takes and gives nothing away any more. */
  static StreamConfig sealed(StreamConfig config) {
    if (!config.sealed()) {
      return config;
    }
    return config.toBuilder()
        .maxAgeNanos(0)
        .discard(DiscardPolicy.NEW)
        .denyDelete(true)
        .denyPurge(true)
        .allowRollupHdrs(false)
        .build();
  }

  static boolean isMemory(StreamConfig config) {
    return config.storage() == StorageType.MEMORY;
  }
}
