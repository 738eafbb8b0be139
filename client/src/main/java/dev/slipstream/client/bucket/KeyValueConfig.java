// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
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
  public static final class Builder extends BucketBuilder<Builder> {
    private Builder(String bucket) {
      super(BucketKind.KEYS, bucket);
      stream
          .subjects(KeyValue.prefix(bucket) + ">")
          .maxMsgsPerSubject(1)
          .maxMsgSize(-1)
          .denyDelete(true)
          .duplicateWindowNanos(DUPLICATE_WINDOW_NANOS);
    }

    @Override
    Builder self() {
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

    /** How many bytes a value has at most; without limit by default. */
    public Builder maxValueBytes(int bytes) {
      stream.maxMsgSize(bytes);
      return this;
    }

    @Override
    public Builder timeToLive(Duration duration) {
      stream.duplicateWindowNanos(Math.min(Keys.nanos(duration), DUPLICATE_WINDOW_NANOS));
      return super.timeToLive(duration);
    }

    /**
     * Allows values with a time to live of their own, and says how long it shows that they went.
     */
    public Builder markerTimeToLive(Duration duration) {
      stream.allowMsgTtl(true).subjectDeleteMarkerTtlNanos(Keys.nanos(duration));
      return this;
    }

    /** The configuration. */
    public KeyValueConfig build() {
      return new KeyValueConfig(bucket, stream.build());
    }
  }
}
