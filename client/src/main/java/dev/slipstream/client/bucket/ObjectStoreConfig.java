// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.StreamConfig;

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
  public static final class Builder extends BucketBuilder<Builder> {
    private Builder(String bucket) {
      super(BucketKind.OBJECTS, bucket);
      stream.subjects(ObjectStore.chunkPrefix(bucket) + ">", ObjectStore.metaPrefix(bucket) + ">");
    }

    @Override
    Builder self() {
      return this;
    }

    /** The configuration. */
    public ObjectStoreConfig build() {
      return new ObjectStoreConfig(bucket, stream.build());
    }
  }
}
