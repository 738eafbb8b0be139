// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.Placement;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Map;

/**
 * What can be said of a bucket of either kind, collected in the configuration of its stream. Not
 * thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class BucketBuilder<B extends BucketBuilder<B>> {
  final String bucket;
  final StreamConfig.Builder stream;

  BucketBuilder(BucketKind kind, String bucket) {
    this.bucket = bucket;
    stream =
        StreamConfig.builder(kind.stream(bucket))
            .maxBytes(-1)
            .numReplicas(1)
            .discard(DiscardPolicy.NEW)
            .allowRollupHdrs(true)
            .allowDirect(true);
  }

  /** Begins with the values of a bucket that is there, those that a builder cannot say too. */
  BucketBuilder(String bucket, StreamConfig present) {
    this.bucket = bucket;
    stream = present.toBuilder();
  }

  abstract B self();

  /** What the bucket is for. */
  public B description(String text) {
    stream.description(text);
    return self();
  }

  /** How many bytes the bucket takes at most; without limit by default. */
  public B maxBytes(long bytes) {
    stream.maxBytes(bytes);
    return self();
  }

  /** How long a value or an object is kept; for ever by default. */
  public B timeToLive(Duration duration) {
    stream.maxAgeNanos(Keys.nanos(duration));
    return self();
  }

  /** Where the bucket is kept; on disk by default. */
  public B storage(StorageType type) {
    stream.storage(type);
    return self();
  }

  /** On how many servers; one by default. */
  public B replicas(int servers) {
    stream.numReplicas(servers);
    return self();
  }

  /** On which servers of a cluster; on any by default. */
  public B placement(Placement on) {
    stream.placement(on);
    return self();
  }

  /** Whether what it holds is compressed on disk. */
  public B compressed(boolean on) {
    stream.compression(on ? Compression.S2 : Compression.NONE);
    return self();
  }

  /** What the bucket carries along. */
  public B metadata(Map<String, String> pairs) {
    stream.metadata(pairs);
    return self();
  }
}
