// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.StreamConfig;

/** How a bucket of objects is kept. Immutable. Source: ADR-20. */
public final class ObjectStoreConfig extends BucketConfig {
  ObjectStoreConfig(String bucket, StreamConfig stream) {
    super(bucket, stream);
  }

  /** A bucket with all defaults: on disk, without limits. */
  public static ObjectStoreConfig of(String bucket) {
    return builder(bucket).build();
  }

  /** A builder with all defaults. */
  public static Builder builder(String bucket) {
    return new Builder(bucket);
  }

  /** A builder with the values of this one, to change a bucket that is there. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects the values of {@link ObjectStoreConfig}. Not thread-safe. */
  public static final class Builder extends BucketBuilder<Builder> {
    private Builder(String bucket) {
      super(BucketKind.OBJECTS, bucket);
      stream.subjects(ObjectStore.chunkPrefix(bucket) + ">", Descriptions.prefix(bucket) + ">");
    }

    private Builder(ObjectStoreConfig present) {
      super(present.bucket(), present.stream());
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
