// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PersistMode;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metadata that the server keeps in every configuration: the API level it needs and, in
 * answers, the server's level and version. What a client sends under these keys is not taken.
 *
 * <p>Source: ADR-44.
 */
final class StampedMetadata {
  private static final String RESERVED = "_nats.";
  private static final String REQUIRED_LEVEL = "_nats.req.level";
  private static final String VERSION = "_nats.ver";
  private static final String LEVEL = "_nats.level";

  private StampedMetadata() {}

  /** The configuration as it is stored. */
  static StreamConfig stamp(StreamConfig config) {
    return config.toBuilder().metadata(stored(config.metadata(), requiredLevel(config))).build();
  }

  private static int requiredLevel(StreamConfig config) {
    if (config.allowBatched()) {
      return 4;
    }
    if (config.allowMsgCounter()
        || config.allowAtomic()
        || config.allowMsgSchedules()
        || config.persistMode() == PersistMode.ASYNC) {
      return 2;
    }
    return config.allowMsgTtl() || config.subjectDeleteMarkerTtlNanos() > 0 ? 1 : 0;
  }

  /** The configuration as it is stored. */
  static ConsumerConfig stamp(ConsumerConfig config) {
    boolean groups =
        config.priorityPolicy() != PriorityPolicy.NONE || config.priorityTimeoutNanos() != 0;
    int level = groups || config.pauseUntil() != null ? 1 : 0;
    if (config.ackPolicy() == AckPolicy.FLOW_CONTROL) {
      level = 4;
    }
    return config.toBuilder().metadata(stored(config.metadata(), level)).build();
  }

  /** The configuration as answers show it. */
  static StreamConfig shown(StreamConfig config, EngineOptions options) {
    return config.toBuilder().metadata(shown(config.metadata(), options)).build();
  }

  /** The configuration as answers show it. */
  static ConsumerConfig shown(ConsumerConfig config, EngineOptions options) {
    return config.toBuilder().metadata(shown(config.metadata(), options)).build();
  }

  private static Map<String, String> stored(Map<String, String> given, int level) {
    Map<String, String> stored = new TreeMap<>(given);
    stored.keySet().removeIf(key -> key.startsWith(RESERVED));
    stored.put(REQUIRED_LEVEL, Integer.toString(level));
    return stored;
  }

  private static Map<String, String> shown(Map<String, String> stored, EngineOptions options) {
    Map<String, String> shown = new TreeMap<>(stored);
    shown.put(VERSION, options.version());
    shown.put(LEVEL, Integer.toString(options.apiLevel()));
    return shown;
  }
}
