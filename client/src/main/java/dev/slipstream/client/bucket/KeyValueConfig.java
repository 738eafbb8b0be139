// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How a bucket is kept. Immutable. Source: ADR-8. */
public final class KeyValueConfig {
  private static final int MOST_HISTORY = 64;
  private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(2);

  private final Builder values;

  private KeyValueConfig(Builder values) {
    this.values = values;
  }

  /** A bucket with all defaults: on disk, one value a key, without limits. */
  public static KeyValueConfig of(String bucket) {
    return builder(bucket).build();
  }

  /** A builder with all defaults. */
  public static Builder builder(String bucket) {
    return new Builder(bucket);
  }

  /** The bucket's name. */
  public String bucket() {
    return values.bucket;
  }

  /** The stream that is the bucket. */
  StreamConfig stream() {
    Duration window = values.timeToLive.isZero() ? DUPLICATE_WINDOW : values.timeToLive;
    StreamConfig.Builder stream =
        StreamConfig.builder(KeyValue.STREAM_PREFIX + values.bucket)
            .subjects(KeyValue.prefix(values.bucket) + ">")
            .description(values.description)
            .maxMsgsPerSubject(values.history)
            .maxBytes(values.maxBytes)
            .maxAgeNanos(TimeUnit.NANOSECONDS.convert(values.timeToLive))
            .maxMsgSize(values.maxValueBytes)
            .storage(values.storage)
            .numReplicas(values.replicas)
            .compression(values.compressed ? Compression.S2 : Compression.NONE)
            .metadata(values.metadata)
            .discard(DiscardPolicy.NEW)
            .denyDelete(true)
            .allowRollupHdrs(true)
            .allowDirect(true)
            .duplicateWindowNanos(
                TimeUnit.NANOSECONDS.convert(
                    window.compareTo(DUPLICATE_WINDOW) < 0 ? window : DUPLICATE_WINDOW));
    if (!values.markerTimeToLive.isZero()) {
      stream
          .allowMsgTtl(true)
          .subjectDeleteMarkerTtlNanos(TimeUnit.NANOSECONDS.convert(values.markerTimeToLive));
    }
    return stream.build();
  }

  /** Collects the values of {@link KeyValueConfig}. Not thread-safe. */
  public static final class Builder {
    private final String bucket;
    private String description = "";
    private int history = 1;
    private long maxBytes = -1;
    private int maxValueBytes = -1;
    private Duration timeToLive = Duration.ZERO;
    private Duration markerTimeToLive = Duration.ZERO;
    private StorageType storage = StorageType.FILE;
    private int replicas = 1;
    private boolean compressed;
    private Map<String, String> metadata = Map.of();

    private Builder(String bucket) {
      this.bucket = Keys.bucket(bucket);
    }

    /** What the bucket is for. */
    public Builder description(String text) {
      description = text;
      return this;
    }

    /** How many values of a key are kept, the present one included: 1 to 64. */
    public Builder history(int perKey) {
      if (perKey < 1 || perKey > MOST_HISTORY) {
        throw new IllegalArgumentException("a history is 1 to 64 values, not " + perKey);
      }
      history = perKey;
      return this;
    }

    /** How many bytes the bucket takes at most; without limit by default. */
    public Builder maxBytes(long bytes) {
      maxBytes = bytes;
      return this;
    }

    /** How many bytes a value has at most; without limit by default. */
    public Builder maxValueBytes(int bytes) {
      maxValueBytes = bytes;
      return this;
    }

    /** How long a value is kept; for ever by default. */
    public Builder timeToLive(Duration duration) {
      timeToLive = positive(duration);
      return this;
    }

    /**
     * Allows values with a time to live of their own, and says how long it shows that they went.
     */
    public Builder markerTimeToLive(Duration duration) {
      markerTimeToLive = positive(duration);
      return this;
    }

    private static Duration positive(Duration duration) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("not a time to live: " + duration);
      }
      return duration;
    }

    /** Where the bucket is kept; on disk by default. */
    public Builder storage(StorageType type) {
      storage = type;
      return this;
    }

    /** On how many servers; one by default. */
    public Builder replicas(int servers) {
      replicas = servers;
      return this;
    }

    /** Whether values are compressed on disk. */
    public Builder compressed(boolean on) {
      compressed = on;
      return this;
    }

    /** What the bucket carries along. */
    public Builder metadata(Map<String, String> pairs) {
      metadata = Map.copyOf(pairs);
      return this;
    }

    /** The configuration. */
    public KeyValueConfig build() {
      Builder copy = new Builder(bucket);
      copy.description = description;
      copy.history = history;
      copy.maxBytes = maxBytes;
      copy.maxValueBytes = maxValueBytes;
      copy.timeToLive = timeToLive;
      copy.markerTimeToLive = markerTimeToLive;
      copy.storage = storage;
      copy.replicas = replicas;
      copy.compressed = compressed;
      copy.metadata = metadata;
      return new KeyValueConfig(copy);
    }
  }
}
