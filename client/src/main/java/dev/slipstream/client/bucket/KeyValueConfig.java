// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How a bucket of keys is kept. Immutable. Source: ADR-8. */
public final class KeyValueConfig {
  private static final int MOST_HISTORY = 64;
  private static final long DUPLICATE_WINDOW_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final String bucket;
  private final StreamConfig stream;

  private KeyValueConfig(String bucket, StreamConfig stream) {
    this.bucket = bucket;
    this.stream = stream;
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
    return bucket;
  }

  /** The stream that is the bucket. */
  StreamConfig stream() {
    return stream;
  }

  /** Collects the values of {@link KeyValueConfig}. Not thread-safe. */
  public static final class Builder {
    private final String bucket;
    private final StreamConfig.Builder stream;

    private Builder(String bucket) {
      this.bucket = bucket;
      stream =
          StreamConfig.builder(BucketKind.KEYS.stream(bucket))
              .subjects(KeyValue.prefix(bucket) + ">")
              .maxMsgsPerSubject(1)
              .maxBytes(-1)
              .maxMsgSize(-1)
              .numReplicas(1)
              .discard(DiscardPolicy.NEW)
              .denyDelete(true)
              .allowRollupHdrs(true)
              .allowDirect(true)
              .duplicateWindowNanos(DUPLICATE_WINDOW_NANOS);
    }

    /** What the bucket is for. */
    public Builder description(String text) {
      stream.description(text);
      return this;
    }

    /** How many values of a key are kept, the present one included: 1 to 64. */
    public Builder history(int perKey) {
      if (perKey < 1 || perKey > MOST_HISTORY) {
        throw new IllegalArgumentException("a history is 1 to 64 values, not " + perKey);
      }
      stream.maxMsgsPerSubject(perKey);
      return this;
    }

    /** How many bytes the bucket takes at most; without limit by default. */
    public Builder maxBytes(long bytes) {
      stream.maxBytes(bytes);
      return this;
    }

    /** How many bytes a value has at most; without limit by default. */
    public Builder maxValueBytes(int bytes) {
      stream.maxMsgSize(bytes);
      return this;
    }

    /** How long a value is kept; for ever by default. */
    public Builder timeToLive(Duration duration) {
      long nanos = Keys.nanos(duration);
      stream.maxAgeNanos(nanos).duplicateWindowNanos(Math.min(nanos, DUPLICATE_WINDOW_NANOS));
      return this;
    }

    /**
     * Allows values with a time to live of their own, and says how long it shows that they went.
     */
    public Builder markerTimeToLive(Duration duration) {
      stream.allowMsgTtl(true).subjectDeleteMarkerTtlNanos(Keys.nanos(duration));
      return this;
    }

    /** Where the bucket is kept; on disk by default. */
    public Builder storage(StorageType type) {
      stream.storage(type);
      return this;
    }

    /** On how many servers; one by default. */
    public Builder replicas(int servers) {
      stream.numReplicas(servers);
      return this;
    }

    /** Whether values are compressed on disk. */
    public Builder compressed(boolean on) {
      stream.compression(on ? Compression.S2 : Compression.NONE);
      return this;
    }

    /** What the bucket carries along. */
    public Builder metadata(Map<String, String> pairs) {
      stream.metadata(pairs);
      return this;
    }

    /** The configuration. */
    public KeyValueConfig build() {
      return new KeyValueConfig(bucket, stream.build());
    }
  }
}
