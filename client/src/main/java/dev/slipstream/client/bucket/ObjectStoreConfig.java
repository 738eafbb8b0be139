// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Map;

/** How a bucket of objects is kept. Immutable. Source: ADR-20. */
public final class ObjectStoreConfig {
  private final String bucket;
  private final StreamConfig stream;

  private ObjectStoreConfig(String bucket, StreamConfig stream) {
    this.bucket = bucket;
    this.stream = stream;
  }

  /** A bucket with all defaults: on disk, without limits. */
  public static ObjectStoreConfig of(String bucket) {
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

  /** Collects the values of {@link ObjectStoreConfig}. Not thread-safe. */
  public static final class Builder {
    private final String bucket;
    private final StreamConfig.Builder stream;

    private Builder(String bucket) {
      this.bucket = bucket;
      stream =
          StreamConfig.builder(BucketKind.OBJECTS.stream(bucket))
              .subjects(ObjectStore.chunkPrefix(bucket) + ">", ObjectStore.metaPrefix(bucket) + ">")
              .maxBytes(-1)
              .numReplicas(1)
              .discard(DiscardPolicy.NEW)
              .allowRollupHdrs(true)
              .allowDirect(true);
    }

    /** What the bucket is for. */
    public Builder description(String text) {
      stream.description(text);
      return this;
    }

    /** How long an object is kept; for ever by default. */
    public Builder timeToLive(Duration duration) {
      stream.maxAgeNanos(Keys.nanos(duration));
      return this;
    }

    /** How many bytes the bucket takes at most; without limit by default. */
    public Builder maxBytes(long bytes) {
      stream.maxBytes(bytes);
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

    /** Whether objects are compressed on disk. */
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
    public ObjectStoreConfig build() {
      return new ObjectStoreConfig(bucket, stream.build());
    }
  }
}
